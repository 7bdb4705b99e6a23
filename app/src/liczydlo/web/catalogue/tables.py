"""Why a file with a table (CSV, XLSX) is not read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liczydlo.web.catalogue.registry import register

register(
    {
        "no-file": _("Nie wybrano pliku. Wskaż plik CSV albo XLSX z tabelą."),
        "empty": _(
            "W pliku nie ma żadnego wiersza. Sprawdź, czy zapisał się do końca, i wybierz go jeszcze raz."
        ),
        "too-large": _("Plik ma więcej niż {most} MB. Podziel go na mniejsze i wczytaj je po kolei."),
        "too-many-rows": _(
            "Plik ma więcej niż {most} wierszy. Podziel go na mniejsze i wczytaj je po kolei."
        ),
        "too-many-columns": _(
            "Wiersz {line} ma więcej niż {most} kolumn. Usuń niepotrzebne kolumny i zapisz plik jeszcze raz."
        ),
        "too-long": _(
            "W wierszu {line} jest pole dłuższe niż {most} znaków. Skróć je i zapisz plik jeszcze raz."
        ),
        "not-text": _(
            "To nie jest tekst, więc nie jest to plik CSV. Zapisz tabelę jako CSV i wczytaj jeszcze raz."
        ),
        "other-format": _(
            "To jest plik {format}, a nie tabela do wczytania. Zapisz tabelę jako XLSX albo CSV."
        ),
        "damaged": _(
            "Arkusz jest uszkodzony: nie da się go odczytać do końca. Otwórz go w programie i zapisz jeszcze raz."
        ),
        "unpacks-too-large": _(
            "Arkusz po rozpakowaniu ma więcej niż {most} MB. Usuń z niego obrazy i zbędne arkusze albo zapisz jako CSV."
        ),
        "too-many-cells": _(
            "Arkusze mają razem więcej niż {most} wierszy albo {cells} komórek, licząc też puste z samym formatem. Usuń"
            " puste wiersze i zbędne arkusze albo zapisz jako CSV."
        ),
        "macros": _(
            "Arkusz zawiera makra, których program nie wczytuje. Zapisz go jako zwykły XLSX albo CSV."
        ),
        "doctype": _("Arkusz zawiera deklarację DOCTYPE, której arkusze nie mają. Nie wczytano go."),
        "not-computed": _(
            "Arkusz ma formuły, których wartości nie zapisano. Otwórz go w programie, zapisz i wczytaj jeszcze raz."
        ),
        "quotes": _(
            "Od wiersza {line} nie zgadzają się cudzysłowy: otwarty się nie zamyka albo stoi po nim tekst. Popraw ten"
            ' wiersz, a cudzysłów w nazwie podwój ("Świt" → ""Świt"").'
        ),
    },
    family="table",
)

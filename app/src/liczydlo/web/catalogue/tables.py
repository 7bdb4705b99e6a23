"""Why a file with a table (CSV, XLSX) is not read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liczydlo.web.catalogue.registry import register

register(
    {
        "no-file": _("Nie wybrano pliku. Wskaż plik CSV z tabelą."),
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
        "other-format": _("To jest plik {format}, a nie tabela do wczytania. Zapisz tabelę jako CSV."),
        "quotes": _(
            "Od wiersza {line} nie zgadzają się cudzysłowy: otwarty się nie zamyka albo stoi po nim tekst. Popraw ten"
            ' wiersz, a cudzysłów w nazwie podwój ("Świt" → ""Świt"").'
        ),
    },
    family="table",
)

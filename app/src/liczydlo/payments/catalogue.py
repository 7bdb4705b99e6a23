"""What payments have to say of a file that they do not take."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liczydlo.web.catalogue.registry import register

register(
    {
        "empty": _("Plik jest pusty. Pobierz wyciąg z banku jeszcze raz."),
        "other-format": _(
            "To jest plik {format}, a nie wyciąg do wczytania. Pobierz z banku wyciąg w formacie MT940 albo camt.053."
        ),
        "unknown-format": _(
            "Plik nie jest wyciągiem MT940 ani camt.053. Wybierz w banku jeden z tych formatów."
        ),
        "too-many-lines": _(
            "Plik ma więcej niż {most} linii. Pobierz z banku krótsze okresy i wczytaj je po kolei."
        ),
        "too-large": _("Plik ma więcej niż {most} MB. Pobierz z banku krótsze okresy i wczytaj je po kolei."),
        "balance": _(
            "Wyciąg {number} nie zgadza się: saldo otwarcia i linie dają {computed}, a saldo zamknięcia to {closing}."
            " Plik jest niepełny albo zmieniony; pobierz go z banku jeszcze raz."
        ),
        "no-balance": _(
            "Wyciąg {number} nie ma salda otwarcia albo zamknięcia, więc nie da się sprawdzić, czy jest cały. Pobierz"
            " wyciąg za zamknięty okres."
        ),
        "no-account": _("Wyciąg {number} nie podaje numeru rachunku."),
        "no-statement": _("W pliku nie ma żadnego wyciągu."),
        "two-currencies": _("Wyciąg {number} ma kwoty w różnych walutach, a powinien mieć jedną."),
        "lost-line": _("Nie udało się odczytać wszystkich linii wyciągu {number}."),
        "line": _("Tej części wyciągu nie da się odczytać: {line}"),
        "amount": _(
            "To nie jest kwota z najwyżej dwoma miejscami po przecinku: „{amount}” (wyciąg {where})."
        ),
        "currency": _("To nie jest kod waluty: „{currency}”."),
        "date": _("To nie jest data: „{day}” (wyciąg {where})."),
        "sign": _("Nie wiadomo, czy kwota wpłynęła, czy wypłynęła: „{sign}” (wyciąg {where})."),
        "doctype": _("Plik zawiera deklarację DOCTYPE albo encje, których bank nie używa. Nie wczytano go."),
        "not-xml": _("Plik nie jest poprawnym XML-em (wiersz {line}): {reason}"),
        "not-camt": _(
            "To nie jest wyciąg camt.053 (w pliku jest <{root}>). Pobierz z banku wyciąg za zamknięty okres."
        ),
    },
    family="statement",
)

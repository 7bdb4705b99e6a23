"""The texts of letters to buyers, and the places in them that the program fills in. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

PLACES: Final = (
    "numer",
    "numer_ksef",
    "data",
    "kwota",
    "zostało",
    "termin",
    "nabywca",
    "firma",
    "pliki",
)
"""What may stand in braces; anything else is refused when a text is stored."""
FILES: Final = "pliki"
"""The place of the sentence that says where the invoice is: attached, or behind a link."""
_PLACE: Final = re.compile(r"\{([^{}]*)\}")

SUBJECTS: Final = {"pl": "Faktura {numer} – {firma}", "en": "Invoice {numer} – {firma}"}
TEXTS: Final = {
    "pl": (
        "Dzień dobry,\n\n"
        "przesyłamy fakturę {numer} z dnia {data} na kwotę {kwota}. Termin płatności: {termin}.\n\n"
        "{pliki}\n\n"
        "Numer KSeF: {numer_ksef}\n\n"
        "{firma}"
    ),
    "en": (
        "Good morning,\n\n"
        "please find our invoice {numer} of {data} for {kwota}. Due date: {termin}.\n\n"
        "{pliki}\n\n"
        "KSeF number: {numer_ksef}\n\n"
        "{firma}"
    ),
}
REMINDER_SUBJECTS: Final = {
    "pl": "Przypomnienie o płatności: faktura {numer}",
    "en": "Payment reminder: invoice {numer}",
}
REMINDER_TEXTS: Final = {
    "pl": (
        "Dzień dobry,\n\n"
        "przypominamy o fakturze {numer} z dnia {data}. Termin płatności: {termin}. Do zapłaty zostało: {zostało}.\n"
        "Jeśli zapłata jest już w drodze, prosimy nie zważać na ten list.\n\n"
        "{pliki}\n\n"
        "{firma}"
    ),
    "en": (
        "Good morning,\n\n"
        "this is a reminder of our invoice {numer} of {data}. Due date: {termin}. Still to be paid: {zostało}.\n"
        "If the payment is on its way, please disregard this letter.\n\n"
        "{pliki}\n\n"
        "{firma}"
    ),
}
NOTE_SUBJECTS: Final = {"pl": "Nota odsetkowa {numer} – {firma}", "en": "Interest note {numer} – {firma}"}
NOTE_TEXTS: Final = {
    "pl": (
        "Dzień dobry,\n\n"
        "przesyłamy notę odsetkową {numer} z dnia {data} na kwotę {kwota}, za opóźnienie w zapłacie.\n\n"
        "{pliki}\n\n"
        "{firma}"
    ),
    "en": (
        "Good morning,\n\n"
        "please find our interest note {numer} of {data} for {kwota}, for late payment.\n\n"
        "{pliki}\n\n"
        "{firma}"
    ),
}
STATEMENT_SUBJECTS: Final = {
    "pl": "Wyciąg rozrachunków na {data} – {firma}",
    "en": "Statement of account as of {data} – {firma}",
}
STATEMENT_TEXTS: Final = {
    "pl": (
        "Dzień dobry,\n\n"
        "przesyłamy wyciąg rozrachunków na dzień {data}. Do zapłaty zostało: {zostało}.\n\n"
        "{pliki}\n\n"
        "{firma}"
    ),
    "en": (
        "Good morning,\n\n"
        "please find our statement of account as of {data}. Still to be paid: {zostało}.\n\n"
        "{pliki}\n\n"
        "{firma}"
    ),
}
OWN: Final[Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]]] = {
    "": (SUBJECTS, TEXTS),
    "reminder_": (REMINDER_SUBJECTS, REMINDER_TEXTS),
    "note_": (NOTE_SUBJECTS, NOTE_TEXTS),
    "statement_": (STATEMENT_SUBJECTS, STATEMENT_TEXTS),
}
"""The program's own subjects and texts, by how the firm's columns of the same begin."""
PREFIXES: Final[Mapping[str, str]] = {
    "invoice": "",
    "before": "reminder_",
    "after": "reminder_",
    "note": "note_",
    "statement": "statement_",
}
"""The keys of ``OWN`` by kinds of letters."""
ATTACHED: Final = {
    "pl": "Faktura jest w załączeniu: PDF do czytania i XML, dokument z KSeF.",
    "en": "The invoice is attached: a PDF to read, and the XML, the document in KSeF.",
}
LINKED: Final = {
    "pl": "Faktura jest do pobrania pod adresem {link} do {until}.",
    "en": "The invoice can be downloaded from {link} until {until}.",
}
ENCLOSED: Final = {"pl": "Dokument PDF jest w załączeniu.", "en": "The PDF document is attached."}
ENCLOSED_LINKED: Final = {
    "pl": "Dokument jest do pobrania pod adresem {link} do {until}.",
    "en": "The document can be downloaded from {link} until {until}.",
}
NOTHING: Final = "—"
"""What stands in a place of which the invoice says nothing."""


def unknown(text: str) -> list[str]:
    """Places of a text that the program does not know, as they were typed."""
    return sorted({place for place in _PLACE.findall(text) if place.strip().lower() not in PLACES})


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its places filled in."""

    def fill(place: re.Match[str]) -> str:
        name = place[1].strip().lower()
        return values.get(name) or NOTHING if name in PLACES else place[0]

    return _PLACE.sub(fill, text)


def has_files(text: str) -> bool:
    """Whether a text says where the invoice is."""
    return any(place.strip().lower() == FILES for place in _PLACE.findall(text))

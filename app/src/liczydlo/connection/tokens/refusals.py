"""Why a token was not stored: what happened, why, what to do now, in Polish and English."""

from __future__ import annotations

from typing import Final

from liczydlo import ksef
from liczydlo.connection.errors import NotStored

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "token-empty": (
        "Nie podano tokena. Wklej go albo wgraj plik tekstowy, w którym jest zapisany.",
        "No token was given. Paste it, or upload the text file that it is kept in.",
    ),
    "token-two": (
        "Podano token i wklejony, i w pliku. Zostaw jeden z nich.",
        "A token was given both pasted and in a file. Leave one of them.",
    ),
    "token-file": (
        "Ten plik nie zawiera tekstu tokena. Wgraj plik tekstowy (.txt) albo wklej token.",
        "This file does not hold a token's text. Upload a text file (.txt), or paste the token.",
    ),
    "token-shape": (
        "To nie jest cały token KSeF: powinien mieć trzy części rozdzielone kreską „|”, na przykład"
        " 20261124-EC-…|nip-1234567890|…. Skopiuj go w całości; KSeF pokazuje token tylko raz, więc jeśli go nie masz,"
        " utwórz nowy.",
        "This is not a whole KSeF token: it should have three parts separated by “|”, such as"
        " 20261124-EC-…|nip-1234567890|…. Copy all of it; KSeF shows a token only once, so if you do not have it, make"
        " a new one.",
    ),
    "token-reference": (
        "Pierwsza część tokena, numer referencyjny, jest niepełna albo zniekształcona. Skopiuj token jeszcze raz od"
        " samego początku.",
        "The token's first part, its reference number, is incomplete or damaged. Copy the token again from its very"
        " beginning.",
    ),
    "token-context": (
        "Druga część tokena nie jest numerem firmy (oczekiwano „nip-” i dziesięciu cyfr). Skopiuj token jeszcze raz.",
        "The token's second part is not a company's number (“nip-” and ten digits were expected). Copy the token"
        " again.",
    ),
    "token-secret": (
        "Trzecia część tokena jest niepełna albo zniekształcona. Skopiuj token jeszcze raz do samego końca.",
        "The token's third part is incomplete or damaged. Copy the token again to its very end.",
    ),
    "token-other-company": (
        "Ten token jest dla firmy o NIP {nip}, a to jest firma o NIP {company}. Wybierz właściwą firmę albo wklej jej"
        " token.",
        "This token is for the company with NIP {nip}, but this is the company with NIP {company}. Choose the right"
        " company, or paste its token.",
    ),
    "token-unit": (
        "Ten token jest dla jednostki wewnętrznej {unit}, a program łączy się w imieniu całej firmy. Utwórz w KSeF"
        " token w kontekście NIP.",
        "This token is for the internal unit {unit}, but the program connects on behalf of the whole company. Make a"
        " token in the NIP context in KSeF.",
    ),
    "token-unknown": (
        "KSeF w środowisku {environment} nie uznał tego tokena. Pochodzi z innego środowiska, został unieważniony albo"
        " nie jest jeszcze aktywny. Sprawdź środowisko w danych firmy, a w razie potrzeby utwórz nowy token.",
        "KSeF in the {environment} environment did not accept this token. It is of another environment, was revoked, or"
        " is not active yet. Check the environment in the company's data; if need be, make a new token.",
    ),
    "token-no-rights": (
        "KSeF zna ten token, ale osoba, która go utworzyła, nie ma już uprawnień w tej firmie, więc token niczego nie"
        " otwiera. Poproś właściciela o nowy token.",
        "KSeF knows this token, but whoever made it no longer has permissions in this company, so that it opens"
        " nothing. Ask the owner for a new token.",
    ),
}


def refused(code: str, *, reference: str | None = None, ksef_code: str = "", **params: str) -> NotStored:
    """A refusal with its texts filled in; ``code`` is a key of ``TEXTS``."""
    polish, english = TEXTS[code]
    texts = (polish.format(**params), english.format(**params))
    return NotStored(code, reference=reference, ksef_code=ksef_code, texts=texts)


def refused_login(error: ksef.KsefError, where: ksef.Environment) -> NotStored:
    """What KSeF said to a login with the token."""
    codes = {"450": "token-unknown", "415": "token-no-rights"}
    if isinstance(error, ksef.Refusal) and error.code in codes:
        return refused(
            codes[error.code], reference=error.reference, ksef_code=error.code, environment=where.name
        )
    return NotStored.of_login(error, where)

"""Fields of forms: what they must be, numbers and moments as people write them, and what is said of wrong ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ..intake.polish_time import from_polish_local
from ..model.identity.contexts import Context, ContextType
from ..problems import Problem
from . import grosze_of
from .words import Both

YEARS = range(1990, 2300)
"""Far from the ends of the calendar, beyond which arithmetic and time zones overflow."""

_NIP = re.compile(r"[1-9](\d[1-9]|[1-9]\d)\d{7}", re.ASCII)
_PESEL = re.compile(r"\d{11}", re.ASCII)
_INTERNAL = re.compile(r"[1-9](\d[1-9]|[1-9]\d)\d{7}-\d{5}", re.ASCII)


class Wrong(Exception):
    """A form that cannot be taken, with the reason in both languages; ``field`` is the one to look at, ``code`` is
    KSeF's, if it has one."""

    def __init__(self, polish: str, english: str, field: str = "", code: int = 0) -> None:
        super().__init__(polish)
        self.polish, self.english, self.field, self.code = polish, english, field, code


def of_problem(problem: Problem, polish: str, english: str, field: str = "") -> Wrong:
    """What the API would refuse with, told on a page after what was being tried. KSeF's own texts are Polish only."""
    text = " ".join((problem.description, *problem.details))
    return Wrong(f"{polish}: {text}", f"{english}: {text}", field, problem.code)


def nip_holds(text: str) -> bool:
    """Ten digits whose last is the checksum."""
    weights = (6, 5, 7, 2, 3, 4, 5, 6, 7)
    return _NIP.fullmatch(text) is not None and sum(
        int(digit) * weight for digit, weight in zip(text, weights, strict=False)
    ) % 11 == int(text[9])


def pesel_holds(text: str) -> bool:
    """Eleven digits whose last is the checksum."""
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    return _PESEL.fullmatch(text) is not None and -sum(
        int(digit) * weight for digit, weight in zip(text, weights, strict=False)
    ) % 10 == int(text[10])


def internal_id_holds(text: str) -> bool:
    """A NIP and five digits of a unit's own."""
    return _INTERNAL.fullmatch(text) is not None and nip_holds(text[:10])


def vat_ue_holds(text: str) -> bool:
    """A NIP, a dash and the number of an entity of the EU."""
    try:
        Context(type=ContextType.NIP_VAT_UE, value=text)
    except ValueError:
        return False
    return nip_holds(text[:10])


Rule = tuple[Callable[[str], bool], str, str]
NIP: Rule = (
    nip_holds,
    "NIP składa się z 10 cyfr, a ostatnia jest sumą kontrolną. Sprawdź, czy nie ma literówki.",
    "A NIP has 10 digits and the last one is a checksum. Look for a slip of the pen.",
)
PESEL: Rule = (
    pesel_holds,
    "PESEL składa się z 11 cyfr, a ostatnia jest sumą kontrolną. Sprawdź, czy nie ma literówki.",
    "A PESEL has 11 digits and the last one is a checksum. Look for a slip of the pen.",
)
INTERNAL_ID: Rule = (
    internal_id_holds,
    "Identyfikator wewnętrzny to NIP, myślnik i 5 cyfr, np. 7771234567-12345.",
    "An internal identifier is a NIP, a dash and 5 digits, such as 7771234567-12345.",
)
NIP_VAT_UE: Rule = (
    vat_ue_holds,
    "Identyfikator złożony to NIP, myślnik i numer VAT UE, np. 7771234567-DE123456789.",
    "A compound identifier is a NIP, a dash and an EU VAT number, such as 7771234567-DE123456789.",
)

NAME: Rule = (
    lambda text: re.fullmatch(r"[a-zA-Z0-9_\- ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]{5,100}", text) is not None,
    "Nazwa certyfikatu ma od 5 do 100 znaków: litery, cyfry, spacje, myślniki i podkreślenia.",
    "A certificate's name has 5 to 100 characters: letters, digits, blanks, dashes and underscores.",
)

PERSON_NAME: Rule = (
    lambda text: 2 <= len(text) <= 30 and text.isprintable(),
    "Imię i nazwisko mają od 2 do 30 znaków.",
    "A given name and a surname have 2 to 30 characters.",
)
DESCRIPTION: Rule = (
    lambda text: 5 <= len(text) <= 256 and text.isprintable(),
    "Opis ma od 5 do 256 znaków.",
    "A description has 5 to 256 characters.",
)
FINGERPRINT: Rule = (
    lambda text: re.fullmatch(r"[0-9A-F]{64}", text, re.ASCII) is not None,
    "Odcisk palca to 64 znaki: cyfry i wielkie litery od A do F.",
    "A fingerprint has 64 characters: digits and capital letters from A to F.",
)


def required_text(form: Mapping[str, Any], name: str, rule: Rule) -> str:
    """The field as it is. Raises Wrong."""
    holds, polish, english = rule
    text = str(form.get(name, ""))
    if not holds(text):
        raise Wrong(polish, english, name)
    return text


def required(form: Mapping[str, Any], name: str, rule: Rule) -> str:
    """The field without blanks, a NIP also without ``PL`` and the dashes that people write in it. Raises Wrong."""
    holds, polish, english = rule
    text = re.sub(r"\s", "", form.get(name, ""))
    if rule is NIP:
        text = text.removeprefix("PL").replace("-", "")
    if not holds(text):
        raise Wrong(polish, english, name)
    return text


def day_of(form: Mapping[str, Any], name: str) -> date | None:
    """The day of a date field; None for an empty one. Raises Wrong, also for a day that no invoice can have."""
    text = str(form.get(name, ""))
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and not 2000 <= day.year < 2200:
        raise Wrong("To nie jest data, np. 2026-11-24.", "This is no date, such as 2026-11-24.", name)
    return day


def amount_of(form: Mapping[str, Any], name: str) -> int | None:
    """The amount of a field in grosze; None for an empty one. Raises Wrong."""
    text = str(form.get(name, ""))
    grosze = grosze_of(text)
    if text and grosze is None:
        raise Wrong("Kwota to liczba, np. 1 234,50.", "An amount is a number, such as 1234.50.", name)
    return grosze


def decimal(form: Mapping[str, Any], name: str, least: str, most: str, label: Both) -> Decimal | None:
    """A number with a comma or a point, None when the field is empty. Raises Wrong."""
    text = str(form.get(name, "")).replace(",", ".")
    for blank in (" ", "\u00a0", "\u202f"):
        text = text.replace(blank, "")
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not Decimal(least) <= value <= Decimal(most):
        bounds = f"{least}–{most}"
        raise Wrong(
            f"{label[0]}: podaj liczbę z zakresu {bounds.replace('.', ',')}.",
            f"{label[1]}: give a number, {bounds}.",
            name,
        )
    return value


def whole(form: Mapping[str, Any], name: str, least: int, most: int, label: Both) -> int | None:
    """A whole number, None when the field is empty. Raises Wrong."""
    value = decimal(form, name, str(least), str(most), label)
    if value is None:
        return None
    if value != int(value):
        raise Wrong(
            f"{label[0]}: podaj liczbę całkowitą.",
            f"{label[1]}: give a whole number.",
            name,
        )
    return int(value)


def moment(form: Mapping[str, Any], name: str, label: Both) -> datetime | None:
    """A day and a time in Poland, or with a zone of its own; None when the field is empty. Raises Wrong."""
    text = str(form.get(name, ""))
    if not text:
        return None
    try:
        written = datetime.fromisoformat(text)
    except ValueError as error:
        raise Wrong(
            f"{label[0]}: podaj dzień i godzinę, np. 2026-02-01 08:00.",
            f"{label[1]}: give a day and a time, such as 2026-02-01 08:00.",
            name,
        ) from error
    if written.year not in YEARS:
        bounds = f"{YEARS.start}–{YEARS.stop - 1}"
        raise Wrong(
            f"{label[0]}: rok musi być z zakresu {bounds}.",
            f"{label[1]}: the year must be in {bounds}.",
            name,
        )
    return from_polish_local(written).astimezone(UTC)


def not_empty(value: Any, name: str, label: Both) -> Any:
    """What was read, unless it was empty. Raises Wrong."""
    if value is None:
        raise Wrong(f"{label[0]}: wypełnij to pole.", f"{label[1]}: fill in this field.", name)
    return value

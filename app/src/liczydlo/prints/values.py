"""How values are written: Polish numbers and dates, choices in words, account numbers in groups."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

from liczydlo.prints.choices import choice, word
from liczydlo.prints.countries import country
from liczydlo.prints.fonts import BREAK
from liczydlo.prints.labels import Language

_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:Z|[+-]\d{2}:\d{2})?")
_POLAND: Final = ZoneInfo("Europe/Warsaw")
_ACCOUNT: Final = re.compile(r"(?:[A-Z]{2})?\d{2}\w{8,30}")
DATES: Final = frozenset(
    [
        "P_1",
        "P_6",
        "P_6A",
        "P_6_Od",
        "P_6_Do",
        "P_6Z",
        "P_22A",
        "DataWystFaKorygowanej",
        "DataZaplaty",
        "DataZaplatyCzesciowej",
        "Termin",
        "DataUmowy",
        "DataZamowienia",
        "DataWystawieniaFaktury",
        *("P_4A", "P_4B", "P_4AARR", "DataDokumentu"),
        *(
            "IssueDate",
            "DueDate",
            "TaxPointDate",
            "PaymentDueDate",
            "StartDate",
            "EndDate",
            "ActualDeliveryDate",
        ),
    ]
)
MOMENTS: Final = frozenset(
    [
        "DataWytworzeniaFa",
        "DataGodzRozpTransportu",
        "DataGodzZakTransportu",
        "DataPrzeslaniaDokumentu",
        "DataNadaniaNumeruKSeF",
        "SigningTime",
    ]
)
NUMBERS: Final[dict[str, int]] = {
    **dict.fromkeys(("P_8B", "P_8BZ", "P_12_XII", "P_12Z_XII", "Udzial"), 0),
    **dict.fromkeys(
        ("P_9A", "P_9B", "P_9AZ", "P_10", "P_11", "P_11A", "P_11Vat", "P_11NettoZ", "P_11VatZ"), 2
    ),
    **dict.fromkeys(
        ("KwotaAkcyzy", "KwotaAkcyzyZ", "P_15", "P_15ZK", "P_15Z", "WartoscZamowienia", "Kwota"), 2
    ),
    **dict.fromkeys(
        ("SumaObciazen", "SumaOdliczen", "DoZaplaty", "DoRozliczenia", "KwotaZaplatyCzesciowej"), 2
    ),
    **dict.fromkeys(("KursWaluty", "KursWalutyZ", "KursWalutyZK", "KursWalutyZW", "KursUmowny"), 4),
    **{
        f"P_13_{rate}": 2
        for rate in ("1", "2", "3", "4", "5", "6_1", "6_2", "6_3", "7", "8", "9", "10", "11")
    },
    **dict.fromkeys(("P_7RR", "P_8RR", "P_10RR", "P_11RR", "P_12_1", "P_12_1W"), 2),
    **dict.fromkeys(("P_11_1", "P_11_1W", "P_11_2", "P_11_2W"), 2),
    **dict.fromkeys(("P_6BRR", "InvoicedQuantity", "CreditedQuantity", "BaseQuantity", "Percent"), 0),
    **dict.fromkeys(("PriceAmount", "LineExtensionAmount", "TaxAmount", "TaxableAmount", "Amount"), 2),
    **dict.fromkeys(("BaseAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PrepaidAmount"), 2),
    **dict.fromkeys(("PayableAmount", "PayableRoundingAmount"), 2),
    **dict.fromkeys(("AllowanceTotalAmount", "ChargeTotalAmount", "MultiplierFactorNumeric"), 2),
    **{f"P_14_{rate}": 2 for rate in ("1", "2", "3", "4", "5", "1W", "2W", "3W", "4W")},
}
"""Elements that are numbers → the least number of decimal places that is shown."""


def show(name: str, value: str, language: Language) -> str:
    """A value of the element ``name`` as people write it; what is not what it should be stays as it is."""
    if name in NUMBERS:
        return amount(value, least=NUMBERS[name])
    if name in DATES:
        return day(value)
    if name in MOMENTS:
        return moment(value, language)
    if name in ("P_12", "P_12Z", "P_9RR"):
        return rate(value)
    if name == "NrRB" and _ACCOUNT.fullmatch(value):
        lead = 2 if value[0].isdigit() else 4
        return "\u00a0".join([value[:lead], *(value[at : at + 4] for at in range(lead, len(value), 4))])
    if name == "KodKraju":
        return country(value, language)
    return choice(name, value, language)


def number(value: str) -> Decimal | None:
    """A finite number, or None."""
    if not value:
        return None
    try:
        parsed = Decimal(value)
    except InvalidOperation:
        return None
    return parsed if parsed.is_finite() else None


def amount(value: str | Decimal, *, least: int = 2) -> str:
    """``1234.5`` as ``1 234,50``: at least ``least`` decimal places, narrow no-break spaces between thousands."""
    figure = number(value) if isinstance(value, str) else value
    if figure is None:
        return str(value)
    written = f"{abs(figure):f}".partition(".")[2].rstrip("0")
    whole, _, rest = f"{abs(figure):,.{max(least, len(written))}f}".partition(".")
    sign = "−" if figure < 0 else ""
    return sign + whole.replace(",", "\u202f") + (f",{rest}" if rest else "")


def day(value: str) -> str:
    """``2026-01-15`` as ``15.01.2026``."""
    match = _DAY.fullmatch(value)
    return f"{match[3]}.{match[2]}.{match[1]}" if match else value


def moment(value: str, language: Language) -> str:
    """A moment in Polish time, which is named, because its reader may be elsewhere; one without a zone stays."""
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return value
    named = f" ({word('polish_time', language)})" if instant.tzinfo else ""
    try:
        instant = instant.astimezone(_POLAND) if instant.tzinfo else instant
    except OverflowError:  # the first and the last day that there are
        return value
    seconds = ":%S" if instant.second else ""
    return instant.strftime(f"%d.%m.%Y %H:%M{seconds}") + named


def seconds(value: str) -> int | None:
    """A moment or day as seconds since 1970, for the file's own date; None when it is neither."""
    try:
        instant = datetime.fromisoformat(value)
        return max(0, int((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        return None


def soft(text: str, longest: int = 36) -> str:
    """Words that are longer than ``longest`` may break anywhere; shorter ones stay whole when they are copied."""
    if len(text) <= longest:
        return text
    return re.sub(rf"\S{{{longest + 1},}}", lambda word: BREAK.join(word[0]), text)


def rate(value: str) -> str:
    """A value of P_12: numbers are percents, the zero rates say which zero."""
    if number(value) is not None:
        return f"{value.replace('.', ',')}%"
    return f"0% {value[2:]}" if value.startswith("0 ") else value

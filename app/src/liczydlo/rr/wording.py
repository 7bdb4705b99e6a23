"""Words that the law puts on an invoice VAT RR: the farmer's declaration, and the sum in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

DECLARATION_KEY: Final = "Oświadczenie"
DECLARATION: Final = (
    "Oświadczam, że jestem rolnikiem ryczałtowym zwolnionym od podatku od towarów i usług na podstawie"
    " art. 43 ust. 1 pkt 3 ustawy o podatku od towarów i usług."
)
"""Art. 116 ust. 3."""
_UNITS: Final = (
    "", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć", "dziesięć", "jedenaście",
    "dwanaście", "trzynaście", "czternaście", "piętnaście", "szesnaście", "siedemnaście", "osiemnaście",
    "dziewiętnaście",
)  # fmt: skip
_TENS: Final = (
    "", "", "dwadzieścia", "trzydzieści", "czterdzieści", "pięćdziesiąt", "sześćdziesiąt", "siedemdziesiąt",
    "osiemdziesiąt", "dziewięćdziesiąt",
)  # fmt: skip
_HUNDREDS: Final = (
    "", "sto", "dwieście", "trzysta", "czterysta", "pięćset", "sześćset", "siedemset", "osiemset", "dziewięćset",
)  # fmt: skip
_GROUPS: Final = (
    ("złoty", "złote", "złotych"),
    ("tysiąc", "tysiące", "tysięcy"),
    ("milion", "miliony", "milionów"),
    ("miliard", "miliardy", "miliardów"),
)
LARGEST: Final = Decimal("999999999999.99")


def amount(value: Decimal, currency: str = "PLN") -> str:
    """``sto siedem złotych 05/100``, of another currency ``sto siedem EUR 05/100``; up to ``LARGEST`` on either side of
    zero. Raises ValueError."""
    if abs(value) > LARGEST or value != value.quantize(Decimal("0.01")):
        raise ValueError(f"not an amount in words: {value}")
    whole, grosze = divmod(int(abs(value) * 100), 100)
    words = ["minus"] if value < 0 else []
    for power in range(len(_GROUPS) - 1, 0, -1):
        if group := whole // 1000**power % 1000:
            words += [*(_below_thousand(group) if group > 1 else []), _form(group, _GROUPS[power])]
    words += _below_thousand(whole % 1000) if whole else ["zero"]
    words.append(_form(whole, _GROUPS[0]) if currency == "PLN" else currency)
    return " ".join([*words, f"{grosze:02d}/100"])


def matches(text: str, value: Decimal) -> bool:
    """Whether a text may mean that amount: it has the same words for whole złoty, whatever stands for grosze."""
    try:
        words = [word for word in amount(value).casefold().split()[:-2] if word != "jeden"]
    except ValueError:
        return False
    spoken = [word for word in text.casefold().replace(",", " ").split() if word != "jeden"]
    return spoken[: len(words)] == words


def _below_thousand(number: int) -> list[str]:
    rest = number % 100
    small = [_UNITS[rest]] if rest < 20 else [_TENS[rest // 10], _UNITS[rest % 10]]
    return [word for word in (_HUNDREDS[number // 100], *small) if word]


def _form(number: int, forms: tuple[str, str, str]) -> str:
    """One, few (2 to 4, never 12 to 14), or many of a thing."""
    if number == 1:
        return forms[0]
    return forms[1] if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else forms[2]

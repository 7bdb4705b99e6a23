"""Money of contractors' documents: grosze, VAT to the grosz, totals by rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MARGIN = "marża"
"""In place of a rate: the margin scheme, under which an invoice names no tax (ustawa o VAT art. 120)."""
_NO_TAX = frozenset(("zw", "oo", MARGIN))


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Totals in grosze; ``from_gross`` tells that VAT was counted from the gross value (ustawa o VAT art. 106e ust.
    7), so that prices of the lines are gross."""

    net: int
    vat: int
    from_gross: bool = False

    @property
    def gross(self) -> int:
        return self.net + self.vat

    def minus(self, other: Amounts) -> Amounts:
        return Amounts(net=self.net - other.net, vat=self.vat - other.vat)


@dataclass(frozen=True)
class Totals:
    """Amounts by rate (P_12)."""

    by_rate: Mapping[str, Amounts]

    @property
    def net(self) -> int:
        return sum(one.net for one in self.by_rate.values())

    @property
    def vat(self) -> int:
        return sum(one.vat for one in self.by_rate.values())

    @property
    def gross(self) -> int:
        return self.net + self.vat

    def minus(self, other: Totals) -> Totals:
        return Totals({rate: one.minus(other.by_rate[rate]) for rate, one in self.by_rate.items()})

    def and_also(self, other: Totals) -> Totals:
        return Totals({**self.by_rate, **other.by_rate})


NOTHING = Totals({})


def percent(rate: str) -> int:
    return 0 if rate in _NO_TAX else int(rate)


def from_net(net: int, rate: int) -> Amounts:
    """Totals of net lines; ``rate`` in per cent."""
    return Amounts(net=net, vat=part(net, rate, 100))


def from_gross(gross: int, rate: int) -> Amounts:
    """Totals that come to ``gross`` exactly: of net lines if such a net exists, else with VAT counted from gross."""
    net = part(gross, 100, 100 + rate)
    usual = from_net(net, rate)
    if usual.gross == gross:
        return usual
    vat = part(gross, rate, 100 + rate)
    return Amounts(net=gross - vat, vat=vat, from_gross=True)


def nearest(gross: int, rate: int) -> Amounts:
    """Totals of net lines that come to ``gross``, or to a grosz beside it, where VAT cannot be counted from gross."""
    return from_net(part(gross, 100, 100 + rate), rate)


def total(values: Iterable[tuple[str, int]]) -> Totals:
    """Of net values of lines with their rates."""
    nets: dict[str, int] = {}
    for rate, value in values:
        nets[rate] = nets.get(rate, 0) + value
    return Totals({rate: from_net(net, percent(rate)) for rate, net in nets.items()})


def zloty(grosze: int) -> str:
    """``-12.05``."""
    sign = "-" if grosze < 0 else ""
    return f"{sign}{abs(grosze) // 100}.{abs(grosze) % 100:02d}"


def part(amount: int, numerator: int, denominator: int) -> int:
    """A fraction of an amount of grosze, halves away from zero."""
    rounded = (2 * abs(amount) * numerator + denominator) // (2 * denominator)
    return -rounded if amount < 0 else rounded


def account(nip: str) -> str:
    """An account with right check digits (ISO 13616) at a bank that does not exist."""
    rest = f"99999999{nip:0>16}"
    return f"{98 - int(f'{rest}252100') % 97:02d}{rest}"


_ONES = (
    *("", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć", "dziesięć"),
    *("jedenaście", "dwanaście", "trzynaście", "czternaście", "piętnaście", "szesnaście", "siedemnaście"),
    *("osiemnaście", "dziewiętnaście"),
)
_TENS = (
    *(
        "",
        "",
        "dwadzieścia",
        "trzydzieści",
        "czterdzieści",
        "pięćdziesiąt",
        "sześćdziesiąt",
        "siedemdziesiąt",
    ),
    *("osiemdziesiąt", "dziewięćdziesiąt"),
)
_HUNDREDS = (
    *("", "sto", "dwieście", "trzysta", "czterysta", "pięćset", "sześćset", "siedemset", "osiemset"),
    "dziewięćset",
)
_GROUPS = (("", "", ""), ("tysiąc", "tysiące", "tysięcy"), ("milion", "miliony", "milionów"))


def in_words(grosze: int) -> str:
    """``sto siedem zł 05/100``, up to 999 999 999 zł (P_12_2 of FA_RR)."""
    whole, rest = divmod(abs(grosze), 100)
    words: list[str] = []
    for one, few, many in _GROUPS:
        whole, number = divmod(whole, 1000)
        if number:
            words = [*_hundreds(number), _form(number, one, few, many), *words]
    sign = ["minus"] if grosze < 0 else []
    return " ".join(filter(None, [*sign, *(words or ["zero"]), f"zł {rest:02d}/100"]))


def _hundreds(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10) if rest >= len(_ONES) else (0, rest)
    return [_HUNDREDS[hundreds], _TENS[tens], _ONES[ones]]


def _form(number: int, one: str, few: str, many: str) -> str:
    if number == 1:
        return one
    return few if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else many

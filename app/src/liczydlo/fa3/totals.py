"""The sums of an invoice from its lines: P_13, P_14, P_14W and P_15 (art. 106e ust. 1 pkt 13–15, ust. 7–11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import money
from liczydlo.fa3.model import Fa, FaWiersz

PLN: Final = "PLN"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """A rate of P_12: where its sums stand, and its percent (None: no tax is charged)."""

    net: str
    tax: str | None = None
    percent: Decimal | None = None

    @property
    def tax_pln(self) -> str | None:
        """Where the tax stands in PLN for an invoice in another currency."""
        return f"{self.tax}w" if self.tax and self.tax != "p_14_5" else None


def _taxed(group: str, percent: str) -> Rate:
    return Rate(net=f"p_13_{group}", tax=f"p_14_{group}", percent=Decimal(percent))


RATES: Final[dict[str, Rate]] = {
    "23": _taxed("1", "23"),
    "22": _taxed("1", "22"),
    "8": _taxed("2", "8"),
    "7": _taxed("2", "7"),
    "5": _taxed("3", "5"),
    "4": _taxed("4", "4"),
    "3": _taxed("4", "3"),
    "0 KR": Rate(net="p_13_6_1"),
    "0 WDT": Rate(net="p_13_6_2"),
    "0 EX": Rate(net="p_13_6_3"),
    "zw": Rate(net="p_13_7"),
    "np I": Rate(net="p_13_8"),
    "np II": Rate(net="p_13_9"),
    "oo": Rate(net="p_13_10"),
}
MARGIN: Final = Rate(net="p_13_11")
_GROUPS: Final = (
    "1",
    "2",
    "3",
    "4",
    "5",
    "6_1",
    "6_2",
    "6_3",
    "7",
    "8",
    "9",
    "10",
    "11",
)  # P_13_* in their order
_TAXED: Final = "12345"  # P_14_*
NETS: Final = tuple(f"p_13_{group}" for group in _GROUPS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one rate contributes, in the invoice's currency.

    ``tax_pln`` is its tax in PLN by the lines' own rates of exchange; None when not every line has one.
    """

    rate: Rate
    net: Decimal
    tax: Decimal
    tax_pln: Decimal | None = None

    @property
    def gross(self) -> Decimal:
        """Net and tax together."""
        return self.net + self.tax


def rate_of(line: FaWiersz) -> Rate:
    """The rate of a line: P_12, the percent of OSS, or a margin procedure when it has neither."""
    if line.p_12_xii is not None:
        return Rate(net="p_13_5", tax="p_14_5", percent=line.p_12_xii)
    return RATES[line.p_12] if line.p_12 is not None else MARGIN


def _taxed_sums(rate: Rate, lines: Sequence[FaWiersz]) -> tuple[Decimal, Decimal]:
    """Net and tax of lines of one rate: tax on the net ones' sum, and tax in the gross ones' (art. 106e ust. 7–8)."""
    net = money.grosze(money.total(line.p_11 for line in lines if line.p_11 is not None))
    gross = money.total(line.p_11a for line in lines if line.p_11 is None and line.p_11a is not None)
    if not gross:
        return net, money.ZERO if rate.percent is None else money.tax_on_net(net, rate.percent)
    gross = money.grosze(gross)
    if rate.percent is None:
        return net + gross, money.ZERO
    inside = money.tax_in_gross(gross, rate.percent)
    return net + gross - inside, money.tax_on_net(net, rate.percent) + inside


def shares(lines: Iterable[FaWiersz]) -> list[Share]:
    """The sums of each rate, in the order of RATES. Tax is reckoned from the sum of a rate, not line by line.

    Lines are net (P_11) or gross (P_11A). Lines as they were before a correction (StanPrzed) are summed
    by themselves and taken off: a correction states the difference (art. 106j ust. 2 pkt 5).
    """
    lines = list(lines)
    after = _of_state([line for line in lines if line.stan_przed != 1])
    before = _of_state([line for line in lines if line.stan_przed == 1])
    return sorted(minus(after, before), key=_order)


def _of_state(lines: Iterable[FaWiersz]) -> list[Share]:
    groups: dict[tuple[str | None, Decimal | None], list[FaWiersz]] = {}
    for line in lines:
        if line.p_11 is not None or line.p_11a is not None:
            key = (line.p_12, None) if line.p_12_xii is None else (None, line.p_12_xii)
            groups.setdefault(key, []).append(line)
    summed = []
    for group in groups.values():
        rate = rate_of(group[0])
        net, tax = _taxed_sums(rate, group)
        summed.append(Share(rate=rate, net=net, tax=tax, tax_pln=_in_pln(rate, group)))
    return summed


def _in_pln(rate: Rate, lines: Sequence[FaWiersz]) -> Decimal | None:
    """Each line's tax at the rate of exchange of its own day (art. 31a), rounded once."""
    exchanged: dict[Decimal, list[FaWiersz]] = {}
    for line in lines:
        if line.kurs_waluty is None:
            return None
        exchanged.setdefault(line.kurs_waluty, []).append(line)
    parts = (
        money.exactly_converted(_taxed_sums(rate, group)[1], exchange_rate)
        for exchange_rate, group in exchanged.items()
    )
    return money.grosze(money.total(parts))


def minus(shares: Iterable[Share], *less: Iterable[Share]) -> list[Share]:
    """Sums with others taken off, rate by rate: of a correction, or of a settlement (art. 106f ust. 3)."""
    by_rate = {share.rate: share for share in shares}
    for share in (share for group in less for share in group):
        zero = money.ZERO
        so_far = by_rate.get(share.rate) or Share(rate=share.rate, net=zero, tax=zero, tax_pln=zero)
        in_pln = so_far.tax_pln is not None and share.tax_pln is not None
        by_rate[share.rate] = Share(
            rate=share.rate,
            net=so_far.net - share.net,
            tax=so_far.tax - share.tax,
            tax_pln=(so_far.tax_pln or zero) - (share.tax_pln or zero) if in_pln else None,
        )
    return list(by_rate.values())


def _order(share: Share) -> tuple[int, Decimal]:
    group = share.rate.net.removeprefix("p_13_")
    return _GROUPS.index(group), -(share.rate.percent or money.ZERO)


def of_part(whole: Sequence[Share], gross: Decimal) -> list[Share]:
    """A payment of ``gross`` divided over the rates of an order in proportion; the last one takes the odd grosz.

    Tax of an advance is reckoned from what was paid (art. 106f ust. 1 pkt 3). Raises ValueError for an order
    of nothing.
    """
    everything = money.total(share.gross for share in whole)
    if not everything:
        raise ValueError("an advance needs an order that is worth something")
    parts, left = [], gross
    for index, share in enumerate(whole):
        last = index == len(whole) - 1
        part = left if last else money.portion(gross, share.gross, everything)
        left -= part
        tax = money.ZERO if share.rate.percent is None else money.tax_in_gross(part, share.rate.percent)
        parts.append(Share(rate=share.rate, net=part - tax, tax=tax))
    return parts


def fields(
    parts: Iterable[Share], *, currency: str = PLN, exchange_rate: Decimal | None = None
) -> dict[str, Decimal]:
    """The fields of ``Fa`` that these sums fill, with ``p_15``.

    ``exchange_rate`` is PLN for one unit (art. 31a), for tax in another currency whose lines do not say theirs.
    Raises ValueError when it is missing.
    """
    values: dict[str, Decimal] = {}
    for share in parts:
        _add(values, share.rate.net, share.net)
        if share.rate.tax is None:
            continue
        _add(values, share.rate.tax, share.tax)
        if currency != PLN and share.rate.tax_pln is not None:
            _add(values, share.rate.tax_pln, _tax_pln(share, exchange_rate))
    values["p_15"] = gross(values)
    return values


def _tax_pln(share: Share, exchange_rate: Decimal | None) -> Decimal:
    if share.tax_pln is not None:
        return share.tax_pln
    if exchange_rate is None:
        raise ValueError("tax in another currency needs a rate of exchange")
    return money.converted(share.tax, exchange_rate)


def fa_totals(
    lines: Iterable[FaWiersz], *, currency: str = PLN, exchange_rate: Decimal | None = None
) -> dict[str, Decimal]:
    """The fields of ``Fa`` that lines fill: ``fields`` of ``shares``. Raises ValueError without a needed rate."""
    return fields(shares(lines), currency=currency, exchange_rate=exchange_rate)


def gross(sums: Mapping[str, Decimal]) -> Decimal:
    """P_15 of sums: all nets and all taxes in the invoice's currency."""
    return money.total(
        amount
        for name, amount in sums.items()
        if name.startswith(("p_13_", "p_14_")) and not name.endswith("w")
    )


def net(fa: Fa) -> Decimal:
    """All P_13 of a document, in its currency."""
    return money.total(getattr(fa, name) or money.ZERO for name in NETS)


def tax_pln(fa: Fa) -> Decimal:
    """All P_14 of a document in PLN: of another currency P_14_xW, where it is stated."""
    converted = (getattr(fa, f"p_14_{group}w", None) for group in _TAXED)
    stated = (getattr(fa, f"p_14_{group}") for group in _TAXED)
    return money.total(
        one if pln is None else pln
        for one, pln in zip(stated, converted, strict=True)
        if one is not None or pln is not None
    )


def _add(values: dict[str, Decimal], name: str, amount: Decimal) -> None:
    values[name] = values.get(name, money.ZERO) + amount

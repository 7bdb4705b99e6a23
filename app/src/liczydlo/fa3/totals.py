"""The sums of an invoice from its lines: P_13, P_14, P_14W and P_15 (art. 106e ust. 1 pkt 13–15, ust. 7–11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import money
from liczydlo.fa3.model import FaWiersz

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one rate contributes, in the invoice's currency."""

    rate: Rate
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """Net and tax together."""
        return self.net + self.tax


def rate_of(line: FaWiersz) -> Rate:
    """The rate of a line: P_12, the percent of OSS, or a margin procedure when it has neither."""
    if line.p_12_xii is not None:
        return Rate(net="p_13_5", tax="p_14_5", percent=line.p_12_xii)
    return RATES[line.p_12] if line.p_12 is not None else MARGIN


def shares(lines: Iterable[FaWiersz]) -> list[Share]:
    """The sums of each rate, in the order of RATES. Tax is reckoned from the sum of a rate, not line by line.

    Lines are net (P_11) or gross (P_11A; art. 106e ust. 7–8: tax in the gross sum). Lines as they were before a
    correction (StanPrzed) count with the other sign.
    """
    nets: dict[Rate, list[Decimal]] = {}
    grosses: dict[Rate, list[Decimal]] = {}
    for line in lines:
        sign = -1 if line.stan_przed == 1 else 1
        if line.p_11 is not None:
            nets.setdefault(rate_of(line), []).append(sign * line.p_11)
        elif line.p_11a is not None:
            grosses.setdefault(rate_of(line), []).append(sign * line.p_11a)
    found: dict[Rate, Share] = {}
    for rate, amounts in nets.items():
        net = money.grosze(money.total(amounts))
        tax = money.ZERO if rate.percent is None else money.tax_on_net(net, rate.percent)
        found[rate] = Share(rate=rate, net=net, tax=tax)
    for rate, amounts in grosses.items():
        gross = money.grosze(money.total(amounts))
        tax = money.ZERO if rate.percent is None else money.tax_in_gross(gross, rate.percent)
        earlier = found.get(rate, Share(rate=rate, net=money.ZERO, tax=money.ZERO))
        found[rate] = Share(rate=rate, net=earlier.net + gross - tax, tax=earlier.tax + tax)
    return [found[rate] for rate in sorted(found, key=_order)]


def _order(rate: Rate) -> tuple[str, Decimal]:
    return rate.net, -(rate.percent or money.ZERO)


def of_part(whole: list[Share], gross: Decimal) -> list[Share]:
    """A payment of ``gross`` divided over the rates of an order in proportion; the last one takes the odd grosz.

    Tax of an advance is reckoned from what was paid (art. 106f ust. 1 pkt 3).
    """
    everything = sum((share.gross for share in whole), money.ZERO)
    found, left = [], gross
    for index, share in enumerate(whole):
        last = index == len(whole) - 1
        part = left if last else money.grosze(gross * share.gross / everything)
        left -= part
        tax = money.ZERO if share.rate.percent is None else money.tax_in_gross(part, share.rate.percent)
        found.append(Share(rate=share.rate, net=part - tax, tax=tax))
    return found


def fields(
    parts: Iterable[Share], *, currency: str = PLN, exchange_rate: Decimal | None = None
) -> dict[str, Decimal]:
    """The fields of ``Fa`` that these sums fill, with ``p_15``.

    ``exchange_rate`` is PLN for one unit (art. 31a); it is needed for tax in another currency. Raises ValueError.
    """
    found: dict[str, Decimal] = {}
    for share in parts:
        _add(found, share.rate.net, share.net)
        if share.rate.tax is None:
            continue
        _add(found, share.rate.tax, share.tax)
        if currency != PLN and share.rate.tax_pln is not None:
            if exchange_rate is None:
                raise ValueError("tax in another currency needs a rate of exchange")
            _add(found, share.rate.tax_pln, money.converted(share.tax, exchange_rate))
    found["p_15"] = gross(found)
    return found


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


def _add(found: dict[str, Decimal], name: str, amount: Decimal) -> None:
    found[name] = found.get(name, money.ZERO) + amount

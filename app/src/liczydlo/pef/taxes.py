"""Categories of VAT (UNCL 5305) by the rates of FA(3), as far as domestic sales have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from liczydlo.fa3.model import Fa
from liczydlo.pef.ubl import Element, cac, cbc

RATES: Final[Mapping[str, tuple[str, int, str]]] = {
    "23": ("S", 23, "p_13_1"),
    "22": ("S", 22, "p_13_1"),
    "8": ("S", 8, "p_13_2"),
    "7": ("S", 7, "p_13_2"),
    "5": ("S", 5, "p_13_3"),
    "4": ("S", 4, "p_13_4"),
    "3": ("S", 3, "p_13_4"),
    "0 KR": ("Z", 0, "p_13_6_1"),
    "zw": ("E", 0, "p_13_7"),
    "oo": ("AE", 0, "p_13_10"),
}
"""Category, percent and the field of the net sum, by P_12."""
POLAND: Final = "PLN"
_ZERO: Final = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Share:
    """What an invoice has at one rate: net from its lines, tax as the document states it."""

    rate: str
    net: Decimal
    tax: Decimal
    reason: str | None

    def subtotal(self, currency: str) -> Element | None:
        """BG-23."""
        kind, percent, _field = RATES[self.rate]
        code = "VATEX-EU-AE" if kind == "AE" else None
        return cac(
            "TaxSubtotal",
            cbc("TaxableAmount", self.net, currencyID=currency),
            cbc("TaxAmount", self.tax, currencyID=currency),
            cac(
                "TaxCategory",
                cbc("ID", kind),
                cbc("Percent", percent),
                cbc("TaxExemptionReasonCode", code),
                cbc("TaxExemptionReason", self.reason),
                scheme(),
            ),
        )


def scheme() -> Element | None:
    """That the tax is VAT."""
    return cac("TaxScheme", cbc("ID", "VAT"))


def shares(fa: Fa) -> list[Share] | None:
    """The invoice by rate; None where its sums are not those of its lines, or a sum is of two rates together."""
    nets: dict[str, Decimal] = {}
    for line in fa.fa_wiersz:
        rate = line.p_12 or ""
        nets[rate] = nets.get(rate, _ZERO) + (line.p_11 or _ZERO)
    fields = [RATES[rate][2] for rate in nets]
    stated = {name for name in Fa.__dataclass_fields__ if name.startswith("p_13_") and getattr(fa, name)}
    if len(set(fields)) < len(fields) or not stated <= set(fields):
        return None
    result = []
    for (rate, net), field in zip(nets.items(), fields, strict=True):
        if net != (getattr(fa, field) or _ZERO):
            return None
        taxed = RATES[rate][0] == "S"
        tax = getattr(fa, field.replace("p_13", "p_14")) or _ZERO if taxed else _ZERO
        result.append(Share(rate=rate, net=net, tax=tax, reason=_reason(fa) if rate == "zw" else None))
    return result if sum((one.net + one.tax for one in result), _ZERO) == fa.p_15 else None


def between(before: list[Share], after: list[Share]) -> list[Share]:
    """What a correction changed at each rate, those that it took away too."""
    was, now = ({one.rate: one for one in some} for some in (before, after))
    return [
        Share(
            rate=rate,
            net=_part(now.get(rate), "net") - _part(was.get(rate), "net"),
            tax=_part(now.get(rate), "tax") - _part(was.get(rate), "tax"),
            reason=(now.get(rate) or was[rate]).reason,
        )
        for rate in {**was, **now}
    ]


def _part(share: Share | None, name: str) -> Decimal:
    amount: Decimal = _ZERO if share is None else getattr(share, name)
    return amount


def in_zloty(fa: Fa) -> Decimal | None:
    """BT-111: the tax of an invoice in a foreign currency."""
    if fa.kod_waluty == POLAND:
        return None
    return sum((getattr(fa, f"p_14_{rate}w") or _ZERO for rate in "1234"), _ZERO)


def elements(shares: list[Share], currency: str, zloty: Decimal | None) -> Iterator[Element | None]:
    """BT-110 with BG-23, and in a foreign currency BT-111: the tax in PLN."""
    yield cac(
        "TaxTotal",
        cbc("TaxAmount", sum((one.tax for one in shares), _ZERO), currencyID=currency),
        *(one.subtotal(currency) for one in shares),
    )
    if zloty is not None:
        yield cac("TaxTotal", cbc("TaxAmount", zloty, currencyID=POLAND))


def totals(shares: list[Share], currency: str, prepaid: Decimal = _ZERO) -> Element | None:
    """BG-22."""
    net = sum((one.net for one in shares), _ZERO)
    gross = net + sum((one.tax for one in shares), _ZERO)
    return cac(
        "LegalMonetaryTotal",
        cbc("LineExtensionAmount", net, currencyID=currency),
        cbc("TaxExclusiveAmount", net, currencyID=currency),
        cbc("TaxInclusiveAmount", gross, currencyID=currency),
        cbc("PrepaidAmount", prepaid, currencyID=currency) if prepaid else None,
        cbc("PayableAmount", gross - prepaid, currencyID=currency),
    )


def _reason(fa: Fa) -> str | None:
    exempt = fa.adnotacje.zwolnienie
    return exempt.p_19a or exempt.p_19b or exempt.p_19c

"""What a PEF_KOR(3) changes: KSeF lists the amounts of its body, which are not that.

Of a correction of the national extension the body is the whole invoice after it, and the differences stand in an
extension (``InvoiceCorrection``); a credit note of Peppol BIS Billing 3.0 alone says above zero what it takes off.
Corrections in FA(3) are listed with their differences, and so are these.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

KIND: Final = "KOR_PEF"
_POLAND: Final = "PLN"


@dataclass(frozen=True, kw_only=True)
class Change:
    """Differences in the document's currency; ``vat`` is in PLN where the document has it so."""

    net: Decimal
    vat: Decimal
    gross: Decimal
    payable: Decimal


def change(root: etree._Element) -> Change | None:
    """Of a credit note's root; None where its amounts are not there or are no numbers."""
    own = root.find("./{*}UBLExtensions//{*}InvoiceCorrection")
    part, sign = (root, -1) if own is None else (own, 1)
    try:
        net, gross, payable = (
            sign * Decimal(part.findtext(f"{{*}}LegalMonetaryTotal/{{*}}{name}Amount") or "")
            for name in ("TaxExclusive", "TaxInclusive", "Payable")
        )
        taxes = {
            one.get("currencyID", ""): sign * Decimal(one.text or "")
            for one in part.findall("{*}TaxTotal/{*}TaxAmount")
        }
    except InvalidOperation:
        return None
    amounts = (net, gross, payable, *taxes.values())
    if not all(one.is_finite() and abs(one) < 10**16 for one in amounts):
        return None
    vat = taxes.get(_POLAND, next(iter(taxes.values()), gross - net))
    return Change(net=net, vat=vat, gross=gross, payable=payable)


def of(xml: bytes) -> Change | None:
    """The credit note in a document's bytes; None where it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return change(root) if root.tag.rpartition("}")[2] == "CreditNote" else None

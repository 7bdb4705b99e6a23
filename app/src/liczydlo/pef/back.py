"""From a PEF(3) or a PEF_KOR(3) back to an FA(3), so that it can be corrected here and its corrections be counted.

Only what is understood whole: a document that says more of amounts or parties is refused by the name of the element.
Payment and the documents that go with an invoice stay out: no correction repeats them. Of a PEF_KOR the states before
and after are lines before and after; of a credit note of Peppol BIS Billing 3.0 alone, which takes off what it shows,
lines and amounts are differences with their signs turned.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from liczydlo.fa3 import money
from liczydlo.fa3.build import build as fa3
from liczydlo.fa3.draft import (
    Correction,
    Exemption,
    InvoiceDraft,
    Line,
    Marks,
    Original,
)
from liczydlo.fa3.model import (
    Faktura,
    Informacja,
    OkresFa,
    Stopka,
    Umowa,
    WarunkiTransakcji,
    ZamowienieOdniesienie,
)
from liczydlo.pef import back_lines, back_parties, fields, kor, taxes
from liczydlo.pef.reading import NotHeld, every, first, local, text, texts

_READ: Final = frozenset(
    (
        *("CustomizationID", "ProfileID", "ID", "IssueDate", "InvoiceTypeCode", "CreditNoteTypeCode", "Note"),
        *("DocumentCurrencyCode", "TaxCurrencyCode", "BuyerReference", "InvoicePeriod", "OrderReference"),
        *("BillingReference", "DespatchDocumentReference", "ContractDocumentReference", "Delivery"),
        *("AccountingSupplierParty", "AccountingCustomerParty", "TaxTotal", "LegalMonetaryTotal"),
        *("InvoiceLine", "CreditNoteLine", "UBLExtensions"),
    )
)
_ASIDE: Final = frozenset(
    (
        *("UBLVersionID", "DueDate", "TaxPointDate", "AccountingCost", "PaymentMeans", "PaymentTerms"),
        *("ReceiptDocumentReference", "OriginatorDocumentReference", "ProjectReference"),
        *("AdditionalDocumentReference", "PayeeParty", "DiscrepancyResponse"),
    )
)
"""What says nothing of amounts, and what no correction repeats."""
_SUMS: Final = (
    "LineExtensionAmount",
    "TaxExclusiveAmount",
    "TaxInclusiveAmount",
    "PrepaidAmount",
    "PayableAmount",
)


def faktura(xml: bytes) -> Faktura:
    """The document as an FA(3): an invoice VAT, or its correction KOR. Raises NotHeld."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotHeld("XML") from error
    kind = local(root)
    if kind not in ("Invoice", "CreditNote"):
        raise NotHeld(kind)
    for child in root.iterchildren(etree.Element):
        if local(child) not in _READ | _ASIDE or (local(child) == "UBLExtensions" and kind == "Invoice"):
            raise NotHeld(local(child))
    try:
        return _invoice(root) if kind == "Invoice" else _correction(root)
    except (InvalidOperation, ValueError) as error:
        raise error if isinstance(error, NotHeld) else NotHeld("LegalMonetaryTotal") from error


def _invoice(root: etree._Element) -> Faktura:
    draft = replace(_head(root), lines=tuple(back_lines.elements(root, "InvoiceLine")))
    return _stated(draft, _amounts(root))


def _correction(root: etree._Element) -> Faktura:
    head = _head(root)
    originals = tuple(map(_original, every(root, "BillingReference/InvoiceDocumentReference")))
    note = text(root, "Note").split("\n")
    reason = next((line.partition(": ")[2] for line in note if line.startswith(f"{kor.REASON}: ")), None)
    effect = next((code for code, words in kor.EFFECTS.items() if f"{kor.EFFECT}: {words}" in note), None)
    head = replace(
        head,
        kind="KOR",
        correction=Correction(originals=originals, reason=reason, effect=effect),
        sale_date=None,
    )
    change, before = root.find(".//{*}InvoiceCorrection"), root.find(".//{*}OriginalInvoiceData")
    after = tuple(back_lines.elements(root, "CreditNoteLine"))
    if change is None or before is None:
        negated = tuple(_turned(line) for line in after)
        return _stated(replace(head, lines=negated), {name: -one for name, one in _amounts(root).items()})
    was = tuple(replace(line, before=True) for line in back_lines.elements(before, "InvoiceLine"))
    return _stated(replace(head, lines=(*was, *after)), _amounts(change))


def _stated(draft: InvoiceDraft, amounts: dict[str, Decimal]) -> Faktura:
    assert draft.issue_date is not None
    document = fa3(draft, created=datetime.combine(draft.issue_date, time(12), UTC))
    cleared: dict[str, Any] = {
        name: None for name in document.fa.__dataclass_fields__ if name.startswith(("p_13_", "p_14_"))
    }
    return replace(document, fa=replace(document.fa, **{**cleared, **amounts}))


def _turned(line: Line) -> Line:
    """A line that takes off what it shows."""
    return replace(
        line,
        quantity=None if line.quantity is None else -line.quantity,
        net=None if line.net is None else -line.net,
        discount=None if line.discount is None else -line.discount,
    )


def _head(root: etree._Element) -> InvoiceDraft:
    orders, contracts = texts(root, "OrderReference/ID"), texts(root, "ContractDocumentReference/ID")
    terms = WarunkiTransakcji(
        umowy=tuple(Umowa(nr_umowy=one) for one in contracts),
        zamowienia=tuple(ZamowienieOdniesienie(nr_zamowienia=one) for one in orders),
    )
    marks, rest = _marks(root)
    delivered = texts(root, "Delivery/ActualDeliveryDate")
    buyer = back_parties.party(first(root, "AccountingCustomerParty/Party"))
    return InvoiceDraft(
        number=text(root, "ID"),
        issue_date=date.fromisoformat(text(root, "IssueDate")[:10]),
        sale_date=date.fromisoformat(delivered[0][:10]) if delivered else None,
        period=_period(root),
        currency=text(root, "DocumentCurrencyCode"),
        exchange_rate=_rate(root),
        seller=back_parties.party(first(root, "AccountingSupplierParty/Party")),
        buyer=replace(buyer, customer_number=text(root, "BuyerReference") or None),
        third_parties=tuple(back_parties.recipients(root)),
        marks=marks,
        delivery_notes=tuple(texts(root, "DespatchDocumentReference/ID")),
        terms=terms if orders or contracts else None,
        footer=Stopka(informacje=(Informacja(stopka_faktury=rest),)) if rest else None,
    )


def _marks(root: etree._Element) -> tuple[Marks, str]:
    """What the note says as art. 106e asks for it, and the rest of it; the basis of an exemption."""
    notes = "\n".join(texts(root, "Note")).split("\n")
    marks = {name for name, words in fields.MARKS.items() if words in notes}
    own = (*fields.MARKS.values(),)
    rest = [
        one for one in notes if one not in own and not one.startswith((f"{kor.REASON}: ", f"{kor.EFFECT}: "))
    ]
    basis = texts(root, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReason")
    return (
        Marks(
            cash_accounting="p_16" in marks,
            reverse_charge=True if "p_18" in marks else None,
            split_payment="p_18a" in marks,
            exemption=Exemption(text=basis[0]) if basis else None,
        ),
        "\n".join(rest),
    )


def _period(root: etree._Element) -> OkresFa | None:
    begins, ends = (texts(root, f"InvoicePeriod/{name}Date") for name in ("Start", "End"))
    if not begins or not ends:
        return None
    return OkresFa(p_6_od=date.fromisoformat(begins[0]), p_6_do=date.fromisoformat(ends[0]))


def _rate(root: etree._Element) -> Decimal | None:
    """PEF does not say the rate of exchange; it follows from the tax in both currencies, to four places."""
    totals = {one.get("currencyID", ""): Decimal(one.text or "") for one in every(root, "TaxTotal/TaxAmount")}
    own, zloty = totals.get(text(root, "DocumentCurrencyCode")), totals.get(taxes.POLAND)
    if not own or zloty is None or len(totals) == 1:
        return None
    return (zloty / own).quantize(Decimal("0.0001"))


def _original(reference: etree._Element) -> Original:
    """Raises NotHeld where it has no day: by that and the number it is known."""
    day = text(reference, "IssueDate")
    if not day:
        raise NotHeld("BillingReference/InvoiceDocumentReference/IssueDate")
    return Original(
        number=text(reference, "ID"),
        issue_date=date.fromisoformat(day[:10]),
        ksef_number=text(reference, "UUID") or None,
    )


def _amounts(part: etree._Element) -> dict[str, Decimal]:
    """P_13 to P_15. Raises NotHeld for charges of the whole document, and for taxes of a foreign currency that PEF has
    in one sum."""
    for one in every(part, "LegalMonetaryTotal"):
        for child in one.iterchildren(etree.Element):
            if local(child) not in _SUMS and Decimal(child.text or "0"):
                raise NotHeld(local(child))
    amounts: dict[str, Decimal] = {"p_15": Decimal(text(part, "LegalMonetaryTotal/TaxInclusiveAmount"))}
    taxed: list[str] = []
    for one in every(part, "TaxTotal/TaxSubtotal"):
        rate = back_lines.rate_of(first(one, "TaxCategory"))
        kind, _percent, field = taxes.RATES[rate]
        _add(amounts, field, Decimal(text(one, "TaxableAmount")))
        if kind == "S":
            field = field.replace("p_13", "p_14")
            _add(amounts, field, Decimal(text(one, "TaxAmount")))
            taxed = [*dict.fromkeys((*taxed, field))]
    totals = every(part, "TaxTotal/TaxAmount")
    if len(totals) > 1:
        if len(taxed) > 1:
            raise NotHeld("TaxTotal/TaxAmount")
        zloty = next(one for one in totals if one.get("currencyID") == taxes.POLAND)
        amounts |= {f"{field}w": Decimal(zloty.text or "") for field in taxed}
    return amounts


def _add(amounts: dict[str, Decimal], field: str, amount: Decimal) -> None:
    amounts[field] = money.total((amounts[field], amount)) if field in amounts else amount

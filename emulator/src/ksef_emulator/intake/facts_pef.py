"""The facts of PEF and PEF_KOR documents, which are UBL 2.1 invoices and credit notes (EN 16931).

What KSeF reads where is not published for them; this follows the meaning of the terms (BT-n) of EN 16931.
"""

from __future__ import annotations

import re
from datetime import date

from lxml import etree

from .facts import Facts, Party, grosze
from .refusals import wrong_content

_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_NIP = re.compile(r"(?:PL)?([1-9](?:\d[1-9]|[1-9]\d)\d{7})")
_VAT_UE = re.compile(r"(?!PL)[A-Z]{2}[0-9A-Z+*]{2,12}")
_SELF_BILLED = "389"
"""UNTDID 1001: self-billed invoice."""
_EXTENSIONS = "{urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2}UBLExtensions"
"""What only the specialised invoices of the Polish platform (PEF) carry: the data of their branch."""


def read_pef(root: etree._Element) -> Facts:
    """The facts of a schema-valid PEF or PEF_KOR document. Raises a `Refusal` 450 when the seller has no NIP."""
    credit = etree.QName(root).localname == "CreditNote"
    currency = _text(root, "DocumentCurrencyCode")
    totals = root.find(f"{_CAC}LegalMonetaryTotal")
    kind = "KOR_PEF" if credit else "VAT_PEF"
    if not credit and root.find(_EXTENSIONS) is not None:
        kind = "VAT_PEF_SP"
    return Facts(
        seller=_seller(_party(root, "AccountingSupplierParty")),
        buyer=_identified(_party(root, "AccountingCustomerParty")),
        third=(),
        authorized=None,
        number=_text(root, "ID"),
        issue_date=date.fromisoformat(_text(root, "IssueDate")[:10]),
        kind=kind,
        currency=currency,
        net=_amount(totals, "TaxExclusiveAmount"),
        vat=_vat(root, currency),
        gross=_amount(totals, "TaxInclusiveAmount"),
        self_invoicing=_text(root, "InvoiceTypeCode") == _SELF_BILLED,
        has_attachment=root.find(f"{_CAC}AdditionalDocumentReference/{_CAC}Attachment") is not None,
    )


def _text(element: etree._Element | None, name: str) -> str:
    return "" if element is None else (element.findtext(f"{_CBC}{name}") or "").strip()


def _amount(totals: etree._Element | None, name: str) -> int:
    amount = _text(totals, name)
    return grosze(amount) if amount else 0


def _vat(root: etree._Element, currency: str) -> int:
    """BT-111, the tax in the accounting currency, when that is PLN; else BT-110."""
    by_currency = {}
    for total in root.iterchildren(f"{_CAC}TaxTotal"):
        amount = total.find(f"{_CBC}TaxAmount")
        if amount is not None:
            by_currency[amount.get("currencyID", "")] = grosze((amount.text or "0").strip())
    return by_currency.get("PLN", by_currency.get(currency, 0))


def _party(root: etree._Element, name: str) -> etree._Element | None:
    return root.find(f"{_CAC}{name}/{_CAC}Party")


def _identified(party: etree._Element | None) -> Party:
    """The tax identifier (BT-31, BT-48) if it is a NIP, else the legal one (BT-30, BT-47) if that is; else a number
    of another member state, or anything else."""
    if party is None:
        return Party(kind="None")
    legal = party.find(f"{_CAC}PartyLegalEntity")
    tax = party.find(f"{_CAC}PartyTaxScheme")
    name = _text(legal, "RegistrationName") or _text(party.find(f"{_CAC}PartyName"), "Name") or None
    numbers = [_text(holder, "CompanyID").replace(" ", "") for holder in (tax, legal)]
    for number in numbers:
        nip = _NIP.fullmatch(number)
        if nip:
            return Party(kind="Nip", value=nip[1], name=name)
    for number in numbers:
        if _VAT_UE.fullmatch(number):
            return Party(kind="VatUe", value=number, name=name)
    other = next(filter(None, numbers), None)
    return Party(kind="Other" if other else "None", value=other, name=name)


def _seller(party: etree._Element | None) -> Party:
    seller = _identified(party)
    if seller.kind != "Nip":
        raise wrong_content("Brak numeru NIP sprzedawcy w elemencie AccountingSupplierParty.")
    return seller

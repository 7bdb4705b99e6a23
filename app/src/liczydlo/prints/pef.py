"""The parts of a PEF(3) invoice and of a PEF_KOR(3) credit note: UBL 2.1 by the terms (BT-n) of EN 16931."""

from __future__ import annotations

from typing import Any, Final

from liczydlo.prints import groups, lines
from liczydlo.prints.choices import word
from liczydlo.prints.labels import Words, label, pick
from liczydlo.prints.parties import Party
from liczydlo.prints.reading import Node, Pair
from liczydlo.prints.values import amount, day, seconds, soft

ROOTS: Final = ("Invoice", "CreditNote")
_TITLES: Final[dict[str, Words]] = {
    "Invoice": ("Faktura PEF", "PEF invoice"),
    "CreditNote": ("Faktura PEF korygująca", "PEF credit note"),
}
_PARTIES: Final = (
    "AccountingSupplierParty/Party",
    "AccountingCustomerParty/Party",
    "PayeeParty",
    "TaxRepresentativeParty",
)
_TOTALS: Final = (
    *("LineExtensionAmount", "AllowanceTotalAmount", "ChargeTotalAmount", "TaxExclusiveAmount"),
    *("TaxInclusiveAmount", "PrepaidAmount", "PayableRoundingAmount", "PayableAmount"),
)
_REFERENCES: Final = (
    *("OrderReference", "BillingReference", "ContractDocumentReference", "ProjectReference"),
    *("DespatchDocumentReference", "ReceiptDocumentReference", "OriginatorDocumentReference"),
)
_FILE: Final = "Attachment/EmbeddedDocumentBinaryObject"  # base64, up to megabytes
_DELIVERED: Final = ("Delivery", "DeliveryTerms", "InvoicePeriod", "DiscrepancyResponse")
_PAYMENT: Final = ("PaymentMeans", "PaymentTerms", "PrepaidPayment", "TaxExchangeRate")


def parts(document: Node) -> dict[str, Any]:
    """Fields of ``InvoiceView`` that the document decides; what they leave unread is listed by name."""
    language = document.language
    issued = document.text("IssueDate")
    payable = [node.text() for node in document.all("LegalMonetaryTotal/PayableAmount")]
    found = [
        *(_group(document, name) for name in (*_REFERENCES, *_DELIVERED)),
        *(_group(document, name) for name in _PAYMENT),
    ]
    for node in document.all("AdditionalDocumentReference"):
        found.append(_additional(node))
    due = document.text("DueDate")
    return {
        "moment": seconds(issued) or 0,
        "title": pick(_TITLES[document.name], language),
        "number": soft(document.text("ID"), 44),
        "dates": [(label("IssueDate", language), day(issued)), *document.pairs("TaxPointDate")],
        "parties": [_party(node, path.partition("/")[0]) for path in _PARTIES for node in document.all(path)],
        "lines": _lines(document),
        "sums": None,
        "amounts": _amounts(document) if payable else [],
        "paid": f"{word('due_by', language)} {day(due)}" if due else "",
        "tables": _taxes(document),
        "groups": groups.in_columns([group for group in found if group]),
        "notes": [("", node.words()) for node in document.all("Note")],
        "attachment": [],
        "made": " · ".join(node.text() for node in document.all("CustomizationID")),
    }


def _additional(node: Node) -> groups.Group:
    """A document that goes with the invoice (BG-24); a file in it is named, not shown."""
    language = node.language
    files = [
        (label("EmbeddedDocumentBinaryObject", language), word("in_xml", language)) for _ in node.all(_FILE)
    ]
    node.skip(_FILE)
    return groups.group(label(node.name, language), [*_leaves(node), *files])


def _skip_vat(node: Node, path: str) -> None:
    """A tax that is VAT, as on nearly every invoice, is not named; another one is."""
    for scheme in node.all(path):
        scheme.read = scheme.read or scheme.value == "VAT"


def _money(node: Node) -> str:
    return f"{amount(node.text())}\u00a0{node.unit}".strip()


def _amounts(document: Node) -> list[Pair]:
    """The totals of BG-22, what is payable last."""
    language = document.language
    return [
        (label(name, language), _money(node))
        for name in _TOTALS
        for node in document.all(f"LegalMonetaryTotal/{name}")
    ]


def _taxes(document: Node) -> list[dict[str, Any]]:
    """BG-23: the tax by category and rate; and the tax in the accounting currency (BT-111)."""
    language = document.language
    heads = ("Percent", "TaxableAmount", "TaxAmount")
    rows = []
    for node in document.all("TaxTotal/TaxSubtotal"):
        percent = node.text("TaxCategory/Percent")
        category = node.text("TaxCategory/ID")
        reasons = [one.text() for one in node.all("TaxCategory/TaxExemptionReason")]
        reasons += [one.text() for one in node.all("TaxCategory/TaxExemptionReasonCode")]
        _skip_vat(node, "TaxCategory/TaxScheme/ID")
        rate = " ".join(filter(None, (category, f"{amount(percent, least=0)}%" if percent else "", *reasons)))
        sums = [_money(one) for name in heads[1:] for one in node.all(name)[:1]]
        rows.append([rate, *sums, *[""] * (2 - len(sums))])
    totals = [["", "", _money(node)] for node in document.all("TaxTotal/TaxAmount")]
    if not rows and not totals:
        return []
    return [
        {
            "title": label("TaxTotal", language),
            "columns": [label(name, language) for name in heads],
            "right": [False, True, True],
            "rows": [*rows, *totals],
        }
    ]


def _party(node: Node, role: str) -> Party:
    """A party's name, numbers, address and contact."""
    language = node.language
    name = node.text("PartyName/Name")
    legal = node.text("PartyLegalEntity/RegistrationName")
    numbers = [(label("CompanyID", language), one.text()) for one in node.all("PartyTaxScheme/CompanyID")]
    if (entity := node.first("PartyLegalEntity")) is not None:
        numbers += entity.pairs("CompanyID")
    _skip_vat(node, "PartyTaxScheme/TaxScheme/ID")
    numbers += node.pairs("EndpointID")
    numbers += [
        (label("PartyIdentification", language), one.text()) for one in node.all("PartyIdentification/ID")
    ]
    home = node.first("PostalAddress")
    details = [f"{title}: {value}" for one in node.all("Contact") for title, value in one.leaves()]
    for one in node.all("Contact"):
        one.skip(*(child.name for child in one.children))
    extra = [legal] if legal and name and legal != name else []
    return Party(
        title=label(role, language),
        name=soft(name or legal),
        identifiers=numbers,
        address=extra + (_address(home) if home is not None else []),
        details=details,
    )


def _address(node: Node) -> list[str]:
    """Street, postal code with town, country where it is abroad."""
    street = [node.text(name) for name in ("StreetName", "AdditionalStreetName", "AddressLine/Line")]
    town = " ".join(filter(None, (node.text("PostalZone"), node.text("CityName"))))
    country = node.text("Country/IdentificationCode")
    region = node.text("CountrySubentity")
    return [line for line in (*street, town, region, "" if country == "PL" else country) if line]


def _lines(document: Node) -> dict[str, Any] | None:
    """BG-25 with the identifiers and descriptions of items in small print."""
    nodes = document.all("InvoiceLine") + document.all("CreditNoteLine")
    if not nodes:
        return None
    language = document.language
    heads = ("ID", "Item", "Quantity", "unitCode", "PriceAmount", "LineExtensionAmount", "Percent")
    kinds = ("text", "name", "num", "text", "num", "num", "text")
    rows = [_line(node) for node in nodes]
    columns = [
        (label(f"line:{name}" if name == "ID" else name, language), kind)
        for name, kind in zip(heads, kinds, strict=True)
    ]
    return {**lines.measured(columns, rows), "rows": rows}


def _line(node: Node) -> dict[str, Any]:
    quantity = node.first("InvoicedQuantity") or node.first("CreditedQuantity")
    item = node.first("Item")
    rate = category = ""
    name = ""
    below: list[Pair] = node.pairs("Note", "AccountingCost")
    if item is not None:
        name = item.words("Name", longest=24)
        category = item.text("ClassifiedTaxCategory/ID")
        rate = item.text("ClassifiedTaxCategory/Percent")
        _skip_vat(item, "ClassifiedTaxCategory/TaxScheme/ID")
        below += item.pairs("Description") + _leaves(item)
    price = node.text("Price/PriceAmount")
    cells = [
        node.text("ID"),
        name,
        amount(quantity.text(), least=0) if quantity is not None else "",
        quantity.unit if quantity is not None else "",
        amount(price) if price else "",
        amount(node.text("LineExtensionAmount")),
        " ".join(filter(None, (category, f"{amount(rate, least=0)}%" if rate else ""))),
    ]
    below += _leaves(node)
    return {"cells": cells, "below": " · ".join(f"{title}: {value}" for title, value in below), "state": ""}


def _leaves(node: Node) -> list[Pair]:
    """Whatever below has not been read, read now."""
    found = [(leaf, parent) for leaf, parent in node.unread()]
    return [(_titled(leaf, parent), leaf.shown()) for leaf, parent in found]


def _titled(leaf: Node, parent: Node) -> str:
    """The label of a leaf; of one that only has a general name (``ID``) its parent's."""
    general = leaf.name in ("ID", "Name", "Line", "UUID")
    return label(parent.name if general else leaf.name, leaf.language)


def _group(document: Node, name: str) -> groups.Group | None:
    pairs = [pair for node in document.all(name) for pair in _leaves(node)]
    return groups.group(label(name, document.language), pairs) if pairs else None

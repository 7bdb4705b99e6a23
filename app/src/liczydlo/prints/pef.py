"""The parts of a PEF(3) invoice and of a PEF_KOR(3) credit note: UBL 2.1 by the terms (BT-n) of EN 16931."""

from __future__ import annotations

from typing import Any, Final

from liczydlo.pef import kor
from liczydlo.prints import groups, lines
from liczydlo.prints.choices import word
from liczydlo.prints.labels import Language, Words, label, pick
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
_EXTENSION: Final = "UBLExtensions/UBLExtension/ExtensionContent"
_BEFORE: Final = f"{_EXTENSION}/OriginalInvoiceData"
_CHANGES: Final = f"{_EXTENSION}/InvoiceCorrection"
"""What a PEF_KOR of the national extension shows beside the invoice as it is after the correction."""
_PART_NAMES: Final = (kor.TITLE, kor.BEFORE, kor.CHANGES)
"""What names the parts of such a correction; the print has names of its own."""
_DELIVERED: Final = ("Delivery", "DeliveryTerms", "InvoicePeriod", "DiscrepancyResponse")
_PAYMENT: Final = ("PaymentMeans", "PaymentTerms", "PrepaidPayment", "TaxExchangeRate")


def parts(document: Node) -> dict[str, Any]:
    """Fields of ``InvoiceView`` that the document decides; what they leave unread is listed by name."""
    language = document.language
    issued = document.text("IssueDate")
    payable = [node.text() for node in document.all("LegalMonetaryTotal/PayableAmount")]
    boxes = [
        *(_group(document, name) for name in (*_REFERENCES, *_DELIVERED)),
        *(_group(document, name) for name in _PAYMENT),
    ]
    for node in document.all("AdditionalDocumentReference"):
        boxes.append(_additional(node))
    for node in (*document.all("UBLExtensions/UBLExtension/Name"), *document.all(f"{_EXTENSION}/Comment")):
        node.read = node.read or node.value in _PART_NAMES
    due = document.text("DueDate") or document.text("PaymentMeans/PaymentDueDate")
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
        "tables": _tables(document),
        "groups": groups.in_columns([group for group in boxes if group]),
        "notes": [("", node.words()) for node in document.all("Note")],
        "attachment": None,
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


def _states(document: Node) -> list[tuple[str, Node]]:
    """What a document shows: itself, or in a correction the invoice before it, the differences, the invoice after."""
    before, changes = document.first(_BEFORE), document.first(_CHANGES)
    if before is None or changes is None:
        return [("", document)]
    return [("before", before), ("difference", changes), ("after", document)]


def _of(title: str, state: str, language: Language) -> str:
    return f"{title}, {word(state, language)}" if state else title


def _amounts(document: Node) -> list[Pair]:
    """The totals of BG-22, what is payable last; of a correction those of each state."""
    language = document.language
    return [
        (_of(label(name, language), state, language), _money(node))
        for state, part in _states(document)
        for name in _TOTALS
        for node in part.all(f"LegalMonetaryTotal/{name}")
    ]


def _tables(document: Node) -> list[dict[str, Any]]:
    """The taxes of each state."""
    return [table for state, part in _states(document) for table in _taxes(part, state)]


def _taxes(document: Node, state: str) -> list[dict[str, Any]]:
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
            "title": _of(label("TaxTotal", language), state, language),
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
    rows = _rows(nodes, document.all(f"{_BEFORE}/InvoiceLine"))
    heads = ("ID", "Item", "Quantity", "unitCode", "PriceAmount", "LineExtensionAmount", "Percent")
    kinds = ("text", "name", "num", "text", "num", "num", "text")
    columns = [
        (label(f"line:{name}" if name == "ID" else name, language), kind)
        for name, kind in zip(heads, kinds, strict=True)
    ]
    return {**lines.measured(columns, rows), "rows": rows}


def _rows(nodes: list[Node], before: list[Node]) -> list[dict[str, Any]]:
    """Lines; of a correction those before it and after it, by their numbers, and one alone where nothing changed."""
    was = [_line(node) for node in before]
    rows = []
    for node in nodes:
        row = _line(node)
        old = next((one for one in was if one["cells"][0] == row["cells"][0]), None)
        if old is not None:
            was.remove(old)
        if old == row or not before:
            rows.append(row)
            continue
        rows += [] if old is None else [_marked(old, "before", node.language)]
        rows.append(_marked(row, "after", node.language))
    return [*rows, *(_marked(row, "before", nodes[0].language) for row in was)]


def _marked(row: dict[str, Any], state: str, language: Language) -> dict[str, Any]:
    below = " · ".join(filter(None, (word(state, language), row["below"])))
    return {**row, "below": below, "state": state}


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
    leaves = [(leaf, parent) for leaf, parent in node.unread()]
    return [(_titled(leaf, parent), leaf.shown()) for leaf, parent in leaves]


def _titled(leaf: Node, parent: Node) -> str:
    """The label of a leaf; of one that only has a general name (``ID``) its parent's."""
    general = leaf.name in ("ID", "Name", "Line", "UUID")
    return label(parent.name if general else leaf.name, leaf.language)


def _group(document: Node, name: str) -> groups.Group | None:
    pairs = [pair for node in document.all(name) for pair in _leaves(node)]
    return groups.group(label(name, document.language), pairs) if pairs else None

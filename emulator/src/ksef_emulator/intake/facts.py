"""What KSeF reads out of an FA document: the fields that its register, its filters and its receipts need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

INVOICE_TYPES: dict[str, str] = {
    "VAT": "Vat",
    "KOR": "Kor",
    "ZAL": "Zal",
    "ROZ": "Roz",
    "UPR": "Upr",
    "KOR_ZAL": "KorZal",
    "KOR_ROZ": "KorRoz",
}
"""`RodzajFaktury` of FA → `invoiceType` of the API."""


@dataclass(frozen=True, kw_only=True)
class Party:
    """One subject of a document: identifier type of the API (`Nip`, `InternalId`, `VatUe`, `Other`, `None`),
    value, name, and for third and authorised subjects their role number (0 = a role told in words)."""

    kind: str
    value: str | None = None
    name: str | None = None
    role: int = 0


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The index of one invoice. Amounts are grosze of the invoice's currency, VAT is grosze of PLN."""

    seller: Party
    buyer: Party
    third: tuple[Party, ...]
    authorized: Party | None
    number: str
    issue_date: date
    kind: str
    currency: str
    net: int
    vat: int
    gross: int
    self_invoicing: bool
    has_attachment: bool

    @property
    def invoice_type(self) -> str:
        """`invoiceType` as the API calls it."""
        return INVOICE_TYPES[self.kind]


def read_fa(root: etree._Element) -> Facts:
    """The facts of a schema-valid FA(2) or FA(3) document."""
    name = etree.QName(root)
    prefix = f"{{{name.namespace}}}"
    fa = _child(root, prefix, "Fa")
    fields = _head(fa, len(prefix))
    return Facts(
        seller=_party(_child(root, prefix, "Podmiot1"), prefix),
        buyer=_party(_child(root, prefix, "Podmiot2"), prefix),
        third=tuple(_third(item, prefix) for item in root.iterchildren(f"{prefix}Podmiot3")),
        authorized=_authorized(root.find(f"{prefix}PodmiotUpowazniony"), prefix),
        number=fields["P_2"],
        issue_date=date.fromisoformat(fields["P_1"][:10]),
        kind=fields["RodzajFaktury"],
        currency=fields["KodWaluty"],
        net=sum(_grosze(value) for key, value in fields.items() if key.startswith("P_13_")),
        vat=_vat(fields),
        gross=_grosze(fields["P_15"]),
        self_invoicing=(fa.findtext(f"{prefix}Adnotacje/{prefix}P_17") or "").strip() == "1",
        has_attachment=root.find(f"{prefix}Zalacznik") is not None,
    )


def _head(fa: etree._Element, skip: int) -> dict[str, str]:
    """The simple fields of `Fa`, up to RodzajFaktury: whatever follows repeats for every line."""
    fields = {}
    for item in fa:
        if isinstance(item.tag, str):
            name = item.tag[skip:]
            fields[name] = (item.text or "").strip()
            if name == "RodzajFaktury":
                break
    return fields


def _vat(fields: dict[str, str]) -> int:
    """VAT in PLN: the converted P_14_xW of a foreign-currency invoice where it is given, else P_14_x."""
    taxes = {key: value for key, value in fields.items() if key.startswith("P_14_")}
    return sum(_grosze(taxes.get(f"{key}W", value)) for key, value in taxes.items() if not key.endswith("W"))


def _grosze(amount: str) -> int:
    return int((Decimal(amount) * 100).to_integral_value())


def _child(parent: etree._Element, prefix: str, name: str) -> etree._Element:
    found = parent.find(f"{prefix}{name}")
    if found is None:
        raise ValueError(f"{name} is missing from a document that passed the schema")
    return found


def _party(element: etree._Element, prefix: str) -> Party:
    data = _child(element, prefix, "DaneIdentyfikacyjne")
    fields = {
        item.tag[len(prefix) :]: (item.text or "").strip() for item in data if isinstance(item.tag, str)
    }
    name = fields.get("Nazwa") or None
    for field, kind in (("NIP", "Nip"), ("IDWew", "InternalId"), ("NrID", "Other")):
        if field in fields:
            return Party(kind=kind, value=fields[field], name=name)
    if "NrVatUE" in fields:
        return Party(kind="VatUe", value=f"{fields.get('KodUE', '')}{fields['NrVatUE']}", name=name)
    return Party(kind="None", name=name)


def _third(element: etree._Element, prefix: str) -> Party:
    party = _party(element, prefix)
    role = int(element.findtext(f"{prefix}Rola") or 0)
    return Party(kind=party.kind, value=party.value, name=party.name, role=role)


def _authorized(element: etree._Element | None, prefix: str) -> Party | None:
    if element is None:
        return None
    party = _party(element, prefix)
    return Party(
        kind=party.kind,
        value=party.value,
        name=party.name,
        role=int(element.findtext(f"{prefix}RolaPU") or 0),
    )

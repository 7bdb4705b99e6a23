"""The facts of FA(2), FA(3) and FA_RR(1) documents, each element looked at once: this is done for every invoice.

The trees come from `xml_rules.parse`, which leaves nothing in them but elements."""

from __future__ import annotations

from datetime import date

from lxml import etree

from .facts import Facts, Party, grosze

_Fields = dict[str, str]


def read_fa(root: etree._Element) -> Facts:
    """The facts of a schema-valid FA(2) or FA(3) document."""
    parts = _Parts(root)
    fields, notes = _head(parts.one["Fa"], parts.skip)
    return Facts(
        seller=_party(parts.one["Podmiot1"], parts.skip),
        buyer=_party(parts.one["Podmiot2"], parts.skip),
        third=tuple(_party(item, parts.skip, "Rola") for item in parts.third),
        authorized=_authorized(parts),
        number=fields["P_2"],
        issue_date=date.fromisoformat(fields["P_1"][:10]),
        kind=fields["RodzajFaktury"],
        currency=fields["KodWaluty"],
        net=sum(grosze(value) for key, value in fields.items() if key.startswith("P_13_")),
        vat=_vat(fields),
        gross=grosze(fields["P_15"]),
        self_invoicing=notes.get("P_17") == "1",
        has_attachment="Zalacznik" in parts.one,
    )


def read_rr(root: etree._Element) -> Facts:
    """The facts of a schema-valid FA_RR document: the farmer who supplies is the seller, and the buyer issues it."""
    parts = _Parts(root)
    fields, _ = _head(parts.one["FakturaRR"], parts.skip)
    return Facts(
        seller=_party(parts.one["Podmiot1"], parts.skip),
        buyer=_party(parts.one["Podmiot2"], parts.skip),
        third=tuple(_party(item, parts.skip, "Rola") for item in parts.third),
        authorized=None,
        number=fields["P_4C"],
        issue_date=date.fromisoformat(fields["P_4B"][:10]),
        kind=fields["RodzajFaktury"],
        currency=fields["KodWaluty"],
        net=grosze(fields["P_11_1"]),
        vat=grosze(fields.get("P_11_2W", fields["P_11_2"])),
        gross=grosze(fields["P_12_1"]),
        self_invoicing=False,
        has_attachment=False,
    )


class _Parts:
    """Children of the root by name; of `Podmiot3` there are many. `skip` is the length of a namespace in a tag."""

    def __init__(self, root: etree._Element) -> None:
        self.skip = root.tag.index("}") + 1
        self.one: dict[str, etree._Element] = {}
        self.third: list[etree._Element] = []
        for item in root:
            name = item.tag[self.skip :]
            self.one[name] = item
            if name == "Podmiot3":
                self.third.append(item)


def _head(element: etree._Element, skip: int) -> tuple[_Fields, _Fields]:
    """The simple fields up to RodzajFaktury, for whatever follows repeats for every line; and those of Adnotacje."""
    fields: _Fields = {}
    notes: _Fields = {}
    for item in element:
        name = item.tag[skip:]
        fields[name] = (item.text or "").strip()
        if name == "Adnotacje":
            notes = _fields(item, skip)
        elif name == "RodzajFaktury":
            break
    return fields, notes


def _fields(element: etree._Element, skip: int) -> _Fields:
    return {item.tag[skip:]: (item.text or "").strip() for item in element}


def _vat(fields: _Fields) -> int:
    """VAT in PLN: the converted P_14_xW of a foreign-currency invoice where it is given, else P_14_x."""
    taxes = {key: value for key, value in fields.items() if key.startswith("P_14_")}
    return sum(grosze(taxes.get(f"{key}W", value)) for key, value in taxes.items() if not key.endswith("W"))


def _party(element: etree._Element, skip: int, role: str = "") -> Party:
    """A subject; ``role`` names the element with the number of its role, which a role told in words has not."""
    fields: _Fields = {}
    number = "0"
    for item in element:
        name = item.tag[skip:]
        if name == "DaneIdentyfikacyjne":
            fields = _fields(item, skip)
            if not role:
                break
        elif name == role:
            number = item.text or "0"
    kind, value = _identifier(fields)
    return Party(kind=kind, value=value, name=fields.get("Nazwa") or None, role=int(number))


def _identifier(fields: _Fields) -> tuple[str, str | None]:
    for field, kind in (("NIP", "Nip"), ("IDWew", "InternalId"), ("NrID", "Other")):
        if field in fields:
            return kind, fields[field]
    if "NrVatUE" in fields:
        return "VatUe", f"{fields.get('KodUE', '')}{fields['NrVatUE']}"
    return "None", None


def _authorized(parts: _Parts) -> Party | None:
    element = parts.one.get("PodmiotUpowazniony")
    return _party(element, parts.skip, "RolaPU") if element is not None else None

"""Lines of a file as contractors: matched by number or by name, checked by the contractor's own form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.contacts import contractors
from liczydlo.contacts.forms import ContractorForm, buyer_of
from liczydlo.contacts.importing.cells import Fault, pick, texts_of
from liczydlo.contacts.importing.fields import CONTRACTOR_LABELS
from liczydlo.contacts.importing.identity import Identity, identity
from liczydlo.contacts.importing.plan import Change, Line, Outcome, Plan, Target
from liczydlo.contacts.importing.words import FORMS, LANGUAGE_WORDS
from liczydlo.contacts.models import LANGUAGES, Address, Contractor
from liczydlo.documents.choices import payments
from liczydlo.spreadsheets.columns import Columns
from liczydlo.spreadsheets.model import Row, Table
from liczydlo.web import search

CHUNK: Final = 500
"""Values in one question: a database takes only so many."""
OPTIONAL: Final = ("email", "payment_days", "payment_form", "currency", "language", "note")
LABELS: Final = {
    "name": "buyer_name",
    "line1": "buyer_line1",
    "line2": "buyer_line2",
    **{name: name for name in OPTIONAL},
}
"""Columns that a file may change, by the field of the form that names them."""
_ABSENT: Final = "—"
"""Stands for an address that neither the list nor the file has, where the form asks for one."""


@dataclass(kw_only=True)
class _ReadLine:
    """A line as it was read, before it is compared with the list."""

    row: Row
    texts: dict[str, str] = field(default_factory=dict)
    who: Identity = ("person", "", "")
    faults: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.texts.get("name", "")

    @cached_property
    def key(self) -> str:
        """Of one with a number; see ``contractors.key_of``."""
        return contractors.key_of(*self.who, self.name) if self.who[2] else ""


def plan(company: Company, table: Table, columns: Columns) -> Plan:
    """What storing the lines would do to the company's contractors."""
    width = len(columns.header.cells)
    lines = [_read(row, columns.places, width) for row in columns.rows(table)]
    listed = _Listed(company, lines)
    form, first = ContractorForm({}), dict[str | int, int]()
    return Plan(lines=_without_clashes(company, [_once(_line(line, listed, form), first) for line in lines]))


def _read(row: Row, places: Mapping[str, int], width: int) -> _ReadLine:
    read = _ReadLine(row=row)
    try:
        read.texts = texts_of(row, places, CONTRACTOR_LABELS, width=width)
        number, eu_number, place = (read.texts.get(one, "") for one in ("number", "eu_number", "country"))
        read.who = identity(number, eu_number, place)
    except Fault as fault:
        read.faults.append(str(fault))
    return read


class _Listed:
    """The company's contractors whom the lines may mean, read with few questions."""

    def __init__(self, company: Company, lines: Sequence[_ReadLine]) -> None:
        keys = {line.key for line in lines} - {""}
        names = {search.fold(line.name)[:512] for line in lines if not line.who[2]} - {""}
        rows = {row.pk: row for row in _rows(company, "key", keys)}
        rows |= {row.pk: row for row in _rows(company, "name_key", names)}
        self.by_key = {row.key: row for row in rows.values()}
        self.by_name: dict[str, list[Contractor]] = defaultdict(list)
        for row in rows.values():
            self.by_name[row.name_key].append(row)
        self.addresses: dict[int, Address] = {}
        for chunk in _chunks(rows):
            for one in Address.objects.of(company).filter(contractor__in=chunk, is_default=True):
                self.addresses[one.contractor_id] = one

    def match(self, line: _ReadLine, place: tuple[str, str]) -> Contractor | None:
        """By number; without one by name and address, else by name alone. Raises Fault where several have it."""
        if line.who[2]:
            return self.by_key.get(line.key)
        if (same := self.by_key.get(contractors.key_of(*line.who, line.name, *place))) is not None:
            return same
        named = self.by_name.get(search.fold(line.name)[:512], [])
        if len(named) > 1:
            raise Fault(
                _("Na liście jest kilku kontrahentów o tej nazwie: podaj NIP, żeby było wiadomo którego.")
            )
        return named[0] if named else None


def _rows(company: Company, column: str, values: Iterable[str]) -> Iterator[Contractor]:
    for chunk in _chunks(values):
        yield from contractors.of(company).filter(**{f"{column}__in": chunk}).order_by("pk")


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    ordered = sorted(values)
    for at in range(0, len(ordered), CHUNK):
        yield ordered[at : at + CHUNK]


def place_of(texts: Mapping[str, str]) -> tuple[str, str]:
    """The two lines of an address, of whichever columns a file has."""
    house = "/".join(filter(None, (texts.get("building", ""), texts.get("flat", ""))))
    town = " ".join(filter(None, (texts.get("postcode", ""), texts.get("town", ""))))
    return " ".join(filter(None, (texts.get("street", ""), house))), town or texts.get("line2", "")


def _line(read: _ReadLine, listed: _Listed, form: ContractorForm) -> Line:
    title, detail, place = read.name or "—", read.who[1] + read.who[2], place_of(read.texts)
    faults, row = list(read.faults), None
    if not read.name and not faults:
        faults.append(_("Nie ma nazwy."))
    try:
        row = listed.match(read, place) if not faults else None
        touched = {"name": read.name} | _touched(read.texts, place)
    except Fault as fault:
        faults.append(str(fault))
    if faults:
        return _refused(read, title, detail, faults)
    address = listed.addresses.get(row.pk) if row is not None else None
    values, faults = _checked(form, read.who, row, address, touched)
    if faults:
        return _refused(read, title, detail, faults)
    if row is None:
        return Line(number=read.row.number, title=title, detail=detail, outcome=Outcome.NEW, values=values)
    before = _columns(row, address)
    changes = tuple(
        Change(
            label=str(form.fields[LABELS[name]].label),
            before=_value_text(name, before[name]),
            after=_value_text(name, values[name]),
        )
        for name in LABELS
        if values[name] != before[name]
    )
    return Line(
        number=read.row.number,
        title=title if not changes else row.name,
        detail=row.identifier,
        outcome=Outcome.CHANGED if changes else Outcome.SAME,
        changes=changes,
        target=Target(
            pk=row.pk,
            version=row.version,
            address=address.pk if address else None,
            place=(before["line1"], before["line2"]),
        ),
        values=values,
    )


def _refused(read: _ReadLine, title: str, detail: str, faults: Sequence[str]) -> Line:
    return Line(
        number=read.row.number, title=title, detail=detail, outcome=Outcome.REFUSED, faults=tuple(faults)
    )


def _touched(texts: Mapping[str, str], place: tuple[str, str]) -> dict[str, str]:
    """What the file says of columns; an empty cell says nothing. Raises Fault."""
    values = dict(zip(contractors.PLACE, place, strict=True)) | {
        name: texts[name] for name in OPTIONAL if name in texts
    }
    if days := values.get("payment_days"):
        values["payment_days"] = days.casefold().removesuffix("dni").removesuffix("days").strip()
    for name, words in (("payment_form", FORMS), ("language", LANGUAGE_WORDS)):
        if name in values:
            choice = pick(values[name], words)
            if choice is None:
                raise Fault(
                    _("%(field)s: nie wiadomo, co znaczy „%(text)s”.")
                    % {"field": CONTRACTOR_LABELS[name], "text": values[name][:40]}
                )
            values[name] = choice
    if "currency" in values:
        values["currency"] = values["currency"].upper()
    return {name: text for name, text in values.items() if text}


def _columns(row: Contractor, address: Address | None) -> dict[str, Any]:
    """A contractor as the form's columns."""
    same = ("kind", "country", "number", "name", *OPTIONAL, "local_authority", "vat_group")
    return {
        **{name: getattr(row, name) for name in same},
        "line1": address.line1 if address else "",
        "line2": address.line2 if address else "",
    }


def _checked(
    form: ContractorForm,
    who: Identity,
    row: Contractor | None,
    address: Address | None,
    touched: Mapping[str, str],
) -> tuple[dict[str, Any], list[str]]:
    """The columns to be stored, and what the form says against them: of one on the list, against what the file says."""
    data = buyer_of(row, address) if row is not None else _buyer(who)
    data |= {LABELS[name]: text for name, text in touched.items()}
    if row is not None and not data["buyer_line1"]:
        data["buyer_line1"] = _ABSENT
    form.data = data
    form.full_clean()
    if form.errors:
        return {}, [
            f"{form.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()
        ]
    values = form.columns()
    if row is not None:
        values = _columns(row, address) | {name: values[name] for name in touched}
    return values, []


def facts(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The columns of a new one but for the name, with their labels, for people."""
    fields, shown = ContractorForm.base_fields, {name: values[name] for name in LABELS if name != "name"}
    return [
        (str(fields[LABELS[name]].label), _value_text(name, value))
        for name, value in shown.items()
        if value not in (None, "")
    ]


def _buyer(who: Identity) -> dict[str, Any]:
    """A new one in the fields of a buyer."""
    kind, place, number = who
    return {
        "buyer_kind": kind,
        "buyer_nip": number if kind == "nip" else "",
        "buyer_eu_country": place if kind == "eu" else "",
        "buyer_country": place if kind == "abroad" else "",
        "buyer_tax_number": number if kind in ("eu", "abroad") else "",
    }


def _value_text(name: str, value: Any) -> str:
    """A column's value for people."""
    if value is None or value == "":
        return "—"
    if name == "payment_form":
        return dict(payments()).get(value, str(value))
    return str(dict(LANGUAGES).get(value, value)) if name == "language" else str(value)


def _once(line: Line, first: dict[str | int, int]) -> Line:
    """Refuse a line that names the contractor of an earlier one."""
    if line.outcome == Outcome.REFUSED or line.values is None:
        return line
    me = line.target.pk if line.target else contractors.columns_of(line.values)["key"]
    earlier = first.setdefault(me, line.number)
    if earlier == line.number:
        return line
    return _refuse(line, _("To ten sam kontrahent co w wierszu %(line)d.") % {"line": earlier})


def _refuse(line: Line, fault: str) -> Line:
    return replace(line, outcome=Outcome.REFUSED, faults=(fault,), changes=(), values=None, target=None)


def _without_clashes(company: Company, lines: Sequence[Line]) -> list[Line]:
    """Refuse a change by which one without a number would become the same as another of the list or the file."""
    moved = {
        line.number: contractors.columns_of(line.values)["key"]
        for line in lines
        if line.outcome == Outcome.CHANGED and line.values and not line.values["number"]
    }
    others = {row.key: row.pk for row in _rows(company, "key", set(moved.values()))} if moved else {}
    new = {
        contractors.columns_of(line.values)["key"]: 0
        for line in lines
        if moved and line.outcome == Outcome.NEW and line.values
    }
    used = new | others

    def clashes(line: Line) -> bool:
        key, target = moved.get(line.number, ""), line.target
        return bool(key) and target is not None and used.setdefault(key, target.pk) != target.pk

    fault = _("Po tej zmianie byłby to drugi taki sam kontrahent na liście.")
    return [_refuse(line, fault) if clashes(line) else line for line in lines]

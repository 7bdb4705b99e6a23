"""What storing a file of invoices would do: each invoice checked by the editor's own forms, made by its builder and
examined as any other document is."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.forms import TypedChoiceField
from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.contacts.importing.plan import Line, Outcome
from liczydlo.documents import index
from liczydlo.documents.choices import payments
from liczydlo.fa3 import money
from liczydlo.fa3.codec import to_json
from liczydlo.fa3.document import Document
from liczydlo.fa3.draft import IncompleteDraft, InvoiceDraft
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.totals import PLN
from liczydlo.sales import composing, foreign_currency, number_patterns, numbering, sections, services
from liczydlo.sales.editing.sale import Sale
from liczydlo.sales.forms import InvoiceForm
from liczydlo.sales.importing import heads, lines, words
from liczydlo.sales.importing.fields import LABELS
from liczydlo.sales.importing.groups import Group, grouped, head_of, lines_of, read
from liczydlo.sales.importing.tables import ImportedSale
from liczydlo.sales.line_choices import GROSS, NET
from liczydlo.sales.line_forms import MOST_LINES, LineForm
from liczydlo.spreadsheets.columns import Columns
from liczydlo.spreadsheets.model import Table
from liczydlo.spreadsheets.numbers import parse_decimal
from liczydlo.web import times
from liczydlo.web.fields import amount_text
from liczydlo.web.reasons import Reason, explain

MOST_ROWS: Final = 5_000
"""Rows of a file of invoices."""
_CHUNK: Final = 500
_GROSZ: Final = Decimal("0.01")
_NUMBER: Final = "?"
"""Stands in the form for a number that the program will give."""


class ImportedForm(InvoiceForm):
    """The editor's form for a whole file: without its look at the list, because numbers are looked for at once, without
    sections, which no column fills, and with the forms of payment read once."""

    absent = ("buyer", "vat", "payment", "more")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["payment"] = TypedChoiceField(
            label=self.fields["payment"].label, choices=payments(), coerce=int
        )

    def clean_number(self) -> str:
        """As it stands in the file."""
        return str(self.cleaned_data["number"]).strip()


@dataclass(frozen=True, kw_only=True)
class InvoiceLine(Line):
    """An invoice of the file. ``rows`` are their numbers in it; of one to be stored ``xml`` is what it becomes,
    ``key`` and ``order`` what it will be known by. ``is_known``: it is left out because of an invoice that is here."""

    rows: tuple[int, ...] = ()
    draft: InvoiceDraft | None = None
    draft_json: Mapping[str, Any] | None = None
    xml: bytes = b""
    entry: Mapping[str, Any] | None = None
    key: str = ""
    order: str = ""
    is_ours: bool = False
    is_known: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Existing:
    """What is here already: keys and orders of invoices that were read in, with their numbers, and numbers in use."""

    keys: Mapping[str, str]
    orders: Mapping[str, str]
    numbers: frozenset[str]


class _Numbers:
    """Numbers that the program gives to invoices of a file, none for those that are refused."""

    def __init__(self, company: Company, in_file: frozenset[str]) -> None:
        self.company, self.in_file = company, in_file
        self.pattern = number_patterns.of(company)[numbering.SALES]
        self.series: dict[str, Iterator[str]] = {}
        self.ahead: dict[str, str] = {}

    def next(self, day: dt.date) -> str:
        """The next number of a day's period; it is not taken yet."""
        period = self.pattern.period(day)
        if period not in self.ahead:
            series = self.series.setdefault(period, numbering.following(self.company, day, self.pattern))
            self.ahead[period] = next(one for one in series if one not in self.in_file)
        return self.ahead[period]

    def take(self, day: dt.date) -> None:
        """Count the next number as given."""
        del self.ahead[self.pattern.period(day)]


Keyed = Sequence[tuple[Group, str]]
"""Invoices of a file, with what they are known by."""


def invoices(table: Table, columns: Columns) -> Keyed:
    """The invoices of a file, before anything of them is checked."""
    groups = grouped(read(columns.rows(table), columns.places, len(columns.header.cells)))
    return list(zip(groups, _keys(groups), strict=True))


class Planner:
    """One look at a file: ``planned`` says of any of its invoices what storing it would do. ``given`` are the numbers
    that an earlier look gave. NBP is asked for rates that the file needs and lacks."""

    def __init__(
        self, company: Company, options: Mapping[str, str], keyed: Keyed, *, used: Iterable[str] = ()
    ) -> None:
        self.company, self.options, self.today = company, options, times.today()
        numbers = frozenset(group.key[1] for group, _key in keyed if group.key[0] == "number")
        orders = {text for group, _key in keyed for row in group.rows if (text := row.texts.get("order", ""))}
        self.existing = existing(company, {key for _group, key in keyed}, orders, numbers)
        self.numbers = _Numbers(company, numbers.union(used))
        self.sale = Sale(company)
        self.form = ImportedForm({}, company=company, today=self.today)
        self.line_forms = {prices: LineForm({}, prices=prices) for prices in (NET, GROSS)}

    def planned(self, keyed: Iterable[tuple[Group, str]]) -> list[InvoiceLine]:
        """What becomes of each invoice."""
        return [self._line(group, key) for group, key in keyed]

    def _line(self, group: Group, key: str) -> InvoiceLine:
        head = head_of(group)
        texts = head.texts
        name = texts.get("company") or texts.get("buyer_name") or texts.get("last_name", "")
        base = InvoiceLine(
            number=group.rows[0].number,
            rows=group.numbers,
            title=texts.get("number") or texts.get("order") or name or "—",
            detail=name,
            outcome=Outcome.REFUSED,
            key=key,
            order=texts.get("order", ""),
            is_ours="number" not in texts,
        )
        if words.is_cancelled(status := texts.get("status", "")):
            why = _("Zamówienie jest anulowane albo zwrócone: „%(status)s”.") % {"status": status[:40]}
            return replace(base, outcome=Outcome.SAME, faults=(why,))
        if (reason := self._existing(base)) is not None:
            return replace(base, outcome=Outcome.SAME, faults=(reason,), is_known=True)
        faults = [lines.at(row.number, row.fault) for row in group.rows if row.fault] + head.faults
        if texts.get("number", "") in self.existing.numbers:
            faults.append(_("Faktura o tym numerze jest już w programie."))
            return replace(base, faults=tuple(faults), is_known=True)
        if faults:
            return replace(base, faults=tuple(faults))
        draft, faults = self._draft(group, texts)
        if draft is None or faults:
            return replace(base, faults=tuple(faults))
        return self._examined(base, draft, texts)

    def _existing(self, line: InvoiceLine) -> str | None:
        """Why an invoice is not read in though nothing is wrong with it: it is here already."""
        if (number := self.existing.keys.get(line.key)) is not None:
            return _("Już wczytane: to faktura %(number)s.") % {"number": number}
        if line.order and (number := self.existing.orders.get(line.order)) is not None:
            return _(
                "To zamówienie zostało już wczytane: to faktura %(number)s. Jeśli to inne zamówienie o tym samym"
                " numerze (z drugiego sklepu), dopisz do numeru nazwę sklepu."
            ) % {"number": number}
        return None

    def _draft(self, group: Group, texts: Mapping[str, str]) -> tuple[InvoiceDraft | None, list[str]]:
        """What the rows mean, checked by the editor's forms; or the faults."""
        data, besides, faults = heads.fields(self.company, texts, self.options, self.today)
        typed = lines.typed(lines_of(group), texts, self.options)
        faults += typed.faults
        if len(typed.rows) > MOST_LINES:
            faults.append(_("Faktura może mieć najwyżej %(most)d pozycji.") % {"most": MOST_LINES})
        if faults:
            return None, faults
        form, cleaned = self.form, self._cleaned(typed, faults)
        asks = data["currency"] != PLN and "exchange_rate" not in texts
        rate = "1" if asks else texts.get("exchange_rate", "")
        form.data = {
            **data, "number": texts.get("number", _NUMBER), "prices": typed.prices, "exchange_rate": rate,
        }  # fmt: skip
        form.full_clean()
        if not form.errors and not faults:
            self.sale.check(form, cleaned)
        faults += _of_form(form)
        if faults:
            return None, faults
        plain = {**form.cleaned_data, sections.SECTIONS_FIELD: {}}
        draft = besides.added(composing.draft(self.company, plain, cleaned))
        if asks:
            rated = foreign_currency.rated(self.company, replace(draft, exchange_rate=None))
            if rated is None:
                return None, [
                    _(
                        "Kurs waluty: NBP go teraz nie podaje. Wskaż kolumnę z kursem albo włącz „Kursy walut NBP” w"
                        " „Dane i ustawienia”, „Usługi zewnętrzne”."
                    )
                ]
            draft = rated
        return draft, []

    def _cleaned(self, typed: lines.Typed, faults: list[str]) -> list[dict[str, Any]]:
        cleaned, form = [], self.line_forms[typed.prices]
        for row, values in typed.rows:
            form.data = values
            form.full_clean()
            faults += [lines.at(row, fault) for fault in _of_form(form)]
            cleaned.append(form.cleaned_data)
        return cleaned

    def _examined(self, base: InvoiceLine, draft: InvoiceDraft, texts: Mapping[str, str]) -> InvoiceLine:
        """With the document that the draft makes, or why there is none."""
        day = draft.issue_date or self.today
        if base.is_ours:
            draft = replace(draft, number=self.numbers.next(day))
        try:
            checked = services.document_of(self.company, draft)
        except DocumentError as error:
            return replace(base, faults=tuple(explain(problem) for problem in error.problems))
        except IncompleteDraft as error:
            message = _("Faktura jest niepełna: %(fields)s.") % {"fields": ", ".join(error.fields)}
            return replace(base, faults=(message,))
        except services.NotIssued as error:
            return replace(base, faults=(str(error.reason),))
        fault, remark = _difference(checked, texts, len(draft.lines))
        if fault:
            return replace(base, faults=(fault,))
        if base.is_ours:
            self.numbers.take(day)
        entry, draft_json = index.of_fa3(self.company, checked.faktura), to_json(draft)
        findings: Sequence[Any] = (*services.warnings(checked, today=self.today), *checked.warnings)
        return replace(
            base,
            outcome=Outcome.NEW,
            title=checked.number,
            detail=entry["buyer_name"],
            draft=draft,
            draft_json=draft_json,
            xml=checked.xml,
            entry=entry,
            warnings=(*remark, *(str(one) if isinstance(one, Reason) else explain(one) for one in findings)),
            # a number of ours may be another one when it is stored: what else there is has been seen
            values={
                "draft": {
                    name: findings
                    for name, findings in draft_json.items()
                    if name != "number" or not base.is_ours
                },
                "key": base.key,
            },
        )


def _of_form(form: Any) -> list[str]:
    faults = []
    for name, errors in form.errors.items():
        text = " ".join(map(str, errors))
        faults.append(f"{form.fields[name].label}: {text}" if name in form.fields else text)
    return faults


def _difference(checked: Document, texts: Mapping[str, str], count: int) -> tuple[str, tuple[str, ...]]:
    """What is wrong with the sum that the file states, and what only differs by a grosz a line: VAT is rounded on the
    sum here and on lines elsewhere."""
    if "total" not in texts:
        return "", ()
    stated = parse_decimal(texts["total"])
    if stated is None:
        text = {"field": LABELS["total"], "text": texts["total"][:40]}
        return _("%(field)s: „%(text)s” to nie jest liczba.") % text, ()
    difference = money.difference(checked.gross, stated)
    if not difference:
        return "", ()
    sentence = _(
        "Suma w pliku to %(stated)s, a pozycje z dostawą i rabatem dają %(gross)s (różnica %(difference)s)."
    ) % {"stated": texts["total"], "gross": amount_text(checked.gross), "difference": amount_text(difference)}
    return ("", (sentence,)) if abs(difference) <= _GROSZ * count else (sentence, ())


def _keys(groups: Sequence[Group]) -> list[str]:
    """What each invoice is known by. Rows without a number and an order are known by all they say; of equal ones in a
    file each is another sale."""
    counts: Counter[str] = Counter()
    keys = []
    for group in groups:
        kind, text = group.key
        if kind == "row":
            text = json.dumps([sorted(row.texts.items()) for row in group.rows])
            counts[text] += 1
            text = f"{text}{counts[text]}"
        keys.append(hashlib.sha256(f"{kind}\x1f{text}".encode()).hexdigest())
    return keys


def existing(company: Company, keys: set[str], orders: set[str], numbers: Iterable[str]) -> Existing:
    """Those of many keys, orders and numbers that invoices here have."""
    return Existing(
        keys=dict(_imported(company, "key", keys)),
        orders=dict(_imported(company, "order", orders)),
        numbers=frozenset(numbering.used_numbers(company, numbers)),
    )


def _imported(company: Company, column: str, values: set[str]) -> Iterator[tuple[str, str]]:
    rows = ImportedSale.objects.of(company).filter(environment=company.environment)
    ordered = sorted(values)
    for at in range(0, len(ordered), _CHUNK):
        stored = rows.filter(**{f"{column}__in": ordered[at : at + _CHUNK]})
        yield from stored.values_list(column, "invoice__entry__number")

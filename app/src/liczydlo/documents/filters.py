"""What every list of invoices can be narrowed to: typed words, a state, days of issue."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.db.models import F, IntegerField, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Contains
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.identifiers import is_nip
from liczydlo.web import search

MANY: Final = 10_000
"""So many rows are quicker listed by what they have in common than met on the way through the whole list. More are not
counted: nobody acts on the difference, and a database reads every row that it counts."""

TRIGRAM: Final = 3  # letters
_YEAR: Final = re.compile(r"(19|20)\d\d")

HIDDEN: Final = Q(hidden__in=(True,))
"""Entries that people hid. SQLite uses no index for a column that stands as a condition by itself."""
NOT_HIDDEN: Final = Q(hidden__in=(False,))
EITHER: Final = Q(hidden__in=(False, True))
"""Said where an index that begins with it is to be used."""


class Filters(forms.Form):
    """The filter row above the list; everything is optional, and nonsense is told and ignored.

    A list names its states in ``states`` and in ``typed`` what can be searched for.
    """

    direction: Direction
    states: Any = ()
    typed: Any = ""

    q = forms.CharField(label=_("Szukaj"), required=False, max_length=100)
    stan = forms.ChoiceField(label=_("Stan"), required=False)
    od = forms.DateField(
        label=_("Wystawione od"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    do = forms.DateField(
        label=_("do"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query, label_suffix="")
        self.fields["q"].widget.attrs |= {"type": "search", "placeholder": self.typed}
        self.fields["stan"].choices = self.states  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def state(self) -> str:
        """The chosen one of ``states``; empty when there is none."""
        return self.cleaned_data.get("stan") or ""

    def search(self, rows: QuerySet[IndexEntry], text: str) -> QuerySet[IndexEntry]:
        """Invoices that the typed text may mean."""
        return rows.filter(matching(text, self.direction))

    def narrow(self, rows: QuerySet[IndexEntry]) -> QuerySet[IndexEntry]:
        """Invoices of the typed words and days."""
        if text := (self.cleaned_data.get("q") or "").strip():
            rows = self.search(rows, text)
        if start := self.cleaned_data.get("od"):
            rows = rows.filter(issue_date__gte=start)
        if end := self.cleaned_data.get("do"):
            rows = rows.filter(issue_date__lte=end)
        return rows


def having(rows: QuerySet[IndexEntry], few: QuerySet[Any, Any], on_the_way: Q) -> QuerySet[IndexEntry]:
    """Rows of the ids that ``few`` lists: rare ones are listed first, common ones met on the way by a condition that
    means the same."""
    if number(few) <= MANY:
        return rows.filter(pk__in=few)
    return rows.filter(on_the_way)


def number(rows: QuerySet[Any, Any]) -> int:
    """How many rows there are; ``MANY`` + 1 stands for any number beyond it. Rows in the order of an index are met in
    it, and without an order wherever the database likes."""
    return rows[: MANY + 1].count()


class _Length(Subquery):
    """How many rows another statement has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) listed)"
    output_field = IntegerField()


def lengths(company: Company, **lists: QuerySet[Any, Any]) -> dict[str, int]:
    """How many rows each of the lists of a company has, by one statement: a page waits longer for the way to the
    database than for short counts. Long lists come cut, as ``rows[: MANY + 1]``."""
    columns = {name: _Length(rows.values("pk")) for name, rows in lists.items()}
    counts = Company.objects.filter(pk=company.pk).values_list(*columns.values()).get()
    return {name: count or 0 for name, count in zip(lists, counts, strict=True)}


def of_environment(company: Company, direction: Direction) -> QuerySet[IndexEntry]:
    """The company's invoices of its present environment, each with the row of its own life."""
    rows: QuerySet[IndexEntry] = IndexEntry.objects.of(company)
    return rows.filter(environment=company.environment, direction=direction).select_related(direction.life)


def matching(text: str, direction: Direction, *, at: str = "") -> Q:
    """The entries that a person may mean: by KSeF number, by the other party's NIP, by gross amount with either sign,
    by words of the number and of the other party's name. ``at``: the way from the rows to them, ``entry__``."""
    if number := search.ksef_number(text):
        return Q(**{f"{at}ksef_number": number})
    party = search.nip(text)
    of_party = Q(**{f"{at}{direction.party}_nip": party})
    if party is not None and is_nip(party):
        return of_party
    words = search.fold(text)
    matches = _worded(f"{at}words", words) if words else Q(pk__in=())
    if party is not None:
        matches |= of_party
    if (value := search.amount(text)) is not None:
        matches |= Q(**{f"{at}gross__in": (value, -value)})
    return matches


def _worded(column: str, words: str) -> Q:
    """Three letters and more are sought anywhere. One and two are in half of all names: they begin a word, which
    PostgreSQL's trigrams index, while anywhere they would be read row by row."""
    if len(words) >= TRIGRAM:
        rare = _rare(words)
        if rare in ("", words):
            return Q(**{f"{column}__contains": words})
        # an expression is looked at row by row: the index is asked for the rare word alone
        whole = Concat(F(column), Value(""), output_field=TextField())
        return Q(**{f"{column}__contains": rare}) & Q(Contains(whole, words))
    return Q(**{f"{column}__startswith": words}) | Q(**{f"{column}__contains": f" {words}"})


def _rare(words: str) -> str:
    """The longest number among them that is no year; empty without one. „fv 500002 2026" has trigrams of every invoice
    of the year, which PostgreSQL reads to the end: 75 ms of 2 000 000 entries, where „500002" takes 2."""
    numbers = [
        word for word in words.split() if len(word) > TRIGRAM and word.isdigit() and not _YEAR.fullmatch(word)
    ]
    return max(numbers, key=len, default="")

"""„Szukaj" over purchases: what every list of invoices is searched by, and words of the lines.

What is rare is looked up first and then sorted; what is common is met soon on the way through the sorted list. A
database that must choose itself chooses badly one time in two.
"""

from __future__ import annotations

from typing import Final

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from liczydlo.companies.models import Company
from liczydlo.documents import filters
from liczydlo.documents.filters import EITHER, of_environment
from liczydlo.documents.indexes import beginning
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.identifiers import is_nip
from liczydlo.purchases.models import LineWord
from liczydlo.web import search

SHORTEST: Final = 3  # letters; shorter beginnings are in half of all lines
COMMON: Final = 2000
"""So many matches are no longer listed one by one."""


def narrow(company: Company, rows: QuerySet[IndexEntry], text: str) -> QuerySet[IndexEntry]:
    """The entries that a person may mean; of lines, each typed word is the beginning of one of theirs."""
    named = filters.matching(text, Direction.PURCHASE)
    party = search.nip(text)
    if search.ksef_number(text) or (party is not None and is_nip(party)):
        return rows.filter(named)
    words = [word for word in search.fold(text).split() if len(word) >= SHORTEST]
    every = of_environment(company, Direction.PURCHASE).select_related(None).order_by().filter(EITHER, named)
    few: set[int] | None = set(every.values_list("pk", flat=True)[: COMMON + 1])
    if words and few is not None and len(few) <= COMMON:
        in_lines = _in_few_lines(company, words)
        few = None if in_lines is None else few | in_lines
    if few is not None and len(few) <= COMMON:
        return rows.filter(pk__in=few)
    return rows.filter(named | Q(*map(_is_in_line, words)) if words else named)


def _is_in_line(word: str) -> IsNull:
    """Of an entry: whether a line of it has the word.

    By entry alone, which is the company's: with the company SQLite reads all of the word's rows for each entry. And a
    row where EXISTS would do: PostgreSQL makes a list of all entries with the word of that, before it looks at one.
    """
    lines = LineWord.objects.filter(beginning(word), entry=OuterRef("pk")).order_by().values("pk")
    return IsNull(Subquery(lines[:1]), False)


def _lines(company: Company, word: str) -> QuerySet[LineWord]:
    rows: QuerySet[LineWord] = LineWord.objects.of(company)
    return rows.filter(beginning(word), environment=company.environment)


def _in_few_lines(company: Company, words: list[str]) -> set[int] | None:
    """Entries whose lines have every word; None where all the words are common."""
    for word in words:
        rows = _lines(company, word).values_list("entry", flat=True)
        few = set(rows[: COMMON + 1])
        if len(few) > COMMON:
            continue
        for other in words:
            if few and other != word:
                few = set(_lines(company, other).filter(entry__in=few).values_list("entry", flat=True))
        return few
    return None

"""The plan of a file of invoices as pages show it: read from its report, a page of lines at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, overload

from django.db.models import Count
from django.http import QueryDict

from liczydlo.contacts.importing.plan import Outcome, Plan
from liczydlo.fa3.codec import from_json
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales.importing.planning import InvoiceLine
from liczydlo.sales.importing.tables import Report, ReportLine
from liczydlo.web import paging


class Lines(Sequence[InvoiceLine]):
    """All lines of a report, read when they are asked for."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __len__(self) -> int:
        return self._report.total

    def __iter__(self) -> Iterator[InvoiceLine]:
        return iter(_read(self._report.lines.order_by("position")))

    @overload
    def __getitem__(self, at: int) -> InvoiceLine: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[InvoiceLine]: ...
    def __getitem__(self, at: int | slice) -> InvoiceLine | Sequence[InvoiceLine]:
        return list(self)[at]


@dataclass(frozen=True, kw_only=True)
class ReportedPlan(Plan):
    """What storing the file of a finished report would do."""

    report: Report

    @cached_property
    def counts(self) -> dict[str, int]:
        rows = self.report.lines.order_by().values_list("outcome").annotate(Count("pk"))
        return dict.fromkeys((outcome.value for outcome in Outcome), 0) | dict(rows)

    @cached_property
    def digest(self) -> str:
        return self.report.digest

    def page(self, outcome: Outcome | None, query: QueryDict) -> paging.Page:
        rows = self.report.lines.filter(outcome=outcome) if outcome is not None else self.report.lines.none()
        page = paging.page(rows, query, order=paging.Order(column="position"), base=self.report.lines.all())
        return replace(page, rows=_read(page.rows))


def plan(report: Report) -> ReportedPlan:
    """The plan of a finished report."""
    return ReportedPlan(lines=Lines(report), report=report)


def _read(rows: Iterable[ReportLine]) -> list[InvoiceLine]:
    return [_line(row) for row in rows]


def _line(row: ReportLine) -> InvoiceLine:
    content: dict[str, Any] = row.content
    return InvoiceLine(
        number=content["number"],
        rows=tuple(content["rows"]),
        title=content["title"],
        detail=content["detail"],
        faults=tuple(content["faults"]),
        warnings=tuple(content["warnings"]),
        outcome=Outcome(row.outcome),
        key=row.key,
        order=row.order,
        is_ours=row.is_ours,
        is_known=row.is_known,
        draft=from_json(InvoiceDraft, row.draft) if row.draft is not None else None,
        entry=row.entry,
        xml=bytes(row.xml),
    )

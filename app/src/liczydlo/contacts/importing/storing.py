"""Storing what a plan says, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.models import Company
from liczydlo.contacts import contractors, items
from liczydlo.contacts.contractors import ChangedMeanwhile
from liczydlo.contacts.importing import uploads
from liczydlo.contacts.importing.plan import Line, Outcome, Plan
from liczydlo.contacts.models import Address, Contractor, Item, Upload

CHUNK: Final = 500


Keep = Callable[[Company, Plan], None]
"""Stores the lines of a plan. Raises ChangedMeanwhile."""


def store(upload: Upload, plan: Plan, request: HttpRequest, *, keep: Keep, action: Action) -> None:
    """Store new and changed lines, note it in the log and forget the file. Raises ChangedMeanwhile with nothing stored:
    a row of the list is no more as the plan saw it, or the file has been stored or given up."""
    company = upload.company
    try:
        with transaction.atomic():
            # one import of a firm at a time, and none while somebody's data are erased (``privacy.erase``)
            Company.objects.select_for_update(no_key=True).get(pk=company.pk)
            if not uploads.lock(upload):
                raise ChangedMeanwhile
            keep(company, plan)
            uploads.discard(upload)
            log(
                company,
                action,
                request=request,
                kind=upload.kind,
                name=upload.name,
                new=str(plan.counts[Outcome.NEW]),
                changed=str(plan.counts[Outcome.CHANGED]),
                left_out=str(plan.counts[Outcome.REFUSED]),
            )
    except IntegrityError as error:  # somebody has added one of them since
        raise ChangedMeanwhile from error


def contractors_of(company: Company, plan: Plan) -> None:
    """Store the contractors of a plan. Raises ChangedMeanwhile."""
    new = [line.values for line in plan.of(Outcome.NEW) if line.values]
    rows = Contractor.objects.bulk_create(
        (Contractor(company=company, **contractors.columns_of(values)) for values in new), batch_size=CHUNK
    )
    Address.objects.bulk_create(
        (
            Address(company=company, contractor=row, is_default=True, **contractors.place_of(values))
            for row, values in zip(rows, new, strict=True)
            if values["line1"]
        ),
        batch_size=CHUNK,
    )
    for lines in chunks(plan.of(Outcome.CHANGED)):
        update_rows(contractors.of(company), lines, contractors.columns_of)
        _move(company, {pk: line for pk, line in lines.items() if _is_moved(line)})


def _is_moved(line: Line) -> bool:
    values, target = line.values or {}, line.target
    return target is not None and (values["line1"], values["line2"]) != target.place


def _move(company: Company, lines: Mapping[int, Line]) -> None:
    """Other default addresses, where they are still those that the plan saw. Raises ChangedMeanwhile."""
    rows = Address.objects.of(company).filter(contractor__in=lines, is_default=True)
    locked_rows = list(rows.select_for_update(no_key=True).order_by("pk"))
    expected = {(line.target.address, line.target.place) for line in lines.values() if line.target}
    if {(row.pk, (row.line1, row.line2)) for row in locked_rows} != {
        one for one in expected if one[0] is not None
    }:
        raise ChangedMeanwhile
    for row in locked_rows:
        for name, value in contractors.place_of(lines[row.contractor_id].values or {}).items():
            setattr(row, name, value)
    _write(Address, locked_rows, ("line1", "line2", "country"))
    old = {row.contractor_id for row in locked_rows}
    Address.objects.bulk_create(
        Address(company=company, contractor_id=pk, is_default=True, **contractors.place_of(line.values or {}))
        for pk, line in lines.items()
        if pk not in old
    )


def chunks(lines: Iterable[Line]) -> Iterator[dict[int, Line]]:
    """Lines that change rows, by the row's id, in one order: two sessions would wait for each other."""
    by_pk = sorted(((line.target.pk, line) for line in lines if line.target), key=lambda one: one[0])
    for at in range(0, len(by_pk), CHUNK):
        yield dict(by_pk[at : at + CHUNK])


def update_rows(
    rows: QuerySet[Any], lines: Mapping[int, Line], columns: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> None:
    """Write the columns that lines say into their rows, locked. Raises ChangedMeanwhile where one was changed or
    erased since the plan was made."""
    locked_rows = list(rows.filter(pk__in=lines).select_for_update(no_key=True).order_by("pk"))
    expected = {(line.target.pk, line.target.version) for line in lines.values() if line.target}
    if {(row.pk, row.version) for row in locked_rows} != expected:
        raise ChangedMeanwhile
    changed_columns: set[str] = {"version"}
    for row in locked_rows:
        values = columns(lines[row.pk].values or {})
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        changed_columns |= values.keys()
    _write(rows.model, locked_rows, sorted(changed_columns))


def _write(model: type[Model], rows: list[Any], columns: Sequence[str]) -> None:
    """One statement for many rows that are locked and read whole: an UPDATE of each takes ten times as long."""
    if rows:
        model._default_manager.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=columns, batch_size=CHUNK
        )


def items_of(company: Company, plan: Plan) -> None:
    """Store the goods and services of a plan. Raises ChangedMeanwhile."""
    Item.objects.bulk_create(
        (Item(company=company, **items.columns_of(line.values or {})) for line in plan.of(Outcome.NEW)),
        batch_size=CHUNK,
    )
    for lines in chunks(plan.of(Outcome.CHANGED)):
        update_rows(items.of(company), lines, items.columns_of)

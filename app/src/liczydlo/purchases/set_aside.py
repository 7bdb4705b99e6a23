"""Documents that KSeF lists and that cannot be taken over: kept by name with the reason, tried again, shown.

One bad document stops nothing: the checkpoint goes past it, because it is remembered here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Final, cast

from liczydlo.companies.models import Company, User
from liczydlo.fa3.codec import to_json
from liczydlo.jobs.claims import delay
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import Refused, Unavailable
from liczydlo.ksef.invoices import InvoiceMetadata, Subject
from liczydlo.purchases.models import BUYER, SetAside
from liczydlo.web.reasons import Reason

FIRST_RETRY_AFTER: Final = dt.timedelta(minutes=15)
LONGEST: Final = dt.timedelta(days=1)
SERVER_ERROR: Final = 500  # HTTP
AROUND: Final = dt.timedelta(minutes=1)
IN_A_ROW: Final = 2
"""So many documents may fail one after another; more of them is KSeF's trouble and no document's."""


class HashMismatch(Exception):
    """A document is not the one that KSeF's list names. Nothing of it is stored."""

    family, code = "", "hash-differs"

    def __init__(self, ksef_number: str) -> None:
        """``ksef_number`` is the document's."""
        super().__init__(ksef_number)
        self.params = {"ksef_number": ksef_number}


class DocumentFails(Exception):
    """KSeF answers, but not for this one document: HTTP 500 while it lists others."""

    family, code = "", "document-fails"

    def __init__(self, ksef_number: str) -> None:
        """``ksef_number`` is the document's."""
        super().__init__(ksef_number)
        self.params = {"ksef_number": ksef_number}


CAUSES: Final = (HashMismatch, DocumentFails, Refused)
"""Failures that may be one document's."""


def document(ksef: Client, listed: InvoiceMetadata) -> bytes:
    """The document that the list names. Raises what ``CAUSES`` names, and KsefError that is nobody's fault."""
    try:
        xml = ksef.invoice(listed.ksef_number)
    except Unavailable as error:
        if error.status != SERVER_ERROR:  # KSeF is away
            raise
        raise DocumentFails(listed.ksef_number) from error
    if hashlib.sha256(xml).digest() != listed.sha256:
        raise HashMismatch(listed.ksef_number)
    return xml


def listed_again(ksef: Client, row: SetAside) -> InvoiceMetadata:
    """What KSeF's list says of the document now: what a package said of it may have been wrong itself. Raises
    KsefError."""
    metadata = row.listed
    query = ksef.query_metadata(
        cast("Subject", row.role),
        metadata.stored - AROUND,
        metadata.stored + AROUND,
        ksef_number=metadata.ksef_number,
    )
    return next((one for one in query if one.ksef_number == metadata.ksef_number), metadata)


def numbers_among(company: Company, ksef_numbers: Iterable[str]) -> set[str]:
    """Which of the documents are set aside already."""
    rows = SetAside.objects.of(company).filter(environment=company.environment, ksef_number__in=ksef_numbers)
    return set(rows.values_list("ksef_number", flat=True))


def keep(
    company: Company, listed: InvoiceMetadata, reason: Reason, *, role: str = BUYER, now: dt.datetime
) -> None:
    """Set a document aside; it is tried again after ``FIRST_RETRY_AFTER``."""
    SetAside.objects.get_or_create(
        company=company,
        environment=company.environment,
        ksef_number=listed.ksef_number,
        defaults={
            "role": role,
            "listed_json": to_json(listed),
            "reason_json": reason.as_json(),
            "since": now,
            "next_at": now + FIRST_RETRY_AFTER,
        },
    )


def undecided(company: Company) -> list[SetAside]:
    """What nobody has decided about, in the company's present environment, the longest waiting first."""
    rows = SetAside.objects.of(company).filter(environment=company.environment, dismissed_at=None)
    return list(rows)


def due_for_retry(company: Company, *, now: dt.datetime) -> list[SetAside]:
    """What is to be tried again now; a wait beyond the longest is of a clock that jumped."""
    return [row for row in undecided(company) if not now < row.next_at <= now + LONGEST]


def put_off(row: SetAside, reason: Reason, *, now: dt.datetime) -> None:
    """It failed again: the next try is later."""
    failures = row.failures + 1
    next_at = now + delay(failures, first=FIRST_RETRY_AFTER, longest=LONGEST)
    unchanged = SetAside.objects.filter(pk=row.pk, failures=row.failures)
    unchanged.update(failures=failures, next_at=next_at, reason_json=reason.as_json())


def try_now(company: Company, *, now: dt.datetime) -> None:
    """Wait no longer with any of it."""
    rows = SetAside.objects.of(company).filter(environment=company.environment, dismissed_at=None)
    rows.update(next_at=now)


def dismiss(row: SetAside, *, by: User, now: dt.datetime) -> None:
    """Somebody does without the document: it is neither shown nor tried any more."""
    SetAside.objects.filter(pk=row.pk, dismissed_at=None).update(dismissed_at=now, dismissed_by=by)

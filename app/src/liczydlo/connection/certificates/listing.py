"""What the page of certificates shows: those that KSeF knows, those that are kept here, and what is left of limits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from liczydlo import ksef
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.certificates.enrollments import used_up
from liczydlo.connection.certificates.renewal import underway, watched
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.models import Enrollment, StoredCertificate
from liczydlo.web.reasons import Reason

PATIENCE = 4.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Row:
    """One certificate; ``status`` is KSeF's word, empty when KSeF was not asked or does not list it."""

    serial: str
    name: str
    purpose: str
    status: str
    holder: str
    valid_from: dt.datetime
    valid_to: dt.datetime
    last_used: dt.datetime | None
    stored: StoredCertificate | None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The page's content; ``away`` says why KSeF's part is missing."""

    rows: tuple[Row, ...]
    limits: ksef.CertificateLimits | None
    full: Reason | None
    underway: tuple[Enrollment, ...]
    away: Reason | None


def listing(company: Company) -> Listing:
    """Ask KSeF, and show what is kept here even when it cannot be asked."""
    stored = {one.serial: one for one in watched(company)}
    listed: tuple[ksef.CertificateInfo, ...] = ()
    limits, away = None, None
    try:
        with clients.client(company, patience=PATIENCE) as client:
            listed = client.query_certificates()
            limits = client.certificate_limits()
    except (NotConnected, ksef.KsefError) as error:
        away = Reason.of(error)
    known = {one.serial for one in listed}
    rows = [_of_ksef(one, stored.get(one.serial)) for one in listed]
    rows += [_of_ours(one) for serial, one in stored.items() if serial not in known]
    rows.sort(key=lambda row: (row.stored is None, row.status != "Active", -row.valid_to.timestamp()))
    return Listing(
        rows=tuple(rows),
        limits=limits,
        full=used_up(limits, listed) if limits is not None else None,
        underway=tuple(underway(company)),
        away=away,
    )


def _of_ksef(one: ksef.CertificateInfo, stored: StoredCertificate | None) -> Row:
    return Row(
        serial=one.serial,
        name=one.name,
        purpose=one.purpose,
        status=one.status,
        holder=one.common_name,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        last_used=one.last_used,
        stored=stored,
    )


def _of_ours(one: StoredCertificate) -> Row:
    return Row(
        serial=one.serial,
        name="",
        purpose=one.purpose,
        status="",
        holder=one.subject_name,
        valid_from=one.not_before,
        valid_to=one.not_after,
        last_used=None,
        stored=one,
    )

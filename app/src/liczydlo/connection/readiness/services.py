"""All checks, one after the other, each for real; what failed before says why a later one was not tried."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from typing import Final

from liczydlo import ksef
from liczydlo.companies.models import Company, User
from liczydlo.connection import clients, machine_clock
from liczydlo.connection.certificates import status
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.models import Purpose, ReadinessReport
from liczydlo.connection.readiness import certificates, kod
from liczydlo.connection.readiness.findings import Finding
from liczydlo.ksef import latarnia
from liczydlo.web import times
from liczydlo.web.reasons import Reason
from liczydlo.web.templatetags.liczydlo import liczba, nip

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
PATIENCE: Final = 6.0  # seconds that one request waits
NEEDED: Final = ("InvoiceWrite", "InvoiceRead")


def run(
    company: Company, by: User | None, *, clock: Clock = times.now, patience: float = PATIENCE
) -> ReadinessReport:
    """Check everything and keep what was found in the place of the report before."""
    results = list(findings(company, clock=clock, patience=patience))
    report, _ = ReadinessReport.objects.update_or_create(
        company=company,
        environment=company.environment,
        defaults={"findings": [finding.to_json() for finding in results], "at": clock(), "by": by},
    )
    return report


def findings(company: Company, *, clock: Clock, patience: float) -> Iterator[Finding]:
    """Every check's finding, in the order of the page."""
    where = clients.environment(company)
    reading, environment = _reach(where, clock, patience)
    yield environment
    yield _latarnia(where)
    yield _clock(reading)
    if reading is None:
        yield certificates.check(company, Purpose.AUTHENTICATION, clock(), None)
        yield certificates.check(company, Purpose.OFFLINE, clock(), None)
        yield Finding(check="login", state="skip", code="no-ksef")
        yield from _without_login("no-ksef")
    else:
        yield from _with_ksef(company, clock, patience)
    yield kod.check(company, clock)


def _reach(
    where: ksef.Environment, clock: Clock, patience: float
) -> tuple[ksef.ClockReading | None, Finding]:
    """Whether KSeF answers at all, and its clock."""
    values = {"name": where.name, "address": where.api}
    with ksef.Client(where, http=clients.connections(where), clock=clock, patience=patience) as client:
        try:
            reading = client.clock_reading()
        except ksef.KsefError as error:
            code = "emulator-away" if where.name == "EMULATOR" else "ksef-away"
            finding = Finding(
                check="environment",
                state="bad",
                code=code,
                values=values,
                said=Reason.of(error).as_json(),
                ksef_code=error.code,
                reference=error.reference or "",
            )
            return None, finding
    code = "real" if where.name == "PRODUKCJA" else "not-real"
    return reading, Finding(check="environment", state="ok", code=code, values=values)


def _latarnia(where: ksef.Environment) -> Finding:
    """The Ministry's word; an announced failure is no fault of the firm's, so it warns."""
    if where.latarnia is None:
        return Finding(check="latarnia", state="ok", code="latarnia-none", values={"name": where.name})
    status = latarnia.status(where, http=clients.connections(where))
    text = "; ".join(message.title for message in status.messages)
    state = "ok" if status.state == "AVAILABLE" else "warn"
    return Finding(
        check="latarnia",
        state="ok" if state == "ok" else "warn",
        code=f"latarnia-{status.state.lower().replace('_', '-')}",
        said=Reason("verbatim", {"pl": text, "en": text}).as_json(),
    )


def _clock(reading: ksef.ClockReading | None) -> Finding:
    if reading is None:
        return Finding(check="clock", state="skip", code="no-ksef")
    distance = abs(reading.ahead)
    values = {"seconds": f"{distance.total_seconds():.0f}", "minutes": f"{distance.total_seconds() / 60:.0f}"}
    if distance <= machine_clock.GOOD:
        return Finding(check="clock", state="ok", code="clock-good", values=values)
    code = "clock-ahead" if reading.ahead > dt.timedelta() else "clock-behind"
    return Finding(
        check="clock", state="bad" if distance > machine_clock.BAD else "warn", code=code, values=values
    )


def _with_ksef(company: Company, clock: Clock, patience: float) -> Iterator[Finding]:
    """What needs a login: a new one, which is ended again."""
    try:
        fingerprint, credential = clients.credential(company, clock=clock)
    except NotConnected as error:
        yield certificates.check(company, Purpose.AUTHENTICATION, clock(), None)
        yield certificates.check(company, Purpose.OFFLINE, clock(), None)
        yield Finding.of_error("login", error, "login-nothing")
        yield from _without_login("no-login")
        return
    with clients.client_with(company, credential, clock=clock, patience=patience) as client:
        try:
            client.login()
        except ksef.KsefError as error:
            yield certificates.check(company, Purpose.AUTHENTICATION, clock(), None)
            yield certificates.check(company, Purpose.OFFLINE, clock(), None)
            yield Finding.of_error("login", error, "login-refused")
            yield from _without_login("no-login")
            return
        clients.let_in(company, company.environment, fingerprint)
        try:
            statuses = _statuses(client)
            if statuses is not None:
                status.note(company, statuses, at=clock())
            yield certificates.check(company, Purpose.AUTHENTICATION, clock(), statuses)
            yield certificates.check(company, Purpose.OFFLINE, clock(), statuses)
            yield Finding(check="login", state="ok", code="login-good", values={"nip": nip(company.nip)})
            yield _permissions(client, credential)
            yield _limits(client)
        finally:
            clients.leave(client)  # the check's own login is of no further use


def _statuses(client: ksef.Client) -> dict[str, str] | None:
    """The states of the subject's certificates by serial; None when KSeF does not tell, as to a token."""
    try:
        return {one.serial.upper(): one.status for one in client.query_certificates()}
    except ksef.KsefError as error:
        log.info("KSeF did not list certificates: %s", error.code)
        return None


def _permissions(client: ksef.Client, credential: ksef.Credential | ksef.KsefToken) -> Finding:
    try:
        if isinstance(credential, ksef.KsefToken):
            names, by_token = frozenset(client.token_info(credential.reference).permissions), True
        else:
            names, by_token = client.own_permissions().names, False
    except ksef.KsefError as error:
        return Finding.of_error("permissions", error, "permissions-unknown", "warn")
    missing = [name for name in NEEDED if name not in names]
    values = {"names": ",".join(sorted(names)), "missing": ",".join(missing)}
    if not missing:
        return Finding(check="permissions", state="ok", code="permissions-good", values=values)
    if by_token:
        code = "permissions-of-token"
    else:
        code = "permissions-grant" if "CredentialsManage" in names else "permissions-ask"
    return Finding(check="permissions", state="bad", code=code, values=values)


def _limits(client: ksef.Client) -> Finding:
    """Certificates that may still be asked for, and what a session takes."""
    try:
        context, certificate_limits = client.context_limits(), client.certificate_limits()
    except ksef.KsefError as error:
        return Finding.of_error("limits", error, "limits-unknown", "warn")
    values = {
        "invoices": liczba(context.online_invoices),
        "megabytes": str(context.online_megabytes),
        "requests": str(certificate_limits.enrollment.remaining),
        "requests_of": str(certificate_limits.enrollment.limit),
        "certificates": str(certificate_limits.certificate.remaining),
        "certificates_of": str(certificate_limits.certificate.limit),
    }
    used_up = (
        min(certificate_limits.enrollment.remaining, certificate_limits.certificate.remaining) <= 0
        or not certificate_limits.can_request
    )
    return Finding(
        check="limits",
        state="warn" if used_up else "ok",
        code="limits-used-up" if used_up else "limits-good",
        values=values,
    )


def _without_login(code: str) -> Iterator[Finding]:
    yield Finding(check="permissions", state="skip", code=code)
    yield Finding(check="limits", state="skip", code=code)

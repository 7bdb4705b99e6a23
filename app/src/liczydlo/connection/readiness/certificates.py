"""Is a stored certificate good: does its key open and fit, is it for the right purpose, in force, known to KSeF?"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from liczydlo import ksef
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.models import SOON, Purpose, StoredCertificate
from liczydlo.connection.readiness.findings import Finding
from liczydlo.web.templatetags.liczydlo import nip

CHECKS: dict[Purpose, Literal["authentication", "offline"]] = {
    Purpose.AUTHENTICATION: "authentication",
    Purpose.OFFLINE: "offline",
}


def check(company: Company, purpose: Purpose, now: dt.datetime, statuses: dict[str, str] | None) -> Finding:
    """``known`` are the states that KSeF tells of the subject's certificates by serial; None when it was not asked."""
    which = CHECKS[purpose]
    stored = clients.certificate(company, purpose)
    if stored is None:
        if purpose == Purpose.AUTHENTICATION and (token := clients.token(company)) is not None:
            return Finding(
                check=which, state="warn", code="token-only", values={"reference": token.reference}
            )
        return Finding(check=which, state="bad", code=f"{which}-missing")
    try:
        credential = clients.credential_of(stored)
    except NotConnected as error:
        return Finding.of_error(which, error, "key-locked" if error.code == "key-locked" else "key-closed")
    values = _values(stored, now)
    if not _is_pair(credential):
        return Finding(check=which, state="bad", code="not-a-pair", values=values)
    if credential.purpose is not None and credential.purpose != purpose.value:
        return Finding(check=which, state="bad", code="wrong-purpose", values=values)
    if purpose == Purpose.OFFLINE and credential.purpose is None:
        return Finding(check=which, state="bad", code="wrong-purpose", values=values)
    if now > credential.not_after:
        return Finding(check=which, state="bad", code="expired", values=values)
    if now < credential.not_before:
        return Finding(check=which, state="bad", code="not-yet", values=values)
    status = (statuses or {}).get(stored.serial.upper(), "")
    if status in {"Revoked", "Blocked", "Expired"}:
        return Finding(check=which, state="bad", code="revoked", values=values, ksef_code=status)
    if now + SOON > credential.not_after:
        return Finding(check=which, state="warn", code="ends-soon", values=values)
    return Finding(check=which, state="ok", code=_code(company, stored), values=values)


def _is_pair(credential: ksef.Credential) -> bool:
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    ours = credential.private_key.public_key().public_bytes(*form)
    return ours == credential.certificate.public_key().public_bytes(*form)


def _code(company: Company, stored: StoredCertificate) -> str:
    """The code of a good certificate: the firm's own, a person's, or another firm's that acts for this one."""
    holder = stored.holder
    if holder.nip == company.nip:
        return "good-own"
    return "good-other" if holder.nip else "good-person"


def _values(stored: StoredCertificate, now: dt.datetime) -> dict[str, str]:
    holder = stored.holder
    number = (
        f"NIP {nip(holder.nip)}" if holder.nip else f"PESEL {holder.pesel_masked}" if holder.pesel else ""
    )
    return {
        "holder": ", ".join(part for part in (holder.name, number) if part),
        "serial": stored.serial,
        "since": f"{timezone.localtime(stored.not_before):%d.%m.%Y}",
        "until": f"{timezone.localtime(stored.not_after):%d.%m.%Y}",
        "days": str((stored.not_after - now).days),
    }

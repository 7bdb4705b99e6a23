"""What a chosen file is, said at once: kind, whose, until when. Nothing is kept, and no password is asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from cryptography import x509

from liczydlo import ksef
from liczydlo.connection.errors import NotStored
from liczydlo.connection.holders import Holder, holder_of
from liczydlo.ksef import credential_files

Kind = Literal["key", "certificate", "both", "pkcs12", "wrong"]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was recognised. ``purpose`` is None for certificates that KSeF did not issue."""

    kind: Kind
    error: NotStored | None = None
    holder: Holder | None = None
    purpose: ksef.Purpose | None = None
    not_after: dt.datetime | None = None
    expired: bool = False


def look(data: bytes, *, file: str, now: dt.datetime) -> Seen:
    """Recognise the file of a field, ``key`` or ``certificate``; ``now`` is aware."""
    try:
        inside = credential_files.inspect(data, file=file)
    except ksef.CredentialError as error:
        return Seen(kind="wrong", error=NotStored.of_files(error))
    if inside.other == "pkcs12":
        return Seen(kind="pkcs12")
    if not inside.keys and not inside.certificates:
        wrong = ksef.CredentialError(inside.other or f"not-a-{file}", file=file)
        return Seen(kind="wrong", error=NotStored.of_files(wrong))
    if not inside.certificates:
        return Seen(kind="key")
    found = inside.certificates[0]
    return Seen(
        kind="both" if inside.keys else "certificate",
        holder=holder_of(found),
        purpose=_purpose(found),
        not_after=found.not_valid_after_utc,
        expired=found.not_valid_after_utc < now,
    )


def _purpose(certificate: x509.Certificate) -> ksef.Purpose | None:
    """By its key usage; a credential tells it, and for that alone it needs no key."""
    return ksef.Credential(private_key=None, certificate=certificate).purpose  # type: ignore[arg-type]

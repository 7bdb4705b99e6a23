"""The examination of one sent document, online or of a batch: opened, compared with what was declared, read and
judged by the rules of its session. Pure but for questions about permissions, consents and limits."""

from __future__ import annotations

import base64
import hashlib
import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ...intake.cipher import decrypt
from ...intake.examine import Rules, examine
from ...intake.facts import Facts
from ...intake.polish_time import polish_day
from ...intake.refusals import (
    Refusal,
    session_failed,
    too_large,
    wrong_content,
    wrong_hash,
    wrong_size,
)
from ...intake.schemas import Schemas
from ..limits.counts import Limits
from .issuing import Relations, may_issue
from .session_records import Kind, Session


class Consents(Protocol):
    """Who may send invoices with attachments."""

    def attachments_allowed(self, nip: str) -> bool:
        """Whether the taxpayer's consent is in force."""
        ...


class NoConsents:
    def attachments_allowed(self, nip: str) -> bool:  # noqa: ARG002
        return False


_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One document that waits. Of ``sealed`` (encrypted, to be compared with what was declared) and ``deflated``
    (of a batch, compared already) at most one is there; neither is of a file too long to be kept."""

    id: int
    session: Session
    sha256: bytes = field(repr=False)
    size: int
    invoicing: datetime
    offline: bool
    corrected_sha256: bytes | None = field(repr=False)
    sealed: bytes | None = field(default=None, repr=False)
    deflated: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a job: facts, with the document deflated, or a refusal."""

    job: Job
    deflated: bytes = field(default=b"", repr=False)
    facts: Facts | None = None
    refusal: Refusal | None = None


class Examination:
    """What is asked while documents are examined; thread-safe."""

    def __init__(
        self,
        *,
        schemas: Schemas,
        relations: Relations,
        limits: Limits,
        consents: Consents | None = None,
        refuses: Callable[[], bool] = lambda: False,
    ) -> None:
        """``refuses``: whether the next document is refused on purpose, whatever it is."""
        self.schemas = schemas
        self.relations = relations
        self.limits = limits
        self.consents = consents or NoConsents()
        self.refuses = refuses

    def of(self, job: Job) -> Outcome:
        if self.refuses():
            return Outcome(job=job, refusal=wrong_content("Dokument odrzucony na próbę (usterka emulatora)."))
        try:
            xml = self._content(job)
            facts = examine(xml, self._rules(job), self.schemas)
        except Refusal as refusal:
            return Outcome(job=job, refusal=refusal)
        except (ValueError, ArithmeticError, LookupError) as error:
            _log.error("document %s", job.id, exc_info=error)
            return Outcome(job=job, refusal=Refusal(code=500))
        return Outcome(job=job, deflated=job.deflated or zlib.compress(xml, 1), facts=facts)

    def _content(self, job: Job) -> bytes:
        session = job.session
        if job.deflated is not None:
            return zlib.decompress(job.deflated)
        if job.sealed is None:
            raise too_large(self.limits.session(session).max_bytes_with_attachment)
        if session.key is None or session.iv is None:
            raise session_failed()
        xml = decrypt(job.sealed, key=session.key, iv=session.iv)
        if len(xml) != job.size:
            raise wrong_size(job.size)
        if hashlib.sha256(xml).digest() != job.sha256:
            raise wrong_hash(base64.b64encode(job.sha256).decode())
        return xml

    def _rules(self, job: Job) -> Rules:
        session, day = job.session, polish_day(job.invoicing)
        limits = self.limits.session(session)
        return Rules(
            form=session.form,
            day=day,
            may_issue=lambda facts: may_issue(
                facts,
                context=session.context,
                relations=self.relations,
            ),
            attachments=session.kind is Kind.BATCH or job.corrected_sha256 is not None,
            consented=self.consents.attachments_allowed,
            verify_identifiers=session.verify_identifiers,
            max_bytes=limits.max_bytes,
            max_bytes_with_attachment=limits.max_bytes_with_attachment,
        )

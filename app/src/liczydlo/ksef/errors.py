"""What can go wrong between us and KSeF, told apart by what the caller should do.

::

    KsefError
    ├── Refused       we did wrong, or may not: repeating the same request changes nothing
    ├── Unavailable   they did wrong, or the network: repeat later, but look first when ``answer_lost``
    └── RateLimited   too fast: repeat after ``retry_after`` seconds

A code is data, never a class. ``text`` says what happened and what to do next, in Polish or English; the code
and the reference for the small print are fields.
"""

from __future__ import annotations

import math
from typing import Literal

from liczydlo.ksef import messages
from liczydlo.ksef.messages import Language

UnavailableReason = Literal[
    "network",
    "timeout",
    "server-error",
    "maintenance-page",
    "not-ksef",
    "unreadable-answer",
    "answer-too-large",
    "not-finished",
]


class KsefError(Exception):
    """Anything that ended a conversation with KSeF before its purpose was reached."""

    code: str
    """A stable code: KSeF's number, KSeF's ``reasonCode`` or one of our words."""
    reference: str | None = None
    """KSeF's own reference for its help desk (``traceId`` or ``referenceNumber``), if it gave one."""

    def text(self, language: Language = "pl") -> str:
        """What happened and what to do next, for a person."""
        raise NotImplementedError


class Refused(KsefError):
    """KSeF understood the request and said no.

    ``status`` is the HTTP status, or the status of an asynchronous operation that failed (login 415 to 480,
    certificate request 400, session 440…), in which case ``code`` is that number too.
    ``required_permissions`` is KSeF's ``requiredAnyOfPermissions``: having any one of them would do.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        description: str = "",
        details: tuple[str, ...] = (),
        reference: str | None = None,
        required_permissions: tuple[str, ...] = (),
        present_permissions: tuple[str, ...] = (),
        operation: str = "",
    ) -> None:
        super().__init__(f"KSeF {status}/{code}: {description} {' '.join(details)}".strip())
        self.status = status
        self.code = code
        self.description = description
        self.details = details
        self.reference = reference
        self.required_permissions = required_permissions
        self.present_permissions = present_permissions
        self.operation = operation

    @property
    def missing_permissions(self) -> tuple[str, ...]:
        """The permissions of which any one would have opened the door."""
        return tuple(name for name in self.required_permissions if name not in self.present_permissions)

    def text(self, language: Language = "pl") -> str:
        """KSeF's own words with our explanation; the words themselves exist in Polish only."""
        if self.missing_permissions:
            return messages.missing_permission(self.missing_permissions, language)
        return messages.refusal(self.code, self.operation, self.description, self.details, language)


class Unavailable(KsefError):
    """No usable answer came: the network, a timeout, a 5xx, an HTML page of a proxy, or nonsense.

    ``answer_lost`` is True when the request may have been carried out, so that repeating it blindly could
    do the thing twice: ask KSeF what it holds first.
    """

    def __init__(
        self,
        reason: UnavailableReason,
        *,
        answer_lost: bool = False,
        status: int | None = None,
        reference: str | None = None,
    ) -> None:
        super().__init__(f"{reason} (HTTP {status})" if status else reason)
        self.code = reason
        self.answer_lost = answer_lost
        self.status = status
        self.reference = reference

    def text(self, language: Language = "pl") -> str:
        """What failed on the way, and whether the request may have arrived."""
        return messages.unavailable(self.code, self.answer_lost, language)


class RateLimited(KsefError):
    """KSeF's limit of requests is used up (``limity/limity-api.md``); ``retry_after`` is in seconds."""

    def __init__(self, retry_after: float, *, detail: str = "", reference: str | None = None) -> None:
        super().__init__(f"rate limited for {retry_after:g} s {detail}".strip())
        self.code = "429"
        self.retry_after = retry_after
        self.detail = detail
        self.reference = reference

    def text(self, language: Language = "pl") -> str:
        """When to try again."""
        return messages.rate_limited(math.ceil(self.retry_after), language)

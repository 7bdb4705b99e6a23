"""What can go wrong between us and KSeF, told apart by what the caller should do.

::

    KsefError
    ├── Refusal         KSeF said no
    │   ├── Refused       to this request: we did wrong, or may not, and repeating it changes nothing
    │   └── LoginRefused  to the login that the request needs: nothing is known of the request itself
    ├── Unavailable     they did wrong, or the network: repeat later, but look first when ``answer_lost``
    ├── RateLimited     too fast: repeat after ``retry_after`` seconds
    └── PackageError    what came is not the package that KSeF describes: nothing of it is used, export again later

``LoginRefused`` is no ``Refused``: whoever handles the refusal of a request must not take a revoked certificate for
a fault of the invoice that was to be sent.

A code is data, never a class. ``params`` is what a text about it needs; the texts are in ``web.catalogue``.
"""

from __future__ import annotations

import math
from typing import Any, Literal

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
PackageFault = Literal[
    "package-differs", "package-unreadable", "package-too-large", "package-unsafe", "package-not-made"
]


class KsefError(Exception):
    """Anything that ended a conversation with KSeF before its purpose was reached."""

    code: str
    """A stable code: KSeF's number, KSeF's ``reasonCode`` or one of our words."""
    reference: str | None = None
    """KSeF's own reference for its help desk (``traceId`` or ``referenceNumber``), if it gave one."""

    family = ""

    @property
    def params(self) -> dict[str, Any]:
        """What its text needs; JSON can hold it."""
        raise NotImplementedError


class Refusal(KsefError):
    """KSeF understood and said no, to a request or to a login.

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

    def fields(self) -> dict[str, Any]:
        """What the constructor takes; JSON can hold it."""
        return {
            "status": self.status,
            "code": self.code,
            "description": self.description,
            "details": self.details,
            "reference": self.reference,
            "required_permissions": self.required_permissions,
            "present_permissions": self.present_permissions,
            "operation": self.operation,
        }

    @property
    def missing_permissions(self) -> tuple[str, ...]:
        """Permissions that the login lacks; KSeF requires any one of them."""
        return tuple(name for name in self.required_permissions if name not in self.present_permissions)

    @property
    def params(self) -> dict[str, Any]:
        """The permissions of which any one would do; else what the code belongs to, and KSeF's Polish description."""
        if self.missing_permissions:
            return {"permissions": list(self.missing_permissions)}
        return {"operation": self.operation, "description": self.description}


class Refused(Refusal):
    """KSeF said no to the request."""


class LoginRefused(Refusal):
    """KSeF does not let the company in: certificate revoked (460), token unknown (450), no permissions (415)…

    Raised by whatever request needed the login, and by a login itself; nothing of the request was carried out. The
    state is the connection's and lasts until the certificate, the token or its permissions change.
    """

    @classmethod
    def of(cls, refusal: Refusal) -> LoginRefused:
        """The same answer, told of the login."""
        return cls(**{**refusal.fields(), "operation": "login"})


class Unavailable(KsefError):
    """No usable answer of KSeF came: the network, a timeout, a 5xx, the page or JSON of a proxy, or nonsense.

    ``answer_lost`` is True when the request may have been carried out, so that repeating it blindly could
    do the thing twice: ask KSeF what it holds first.
    """

    code: UnavailableReason

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

    @property
    def params(self) -> dict[str, Any]:
        """Whether the request may have arrived."""
        return {"answer_lost": self.answer_lost}


class RateLimited(KsefError):
    """KSeF's limit of requests is used up (``limity/limity-api.md``); ``retry_after`` is in seconds, finite, never
    negative."""

    def __init__(self, retry_after: float, *, detail: str = "", reference: str | None = None) -> None:
        super().__init__(f"rate limited for {retry_after:g} s {detail}".strip())
        self.code = "429"
        self.retry_after = retry_after
        self.detail = detail
        self.reference = reference

    @property
    def params(self) -> dict[str, Any]:
        """When to try again, in whole seconds."""
        return {"seconds": math.ceil(self.retry_after)}


class PackageError(KsefError):
    """A package of an export cannot be trusted as a whole, or does not come.

    ``package-differs``: a part, or the count of invoices, is not what KSeF said; ``package-unreadable``: no archive of
    the promised kind, or without its list; ``package-too-large``: it unpacks to more than any package may;
    ``package-unsafe``: two files of one name, a name that leads out of a folder, a link; ``package-not-made``: KSeF
    gave the export up, or never ends it.
    """

    code: PackageFault

    def __init__(self, code: PackageFault, detail: str) -> None:
        """``detail`` is for the log."""
        super().__init__(f"{code}: {detail}")
        self.code = code

    @property
    def params(self) -> dict[str, Any]:
        """Nothing."""
        return {}

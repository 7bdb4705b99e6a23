"""Logging in by certificate and keeping it alive (guide ``uwierzytelnianie.md``, OpenAPI ``/auth``)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from lxml import etree

from liczydlo.ksef import wire, xades
from liczydlo.ksef.context import Context
from liczydlo.ksef.conversation import Answer, Conversation, Request, part
from liczydlo.ksef.credentials import Credential
from liczydlo.ksef.errors import Unavailable
from liczydlo.ksef.operations import OperationStatus, poll

__all__ = [
    "AuthenticationSession",
    "Challenge",
    "Context",
    "Operation",
    "Tokens",
    "active_sessions",
    "certificate_login",
    "challenge",
    "is_decided",
    "login_document",
    "operation_of",
    "redeem",
    "refresh",
    "submit",
    "until_decided",
]

SCHEMAS: Final = {
    "2.0": "http://ksef.mf.gov.pl/auth/token/2.0",
    "2.1": "http://ksef.mf.gov.pl/auth/token/2.1",
}
LOGIN_PATIENCE: Final = 60.0
"""Seconds of polling.

A qualified certificate may wait for its issuer's OCSP, a KSeF certificate never does.
"""


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What the login document must repeat; valid for ten minutes."""

    challenge: str
    timestamp: datetime
    timestamp_ms: int


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A login that KSeF is deciding on, with the token that asks about it; that is never in its representation."""

    reference: str
    token: str = field(repr=False)

    def to_json(self) -> str:
        """For a vault; :meth:`from_json` reads it back."""
        return json.dumps({"reference": self.reference, "token": self.token})

    @classmethod
    def from_json(cls, text: str) -> Operation:
        """Read what :meth:`to_json` wrote. Raises :class:`ValueError`."""
        node = wire.parse_object(text.encode())
        return cls(reference=node.text("reference"), token=node.text("token"))


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """A login: an access token for minutes and a refresh token for days. Neither is in its representation."""

    access: str = field(repr=False)
    access_valid_until: datetime
    refresh: str = field(repr=False)
    refresh_valid_until: datetime

    def to_json(self) -> str:
        """For a vault; :meth:`from_json` reads it back."""
        return json.dumps(
            {
                "access": self.access,
                "accessValidUntil": self.access_valid_until.isoformat(),
                "refresh": self.refresh,
                "refreshValidUntil": self.refresh_valid_until.isoformat(),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Tokens:
        """Read what :meth:`to_json` wrote. Raises :class:`ValueError`."""
        node = wire.parse_object(text.encode())
        return cls(
            access=node.text("access"),
            access_valid_until=node.moment("accessValidUntil"),
            refresh=node.text("refresh"),
            refresh_valid_until=node.moment("refreshValidUntil"),
        )


@dataclass(frozen=True, kw_only=True)
class AuthenticationSession:
    """One login that KSeF remembers: ``GET /auth/sessions``."""

    reference: str
    started: datetime
    method: str
    status: int
    description: str
    is_current: bool
    redeemed: bool
    refresh_valid_until: datetime | None


def challenge() -> Conversation[Challenge]:
    """``POST /auth/challenge``: the text to sign, good for ten minutes."""
    answer = yield Request(method="POST", path="/auth/challenge", bearer="", repeatable=True)
    node = answer.object()
    return Challenge(
        challenge=node.text("challenge"),
        timestamp=node.moment("timestamp"),
        timestamp_ms=node.integer("timestampMs"),
    )


def login_document(
    context: Context,
    challenge: str,
    *,
    identified: bool = True,
    schema: Literal["2.0", "2.1"] = "2.1",
) -> bytes:
    """The unsigned ``AuthTokenRequest``.

    ``identified``: the certificate that will sign it tells whose it is by a NIP or PESEL; any other tells its subject
    by its fingerprint.
    """
    namespace = SCHEMAS[schema]
    default: Any = {None: namespace}  # the stubs know no default namespace
    root = etree.Element(f"{{{namespace}}}AuthTokenRequest", nsmap=default)
    etree.SubElement(root, f"{{{namespace}}}Challenge").text = challenge
    holder = etree.SubElement(root, f"{{{namespace}}}ContextIdentifier")
    etree.SubElement(holder, f"{{{namespace}}}{context.kind}").text = context.value
    kind = "certificateSubject" if identified else "certificateFingerprint"
    etree.SubElement(root, f"{{{namespace}}}SubjectIdentifierType").text = kind
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def certificate_login(
    context: Context,
    credential: Credential,
    *,
    clock: Callable[[], datetime],
    patience: float = LOGIN_PATIENCE,
    schema: Literal["2.0", "2.1"] = "2.1",
) -> Conversation[Tokens]:
    """Challenge, signed document, status until it is decided, tokens.

    A login whose answer was lost is simply begun anew, once: it has no other effect. Raises
    :class:`Refused` (HTTP 400, or a final status such as 415 „brak uprawnień” or 460 „certyfikat”) and
    :class:`Unavailable`.
    """
    try:
        return (yield from _login(context, credential, clock, patience, schema))
    except Unavailable as failure:
        if not failure.answer_lost:
            raise
    try:
        return (yield from _login(context, credential, clock, patience, schema))
    except Unavailable as failure:
        if not failure.answer_lost:
            raise
        raise Unavailable("network", status=failure.status) from failure


def _login(
    context: Context,
    credential: Credential,
    clock: Callable[[], datetime],
    patience: float,
    schema: Literal["2.0", "2.1"],
) -> Conversation[Tokens]:
    challenged = yield from challenge()
    document = login_document(context, challenged.challenge, identified=credential.identified, schema=schema)
    operation = yield from submit(xades.sign(document, credential, signing_time=clock()))
    yield from until_decided(operation, patience)
    return (yield from redeem(operation))


def submit(signed: bytes) -> Conversation[Operation]:
    """``POST /auth/xades-signature``: hand in a signed ``AuthTokenRequest``; its challenge is used up by that."""
    answer = yield Request(method="POST", path="/auth/xades-signature", xml=signed, bearer="")
    return operation_of(answer)


def operation_of(answer: Answer) -> Operation:
    """What KSeF answers when it has begun a login."""
    node = answer.object()
    return Operation(
        reference=node.text("referenceNumber"), token=node.node("authenticationToken").text("token")
    )


def is_decided(operation: Operation) -> Conversation[bool]:
    """``GET /auth/{referenceNumber}``: whether KSeF has let it in.

    Raises :class:`Refused` when it has not, :class:`Unavailable` when it failed to decide.
    """
    answer = yield Request(method="GET", path=f"/auth/{part(operation.reference)}", bearer=operation.token)
    status = OperationStatus.of(answer.object().node("status"))
    status.raise_if_failed(operation.reference, "login")
    return status.finished


def until_decided(operation: Operation, patience: float) -> Conversation[None]:
    """Poll the login's status.

    Raises :class:`Refused`, or :class:`Unavailable` when KSeF failed or dawdles.
    """

    def ask() -> Conversation[bool | None]:
        return (yield from is_decided(operation)) or None

    yield from poll(ask, patience, operation.reference)


def redeem(operation: Operation) -> Conversation[Tokens]:
    """``POST /auth/token/redeem``: the tokens of a login that was let in; KSeF gives them once."""
    answer = yield Request(method="POST", path="/auth/token/redeem", bearer=operation.token)
    node = answer.object()
    access, refresh_token = node.node("accessToken"), node.node("refreshToken")
    return Tokens(
        access=access.text("token"),
        access_valid_until=access.moment("validUntil"),
        refresh=refresh_token.text("token"),
        refresh_valid_until=refresh_token.moment("validUntil"),
    )


def refresh(tokens: Tokens) -> Conversation[Tokens]:
    """``POST /auth/token/refresh``: a new access token with the permissions of now.

    The refresh token stays.
    """
    answer = yield Request(method="POST", path="/auth/token/refresh", bearer=tokens.refresh, repeatable=True)
    access = answer.object().node("accessToken")
    return Tokens(
        access=access.text("token"),
        access_valid_until=access.moment("validUntil"),
        refresh=tokens.refresh,
        refresh_valid_until=tokens.refresh_valid_until,
    )


def active_sessions() -> Conversation[tuple[AuthenticationSession, ...]]:
    """``GET /auth/sessions``, all pages."""
    sessions: list[AuthenticationSession] = []
    headers: dict[str, str] = {}
    while True:
        answer = yield Request(
            method="GET", path="/auth/sessions", query={"pageSize": "100"}, headers=headers
        )
        page = answer.object()
        for item in page.nodes("items"):
            status = item.node("status")
            sessions.append(
                AuthenticationSession(
                    reference=item.text("referenceNumber"),
                    started=item.moment("startDate"),
                    method=item.node("authenticationMethodInfo").text("displayName"),
                    status=status.integer("code"),
                    description=status.text("description"),
                    is_current=item.flag("isCurrent", default=False),
                    redeemed=item.flag("isTokenRedeemed", default=False),
                    refresh_valid_until=item.optional_moment("refreshTokenValidUntil"),
                )
            )
        token = page.optional_text("continuationToken")
        if not token:
            return tuple(sessions)
        headers = {"x-continuation-token": token}


def end_current_session() -> Conversation[None]:
    """``DELETE /auth/sessions/current``: the refresh token dies; access tokens live out their minutes."""
    yield Request(method="DELETE", path="/auth/sessions/current", expects="nothing")

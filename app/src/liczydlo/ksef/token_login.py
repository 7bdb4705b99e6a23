"""Logging in with a KSeF token (guide ``uwierzytelnianie.md`` §2.2, ``tokeny-ksef.md``).

The token and the challenge's time are encrypted for the Ministry's key of the usage ``KsefTokenEncryption``, by
RSA-OAEP with SHA-256, the only way that the OpenAPI 2.9 names. (The guide's example in Java mentions elliptic curves
too, without their bytes; :mod:`.public_keys` leaves out keys that are not RSA.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from liczydlo.ksef import login, public_keys
from liczydlo.ksef.context import Context, ContextKind
from liczydlo.ksef.conversation import Conversation, Request, part
from liczydlo.ksef.envelope import base64_text
from liczydlo.ksef.errors import Refused, Unavailable
from liczydlo.ksef.login import LOGIN_PATIENCE, Operation, Tokens
from liczydlo.ksef.public_keys import PublicKey, PublicKeyCache
from liczydlo.ksef.wire import Node

__all__ = ["KsefToken", "TokenError", "TokenInfo", "info", "info_of", "submit", "token_login"]

TokenPart = Literal["empty", "shape", "reference", "context", "secret"]

_KEY_WITHDRAWN: Final = "21470"
_REFERENCE: Final = re.compile(r"\d{8}-[A-Z]{2}-[0-9A-F]{10}-[0-9A-F]{10}-[0-9A-F]{2}")
_KINDS: Final[dict[str, ContextKind]] = {"nip": "Nip", "internalid": "InternalId"}
_SECRET: Final = re.compile(r"[0-9A-Fa-f]{32,128}")
_OAEP: Final = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


class TokenError(ValueError):
    """A text that is not a KSeF token; ``part`` says which part of it is wrong. Nothing of the text is in it."""

    def __init__(self, part: TokenPart) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True, kw_only=True)
class KsefToken:
    """A KSeF token, ``REFERENCE|nip-NNNNNNNNNN|HEX``; the text is never in its representation."""

    reference: str
    context: Context
    text: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> KsefToken:
        """Check a token's parts; white space around and inside it, as copying adds it, is left out.

        Raises :class:`TokenError`.
        """
        text = re.sub(r"[\s\u200b\ufeff]+", "", text)
        if not text:
            raise TokenError("empty")
        parts = text.split("|")
        if len(parts) != 3:
            raise TokenError("shape")
        reference, owner, secret = parts
        if not _REFERENCE.fullmatch(reference):
            raise TokenError("reference")
        kind, _, value = owner.partition("-")
        try:
            context = Context(kind=_KINDS[kind.lower()], value=value)
        except (KeyError, ValueError) as error:
            raise TokenError("context") from error
        if not _SECRET.fullmatch(secret):
            raise TokenError("secret")
        return cls(reference=reference, context=context, text=text)

    @property
    def fingerprint(self) -> str:
        """What tells its logins from those of certificates: no secret, at most 64 characters."""
        return f"token/{self.reference}"


@dataclass(frozen=True, kw_only=True)
class TokenInfo:
    """What KSeF tells of a token: ``GET /tokens/{referenceNumber}``; ``permissions`` are KSeF's names."""

    reference: str
    description: str
    author_kind: str
    author_value: str
    permissions: tuple[str, ...]
    created: datetime
    last_used: datetime | None
    status: str


def info(reference: str) -> Conversation[TokenInfo]:
    """``GET /tokens/{referenceNumber}``; a login by token may ask about that token itself."""
    answer = yield Request(method="GET", path=f"/tokens/{part(reference)}")
    return info_of(answer.object())


def info_of(node: Node) -> TokenInfo:
    """A token as KSeF describes it, alone or in a list."""
    author = node.node("authorIdentifier")
    return TokenInfo(
        reference=node.text("referenceNumber"),
        description=node.text("description"),
        author_kind=author.text("type"),
        author_value=author.text("value"),
        permissions=node.texts("requestedPermissions"),
        created=node.moment("dateCreated"),
        last_used=node.optional_moment("lastUseDate"),
        status=node.text("status"),
    )


def token_login(
    token: KsefToken,
    *,
    api: str,
    cache: PublicKeyCache,
    clock: Callable[[], datetime],
    patience: float = LOGIN_PATIENCE,
) -> Conversation[Tokens]:
    """Challenge, encrypted token, status until it is decided, tokens.

    A login whose answer was lost, and one whose public key KSeF has withdrawn (21470), is begun anew, once: it has no
    other effect. Raises :class:`Refused` (450: KSeF does not know the token, or it was revoked) and
    :class:`Unavailable`.
    """
    try:
        return (yield from _login(token, api, cache, clock, patience))
    except Unavailable as failure:
        if not failure.answer_lost:
            raise
    except Refused as refusal:
        if refusal.code != _KEY_WITHDRAWN:
            raise
        cache.forget(api)
    try:
        return (yield from _login(token, api, cache, clock, patience))
    except Unavailable as failure:
        if not failure.answer_lost:
            raise
        raise Unavailable("network", status=failure.status) from failure


def _login(
    token: KsefToken, api: str, cache: PublicKeyCache, clock: Callable[[], datetime], patience: float
) -> Conversation[Tokens]:
    key = yield from public_keys.current(cache, api, "KsefTokenEncryption", clock())
    operation = yield from submit(token, key)
    yield from login.until_decided(operation, patience)
    return (yield from login.redeem(operation))


def submit(token: KsefToken, key: PublicKey) -> Conversation[Operation]:
    """``POST /auth/challenge`` and ``POST /auth/ksef-token``; the challenge is used up by that."""
    challenged = yield from login.challenge()
    plain = f"{token.text}|{challenged.timestamp_ms}".encode()
    answer = yield Request(
        method="POST",
        path="/auth/ksef-token",
        json={
            "challenge": challenged.challenge,
            "contextIdentifier": {"type": token.context.kind, "value": token.context.value},
            "encryptedToken": base64_text(key.key.encrypt(plain, _OAEP)),
            "publicKeyId": key.id,
        },
        bearer="",
    )
    return login.operation_of(answer)

"""The Ministry's public keys, which everything sent is encrypted for.

Guide: ``bezpieczenstwo/klucze-publiczne-do-szyfrowania.md``. Loading an RSA key takes 36 ms, so the objects
are kept for as long as the list that they came in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from liczydlo.ksef.conversation import Conversation, Request
from liczydlo.ksef.wire import Malformed, Node

Usage = Literal["KsefTokenEncryption", "SymmetricKeyEncryption"]

KEPT_FOR: Final = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """One key of the published list; ``id`` is what a request names as ``publicKeyId``."""

    id: str
    usage: frozenset[str]
    valid_from: datetime
    valid_to: datetime
    key: RSAPublicKey = field(repr=False)

    @classmethod
    def read(cls, node: Node) -> PublicKey | None:
        """One entry; None for a key that is not RSA, which this client has no use for."""
        try:
            key = x509.load_der_x509_certificate(node.octets("certificate")).public_key()
        except ValueError as error:
            raise Malformed("certificate") from error
        if not isinstance(key, RSAPublicKey):
            return None
        return cls(
            id=node.text("publicKeyId"),
            usage=frozenset(node.texts("usage")),
            valid_from=node.moment("validFrom"),
            valid_to=node.moment("validTo"),
            key=key,
        )


class PublicKeyCache:
    """The lists of keys of all environments of this process, each kept for six hours. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lists: dict[str, tuple[datetime, tuple[PublicKey, ...]]] = {}

    def get(self, api: str, now: datetime) -> tuple[PublicKey, ...] | None:
        """The list of the environment with this API address, if it is fresh enough."""
        with self._lock:
            since, keys = self._lists.get(api, (None, ()))
        return keys if since is not None and abs(now - since) < KEPT_FOR else None

    def put(self, api: str, now: datetime, keys: tuple[PublicKey, ...]) -> None:
        """Keep an environment's list, as of ``now``, for ``KEPT_FOR``."""
        with self._lock:
            self._lists[api] = (now, keys)

    def forget(self, api: str) -> None:
        """Drop an environment's list: KSeF has answered that its key is out of date (21470)."""
        with self._lock:
            self._lists.pop(api, None)


SHARED: Final = PublicKeyCache()
"""The cache that clients use unless they are given another."""


def fetch() -> Conversation[tuple[PublicKey, ...]]:
    """``GET /security/public-key-certificates``: the keys that can be read, in KSeF's order."""
    answer = yield Request(method="GET", path="/security/public-key-certificates", bearer="")
    return tuple(key for node in answer.list() if (key := PublicKey.read(node)) is not None)


def current(cache: PublicKeyCache, api: str, usage: Usage, now: datetime) -> Conversation[PublicKey]:
    """The key to encrypt with: of this usage, valid now, the newest of several (§4.1).

    When none is valid by our clock, KSeF's list is right and the clock wrong: the newest is taken, and KSeF
    answers 21470 if it minds. Raises :class:`Malformed` when KSeF publishes none.
    """
    keys = cache.get(api, now)
    if keys is None or not any(usage in key.usage and _valid(key, now) for key in keys):
        keys = yield from fetch()
        cache.put(api, now, keys)
    fitting = [key for key in keys if usage in key.usage]
    if not fitting:
        raise Malformed("no public key for " + usage)
    return max(fitting, key=lambda key: (_valid(key, now), key.valid_from))


def _valid(key: PublicKey, now: datetime) -> bool:
    return key.valid_from <= now <= key.valid_to

"""KSeF's own keys: two that clients encrypt with (ksef-docs klucze-publiczne-do-szyfrowania.md), and the UPO's seal."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ...receipts.seal import Seal
from ..time.moments import micros, moment
from . import ecies
from .ca import Authority, KeyKind, KeyPair

_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


class KeyUsage(StrEnum):
    """``PublicKeyCertificateUsage``."""

    TOKEN = "KsefTokenEncryption"  # noqa: S105 - the name of a usage
    SYMMETRIC_KEY = "SymmetricKeyEncryption"


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """A published key with the private one that opens what is encrypted for it."""

    name: str
    usage: KeyUsage
    certificate: x509.Certificate
    private_key: RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)
    until: datetime | None = None

    @property
    def certificate_id(self) -> str:
        """Base64 of the SHA-256 of the certificate's DER."""
        return _digest(self.certificate.public_bytes(Encoding.DER))

    @property
    def key_id(self) -> str:
        """Base64 of the SHA-256 of the key's SubjectPublicKeyInfo."""
        der = self.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return _digest(der)

    def is_published(self, now: datetime) -> bool:
        """Whether clients are told of it; none is that was withdrawn."""
        return self.until is None or now < self.until

    def is_valid(self, now: datetime) -> bool:
        """Whether its certificate holds."""
        return self.certificate.not_valid_before_utc <= now <= self.certificate.not_valid_after_utc

    def decrypt(self, data: bytes) -> bytes:
        """RSA-OAEP with SHA-256 and MGF1, or ECIES with an EC key. Raises ValueError."""
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            return ecies.decrypt(self.private_key, data)
        return self.private_key.decrypt(data, _OAEP)


NAMES = {
    KeyUsage.TOKEN: "Emulator - klucz do szyfrowania tokenow",
    KeyUsage.SYMMETRIC_KEY: "Emulator - klucz do szyfrowania klucza symetrycznego",
}
OVERLAP = timedelta(days=30)
"""How long the old key stays beside the new one in a planned rotation, unless somebody says otherwise."""
_SECOND = timedelta(seconds=1)
_EARLIER = timedelta(minutes=1)
"""How long before now a new key begins to hold, for clients whose clocks are slow: yet later than any other key."""
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when a key is withdrawn that no turn of the clock brings back."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS published_keys (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,   -- of the pair in keys
    usage TEXT NOT NULL,
    until INTEGER                -- microseconds: from then on it is neither published nor accepted
);
"""


class Keys:
    """All of them, made when a store is first used; the RSA keys in a thread, for nobody asks for them at once.

    Some key of each usage is always valid: when the clock leaves the validity of the certificates, the oldest key
    gets a new one (re-certification, section 3.1 of the guide's page).
    """

    def __init__(self, authority: Authority) -> None:
        """Begins to read them from the store, or to make them."""
        self.authority = authority
        self.clock = authority.clock
        self.store = authority.store
        self.store.register(SCHEMA)
        self._lock = threading.Lock()
        executor = ThreadPoolExecutor(1, "ksef-emulator-keys")
        self._keys = executor.submit(self._make)
        executor.shutdown(wait=False)
        sealing = authority.pair("upo-seal", "EC", "Emulator - pieczec UPO (TEST)", authority=False)
        self.seal = Seal(key=sealing.private_key, certificate=sealing.certificate)

    @property
    def published(self) -> tuple[PublicKey, ...]:
        """The keys that clients encrypt with, oldest first; waits until they are made."""
        now = self.clock.now()
        with self._lock:
            keys = self._keys.result()
            for usage in KeyUsage:
                self._certify(keys, usage, now)
            return tuple(key for key in keys if key.is_published(now))

    def decrypt(self, usage: KeyUsage, data: bytes, key_id: str | None = None) -> bytes:
        """Open what a client encrypted. Raises ValueError, LookupError for a key that is not accepted (any more)."""
        now = self.clock.now()
        accepted = [
            key
            for key in reversed(self.published)
            if key.usage is usage and key_id in (None, key.key_id) and key.is_valid(now)
        ]
        if not accepted:
            raise LookupError(f"no such key: {key_id}")
        for key in accepted[:-1]:
            with contextlib.suppress(ValueError):
                return key.decrypt(data)
        return accepted[-1].decrypt(data)

    def rotate(
        self,
        usage: KeyUsage,
        *,
        overlap: timedelta = OVERLAP,
        ahead: timedelta = timedelta(),
        kind: KeyKind = "RSA",
    ) -> PublicKey:
        """A planned rotation: a new key, valid after ``ahead``; the old ones stay for ``overlap`` beside it."""
        return self._rotate(usage, kind, ahead, self.clock.now() + ahead + overlap)

    def replace(self, usage: KeyUsage, *, kind: KeyKind = "RSA") -> PublicKey:
        """An emergency rotation: the old keys are withdrawn at once, and their identifiers refused (21470)."""
        return self._rotate(usage, kind, timedelta(), _ALWAYS)

    def certify_again(self, usage: KeyUsage) -> PublicKey:
        """A new certificate for the newest key of this usage, whose identifier stays."""
        with self._lock:
            keys = self._keys.result()
            newest = next(key for key in reversed(keys) if key.usage is usage)
            return self._renewed(keys, newest)

    def _rotate(self, usage: KeyUsage, kind: KeyKind, ahead: timedelta, end: datetime) -> PublicKey:
        with self._lock:
            keys = self._keys.result()
            now = self.clock.now()
            self._certify(keys, usage, now)
            name = f"{usage}-{secrets.token_hex(8)}"
            last = max(key.certificate.not_valid_before_utc for key in keys if key.usage is usage)
            start = now + ahead if ahead else max(now - _EARLIER, min(last + _SECOND, now))
            pair = self.authority.new(name, kind, NAMES[usage], start=start)
            for place, key in enumerate(keys):
                if key.usage is usage and (key.until is None or key.until > end):
                    keys[place] = replace(key, until=end)
            new = _public(name, usage, pair, None)
            keys.append(new)
            with self.store.transaction() as db:
                db.execute(
                    "UPDATE published_keys SET until = ? WHERE usage = ? AND (until IS NULL OR until > ?)",
                    (micros(end), usage, micros(end)),
                )
                db.execute("INSERT INTO published_keys (name, usage) VALUES (?, ?)", (name, usage))
            return new

    def _certify(self, keys: list[PublicKey], usage: KeyUsage, now: datetime) -> None:
        published = [key for key in keys if key.usage is usage and key.is_published(now)]
        if not any(key.is_valid(now) for key in published):
            self._renewed(keys, published[0])

    def _renewed(self, keys: list[PublicKey], key: PublicKey) -> PublicKey:
        pair = KeyPair(private_key=key.private_key, certificate=key.certificate)
        renewed = replace(key, certificate=self.authority.certify_again(key.name, pair).certificate)
        keys[keys.index(key)] = renewed
        return renewed

    def _make(self) -> list[PublicKey]:
        with self.store.transaction() as db:
            rows = db.execute("SELECT name, usage, until FROM published_keys ORDER BY id").fetchall()
        usages = {row["usage"] for row in rows}
        stored = [(row["name"], KeyUsage(row["usage"]), row["until"]) for row in rows]
        for usage in KeyUsage:
            if usage not in usages:
                stored.append((usage.value, usage, None))
        keys = [
            _public(name, usage, self.authority.pair(name, "RSA", NAMES[usage], authority=False), until)
            for name, usage, until in stored
        ]
        with self.store.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO published_keys (name, usage) VALUES (?, ?)",
                [(name, usage) for name, usage, _ in stored],
            )
        return keys


def _public(name: str, usage: KeyUsage, pair: KeyPair, until: int | None) -> PublicKey:
    return PublicKey(
        name=name,
        usage=usage,
        certificate=pair.certificate,
        private_key=pair.private_key,
        until=moment(until) if until is not None else None,
    )


def _digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()

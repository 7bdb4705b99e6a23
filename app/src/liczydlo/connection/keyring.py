"""The master keys: where they come from, which is current, how a new one is put in front.

``LICZYDLO_MASTER_KEY`` (base64 of 32 bytes; several, separated by commas, while a rotation lasts: the first is
current), else ``LICZYDLO_MASTER_PASSPHRASE`` (Argon2id with the salt of ``master.salt``), else the file
``master.key`` of the data folder, made on first use, 0600, one key a line, the first current.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
SHORTEST_PASSPHRASE = 12
"""Characters: as many as the passphrase of a company's keys needs."""
_GOOD_KEY = "it must be base64 of 32 random bytes, as `openssl rand -base64 32` prints them"
_GOOD_PASSPHRASE = (
    f"it must have at least {SHORTEST_PASSPHRASE} characters, and not the same few again and again: four or five"
    " words that do not belong together are good"
)
ID_BYTES = 8
_lock = threading.Lock()
_loaded: tuple[tuple[object, ...], tuple[MasterKey, ...]] | None = None


@dataclass(frozen=True, kw_only=True)
class MasterKey:
    """One master key. ``version`` names it in what it wraps; it tells nothing about the key."""

    value: bytes = field(repr=False)

    @property
    def version(self) -> bytes:
        """Eight bytes that name the key."""
        return hashlib.sha256(b"liczydlo master key version\0" + self.value).digest()[:ID_BYTES]


def file() -> Path:
    """The key file; it is used only without the two variables."""
    return Path(settings.LICZYDLO_DATA) / "master.key"


def is_in_file() -> bool:
    """Whether the master key is the program's own to rotate."""
    return not settings.LICZYDLO_MASTER_KEY and not settings.LICZYDLO_MASTER_PASSPHRASE


def all_keys() -> tuple[MasterKey, ...]:
    """All master keys, the current one first. Raises ImproperlyConfigured when what is configured is not a key.

    Kept in memory until the configuration or the file changes, so that a rotation reaches running processes.
    """
    global _loaded  # noqa: PLW0603 - a cache of this module
    with _lock:
        state = _state()
        if _loaded is None or _loaded[0] != state:
            loaded = _load()
            _loaded = (_state(), loaded)
        return _loaded[1]


def put_in_front(key: bytes) -> None:
    """Make ``key`` current; the earlier ones stay for reading. Raises ImproperlyConfigured outside the key file."""
    if not is_in_file():
        raise ImproperlyConfigured("the master key is not in the key file")
    _write((MasterKey(value=key), *all_keys()))


def keep_only_current() -> None:
    """Forget all keys but the current one, once nothing is wrapped by them."""
    _write(all_keys()[:1])


def _state() -> tuple[object, ...]:
    """What a change of the configuration changes."""
    try:
        status = file().stat()
        on_disk: tuple[int, int, int] | None = (status.st_mtime_ns, status.st_ino, status.st_size)
    except FileNotFoundError:
        on_disk = None
    variables = settings.LICZYDLO_MASTER_KEY, settings.LICZYDLO_MASTER_PASSPHRASE
    return hashlib.sha256(repr(variables).encode()).digest(), str(file()), on_disk


def _load() -> tuple[MasterKey, ...]:
    if settings.LICZYDLO_MASTER_KEY:
        return parse(settings.LICZYDLO_MASTER_KEY, "LICZYDLO_MASTER_KEY")
    if settings.LICZYDLO_MASTER_PASSPHRASE:
        return (_of_passphrase(settings.LICZYDLO_MASTER_PASSPHRASE),)
    path = file()
    if not path.exists():
        _create(path, base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
    return parse(path.read_text(), path.name)


def parse(text: str, source: str) -> tuple[MasterKey, ...]:
    """The keys in a variable or file, separated by commas or white space; ``source`` names it in the error.

    Raises ImproperlyConfigured for what is no key, or none that chance has made. The text is not in the error.
    """
    keys = []
    for word in text.replace(",", " ").split():
        try:
            value = base64.b64decode(word, validate=True)
        except (binascii.Error, ValueError):  # ValueError: letters that are not ASCII
            raise ImproperlyConfigured(f"{source} is not a master key: {_GOOD_KEY}") from None
        if len(value) != KEY_BYTES or len(set(value)) < KEY_BYTES // 4:
            raise ImproperlyConfigured(f"{source} is not a master key: {_GOOD_KEY}")
        keys.append(MasterKey(value=value))
    if not keys:
        raise ImproperlyConfigured(f"{source}: there is no master key in it; {_GOOD_KEY}")
    return tuple(keys)


def check_passphrase(passphrase: str, source: str) -> None:
    """Raises ImproperlyConfigured for one that is guessed in no time; ``source`` names it in the error."""
    if len(passphrase.strip()) < SHORTEST_PASSPHRASE or len(set(passphrase)) < SHORTEST_PASSPHRASE // 2:
        raise ImproperlyConfigured(f"{source} is too short: {_GOOD_PASSPHRASE}")


def _of_passphrase(passphrase: str) -> MasterKey:
    """RFC 9106, first recommended option of moderate memory: 64 MiB, 3 passes, 4 lanes (about 0.1 s)."""
    salt = Path(settings.LICZYDLO_DATA) / "master.salt"
    if not salt.exists():
        _create(salt, secrets.token_hex(16).encode() + b"\n")
    value = hash_secret_raw(
        secret=passphrase.encode(),
        salt=bytes.fromhex(salt.read_text().strip()),
        time_cost=3,
        memory_cost=64 * 1024,
        parallelism=4,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
    return MasterKey(value=value)


def _write(keys: tuple[MasterKey, ...]) -> None:
    lines = b"".join(base64.b64encode(key.value) + b"\n" for key in keys)
    path = _private(file(), lines)
    path.replace(file())


def _create(path: Path, content: bytes) -> None:
    """Make a file that only its owner reads; of two processes that make it at once, one wins."""
    temporary = _private(path, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _private(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    return temporary

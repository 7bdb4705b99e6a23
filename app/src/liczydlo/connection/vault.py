"""Secrets at rest: each under a data key of its own, the data key wrapped by the master key; both AES-256-GCM.

A sealed secret is ``"LV1" ‖ master key's version (8) ‖ nonce (12) ‖ wrapped data key (48) ‖ nonce (12) ‖ ciphertext``.
The secret's additional data are company, row and purpose, so that a sealed value moved to another row does not open;
the wrapping's is the master key's version. So a rotation rewraps 32 bytes and never touches the secret.

Columns that hold sealed secrets are ``BinaryField`` whose names begin with ``sealed``; rotation finds them by that.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import models, transaction

from liczydlo.connection import keyring

MAGIC = b"LV1"
NONCE = 12
WRAPPED = keyring.KEY_BYTES + 16
_VERSION = slice(len(MAGIC), len(MAGIC) + keyring.ID_BYTES)
_WRAPPED = slice(_VERSION.stop, _VERSION.stop + NONCE + WRAPPED)


class VaultError(Exception):
    """A sealed value cannot be opened: it is damaged, belongs to another row, or its master key is not here.

    ``code``: ``not-sealed``, ``unknown-master-key``, ``does-not-open``. Nothing of the secret is in it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Label(TypedDict):
    """The place that a secret is sealed for."""

    company_id: int
    row: object
    purpose: str


def seal(secret: bytes, *, company_id: int, row: object, purpose: str) -> bytes:
    """Seal a secret for one place; only the same company, row and purpose open it."""
    master = keyring.all_keys()[0]
    data_key = secrets.token_bytes(keyring.KEY_BYTES)
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(data_key).encrypt(nonce, secret, _label(company_id, row, purpose))
    return MAGIC + master.version + _wrap(data_key, master) + nonce + sealed


def unseal(sealed: bytes, *, company_id: int, row: object, purpose: str) -> bytes:
    """The secret. Raises VaultError."""
    data_key = _unwrap(sealed)
    rest = sealed[_WRAPPED.stop :]
    try:
        return AESGCM(data_key).decrypt(rest[:NONCE], rest[NONCE:], _label(company_id, row, purpose))
    except InvalidTag as error:
        raise VaultError("does-not-open") from error


def rewrap(sealed: bytes) -> bytes:
    """The same sealed secret under the current master key. Raises VaultError."""
    master = keyring.all_keys()[0]
    if sealed[_VERSION] == master.version:
        return sealed
    data_key = _unwrap(sealed)
    return MAGIC + master.version + _wrap(data_key, master) + sealed[_WRAPPED.stop :]


def rotate() -> int:
    """Rewrap every sealed column of the database under the current master key; the count of rewrapped values.

    Each row is a transaction of its own: interrupted, it is simply run again. A value that changed meanwhile is left
    as it is, for it was sealed by a process that already knows the new key, or the next run finds it.
    """
    done = 0
    for model, name in sealed_columns():
        rows = model._default_manager.exclude(**{name: b""}).exclude(**{name: None})
        for pk in list(rows.values_list("pk", flat=True)):
            with transaction.atomic():
                before = rows.filter(pk=pk).values_list(name, flat=True).first()
                if before is None or (after := rewrap(bytes(before))) == bytes(before):
                    continue
                done += rows.filter(pk=pk, **{name: bytes(before)}).update(**{name: after})
    return done


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every column that holds sealed secrets."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.BinaryField) and field.name.startswith("sealed"):
                yield model, field.name


def _label(company_id: int, row: object, purpose: str) -> bytes:
    return json.dumps(["liczydlo secret", company_id, str(row), purpose]).encode()


def _wrap(data_key: bytes, master: keyring.MasterKey) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(master.value).encrypt(nonce, data_key, b"liczydlo data key\0" + master.version)


def _unwrap(sealed: bytes) -> bytes:
    if len(sealed) < _WRAPPED.stop + NONCE + 16 or not sealed.startswith(MAGIC):
        raise VaultError("not-sealed")
    version, wrapped = sealed[_VERSION], sealed[_WRAPPED]
    master = next((key for key in keyring.all_keys() if key.version == version), None)
    if master is None:
        raise VaultError("unknown-master-key")
    try:
        return AESGCM(master.value).decrypt(
            wrapped[:NONCE], wrapped[NONCE:], b"liczydlo data key\0" + version
        )
    except InvalidTag as error:
        raise VaultError("does-not-open") from error

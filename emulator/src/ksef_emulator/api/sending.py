"""What both ways of sending begin with: the form, the key, who opens."""

from __future__ import annotations

import base64
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from .. import problems
from ..intake.schemas import FORM_CODES, FormCode, SchemaFilesError
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.identity.keys import KeyUsage
from ..receipts.upo import Authentication
from . import problems_sending
from .contract import common

if TYPE_CHECKING:
    from ..emulator import Emulator

VALIDATION = "subject-identifier-validation"
"""A switch of ``X-KSeF-Feature``; ``upo-v4-3`` is another, and the default since December 2025."""

WRITERS = frozenset({Permission.INVOICE_WRITE, Permission.ENFORCEMENT_OPERATIONS})
WRITERS_OF_PEF = frozenset({Permission.PEF_INVOICE_WRITE})
"""Who sends PEF and PEF_KOR: providers of Peppol services (api-changelog.md, 2.0.0 RC5)."""


def author_of(principal: Principal) -> str:
    """How a session remembers who opened it."""
    return f"{principal.subject.type}:{principal.subject.value}"


def authentication_of(principal: Principal) -> Authentication:
    """What a receipt says of the login that sent its documents."""
    return Authentication(
        context=principal.context,
        token_reference=principal.token,
        document_hash=principal.document_hash,
    )


def features(header: str | None) -> frozenset[str]:
    """The switches of ``X-KSeF-Feature``."""
    return frozenset(part.strip().lower() for part in (header or "").split(",") if part.strip())


def opening(
    emulator: Emulator,
    principal: Principal,
    *,
    form: common.FormCode,
    encryption: common.EncryptionInfo,
    feature: str | None,
    forms: Collection[str],
) -> dict[str, Any]:
    """The arguments of `Sessions.open_online` and `open_batch`. ``forms`` are the system codes of this way of sending.

    Raises problems 21405, 21470, and 403 for a form that the permissions do not cover.
    """
    form_code = _form(emulator, form, forms)
    needed = WRITERS_OF_PEF if form_code.value == "PEF" else WRITERS
    if not needed & principal.permissions:
        raise problems.missing_permissions(needed, principal.permissions)
    return {
        "context": principal.context,
        "author": author_of(principal),
        "authentication": authentication_of(principal),
        "form": form_code,
        "key": opened_key(emulator, encryption),
        "iv": base64.b64decode(encryption.initializationVector),
        "verify_identifiers": VALIDATION in features(feature),
    }


def _form(emulator: Emulator, form: common.FormCode, forms: Collection[str]) -> FormCode:
    key = (form.systemCode, form.schemaVersion, form.value)
    form_code = next((code for code in FORM_CODES if code.key == key and code.system_code in forms), None)
    if form_code is None:
        raise problems_sending.unknown_form()
    if emulator.intake_queue.schemas.find(*key) is None:
        raise problems_sending.form_without_schema(form_code.system_code)
    try:
        emulator.intake_queue.schemas.prepare(form_code)
    except SchemaFilesError as error:
        raise problems_sending.form_with_broken_schema(str(error)) from error
    return form_code


def opened_key(emulator: Emulator, encryption: common.EncryptionInfo) -> bytes | None:
    """The symmetric key; None when it cannot be decrypted, which a status tells later (415). Raises problem 21470."""
    sealed = base64.b64decode(encryption.encryptedSymmetricKey)
    try:
        return emulator.keys.decrypt(KeyUsage.SYMMETRIC_KEY, sealed, encryption.publicKeyId)
    except LookupError as error:
        raise problems.unknown_key(encryption.publicKeyId or "") from error
    except ValueError:
        return None

"""Rotating the public keys that clients encrypt with."""

import base64
from datetime import datetime, timedelta
from typing import Annotated, Literal

from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from ..api.security import CurrentEmulator
from ..model.identity.keys import OVERLAP, Keys, KeyUsage, PublicKey
from ..pages.model_forms import Choices, Label
from ..pages.words import Both

_YEAR = 366 * 86_400.0


ROTATIONS: dict[str, Both] = {
    "planned": (
        "Planowa: nowy klucz obok starego, stary działa jeszcze przez podany czas",
        "Planned: a new key beside the old one, which works for some time yet",
    ),
    "emergency": (
        "Awaryjna: stare klucze znikają od razu (kod 21470)",
        "Emergency: the old keys are gone at once (code 21470)",
    ),
    "certificate": ("Ten sam klucz, nowy certyfikat", "The same key, a new certificate"),
}
USAGES: dict[str, Both] = {
    KeyUsage.SYMMETRIC_KEY: ("szyfrowanie faktur", "encryption of invoices"),
    KeyUsage.TOKEN: ("szyfrowanie tokenów", "encryption of tokens"),
}
ALGORITHMS: dict[str, Both] = {
    "RSA": ("RSA 2048", "RSA 2048"),
    "EC": ("EC P-256 (ECIES)", "EC P-256 (ECIES)"),
}


class Rotation(BaseModel):
    """``planned``: a new key beside the old ones, which stay for ``overlap`` seconds after the new one became valid,
    ``ahead`` seconds from now. ``emergency``: the old keys are withdrawn at once, and their identifiers refused
    (21470). ``certificate``: the same key with a new certificate. Without ``usage`` the keys of both. ``algorithm`` is
    the new key's: RSA 2048 as the live system's, or EC P-256, for which clients encrypt by ECIES."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[
        Literal["planned", "emergency", "certificate"],
        Label("Rodzaj wymiany", "Kind of rotation"),
        Choices(ROTATIONS, radio=True),
    ] = "planned"
    usage: Annotated[KeyUsage | None, Label("Które klucze", "Which keys"), Choices(USAGES)] = None
    algorithm: Annotated[Literal["RSA", "EC"], Label("Nowy klucz", "The new key"), Choices(ALGORITHMS)] = (
        "RSA"
    )
    overlap: Annotated[
        float,
        Field(ge=0, le=_YEAR),
        Label("Planowa: ile godzin działają jeszcze stare", "Planned: hours that the old ones still work"),
    ] = OVERLAP.total_seconds()
    ahead: Annotated[float, Field(ge=0, le=_YEAR)] = 0.0


class KeyInfo(BaseModel):
    """A published key, as ``GET /security/public-key-certificates`` tells it; it will be withdrawn at ``until``."""

    usage: KeyUsage
    publicKeyId: str  # noqa: N815
    certificateId: str  # noqa: N815
    certificate: str
    validFrom: datetime  # noqa: N815
    validTo: datetime  # noqa: N815
    until: datetime | None


class KeyList(BaseModel):
    """The published ones, oldest first."""

    keys: list[KeyInfo]


router = APIRouter(prefix="/keys", tags=["Klucze publiczne"])


@router.get("")
def listing(emulator: CurrentEmulator) -> KeyList:
    """The keys that are published now."""
    return KeyList(keys=[_shown(key) for key in emulator.keys.published])


@router.post("/rotate", status_code=201)
def rotate(emulator: CurrentEmulator, body: Rotation) -> KeyList:
    """Rotate; gives the keys that are published then."""
    turn(emulator.keys, body)
    return listing(emulator)


def turn(keys: Keys, body: Rotation) -> None:
    for usage in [body.usage] if body.usage else KeyUsage:
        if body.kind == "planned":
            keys.rotate(
                usage,
                overlap=timedelta(seconds=body.overlap),
                ahead=timedelta(seconds=body.ahead),
                kind=body.algorithm,
            )
        elif body.kind == "emergency":
            keys.replace(usage, kind=body.algorithm)
        else:
            keys.certify_again(usage)


def _shown(key: PublicKey) -> KeyInfo:
    return KeyInfo(
        usage=key.usage,
        publicKeyId=key.key_id,
        certificateId=key.certificate_id,
        certificate=base64.b64encode(key.certificate.public_bytes(Encoding.DER)).decode(),
        validFrom=key.certificate.not_valid_before_utc,
        validTo=key.certificate.not_valid_after_utc,
        until=key.until,
    )

"""A client of ``/certificates``, and the certificate requests that it sends."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier
from ksef_emulator.model.identity.ca import ORGANIZATION_IDENTIFIER

from ..login.conftest import Door, Identity, new_key, new_nip, self_signed
from ..login.quick import let_in

OIDS = {
    "commonName": NameOID.COMMON_NAME,
    "countryName": NameOID.COUNTRY_NAME,
    "givenName": NameOID.GIVEN_NAME,
    "surname": NameOID.SURNAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "uniqueIdentifier": ObjectIdentifier("2.5.4.45"),
    "organizationName": NameOID.ORGANIZATION_NAME,
    "organizationIdentifier": ORGANIZATION_IDENTIFIER,
}


def csr(key: Any, data: dict[str, str], algorithm: Any = None) -> bytes:
    """A request as a client makes it of what ``enrollments/data`` said."""
    name = x509.Name([x509.NameAttribute(OIDS[word], value) for word, value in data.items()])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    return builder.sign(key, algorithm or hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass(kw_only=True)
class Client:
    """Somebody who is logged in."""

    door: Door
    token: str
    identity: Identity
    nip: str

    def call(self, method: str, path: str, **more: Any) -> httpx2.Response:
        return self.door.call(method, f"/certificates{path}", self.token, **more)

    @property
    def data(self) -> dict[str, str]:
        return dict(self.call("GET", "/enrollments/data").json())

    def enrol(self, request: bytes | None = None, **changes: Any) -> httpx2.Response:
        der = request if request is not None else csr(new_key(), self.data)
        body = {
            "certificateName": "Komputer w biurze",
            "certificateType": "Authentication",
            "csr": base64.b64encode(der).decode(),
        }
        return self.call("POST", "/enrollments", json=body | changes)

    def status(self, reference: str) -> dict[str, Any]:
        answer = self.call("GET", f"/enrollments/{reference}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def issued(self, **changes: Any) -> str:
        answer = self.enrol(**changes)
        assert answer.status_code == 202, answer.text
        return str(self.status(answer.json()["referenceNumber"])["certificateSerialNumber"])

    def retrieve(self, *serials: str) -> list[dict[str, Any]]:
        answer = self.call("POST", "/retrieve", json={"certificateSerialNumbers": list(serials)})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["certificates"])

    def query(self, **wanted: Any) -> list[dict[str, Any]]:
        answer = self.call("POST", "/query", json=wanted)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["certificates"])


@pytest.fixture
def client(door: Door) -> Callable[..., Client]:
    """A firm's owner with a NIP in the certificate, logged in."""

    def make(identity: Identity | None = None, nip: str | None = None) -> Client:
        nip = nip or new_nip()
        identity = identity or self_signed(serial_number=f"TINPL-{nip}")
        access, _ = let_in(door, identity, ("Nip", nip))
        return Client(door=door, token=access, identity=identity, nip=nip)

    return make

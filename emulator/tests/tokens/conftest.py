"""A firm that makes KSeF tokens and logs in with them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509 import load_der_x509_certificate

from ..login.conftest import Door, door, new_nip, running, self_signed
from ..login.quick import let_in

__all__ = ["door", "running"]
OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


@dataclass(kw_only=True)
class Firm:
    """Its owner, logged in with a signature."""

    door: Door
    nip: str
    access: str

    def make(self, *permissions: str, description: str = "Program do faktur", token: str = "") -> Any:
        body = {"permissions": permissions or ("InvoiceRead", "InvoiceWrite"), "description": description}
        answer = self.door.call("POST", "/tokens", token or self.access, json=body)
        return answer if answer.status_code != 202 else answer.json()

    def encrypted(self, text: str, how: Any = OAEP) -> dict[str, str]:
        published = self.door.call("GET", "/security/public-key-certificates").json()
        found = next(each for each in published if "KsefTokenEncryption" in each["usage"])
        key = load_der_x509_certificate(base64.b64decode(found["certificate"])).public_key()
        sealed = key.encrypt(text.encode(), how)  # type: ignore[union-attr, call-arg]
        return {"encryptedToken": base64.b64encode(sealed).decode(), "publicKeyId": found["publicKeyId"]}

    def begin(self, token: str, *, ahead: int = 0, how: Any = OAEP, **changes: Any) -> httpx2.Response:
        given = self.door.call("POST", "/auth/challenge").json()
        body = {
            "challenge": given["challenge"],
            "contextIdentifier": {"type": "Nip", "value": self.nip},
            **self.encrypted(f"{token}|{given['timestampMs'] + ahead}", how),
        }
        return self.door.call("POST", "/auth/ksef-token", json=body | changes)

    def status(self, token: str, **changes: Any) -> dict[str, Any]:
        answer = self.begin(token, **changes)
        assert answer.status_code == 202, answer.text
        return self.door.status(answer)

    def log_in(self, token: str) -> str:
        answer = self.begin(token)
        assert self.door.status(answer)["code"] == 200
        return str(self.door.redeem(answer).json()["accessToken"]["token"])


@pytest.fixture
def firm(door: Door) -> Firm:
    nip = new_nip()
    access, _ = let_in(door, self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
    return Firm(door=door, nip=nip, access=access)

"""Receivers: firms that export what they were sent and open the packages by themselves."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import time
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from ..invoicing.conftest import IV, KEY, Firm, door, enter, firm, running

__all__ = ["Receiver", "door", "enter", "firm", "running"]


def filters(**changes: Any) -> dict[str, Any]:
    """``InvoiceQueryFilters``: the last day as the seller, unless ``changes`` say otherwise."""
    dates = {
        "dateType": "PermanentStorage",
        "from": (datetime.now(UTC) - timedelta(days=1)).isoformat(),
    } | changes.pop("dateRange", {})
    return {"subjectType": "Subject1", "dateRange": dates} | changes


def unsealed(data: bytes) -> bytes:
    """AES-256-CBC with PKCS#7, under `KEY` and `IV`."""
    decryptor = Cipher(algorithms.AES(KEY), modes.CBC(IV)).decryptor()
    unpadder = PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()


def digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def unzipped(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def untarred(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
        result = {}
        for entry in opened:
            file = opened.extractfile(entry)
            assert file is not None
            result[entry.name] = file.read()
        return result


@dataclass(kw_only=True)
class Receiver:
    """A firm that exports."""

    firm: Firm

    def begin(self, **changes: Any) -> httpx2.Response:
        expected = {
            "encryption": self.firm.opening()["encryption"] | changes.pop("encryption", {}),
            "filters": filters(**changes.pop("filters", {})),
        }
        return self.firm.post("/invoices/exports", expected | changes)

    def begun(self, **changes: Any) -> str:
        answer = self.begin(**changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["referenceNumber"])

    def status(self, reference: str) -> dict[str, Any]:
        answer = self.firm.get(f"/invoices/exports/{reference}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def end(self, reference: str) -> dict[str, Any]:
        """The status once it is not 100."""
        until = time.monotonic() + 20
        while (shown := self.status(reference))["status"]["code"] == 100:
            assert set(shown) == {"status"}
            assert time.monotonic() < until, shown
            time.sleep(0.005)
        return shown

    def package(self, **changes: Any) -> dict[str, Any]:
        shown = self.end(self.begun(**changes))
        assert shown["status"] == {"code": 200, "description": "Eksport faktur zakończony sukcesem"}
        return dict(shown["package"])

    def fetch(self, url: str) -> httpx2.Response:
        return self.firm.door.http.get(url)

    def archive(self, package: dict[str, Any]) -> bytes:
        """The parts, each checked and opened, together."""
        result = b""
        for number, part in enumerate(package["parts"], 1):
            assert (part["ordinalNumber"], part["method"]) == (number, "GET")
            answer = self.fetch(part["url"])
            assert answer.status_code == 200, answer.text
            assert (len(answer.content), digest(answer.content)) == (
                part["encryptedPartSize"],
                part["encryptedPartHash"],
            )
            assert answer.headers["x-ms-meta-hash"] == part["encryptedPartHash"]
            plain = unsealed(answer.content)
            assert (len(plain), digest(plain)) == (part["partSize"], part["partHash"])
            result += plain
        assert len(result) == package["size"]
        return result

    def files(self, package: dict[str, Any]) -> dict[str, bytes]:
        archive = self.archive(package)
        return unzipped(archive) if package["compressionType"] == "Zip" else untarred(archive)


def described(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """The content of ``_metadata.json``."""
    result = json.loads(files["_metadata.json"])
    assert set(result) == {"invoices"}
    return list(result["invoices"])


@pytest.fixture
def receiver(firm: Firm) -> Receiver:
    return Receiver(firm=firm)

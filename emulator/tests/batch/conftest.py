"""Batches as a firm's own program makes them: archives, parts, the declaration, uploads without a token."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from ..invoicing.conftest import Firm, b64, door, enter, fa3, firm, running, seal, yesterday

__all__ = ["Sender", "door", "enter", "firm", "running"]


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of the files, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar.gz of the files, in their order."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=form) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def digest(data: bytes) -> str:
    return b64(hashlib.sha256(data).digest())


@dataclass(kw_only=True)
class Package:
    """An archive, its encrypted parts, and what is said of them."""

    archive: bytes
    parts: list[bytes]
    declaration: dict[str, Any] = field(default_factory=dict)


def package(archive: bytes, *, parts: int = 1, **changes: Any) -> Package:
    """An archive split and sealed; ``changes`` are of ``batchFile``."""
    size = -(-len(archive) // parts)
    sealed = [seal(archive[i : i + size]) for i in range(0, len(archive), size)]
    declared = {
        "fileSize": len(archive),
        "fileHash": digest(archive),
        "fileParts": [
            {"ordinalNumber": number, "fileSize": len(part), "fileHash": digest(part)}
            for number, part in enumerate(sealed, 1)
        ],
    }
    return Package(archive=archive, parts=sealed, declaration=declared | changes)


@dataclass(kw_only=True)
class Sender:
    """A firm that sends batches."""

    firm: Firm

    def invoices(self, count: int, **options: Any) -> dict[str, bytes]:
        options = {"seller": self.firm.nip, "day": yesterday(), **options}
        return {f"faktura_{i}.xml": fa3(number=f"FV/{i}", **options) for i in range(1, count + 1)}

    def opening(self, made: Package, **changes: Any) -> dict[str, Any]:
        return self.firm.opening(batchFile=made.declaration, **changes)

    def open(self, made: Package, **changes: Any) -> tuple[str, list[dict[str, Any]]]:
        answer = self.firm.post("/sessions/batch", self.opening(made, **changes))
        assert answer.status_code == 201, answer.text
        return answer.json()["referenceNumber"], answer.json()["partUploadRequests"]

    def upload(self, request: dict[str, Any], content: bytes, **headers: str) -> httpx2.Response:
        return self.firm.door.http.request(
            request["method"], request["url"], content=content, headers={**request["headers"], **headers}
        )

    def send(self, made: Package, **changes: Any) -> str:
        """Open, upload and close; the session's reference number."""
        session, requests = self.open(made, **changes)
        for request, part in zip(requests, made.parts, strict=False):
            answer = self.upload(request, part)
            assert answer.status_code == 201, answer.text
        answer = self.close(session)
        assert (answer.status_code, answer.content) == (204, b""), answer.text
        return session

    def close(self, session: str) -> httpx2.Response:
        return self.firm.post(f"/sessions/batch/{session}/close")

    def status(self, session: str) -> dict[str, Any]:
        answer = self.firm.get(f"/sessions/{session}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def end(self, session: str) -> dict[str, Any]:
        """The session's status once it is processed."""
        until = time.monotonic() + 20
        while (shown := self.status(session))["status"]["code"] in (100, 150):
            assert time.monotonic() < until, shown
            time.sleep(0.005)
        return shown

    def documents(self, session: str, only: str = "") -> list[dict[str, Any]]:
        answer = self.firm.get(f"/sessions/{session}/invoices{only}?pageSize=1000")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["invoices"])


@pytest.fixture
def sender(firm: Firm) -> Sender:
    return Sender(firm=firm)


def decoded(text: str) -> bytes:
    return base64.b64decode(text)

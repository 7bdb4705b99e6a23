"""Batch sessions: a package is declared, its parts are uploaded, the session is closed (guide ``sesja-wsadowa.md``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from liczydlo.ksef.conversation import Conversation, Request, Upload, part
from liczydlo.ksef.envelope import SessionKey, base64_text
from liczydlo.ksef.packing import Package
from liczydlo.ksef.public_keys import PublicKeyCache
from liczydlo.ksef.runner import Runner
from liczydlo.ksef.sessions import FA3, Form, post_with_key

UPLOAD_TIME: Final = timedelta(minutes=20)
"""For each part of a package, all together: two parts have forty minutes."""


@dataclass(frozen=True, kw_only=True)
class BatchSession:
    """An open batch session: where its parts go, and until when (by our clock at the opening)."""

    reference: str
    uploads: tuple[Upload, ...]
    valid_until: datetime


def open_batch(
    package: Package,
    key: SessionKey,
    *,
    offline: bool,
    api: str,
    cache: PublicKeyCache,
    clock: Callable[[], datetime],
    form: Form = FA3,
) -> Conversation[BatchSession]:
    """``POST /sessions/batch`` for a package that ``key`` encrypts.

    ``offline`` declares every invoice of it as issued offline. Nothing is sent yet; a session whose parts do not come
    in time ends by itself (440).
    """
    body = {
        "formCode": form.as_json(),
        "offlineMode": offline,
        "batchFile": {
            "fileSize": package.size,
            "fileHash": base64_text(package.sha256),
            "compressionType": package.compression,
            "fileParts": [
                {"ordinalNumber": one.ordinal, "fileSize": one.size, "fileHash": base64_text(one.sha256)}
                for one in package.parts
            ],
        },
    }
    began = clock()
    answer = yield from post_with_key("/sessions/batch", body, key, api=api, cache=cache, clock=clock)
    node = answer.object()
    uploads = tuple(
        Upload(
            ordinal=request.integer("ordinalNumber"),
            method=request.text("method"),
            url=request.text("url"),
            headers=request.mapping("headers"),
        )
        for request in node.nodes("partUploadRequests")
    )
    return BatchSession(
        reference=node.text("referenceNumber"),
        uploads=uploads,
        valid_until=began + UPLOAD_TIME * len(uploads),
    )


def close_batch(reference: str) -> Conversation[None]:
    """``POST /sessions/batch/{referenceNumber}/close``: KSeF begins with the package, unless a part is missing."""
    yield Request(method="POST", path=f"/sessions/batch/{part(reference)}/close", expects="nothing")


class BatchOperations(Runner):
    """Packages of invoices."""

    def open_batch(
        self, package: Package, key: SessionKey, *, offline: bool, form: Form = FA3
    ) -> BatchSession:
        """Declare a package: see the module's function."""
        return self._run(
            open_batch(
                package,
                key,
                offline=offline,
                api=self.environment.api,
                cache=self._keys,
                clock=self._clock,
                form=form,
            )
        )

    def upload_part(self, upload: Upload, path: Path) -> None:
        """Upload an encrypted part. May be repeated; Refused ``upload-refused`` means that its time has run out."""
        self._transport.upload(upload, path)

    def close_batch(self, reference: str) -> None:
        """End the upload; KSeF begins with the package."""
        self._run(close_batch(reference))

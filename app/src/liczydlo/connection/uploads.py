"""Files of this feature are small and secret: they stay in memory, never on disk, and what is too long is not kept."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

from liczydlo.ksef.signed_request import MOST

_OURS = re.compile(r"^/firmy/\d+/ustawienia/ksef/")


class KeepSmall(FileUploadHandler):
    """Takes over the uploads of this feature: at most ``MOST + 1`` bytes of each file are kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Every other address is left to Django's own handlers."""
        super().new_file(*args, **kwargs)
        self._buffer: BytesIO | None = None
        if self.request is not None and _OURS.match(self.request.path):
            self._buffer = BytesIO()
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002 - Django's protocol
        """Keep what fits; the rest is read and forgotten."""
        if self._buffer is None:
            return raw_data
        self._buffer.write(raw_data[: MOST + 1 - self._buffer.tell()])
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:  # noqa: ARG002 - what is kept has its own size
        """The file as far as it was kept."""
        if self._buffer is None:
            return None
        size = self._buffer.tell()
        self._buffer.seek(0)
        name = self.file_name or "file"
        return InMemoryUploadedFile(
            self._buffer, self.field_name, name, self.content_type, size, self.charset
        )

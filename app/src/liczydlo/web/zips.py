"""A ZIP archive sent while it is made, file after file, so that only one of them, or a piece of it, is in memory."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse


class _Sink(io.RawIOBase):
    """Keeps what was written until it is taken; cannot be gone back in, so sizes follow each file's data."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._pieces.append(piece)
        return len(piece)

    @property
    def is_filled(self) -> bool:
        return bool(self._pieces)

    def take(self) -> bytes:
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content


Content = bytes | Iterable[bytes]
"""A file's bytes, or their pieces, of which one is in memory; together less than 2 GB."""


def stream(files: Iterable[tuple[str, Content]], *, moment: dt.datetime) -> Iterator[bytes]:
    """The archive's bytes. ``moment`` (1980 or later, by people's clocks) is the files' own date."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            if isinstance(content, bytes):
                archive.writestr(entry, content)
                yield sink.take()
                continue
            with archive.open(entry, "w") as inside:
                for piece in content:
                    inside.write(piece)
                    if sink.is_filled:  # the compressor has given something
                        yield sink.take()
            yield sink.take()
    yield sink.take()


def as_archive(
    files: Iterable[tuple[str, Content]], name: str, *, moment: dt.datetime
) -> StreamingHttpResponse:
    """The archive as a download; ``name`` is one of ``files.file_name``."""
    quoted = name.encode("ascii", "ignore").decode() or "plik.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{quoted}"',
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(
        stream(files, moment=moment), content_type="application/zip", headers=headers
    )

"""The archives of batches, ZIP and tar.gz, read without ever unpacking them onto a disk.

Python's own readers keep a whole directory (and, of a tar, any extended header) in memory, whatever its size; an
archive comes from anybody, so these two keep nothing but the document at hand.
"""

from __future__ import annotations

from enum import StrEnum
from typing import BinaryIO

from .members import Archive, ArchiveError, Document
from .tar import TarGz
from .zip import Zip

__all__ = ["Archive", "ArchiveError", "Compression", "Document", "opened"]


class Compression(StrEnum):
    """``CompressionType`` of the API."""

    ZIP = "Zip"
    TAR_GZ = "TarGz"


def opened(file: BinaryIO, compression: Compression) -> Archive:
    """The archive in a seekable file. Raises `ArchiveError`."""
    return Zip(file) if compression is Compression.ZIP else TarGz(file)

"""Packages of an export, opened: parts are decrypted into one archive in a file, and its documents are read one by one,
so that memory does not grow with them (guide ``pobieranie-faktur/przyrostowe-pobieranie-faktur.md``).

What is wrong with a package as a whole refuses it (:class:`PackageError`) before any document is given; what is wrong
with one document is told of that one (:class:`DocumentProblem`) and stops nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from liczydlo.fa3.identifiers import IdentifierError, KsefNumber
from liczydlo.ksef import wire
from liczydlo.ksef.archives import (
    LARGEST_DOCUMENT,
    LISTING,
    MOST_DOCUMENTS,
    most_unpacked,
    open_archive,
    readable,
)
from liczydlo.ksef.envelope import SessionKey
from liczydlo.ksef.errors import PackageError
from liczydlo.ksef.invoices import InvoiceMetadata, metadata_of
from liczydlo.ksef.packing import Compression

LARGEST_LISTING: Final = 64 * 1024 * 1024
_CHUNK: Final = 1 << 18

ProblemCode = Literal[
    "hash-differs", "file-missing", "file-not-listed", "ksef-number-invalid", "listing-unreadable"
]


@dataclass(frozen=True, kw_only=True)
class Document:
    """One invoice of a package: its hash is the listed one, its KSeF number has the right checksum."""

    metadata: InvoiceMetadata
    xml: bytes = field(repr=False)


@dataclass(frozen=True)
class DocumentProblem:
    """Why one document of a package is not given. ``ksef_number`` may be a file's name, or empty, where the listing
    does not say more; ``metadata`` is what the listing says, if it could be read."""

    code: ProblemCode
    _: KW_ONLY
    ksef_number: str
    metadata: InvoiceMetadata | None = None
    family = ""

    @property
    def params(self) -> dict[str, Any]:
        """What its text needs."""
        return {"ksef_number": self.ksef_number}


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A part as KSeF describes it: sizes in bytes and SHA-256, encrypted and plain."""

    size: int
    sha256: bytes
    encrypted_size: int
    encrypted_sha256: bytes


def decrypt_part(encrypted: Path, target: BinaryIO, expected: Expected, key: SessionKey) -> None:
    """Append the plain bytes of a downloaded part to ``target``.

    Raises PackageError ``package-differs``; what was appended by then is of no use.
    """
    with encrypted.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        if (file.tell(), digest) != (expected.encrypted_size, expected.encrypted_sha256):
            raise PackageError("package-differs", "an encrypted part")
        file.seek(0)
        decryptor, unpadder = key.decryption()
        plain, size = hashlib.sha256(), 0

        def put(piece: bytes) -> None:
            nonlocal size
            size += len(piece)
            plain.update(piece)
            target.write(piece)

        try:
            while chunk := file.read(_CHUNK):
                put(unpadder.update(decryptor.update(chunk)))
            put(unpadder.update(decryptor.finalize()) + unpadder.finalize())
        except ValueError as error:  # of cryptography: another key, or no whole blocks
            raise PackageError("package-differs", "a part under another key") from error
    if (size, plain.digest()) != (expected.size, expected.sha256):
        raise PackageError("package-differs", "a decrypted part")


def read(archive: Path, compression: Compression, count: int) -> Iterator[Document | DocumentProblem]:
    """The documents of a package of ``count`` invoices, and what is wrong with others of them.

    Files without a description and descriptions without a file come first; then the documents, of a ZIP in the order of
    permanent storage, of a tar.gz in its own. Raises PackageError with the first step.
    """
    with closing(open_archive(archive, compression)) as opened:
        with readable():
            names = _check(opened.files(), archive.stat().st_size)
            listing = _Listing(opened.listing())
        if listing.count != count:
            raise PackageError("package-differs", f"{count} invoices said, {listing.count} listed")
        yield from listing.problems
        for name in sorted(names.keys() - listing.by_file.keys() - listing.unreadable):
            yield DocumentProblem("file-not-listed", ksef_number=names[name].removesuffix(".xml")[:40])
        for name, metadata in listing.by_file.items():
            if name not in names:
                yield DocumentProblem("file-missing", ksef_number=metadata.ksef_number, metadata=metadata)
        for name, content in opened.documents(listing.by_file):
            if name.casefold() in listing.by_file:
                yield _document(listing.by_file[name.casefold()], content)


def _check(files: Iterable[tuple[str, int]], packed: int) -> dict[str, str]:
    """Names and unpacked sizes; the documents' names by their folded ones. Raises PackageError."""
    names: dict[str, str] = {}
    total, listed = 0, False
    for name, size in files:
        if name in ("", ".", "..") or any(sign in "/\\:" or not sign.isprintable() for sign in name):
            raise PackageError("package-unsafe", "a name that leads elsewhere")
        if name.casefold() in names:
            raise PackageError("package-unsafe", "two files of one name")
        names[name.casefold()] = name
        listed = listed or name == LISTING
        total += size
        largest = LARGEST_LISTING if name == LISTING else LARGEST_DOCUMENT
        if len(names) > MOST_DOCUMENTS + 1 or size > largest or total > most_unpacked(packed):
            raise PackageError("package-too-large", f"{len(names)} files, {size} of {total} bytes")
    if not listed:
        raise PackageError("package-unreadable", f"no {LISTING}")
    del names[LISTING]
    return names


def _document(metadata: InvoiceMetadata, content: bytes | None) -> Document | DocumentProblem:
    number = metadata.ksef_number
    try:
        KsefNumber.parse(number)
    except IdentifierError:
        return DocumentProblem("ksef-number-invalid", ksef_number=number[:40], metadata=metadata)
    if content is None or hashlib.sha256(content).digest() != metadata.sha256:
        return DocumentProblem("hash-differs", ksef_number=number, metadata=metadata)
    return Document(metadata=metadata, xml=content)


class _Listing:
    """``_metadata.json``: an object with the list ``invoices`` of ``InvoiceMetadata``. Raises Malformed."""

    def __init__(self, data: bytes) -> None:
        self.count = 0
        self.problems: list[DocumentProblem] = []
        self.unreadable: set[str] = set()
        listed: list[InvoiceMetadata] = []
        for node in wire.parse_object(data).nodes("invoices"):
            self.count += 1
            try:
                listed.append(metadata_of(node))
            except wire.Malformed:
                self._note(node)
        listed.sort(key=lambda one: one.stored)
        self.by_file = {_file_of(one.ksef_number): one for one in listed}

    def _note(self, node: wire.Node) -> None:
        try:
            number = node.text("ksefNumber")
        except wire.Malformed:
            number = ""
        self.problems.append(DocumentProblem("listing-unreadable", ksef_number=number[:40]))
        self.unreadable.add(_file_of(number))


def _file_of(ksef_number: str) -> str:
    return f"{ksef_number}.xml".casefold()

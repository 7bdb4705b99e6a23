"""Files that people bring, by their SHA-256: scans, photos, PDF files. One that nothing refers to any more goes away.

A file comes before the form around it is right, so that a mistake in a field loses no photo: what no form took over
within ``UNUSED_FOR`` is to be removed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.http import HttpResponse

from liczydlo.companies.models import Company
from liczydlo.documents import kinds
from liczydlo.documents.kinds import KINDS
from liczydlo.documents.models import StoredFile
from liczydlo.web import times
from liczydlo.web.files import as_file, printable
from liczydlo.web.rows import stored

UNUSED_FOR: Final = dt.timedelta(days=1)
LONGEST_NAME: Final = 150
# of pictures nothing runs; Chromium's PDF reader does not work in a sandbox, and a PDF has no access to our pages
PICTURE: Final = "default-src 'none'; frame-ancestors 'self'; sandbox"
READER: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def keep(company: Company, content: bytes) -> StoredFile:
    """The company's file of these bytes, kept once. Raises FileRefused."""
    kind = kinds.recognise(content)
    values = {
        "content": content,
        "content_type": kind.content_type,
        "size": len(content),
        "kept_at": times.now(),
    }
    digest = hashlib.sha256(content).hexdigest()
    file, is_new = stored(
        lambda: StoredFile.objects.get_or_create(company=company, sha256=digest, defaults=values)
    )
    if not is_new:  # it is about to be used, perhaps again
        StoredFile.objects.filter(pk=file.pk, company=company).update(kept_at=times.now())
    return file


def of(company: Company, digests: Iterable[str]) -> list[StoredFile]:
    """The company's files of these SHA-256, without their bytes, in the order of the digests; no digest is no file."""
    names = [one for one in dict.fromkeys(digests) if one.isalnum()]
    stored = {row.sha256: row for row in without_content(company).filter(sha256__in=names)}
    return [stored[digest] for digest in names if digest in stored]


def without_content(company: Company) -> QuerySet[StoredFile]:
    """The company's files for lists: their bytes may be millions."""
    rows: QuerySet[StoredFile] = StoredFile.objects.of(company)
    return rows.defer("content")


def release(company: Company, file_ids: Iterable[int]) -> None:
    """Remove those of the files to which nothing refers any more; within the caller's transaction."""
    for pk in sorted(set(file_ids)):
        _remove(company, pk)


def _remove(company: Company, pk: int) -> None:
    """Under a lock, for another session may refer to it at this moment; what is referred to stays."""
    row = without_content(company).select_for_update().filter(pk=pk).first()
    if row is None:
        return
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        return


def response(file: StoredFile, name: str, *, inline: bool) -> HttpResponse:
    """The file under a name, shown in the browser where its kind allows that; nothing of it may run."""
    kind = KINDS[file.content_type]
    answer = as_file(
        bytes(file.content),
        kind.content_type,
        file_name_of(name, kind.ending),
        inline=inline and kind.is_shown,
    )
    answer["Content-Security-Policy"] = PICTURE if kind.is_image else READER
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def file_name_of(name: str, ending: str) -> str:
    """A name as people see it, with the ending of what the file is: ``faktura.exe`` of a PDF is ``faktura.exe.pdf``."""
    text = printable(name).replace("/", "-").replace("\\", "-").strip(" .")
    stem = text[: len(text) - len(ending)] if text.lower().endswith(ending) else text
    if ending == ".jpg" and stem.lower().endswith(".jpeg"):
        stem = stem[:-5]
    return (stem.strip(" .")[:LONGEST_NAME] or "plik") + ending

"""Files of many invoices in one ZIP, sent while it is made. What cannot be given as it was meant is named in a list
inside, and what there is of it stands in its place: a broken document among a thousand takes nothing else along.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from liczydlo.documents import files
from liczydlo.documents.models import IndexEntry
from liczydlo.prints.typesetting import PrintError
from liczydlo.web import times
from liczydlo.web.files import PDF, XML, file_name
from liczydlo.web.zips import as_archive

MOST: Final = 1000
"""Invoices of one archive; a print takes some tens of milliseconds."""
CHUNK: Final = 25
"""Invoices in memory; one may be of 3 MB."""
OTHERS: Final = "others"
"""Files beside the document and its print: what people attached, or receipts."""
Printer = Callable[[IndexEntry], bytes]
"""Makes the print of an invoice. Raises PrintError, and NotGiven where nobody may have it now."""
BesideFiles = Callable[[Sequence[IndexEntry]], Mapping[int, Iterable[tuple[str, bytes]]]]
"""Names and bytes of the other files, by the entry's id."""


class NotGiven(Exception):
    """A file that cannot be handed out; the text says why."""


class TooMany(Exception):
    """More invoices than one archive takes; ``number`` is how many there are."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


def archive(
    entries: QuerySet[IndexEntry], what: Collection[str], name: str, *, printer: Printer, others: BesideFiles
) -> StreamingHttpResponse | None:
    """The download, None where there is nothing to give. Raises TooMany.

    ``name`` is without its ending. Which invoices they are is settled now, the files are read as they are sent.
    """
    if not what:
        return None
    ids = list(entries.select_related(None).order_by("-id").values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        raise TooMany(entries.select_related(None).order_by().count())
    if not ids:
        return None
    moment = timezone.localtime(times.now())
    source = _files(ids, what, printer=printer, others=others)
    return as_archive(source, f"{name}-{moment:%Y-%m-%d}.zip", moment=moment)


def _files(
    ids: Sequence[int], what: Collection[str], *, printer: Printer, others: BesideFiles
) -> Iterator[tuple[str, bytes]]:
    used: set[str] = set()
    problems: list[str] = []
    for at in range(0, len(ids), CHUNK):
        rows = IndexEntry.objects.filter(pk__in=ids[at : at + CHUNK]).select_related("document")
        entries = list(rows.order_by("-id"))
        files_beside = others(entries) if OTHERS in what else {}
        for entry in entries:
            stem = file_name(entry.issue_date.isoformat(), entry.number[:60], entry.ksef_number, ending="")
            number = 0
            for ending, content in _of(entry, what, printer, problems):
                number += 1
                yield _unique(stem, ending, used), content
            for own, content in files_beside.get(entry.pk, ()):
                number += 1
                first, dot, ending = own.rpartition(".")
                yield _unique(file_name(stem, first or ending, ending=""), f"{dot}{ending}", used), content
            if not number:
                problems.append(_line(entry, _("nie ma żadnego z wybranych plików")))
        if deleted := len(ids[at : at + CHUNK]) - len(entries):
            problems.append(_("Usunięto w trakcie pobierania: %(n)d.") % {"n": deleted})
    if problems:
        head = _("Faktury, których plików brakuje albo które różnią się od zapisanych:")
        yield _unique("BRAKI", ".txt", used), "\r\n".join([head, *problems, ""]).encode("utf-8-sig")


def _of(
    entry: IndexEntry, what: Collection[str], printer: Printer, problems: list[str]
) -> Iterator[tuple[str, bytes]]:
    """Endings and contents of an invoice's own files; a draft and a cost outside KSeF have none."""
    if entry.document is None:
        return
    xml = entry.xml
    with_xml = "xml" in what
    if hashlib.sha256(xml).hexdigest() != entry.sha256:
        problems.append(_line(entry, _("plik XML jest inny niż ten, który zapisano: skrót się nie zgadza")))
        with_xml = True
    if "pdf" in what:
        try:
            yield files.ENDINGS[PDF], printer(entry)
        except PrintError as error:
            text = _("nie da się zrobić PDF (%(code)s); jest XML") % {"code": error.code}
            problems.append(_line(entry, text))
            with_xml = True
        except NotGiven as error:
            problems.append(_line(entry, str(error)))
            with_xml = True
    if with_xml:
        yield files.ENDINGS[XML], xml


def _line(entry: IndexEntry, text: str) -> str:
    entry_name = " · ".join(filter(None, (entry.number, entry.ksef_number, entry.party_name)))
    return f"{' '.join(entry_name.split())}: {text}"


def _unique(stem: str, ending: str, used: set[str]) -> str:
    """A name that no other file of the archive has, whatever the case; Windows asks no more."""
    name, number = f"{stem}{ending}", 1
    while name.casefold() in used:
        number += 1
        name = f"{stem}-{number}{ending}"
    used.add(name.casefold())
    return name

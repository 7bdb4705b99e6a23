"""Attaching files to purchases and taking them away, each with an event; what is in the books keeps its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company, User
from liczydlo.documents import kinds, storage
from liczydlo.documents.kinds import FileRefused
from liczydlo.documents.models import StoredFile
from liczydlo.purchases.models import Attachment, Event, ReceivedInvoice
from liczydlo.purchases.states import State, Step
from liczydlo.web import times

AT_ONCE: Final = 5
"""Files in one request."""
MOST: Final = 30
"""Files of one purchase."""
REFUSED: Final[dict[str, str | Promise]] = {
    "empty": _("Plik jest pusty. Sprawdź, czy zapisał się do końca, i wybierz go jeszcze raz."),
    "too-large": _("Plik jest za duży: może mieć najwyżej 10 MB. Zapisz skan w mniejszej rozdzielczości."),
    "unknown-kind": _(
        "To nie jest PDF ani zdjęcie. Przyjmowane są PDF, JPEG, PNG, WebP i HEIC; liczy się treść, nie nazwa."
    ),
    "damaged": _("Plik jest uszkodzony: nie da się go odczytać do końca. Zapisz go jeszcze raz."),
    "too-many-pixels": _("Obraz jest za duży: może mieć najwyżej 120 milionów punktów. Zmniejsz go."),
}


class NotAttached(Exception):
    """A change of files that is not possible; ``code`` says why. Nothing is done."""

    def __init__(self, code: Literal["booked", "gone", "too-many", "last"]) -> None:
        super().__init__(code)
        self.code = code


WHY: Final[dict[str, str | Promise]] = {
    "booked": _("Faktura jest zaksięgowana, więc jej pliki zostają. Cofnij ją najpierw do nowych."),
    "gone": _("Tej faktury albo tego pliku już nie ma. Odśwież listę i spróbuj ponownie."),
    "last": _("Koszt spoza KSeF musi mieć plik. Dodaj najpierw nowy, potem usuń ten."),
    "too-many": _("Faktura może mieć najwyżej 30 plików. Usuń któryś albo połącz strony w jeden PDF."),
}


@dataclass(frozen=True, kw_only=True)
class StoredUpload:
    """A file that came with a form, under its name; or the reason why it was refused."""

    name: str
    file: StoredFile | None = None
    refused: str | Promise = ""


def store_uploads(company: Company, uploaded: Sequence[UploadedFile[Any]]) -> list[StoredUpload]:
    """Keep what can be kept of the files of a request."""
    sweep(company, now=times.now())
    stored = []
    for one in uploaded[:AT_ONCE]:
        name = storage.file_name_of(one.name or "", "")
        try:
            file = storage.keep(company, one.read(kinds.LARGEST + 1))
        except FileRefused as error:
            stored.append(StoredUpload(name=name, refused=REFUSED[error.code]))
        else:
            stored.append(
                StoredUpload(
                    name=storage.file_name_of(name, kinds.KINDS[file.content_type].ending), file=file
                )
            )
    stored += [
        StoredUpload(
            name=storage.file_name_of(one.name or "", ""), refused=_("Naraz można dodać najwyżej 5 plików.")
        )
        for one in uploaded[AT_ONCE:]
    ]
    return stored


def elsewhere(company: Company, files: Iterable[StoredFile], *, but: int | None = None) -> list[Attachment]:
    """Where else the files are attached."""
    rows = Attachment.objects.of(company).filter(file__in=[file.pk for file in files])
    rows = rows.exclude(invoice=but) if but is not None else rows
    return list(rows.select_related("invoice__entry").defer("file__content").order_by("pk")[:10])


def attach(invoice: ReceivedInvoice, files: Sequence[tuple[StoredFile, str]], *, by: User) -> int:
    """Attach files under names; how many were not attached before. Raises NotAttached."""
    with transaction.atomic():
        current = locked(invoice)
        return attach_locked(current, files, by=by)


def attach_locked(invoice: ReceivedInvoice, files: Sequence[tuple[StoredFile, str]], *, by: User) -> int:
    """The same where the caller holds the lock. Raises NotAttached."""
    company = invoice.company
    attached = set(invoice.attachments.values_list("file_id", flat=True))
    names = {file.pk: name for file, name in files if file.pk not in attached}
    if len(attached) + len(names) > MOST:
        raise NotAttached("too-many")
    # under a lock: another session may be removing one to which nothing refers
    stored = storage.without_content(company).select_for_update(no_key=True)
    if set(stored.filter(pk__in=names).order_by("pk").values_list("pk", flat=True)) != set(names):
        raise NotAttached("gone")
    Attachment.objects.bulk_create(
        Attachment(company=company, invoice=invoice, file_id=pk, name=name, by=by)
        for pk, name in names.items()
    )
    Event.objects.bulk_create(
        Event(company=company, invoice=invoice, step=Step.ATTACH, by=by, details={"name": name})
        for name in names.values()
    )
    return len(names)


def detach(attachment: Attachment, *, by: User) -> None:
    """Take a file away. Raises NotAttached."""
    with transaction.atomic():
        current = locked(attachment.invoice)
        if current.state == State.BOOKED:
            raise NotAttached("booked")
        rows = current.attachments.all()
        if current.is_outside and rows.count() < 2:
            raise NotAttached("last")
        if not rows.filter(pk=attachment.pk).delete()[0]:
            raise NotAttached("gone")
        Event.objects.create(
            company_id=current.company_id,
            invoice=current,
            step=Step.DETACH,
            by=by,
            details={"name": attachment.name},
        )
        storage.release(current.company, [attachment.file_id])


def locked(invoice: ReceivedInvoice) -> ReceivedInvoice:
    """The row as it is now, that nobody else changes meanwhile. Raises NotAttached ``gone``."""
    rows = ReceivedInvoice.objects.filter(pk=invoice.pk, company_id=invoice.company_id)
    rows = rows.select_related("entry", "company")
    row: ReceivedInvoice | None = rows.select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        raise NotAttached("gone")
    return row


def sweep(company: Company, *, now: dt.datetime) -> None:
    """Remove files that no form took over."""
    unattached = storage.without_content(company).filter(
        kept_at__lt=now - storage.UNUSED_FOR, attachments=None
    )
    unused = list(unattached.order_by("pk").values_list("pk", flat=True)[:100])
    if unused:
        with transaction.atomic():
            storage.release(company, unused)

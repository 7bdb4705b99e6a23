"""Files attached to purchases: who may, what is refused, what a browser gets of them, and what becomes of the bytes."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from liczydlo.documents import kinds, storage
from liczydlo.documents.models import StoredFile
from liczydlo.purchases.attachments import services
from liczydlo.purchases.attachments.services import NotAttached
from liczydlo.purchases.models import Attachment, Event, ReceivedInvoice
from liczydlo.web import times

from app.tests.documents.test_kinds import HEIC, PDF, jpeg, png
from app.tests.purchases.test_pages import address, bought, text_of
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db


def upload(name: str, content: bytes, kind: str = "text/html") -> SimpleUploadedFile:
    """A file as a browser sends it, with a content type that nobody believes."""
    return SimpleUploadedFile(name, content, content_type=kind)


def attached(
    invoice: ReceivedInvoice, owner: Any, content: bytes = PDF, name: str = "skan.pdf"
) -> Attachment:
    file = storage.keep(invoice.company, content)
    services.attach(invoice, [(file, name)], by=owner)
    return Attachment.objects.get(invoice=invoice, file=file)


def test_files_are_attached_shown_and_removed(ala: Client, company: Any, owner: Any) -> None:
    row = bought(company)
    answer = ala.post(
        address("attach", company, row.pk),
        {"files": [upload("WZ.PDF", PDF), upload("zdjęcie.png.jpg", jpeg()), upload("IMG.heic", HEIC)]},
    )
    assert answer["Location"] == row.get_absolute_url()
    names = ["WZ.pdf", "zdjęcie.png.jpg", "IMG.heic"]
    assert list(Attachment.objects.of(company).values_list("name", flat=True)) == names
    shown = text_of(ala.get(row.get_absolute_url()))
    assert all(name in shown for name in names) and "Dodano plików: 3." in shown and owner.name in shown
    first = Attachment.objects.get(name="WZ.pdf")
    ala.post(address("detach", company, row.pk, first.pk))
    assert "Usunięto plik" in text_of(ala.get(row.get_absolute_url()))
    assert not Attachment.objects.filter(pk=first.pk).exists()
    assert StoredFile.objects.of(company).count() == 2
    steps = Event.objects.of(company).values_list("step", "details")
    assert ("detach", {"name": "WZ.pdf"}) in steps and len(steps) == 4
    assert ala.post(address("detach", company, row.pk, first.pk)).status_code == 404


def test_what_a_browser_gets_runs_nothing(ala: Client, company: Any, owner: Any) -> None:
    row = bought(company)
    for content, kind, policy in (
        (PDF, "application/pdf", storage.READER),
        (png(), "image/png", storage.PICTURE),
        (HEIC, "image/heic", storage.PICTURE),
    ):
        one = attached(row, owner, content, "ź\u202efdp.html")
        place = address("attachment", company, row.pk, one.pk)
        answer = ala.get(place)
        assert (answer.content, answer["Content-Type"], answer["Content-Security-Policy"]) == (
            content,
            kind,
            policy,
        )
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in policy and "script" not in policy
        is_shown = content != HEIC
        assert answer["Content-Disposition"].startswith("inline" if is_shown else "attachment")
        assert "%C5%BAfdp.html" + kinds.KINDS[kind].ending in answer["Content-Disposition"]
        assert ala.get(place + "?pobierz")["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "pusty"),
        (b"<html><script>alert(1)</script></html>", "nie jest PDF"),
        (b"<svg onload='alert(1)'/>", "nie jest PDF"),
        (png(60_000, 60_000), "za duży"),
        (PDF + b"\x00" * kinds.LARGEST, "10 MB"),
    ],
)
def test_a_bad_file_is_named_and_the_good_one_is_kept(
    ala: Client, company: Any, content: bytes, reason: str
) -> None:
    row = bought(company)
    bad = upload("zły.pdf", content, "application/pdf")
    ala.post(address("attach", company, row.pk), {"files": [bad, upload("dobry.png", png())]})
    shown = text_of(ala.get(row.get_absolute_url()))
    assert "zły.pdf: " in shown and reason in shown
    assert [one.name for one in Attachment.objects.all()] == ["dobry.png"]


def test_thirty_megabytes_are_refused_and_nothing_is_stored(ala: Client, company: Any) -> None:
    row = bought(company)
    ala.post(address("attach", company, row.pk), {"files": upload("a.pdf", PDF + b"\x00" * 30_000_000)})
    assert "10 MB" in text_of(ala.get(row.get_absolute_url()))
    assert not StoredFile.objects.exists()


def test_no_file_and_too_many_files_are_said(
    ala: Client, company: Any, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = bought(company)
    ala.post(address("attach", company, row.pk))
    assert "Nie wybrano pliku" in text_of(ala.get(row.get_absolute_url()))
    ala.post(address("attach", company, row.pk), {"files": [upload(f"{n}.png", png(n)) for n in range(1, 8)]})
    assert row.attachments.count() == 5
    assert "najwyżej 5" in text_of(ala.get(row.get_absolute_url()))
    monkeypatch.setattr(services, "MOST", 5)
    ala.post(address("attach", company, row.pk), {"files": upload("8.png", png(8))})
    assert row.attachments.count() == 5
    assert "najwyżej 30 plików" in text_of(ala.get(row.get_absolute_url()))


def test_the_same_bytes_are_kept_once_and_named(ala: Client, company: Any, owner: Any) -> None:
    row, other = bought(company), bought(company, number="D/2")
    for _ in range(2):
        ala.post(address("attach", company, row.pk), {"files": upload("a.pdf", PDF)})
    assert "Nie dodano go drugi raz" in text_of(ala.get(row.get_absolute_url()))
    ala.post(address("attach", company, other.pk), {"files": upload("b.pdf", PDF)})
    shown = text_of(ala.get(other.get_absolute_url()))
    assert "Taki sam plik jest też przy fakturze D/1" in shown
    assert StoredFile.objects.count() == 1
    services.detach(Attachment.objects.get(invoice=row), by=owner)
    assert StoredFile.objects.count() == 1  # the other one has it
    services.detach(Attachment.objects.get(invoice=other), by=owner)
    assert not StoredFile.objects.exists()


def test_what_is_booked_keeps_its_files(ala: Client, company: Any, owner: Any) -> None:
    row = bought(company)
    one = attached(row, owner)
    ReceivedInvoice.objects.update(state="booked")
    assert address("detach", company, row.pk, one.pk) not in text_of(ala.get(row.get_absolute_url()))
    ala.post(address("detach", company, row.pk, one.pk))
    assert "zaksięgowana" in text_of(ala.get(row.get_absolute_url()))
    assert Attachment.objects.exists()


def test_others_neither_see_nor_change_files(
    company: Any, owner: Any, stranger: Any, member: Any, browse: Any
) -> None:
    row = bought(company)
    one = attached(row, owner)
    theirs = stranger.companies.get()
    client = browse(stranger)
    for place in (company, theirs):
        assert client.get(address("attachment", place, row.pk, one.pk)).status_code == 404
        assert client.post(address("detach", place, row.pk, one.pk)).status_code == 404
        files = {"files": upload("a.png", png())}
        assert client.post(address("attach", place, row.pk), files).status_code == 404
    viewer = browse(member("viewer"))
    assert viewer.get(address("attachment", company, row.pk, one.pk)).status_code == 200
    assert viewer.post(address("detach", company, row.pk, one.pk)).status_code == 403
    assert (
        viewer.post(address("attach", company, row.pk), {"files": upload("a.png", png())}).status_code == 403
    )
    assert 'name="files"' not in text_of(viewer.get(row.get_absolute_url()))
    assert Attachment.objects.count() == StoredFile.objects.count() == 1


def test_a_file_that_no_form_took_over_goes_away(company: Any, owner: Any) -> None:
    row = bought(company)
    attached(row, owner)
    storage.keep(company, png())
    services.sweep(company, now=times.now() + storage.UNUSED_FOR - dt.timedelta(minutes=1))
    assert StoredFile.objects.count() == 2
    services.sweep(company, now=times.now() + storage.UNUSED_FOR + dt.timedelta(minutes=1))
    assert [file.content_type for file in StoredFile.objects.all()] == ["application/pdf"]


def test_bytes_are_never_changed(company: Any) -> None:
    file = storage.keep(company, PDF)
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(content=b"other")


@pytest.mark.django_db(transaction=True)
def test_removing_and_attaching_at_once_leaves_no_file_without_bytes(company: Any, owner: Any) -> None:
    rows = [bought(company, number=f"D/{at}") for at in range(2)]
    file = storage.keep(company, PDF)
    services.attach(rows[0], [(file, "a.pdf")], by=owner)

    def remove() -> None:
        services.detach(Attachment.objects.get(invoice=rows[0]), by=owner)

    def add() -> None:
        services.attach(rows[1], [(storage.keep(company, PDF), "b.pdf")], by=owner)

    def state() -> tuple[list[str], int]:
        return list(Attachment.objects.values_list("name", flat=True)), StoredFile.objects.count()

    for _ in range(6):
        removed, added = at_once(remove, add)
        assert removed is None
        assert added is None or (isinstance(added, NotAttached) and added.code == "gone"), added
        ((names, files),) = at_once(state)
        assert (names, files) == ((["b.pdf"], 1) if added is None else ([], 0))
        at_once(partial(Attachment.objects.all().delete))
        at_once(lambda: services.attach(rows[0], [(storage.keep(company, PDF), "a.pdf")], by=owner))

"""The disk is full half-way: nothing is half stored, people are told so, and it goes on once there is space."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from liczydlo.jobs.models import Job
from liczydlo.purchases import packages, services
from liczydlo.purchases.models import Checkpoint, ReceivedInvoice, Visit

from app.tests.full_disk import no_writes
from app.tests.purchases.test_outside import PDF, typed
from app.tests.purchases.test_synchronising import digests, received, sell, seller
from app.tests.sales.world import Worker

__all__ = ["seller"]
pytestmark = pytest.mark.django_db
FULL = "zabrakło miejsca"


@contextlib.contextmanager
def full_database() -> Iterator[None]:
    """SQLite's file, without free pages in it, may grow by four and no more."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        most = cursor.execute("PRAGMA max_page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 4}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA max_page_count = {most}")


def test_no_space_for_a_package(
    connected: Any,
    seller: Any,
    receiver: Worker,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    browse: Any,
    owner: Any,
) -> None:
    monkeypatch.setattr(services, "FEW", 1)
    sent = sell(seller, connected, 4)
    services.request(connected)
    (tmp_path / "package.Zip").symlink_to("/dev/full")
    (tmp_path / "package.TarGz").symlink_to("/dev/full")
    with monkeypatch.context() as patch:
        patch.setattr(packages, "TemporaryDirectory", lambda **_: contextlib.nullcontext(str(tmp_path)))
        with pytest.raises(OSError, match="No space left"):
            receiver.run(connected)
    job = Job.objects.get(company=connected, name=services.RECEIVE)
    assert job.due_at is not None and job.reason is not None and job.reason.code == "disk-full"
    shown = browse(owner).get(reverse("purchases:synchronisation", args=[connected.pk])).content.decode()
    assert FULL in shown
    receiver.until(connected, lambda: received() == digests(sent))


@pytest.mark.django_db(transaction=True)
def test_no_space_in_the_database(connected: Any, seller: Any, receiver: Worker) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's files cannot be limited from within")
    sent = sell(seller, connected, 12)
    services.request(connected)
    before = list(Checkpoint.objects.values_list("subject", "until"))
    with full_database(), pytest.raises(DatabaseError, match="full"):
        receiver.run(connected)
    assert not ReceivedInvoice.objects.exists()
    assert {*before} <= {*Checkpoint.objects.values_list("subject", "until")}
    job = Job.objects.get(company=connected, name=services.RECEIVE)
    assert job.reason is not None and job.reason.code == "disk-full"
    receiver.until(connected, lambda: received() == digests(sent))


@pytest.mark.django_db(transaction=True)
def test_a_page_says_so(company: Any, owner: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's files cannot be limited from within")
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    address = reverse("purchases:add", args=[company.pk])
    with full_database():
        scan = SimpleUploadedFile("a.pdf", PDF.replace(b"\n", b"\n%" + b"x" * 200_000 + b"\n", 1))
        answer = client.post(address, {**typed(), "files": scan})
    assert answer.status_code == 507 and FULL in answer.content.decode()
    assert not ReceivedInvoice.objects.exists()
    assert client.get(address).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_list_can_be_read_all_the_same(connected: Any, seller: Any, owner: Any) -> None:
    sell(seller, connected, 2)
    services.synchronise(connected)
    number = ReceivedInvoice.objects.select_related("entry")[0].entry.number
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    address = reverse("purchases:list", args=[connected.pk])
    with no_writes():
        answer = client.get(address)
    assert answer.status_code == 200 and number in answer.content.decode()
    assert not Visit.objects.exists()
    assert client.get(address).status_code == 200 and Visit.objects.exists()

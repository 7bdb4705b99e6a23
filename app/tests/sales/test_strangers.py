"""Documents of the Ministry and of other programs, whole: uploaded, sent, accepted, corrected to zero, accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.urls import reverse
from liczydlo.fa3.read import read
from liczydlo.sales import corrections, services
from liczydlo.sales.models import Invoice

from app.tests.sales.test_preserving import REFUSED, documents
from app.tests.sales.test_sending import fresh, settled
from app.tests.sales.test_uploaded_drafts import upload
from app.tests.sales.world import Worker

pytestmark = [pytest.mark.django_db, pytest.mark.shared]


def test_every_document_is_sent_and_corrected_to_zero(
    connected: Any, browse: Any, owner: Any, sender: Worker
) -> None:
    """The seller is the firm here, and each number is another one."""
    ala = browse(owner)

    def issue(rows: Mapping[str, Invoice]) -> dict[str, str]:
        """Send them all; how each one ends."""
        for row in rows.values():
            seen = services.draft_of(row).digest
            ala.post(reverse("sales:issue", args=[connected.pk, row.pk]), {"mode": "online", "seen": seen})
        under_way = [row for row in rows.values() if fresh(row).state == "queued"]
        sender.until(connected, lambda: all(map(settled, under_way)))
        return {name: fresh(row).state for name, row in rows.items()}

    rows = {}
    for at, (name, path) in enumerate(documents().items()):
        faktura = read(path.read_bytes())
        content = path.read_bytes().replace(
            faktura.podmiot1.dane_identyfikacyjne.nip.encode(), connected.nip.encode()
        )
        number = f"<P_2>{faktura.fa.p_2}</P_2>".encode()
        assert number in content, name
        upload(ala, connected, content.replace(number, f"<P_2>S/{at}</P_2>".encode()))
        if name not in REFUSED:
            rows[name] = Invoice.objects.latest("pk")
    with_attachment = {name for name, row in rows.items() if row.entry.has_attachment}
    assert len(rows) == len(documents()) - len(REFUSED) and len(with_attachment) == 1
    # an attachment goes in a batch, once the e-office knows of it
    ends = {name: "issued" if name in with_attachment else "accepted" for name in rows}
    assert issue(rows) == ends

    made = {}
    for name, row in rows.items():
        if ends[name] == "accepted" and row.entry.kind not in corrections.KINDS:
            ala.post(
                reverse("sales:correct_to_zero", args=[connected.pk, row.pk]),
                {"reason": "zwrot", "effect": "2", "shape": "pairs"},
            )
            made[name] = Invoice.objects.latest("pk")
    assert len({row.pk for row in made.values()} - {row.pk for row in rows.values()}) == len(made) > 15
    assert issue(made) == dict.fromkeys(made, "accepted")
    assert {name: corrections.of(fresh(rows[name])).total for name in made} == dict.fromkeys(made, 0)

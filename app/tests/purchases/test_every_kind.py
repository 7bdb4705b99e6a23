"""One of every kind that the emulator's contractors issue: it comes in, can be read, printed, handed out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.urls import reverse
from ksef_emulator.config import Config
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.testing import running_emulator
from liczydlo.purchases import services
from liczydlo.purchases.models import ReceivedInvoice

OFFICIAL = Path(__file__).parents[4] / "shared" / "spec" / "xsd"
pytestmark = pytest.mark.django_db
FEATURES = (
    *("split-payment", "reverse-charge", "margin", "mixed-rates", "instalments", "paid", "self-invoicing"),
    "attachment",
)
KNOWN = {"nip": "9943180316"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Any]:
    """Another emulator, which has the official schemas of all structures where they are beside the repository."""
    schemas = OFFICIAL if OFFICIAL.exists() else None
    with running_emulator(Config(schemas=schemas, rate_limits="off", progress=AT_ONCE)) as running:
        yield running


@pytest.fixture
def control(emulator: Any) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=emulator.control_url, trust_env=False, timeout=30) as client:
        yield client


def issue(control: httpx2.Client, firm: Any, **order: Any) -> dict[str, dict[str, Any]]:
    """What was issued, by KSeF number."""
    answer = control.post("/invoices", json={"buyer": firm.nip, "buyerName": firm.name} | order)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["refused"] == []
    return {one["ksefNumber"]: one for one in body["invoices"]}


def synchronised(firm: Any) -> dict[str, ReceivedInvoice]:
    services.synchronise(firm)
    rows = ReceivedInvoice.objects.filter(company=firm).select_related("entry__document")
    return {row.entry.ksef_number: row for row in rows}


def legible(client: Any, row: ReceivedInvoice, *, pdf: bool = True) -> list[str]:
    """What is wrong with its page, its print and its file."""
    entry = row.entry
    name = f"{entry.kind} {entry.number}"
    page = client.get(reverse("purchases:detail", args=[row.company_id, row.pk]))
    wrong = []
    if page.status_code != 200 or entry.number not in page.content.decode().replace("\u00a0", " ").replace(
        "\u200b", ""
    ):
        wrong.append(f"{name}: the page, {page.status_code}")
    handed_out = client.get(reverse("purchases:xml", args=[row.company_id, row.pk]))
    if handed_out.content != bytes(entry.document.xml):
        wrong.append(f"{name}: the XML")
    if pdf:
        printed = client.get(reverse("purchases:pdf", args=[row.company_id, row.pk]))
        if printed.status_code != 200 or not printed.content.startswith(b"%PDF-"):
            wrong.append(f"{name}: the print, {printed.status_code}")
    return wrong


def test_an_invoice_of_each_kind_comes_in_and_is_shown_and_printed(
    connected: Any, owner: Any, browse: Any, control: httpx2.Client
) -> None:
    kinds = control.get("/contractors").json()["kinds"]
    assert len(kinds) == (11 if OFFICIAL.exists() else 7)
    sent: dict[str, dict[str, Any]] = {}
    for kind in kinds:
        sent |= issue(control, connected, kind=kind)
    for correction in ("price", "quantity", "data"):
        sent |= issue(control, connected, kind="KOR", correction=correction)
    if OFFICIAL.exists():
        sent |= issue(control, connected, form="FA (2)")
    rows = synchronised(connected)
    assert set(rows) == set(sent)
    client, printed, wrong = browse(owner), set(), list[str]()
    for number, row in rows.items():
        kind = sent[number]["kind"]
        wrong += legible(client, row, pdf=kind not in printed)
        printed.add(kind)
    assert wrong == []


def test_an_invoice_with_each_feature_comes_in_and_is_shown(
    connected: Any, owner: Any, browse: Any, control: httpx2.Client
) -> None:
    sent: dict[str, dict[str, Any]] = {}
    printed: set[str] = set()
    for feature in FEATURES:
        issued = issue(control, connected, features=[feature], seller=KNOWN)
        sent |= issued
        printed |= set(issued) if feature in ("attachment", "margin", "mixed-rates") else set()
    for currency in ("EUR", "USD"):
        sent |= issue(control, connected, currency=currency, seller=KNOWN)
    rows = synchronised(connected)
    assert set(rows) == set(sent)
    assert {row.entry.currency for row in rows.values()} == {"PLN", "EUR", "USD"}
    client = browse(owner)
    wrong = [fault for number, row in rows.items() for fault in legible(client, row, pdf=number in printed)]
    assert wrong == []


def test_invoices_that_name_the_firm_in_any_role_come_in_and_are_shown(
    connected: Any, owner: Any, browse: Any, control: httpx2.Client
) -> None:
    """The firm as a third party in each of its roles, and as the authorised one, of somebody else's invoice."""
    other = {"buyer": "7771234567", "buyerName": "Ktoś Inny sp. z o.o."}
    sent = issue(control, connected, **other, authorised=connected.nip)
    for role in (1, 2, 4, 8, 10):
        sent |= issue(control, connected, **other, thirdParty=connected.nip, thirdPartyRole=role)
    rows = synchronised(connected)
    assert set(rows) == set(sent)
    client = browse(owner)
    assert [fault for row in rows.values() for fault in legible(client, row, pdf=False)] == []


def test_scams_come_in_like_any_other(connected: Any, control: httpx2.Client) -> None:
    """What the program can compare: the sellers, the accounts, the numbers and the amounts."""
    sent: dict[str, dict[str, Any]] = {}
    for scam in ("account", "look-alike", "double-number", "double-amount", "stranger"):
        sent |= issue(control, connected, scam=scam, seller=KNOWN)
    rows = synchronised(connected)
    assert set(rows) == set(sent)
    assert len({row.entry.seller_nip for row in rows.values()}) == 3

"""„Pulpit": every number leads to the very rows that it counts."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from liczydlo.documents import filters
from liczydlo.home import dashboard
from liczydlo.payments.transfers import proposals
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.sales import lifecycle, services
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.signatures import Signature, SigningCertificate
from liczydlo.sales.states import Step
from liczydlo.web.reasons import Reason

from app.tests.farm.test_pages import form as farm_form
from app.tests.payments.ordering import invoice
from app.tests.purchases.test_pages import bought
from app.tests.sales.test_order import accept
from app.tests.sales.test_pages import accepted, draft_of
from app.tests.sales.world import document

pytestmark = pytest.mark.django_db
TILE = re.compile(
    r'<a\s+class="tile[^"]*"\s+href="([^"]+)"(?:(?!</a>).)*?class="tile-number"\s*>(\d+)</span>', re.DOTALL
)


@pytest.fixture
def busy(company: Any) -> Any:
    """A company with invoices in every state, another number of each."""
    accepted(company)
    for _ in range(2):
        draft_of(company)
    for _ in range(3):
        refused = services.issue(company, document(company.nip))
        lifecycle.move(refused, Step.REJECT, reason=Reason("rejected"))
    for state, count, late in (("waiting", 4, 0), ("waiting", 1, 1), ("queued", 5, 0), ("issued", 6, 0)):
        for _ in range(count):
            made = services.issue(company, document(company.nip))
            due = timezone.localdate() - dt.timedelta(1) if late else None
            Invoice.objects.filter(pk=made.pk).update(state=state, due_date=due)
    revoked = SigningCertificate.objects.create(
        company=company, environment=company.environment, serial="0F", fingerprint="0F", ksef_status="Revoked"
    )
    for made in Invoice.objects.filter(state="waiting", due_date=None):
        Signature.objects.create(company=company, invoice=made, certificate=revoked)
    for index in range(8):
        bought(company, number=f"Z/{index}")
    old = bought(company, number="Z/stara")
    type(old).objects.filter(pk=old.pk).update(state="booked")
    return company


def rows_at(client: Any, address: str) -> int:
    return len(client.get(address.replace("&amp;", "&")).context["page"].rows)


def test_every_number_leads_to_the_rows_that_it_counts(busy: Any, owner: Any, browse: Any) -> None:
    client = browse(owner)
    page = client.get(busy.get_absolute_url()).content.decode()
    tiles = TILE.findall(page)
    assert len(tiles) == len([kind for kind in dashboard.KINDS if kind.feature != "self-billed"])
    assert sorted(int(count) for _, count in tiles) == [1, 2, 3, 4, 5, 5, 6, 8]
    for address, count in tiles:
        assert rows_at(client, address) == int(count), address
    rejected = reverse("sales:list", args=[busy.pk]) + "?stan=rejected"
    assert "odrzucone przez KSeF: 3" in page and rejected in page
    assert "po terminie wysłania do KSeF: 1" in page


def test_so_does_every_number_of_invoices_vat_rr(company: Any, owner: Any, browse: Any) -> None:
    client = browse(owner)
    made = []
    for number in range(1, 7):
        client.post(reverse("sales:farm_new", args=[company.pk]), farm_form(number=f"RR/{number}"))
        row = Invoice.objects.latest("pk")
        made.append(services.issue(company, services.draft_of(row).content, draft=row) if number > 1 else row)
    refused, waiting, late, sent, back = made[1:]
    lifecycle.move(refused, Step.REJECT, reason=Reason("rejected"))
    yesterday = timezone.localdate() - dt.timedelta(1)
    Invoice.objects.filter(pk=waiting.pk).update(state="waiting")
    Invoice.objects.filter(pk=late.pk).update(state="waiting", due_date=yesterday)
    purchase = bought(company, number="RR/6")
    accept(back, purchase.entry.ksef_number)
    assert sent.state == "queued"
    page = client.get(company.get_absolute_url()).content.decode()
    tiles = {address: int(count) for address, count in TILE.findall(page) if "za-dostawcow" in address}
    assert len(tiles) == 5 and set(tiles.values()) == {1, 2}
    for address, count in tiles.items():
        assert rows_at(client, address) == count, address
    assert "Faktury wystawione za dostawców, odrzucone przez KSeF: 1" in page
    assert "Faktury wystawione za dostawców, po terminie wysłania do KSeF: 1" in page
    assert "W tym rolnikom" in page
    owed = reverse("sales:self_billed", args=[company.pk]) + "?platnosc="
    assert owed + "unpaid" in page and rows_at(client, owed + "unpaid") == 1
    life = client.get(back.get_absolute_url()).content.decode()
    assert "Zapłata rolnikowi" in life and "art. 116 ust. 6" in life and purchase.get_absolute_url() in life
    type(purchase).objects.filter(pk=purchase.pk).update(payment="paid", paid_on=timezone.localdate())
    assert "W tym rolnikom" not in client.get(company.get_absolute_url()).content.decode()
    assert (rows_at(client, owed + "unpaid"), rows_at(client, owed + "paid")) == (0, 1)
    assert "art. 116 ust. 6" not in client.get(back.get_absolute_url()).content.decode()


def test_every_chip_is_listed_under_its_own_name(busy: Any, owner: Any, browse: Any) -> None:
    """What is shown as late, held or a draft is found under that entry of the filter."""
    client, result = browse(owner), 0
    for row in Invoice.objects.of(busy):
        name = {"queued": "moving", "issued": "held"}.get(row.chip, row.chip)
        listed = client.get(reverse("sales:list", args=[busy.pk]), {"stan": name}).context["page"].rows
        assert row.entry_id in [one.pk for one in listed], row.chip
        result += 1
    assert result == 22


def test_what_is_rare_is_not_shown_without_any(company: Any, owner: Any, browse: Any) -> None:
    page = browse(owner).get(company.get_absolute_url()).content.decode()
    assert "Szkice" in page and "Po terminie" not in page and "Wstrzymane" not in page


def test_beyond_many_nobody_counts(
    busy: Any, owner: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million accepted invoices are not read for a number on which nobody acts."""
    monkeypatch.setattr(filters, "MANY", 3)
    page = browse(owner).get(busy.get_absolute_url()).content.decode()
    numbers = re.findall(r'class="tile-number"\s*>([^<]+)</span>', page)
    assert sorted(numbers) == ["1", "2", "3", *["3+"] * 5]
    monkeypatch.setattr(filters, "MANY", 10_000)
    tile = dashboard.Tile(kind=dashboard.KINDS[0], count=10_001, address="")
    assert tile.number == "10\N{NO-BREAK SPACE}000+"


def test_what_many_owe_is_added_up_after_the_page(
    busy: Any, owner: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page does not wait for a hundred thousand unpaid invoices; without JavaScript a link adds them up."""
    at_once = browse(owner).get(busy.get_absolute_url()).content.decode()
    assert "Do otrzymania" in at_once and "Policz należności" not in at_once
    monkeypatch.setattr(filters, "MANY", 3)
    page = browse(owner).get(busy.get_absolute_url()).content.decode()
    assert "Do otrzymania" not in page
    (address,) = set(re.findall(r'(?:href|hx-get)="(\?[^"]*)"', page))
    summed = browse(owner).get(busy.get_absolute_url() + address).content.decode()
    amount = re.compile(r'tiles-money".*?class="tile-number nowrap">([^<]+)<', re.DOTALL)
    assert amount.findall(summed) == amount.findall(at_once) != []
    assert 'id="naleznosci-razem"' in page and 'id="naleznosci-razem"' in summed


def test_what_is_to_be_paid_leads_to_the_list_of_it(
    company: Any, owner: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    invoice(company, "PO-TERMINIE", payment_due=today - dt.timedelta(days=1))
    invoice(company, "DZIS", payment_due=today)
    invoice(company, "EURO", payment_due=today - dt.timedelta(days=9), currency="EUR")
    for number, column, value in (("ZAPLACONA", "payment", "paid"), ("UKRYTA", "state", "hidden")):
        ReceivedInvoice.objects.filter(pk=invoice(company, number).pk).update(**{column: value})
    amounts = {(str(one.label), one.currency): (one.amount, one.address) for one in dashboard.money(company)}
    due = reverse("payments:due", args=[company.pk])
    late = f"{due}?do={today - dt.timedelta(days=1)}"
    assert amounts == {
        ("Do zapłaty", "PLN"): (Decimal(354), due),
        ("Zobowiązania po terminie", "PLN"): (Decimal(177), late),
        ("Do zapłaty", "EUR"): (Decimal(177), due),
        ("Zobowiązania po terminie", "EUR"): (Decimal(177), late),
    }
    client = browse(owner)
    assert [row.entry.number for row in client.get(late).context["page"].rows] == ["EURO", "PO-TERMINIE"]
    assert "Policz" not in client.get(company.get_absolute_url()).content.decode()
    monkeypatch.setattr(proposals, "ADDED_UP", 2)
    assert "Policz" in client.get(company.get_absolute_url()).content.decode()


def test_the_numbers_are_the_companys_own(busy: Any, stranger: Any, browse: Any) -> None:
    other = stranger.companies.get()
    assert {tile.count for tile in dashboard.overview(other).tiles} == {0}
    assert browse(stranger).get(busy.get_absolute_url()).status_code == 404

"""Wherever an invoice stands beside others, a VAT RR names the farmer: the company is its buyer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from liczydlo.contacts import privacy
from liczydlo.contacts.models import Contractor
from liczydlo.documents import archives
from liczydlo.prints.parties import addressee
from liczydlo.prints.reading import document as reading
from liczydlo.rr import build
from liczydlo.sales import services
from liczydlo.sales.models import Invoice, Session

from app.tests.farm.test_pages import at, form, text
from app.tests.rr.drafts import FARMER, PLAIN
from app.tests.sales.test_order import accept
from app.tests.sales.world import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(ala: Client, company: Any) -> Invoice:
    """A VAT RR on its way, and a sale beside it."""
    ala.post(at("farm_new", company), form())
    row = Invoice.objects.get()
    services.issue(company, services.draft_of(row).content, draft=row)
    services.issue(company, document(company.nip))
    return Invoice.objects.select_related("entry__document", "company").get(pk=row.pk)


def others(page: str) -> list[str]:
    """What stands in the column of the other party."""
    cells = re.findall(r'data-label="Kontrahent">(.*?)</td>', page)
    return [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in cells]


def test_in_the_queue(ala: Client, company: Any, queued: Invoice) -> None:
    assert others(text(ala.get(at("queue", company)))) == [
        "Jan Rolny rolnik, VAT RR",
        "Kupiec „Świt” sp. z o.o.",
    ]


def test_in_a_session(ala: Client, company: Any, queued: Invoice) -> None:
    now = timezone.now()
    session = Session.objects.create(
        company=company,
        environment=company.environment,
        reference="S",
        sealed_key=b"",
        opened_at=now,
        valid_until=now,
        used_at=now,
    )
    Invoice.objects.filter(company=company).update(session=session)
    found = others(text(ala.get(at("session", company, session.pk))))
    assert sorted(found) == ["Jan Rolny rolnik, VAT RR", "Kupiec „Świt” sp. z o.o."]


def test_among_the_evidence(ala: Client, company: Any, queued: Invoice) -> None:
    page = text(ala.get(at("evidence", company, queued.pk)))
    assert "NIP rolnika" in page and "Jan Rolny" in page and "NIP sprzedawcy" not in page
    assert f'href="{at("self_billed", company)}"' in page and "Wystawione za dostawców" in page


def test_its_page_belongs_to_purchases(ala: Client, company: Any, queued: Invoice) -> None:
    page = text(ala.get(queued.get_absolute_url()))
    current = re.findall(r'href="([^"]+)" aria-current="true"', page)
    assert current == [f"/firmy/{company.pk}/zakupy/"]
    assert "nabywc" not in page.partition('id="life"')[2].partition("</section>")[0].lower()


def test_on_the_farmers_page_and_in_what_is_given_out_of_him(
    ala: Client, company: Any, queued: Invoice
) -> None:
    contractor = Contractor.objects.create(company=company, kind="nip", number=FARMER.nip, name="Jan Rolny")
    page = text(ala.get(contractor.get_absolute_url()))
    assert "Faktury wystawione za dostawcę" in page and queued.get_absolute_url() in page
    assert [one["number"] for one in privacy.export(company, contractor)["self_billed"]] == ["RR/1"]
    nobody = Contractor.objects.create(
        company=company, kind="nip", key="nip:1", number="1111111111", name="Inny"
    )
    assert "VAT RR" not in text(ala.get(nobody.get_absolute_url()))


def test_in_the_list_of_what_an_archive_lacks(company: Any, queued: Invoice) -> None:
    assert archives._line(queued.entry, "x") == "RR/1 · Jan Rolny: x"
    sale = Invoice.objects.exclude(pk=queued.pk).select_related("entry").get()
    assert "Kupiec" in archives._line(sale.entry, "x")


def test_on_the_envelope() -> None:
    xml = build.write(build.build(PLAIN, created=timezone.now()))
    assert addressee(reading(xml, "pl"))[0] == FARMER.name


def test_accepted_it_is_named_by_the_farmer_too(ala: Client, company: Any, queued: Invoice) -> None:
    accept(queued)
    entry = Invoice.objects.get(pk=queued.pk).entry
    assert (entry.party_name, entry.party_nip) == ("Jan Rolny", FARMER.nip)


def test_on_its_list_the_state_changes_by_itself(ala: Client, company: Any, queued: Invoice) -> None:
    page = text(ala.get(at("self_billed", company)))
    assert f'{at("states", company)}?id={queued.pk}"' in page and f'id="state-{queued.pk}"' in page
    accept(queued)
    assert at("states", company) not in text(ala.get(at("self_billed", company)))


def test_one_like_it_is_begun_on_its_page(
    ala: Client, company: Any, queued: Invoice, member: Any, browse: Any
) -> None:
    begun = f"{at('farm_new', company)}?wzor={queued.pk}"
    assert begun in text(ala.get(queued.get_absolute_url()))
    assert begun not in text(browse(member("viewer")).get(queued.get_absolute_url()))
    page = text(ala.get(begun))
    assert 'value="8567346215"' in page and 'value="Jabłka"' in page and 'value="RR/1"' not in page

"""What is kept of a contractor: the file of it, and its erasure."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.audit.models import Entry
from liczydlo.contacts.models import Address, Contractor
from liczydlo.documents.models import IndexEntry
from liczydlo.sales import services

from app.tests.purchases.test_pages import bought, text_of
from app.tests.sales.test_races import ROUNDS
from app.tests.sales.world import document
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
NIP = "8567346215"


@pytest.fixture
def contractor(company: Any) -> Contractor:
    services.issue(company, document(company.nip, NIP, number="FV/1"))
    bought(company, number="ZAKUP/7")
    return Contractor.objects.of(company).get()


def address(name: str, company: Any, contractor: Contractor) -> str:
    return reverse(f"contacts:{name}", args=[company.pk, contractor.pk])


def test_the_file_has_all_that_is_kept(ala: Client, company: Any, contractor: Contractor) -> None:
    answer = ala.get(address("export_contractor", company, contractor))
    assert "attachment" in answer["Content-Disposition"]
    kept = answer.json()
    assert (kept["contractor"]["number"], kept["contractor"]["name"]) == (NIP, "Kupiec „Świt” sp. z o.o.")
    assert kept["addresses"][0]["line1"] == "ul. Prosta 1"
    assert [row["number"] for row in kept["sales"]] == ["FV/1"]
    assert [row["number"] for row in kept["purchases"]] == ["ZAKUP/7"]
    assert not {"company", "key", "words", "id"} & set(kept["contractor"])


def test_erasure_takes_the_list_and_leaves_the_invoices(
    ala: Client, company: Any, contractor: Contractor
) -> None:
    erase = address("erase_contractor", company, contractor)
    assert "art. 112 ustawy o VAT" in text_of(ala.get(erase)) and Contractor.objects.exists()
    assert ala.post(erase).status_code == 302
    assert not Contractor.objects.exists() and not Address.objects.exists()
    assert IndexEntry.objects.of(company).count() == 2
    entry = Entry.objects.of(company).get(action="contractor-erased")
    assert NIP not in str(entry.details), "the log does not keep what was erased"
    assert ala.post(erase).status_code == 404


def test_who_keeps_no_books_and_strangers_do_neither(
    company: Any, contractor: Contractor, member: Any, stranger: Any, browse: Any
) -> None:
    other, outside = stranger.companies.get(), browse(stranger)
    inside = [browse(member(role)) for role in ("viewer", "issuer")]
    for name in ("export_contractor", "erase_contractor"):
        for one in inside:
            assert one.get(address(name, company, contractor)).status_code == 403
        assert outside.get(address(name, company, contractor)).status_code == 404
        assert outside.get(address(name, other, contractor)).status_code == 404
    assert outside.post(address("erase_contractor", other, contractor)).status_code == 404
    assert Contractor.objects.get() == contractor


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "fields"),
    [("add_recipient", {"name": "Oddział"}), ("add_address", {"line1": "ul. Nowa 2", "country": "PL"})],
)
def test_what_is_added_while_he_is_erased_goes_with_him_or_is_not_added(
    ala: Client, company: Any, name: str, fields: dict[str, str]
) -> None:
    for number in range(ROUNDS):
        (made,) = at_once(
            lambda number=number: Contractor.objects.create(
                company=company, key=f"k{number}", name=f"Osoba {number}"
            )
        )
        url, more = address("erase_contractor", company, made), address(name, company, made)
        answers = at_once(
            lambda url=url: ala.post(url).status_code, lambda more=more: ala.post(more, fields).status_code
        )
        assert answers[0] == 302 and answers[1] in (302, 404)
        (left,) = at_once(lambda pk=made.pk: Contractor.objects.filter(pk=pk).count())
        assert left == 0


@pytest.mark.django_db(transaction=True)
def test_an_invoice_for_one_who_is_erased_at_that_moment_is_issued(ala: Client, company: Any) -> None:
    services.issue(company, document(company.nip, NIP, number="FV/0"))
    for number in range(1, ROUNDS + 1):
        (row,) = at_once(lambda: Contractor.objects.of(company).first())
        acts = [
            lambda number=number: services.issue(company, document(company.nip, NIP, number=f"FV/{number}"))
        ]
        if row is not None:
            url = address("erase_contractor", company, row)
            acts.append(lambda url=url: ala.post(url))
        at_once(*acts)
    (count,) = at_once(lambda: IndexEntry.objects.of(company).count())
    assert count == ROUNDS + 1

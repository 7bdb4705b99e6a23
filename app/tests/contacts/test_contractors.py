"""Contractors: the list, the form, who may do what, and what an issued invoice leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.contacts import addresses, contractors
from liczydlo.contacts.models import Address, Contractor
from liczydlo.sales import services

from app.tests.purchases.test_pages import bought, text_of
from app.tests.sales.world import document
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
NIP = "8567346215"
FIRM = {
    "buyer_kind": "nip",
    "buyer_nip": "PL 856-734-62-15",
    "buyer_name": "Gęśla Jaźń sp. z o.o.",
    "buyer_line1": "ul. Prosta 1",
    "buyer_line2": "30-001 Kraków",
    "payment_days": "30",
    "currency": "EUR",
}
GERMAN = FIRM | {
    "buyer_kind": "eu",
    "buyer_eu_country": "DE",
    "buyer_tax_number": "DE 136 695 976",
    "buyer_name": "Müller GmbH",
}
PERSON = {"buyer_kind": "person", "buyer_name": "Żaneta Łącka", "buyer_line1": "ul. Kręta 1"}


def address(name: str, company: Any, *arguments: Any) -> str:
    return reverse(f"contacts:{name}", args=[company.pk, *arguments])


def add(client: Client, company: Any, **values: str) -> Any:
    return client.post(address("add_contractor", company), FIRM | values)


def names(client: Client, company: Any, text: str) -> list[str]:
    rows = client.get(address("contractors", company), {"q": text}).context["page"].rows
    return [row.name for row in rows]


def test_a_typed_contractor_is_on_his_page(ala: Client, company: Any) -> None:
    made = add(ala, company)
    contractor = Contractor.objects.of(company).get()
    assert made["Location"] == contractor.get_absolute_url()
    assert (contractor.number, contractor.payment_days, contractor.currency) == (NIP, 30, "EUR")
    shown = text_of(ala.get(contractor.get_absolute_url()))
    assert "856-734-62-15" in shown and "ul. Prosta 1" in shown and "30-001 Kraków" in shown


@pytest.mark.parametrize(
    "text",
    ["gesla", "JAZN gesla", "8567346215", "PL 856-734-62-15", "856-734", "856 734 62 15", "nip: 8567346215"],
)
def test_a_contractor_is_found_in_any_spelling(ala: Client, company: Any, text: str) -> None:
    add(ala, company)
    ala.post(address("add_contractor", company), GERMAN)
    assert names(ala, company, text) == [FIRM["buyer_name"]]


@pytest.mark.parametrize("text", ["muller", "DE136695976", "de 136 695 976", "136695976"])
def test_a_foreign_contractor_is_found_by_name_and_number(ala: Client, company: Any, text: str) -> None:
    add(ala, company)
    ala.post(address("add_contractor", company), GERMAN)
    assert names(ala, company, text) == ["Müller GmbH"]
    assert not names(ala, company, "nikt taki") and not names(ala, company, "%_")
    assert Address.objects.get(contractor__country="DE").country == "DE"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"buyer_nip": "8567346216"}, "To nie jest poprawny NIP"),
        ({"buyer_line1": ""}, "To pole jest wymagane"),
        ({"buyer_name": ""}, "To pole jest wymagane"),
        ({"email": "to nie adres"}, "adres"),
        ({"payment_days": "-1"}, "większa lub równa"),
        ({"payment_days": "99999"}, "mniejsza lub równa"),
    ],
)
def test_what_cannot_be_a_contractor_is_refused(
    ala: Client, company: Any, values: dict[str, str], said: str
) -> None:
    refused = add(ala, company, **values)
    assert refused.status_code == 400 and said in text_of(refused)
    assert not Contractor.objects.exists()


def test_one_number_is_one_contractor(ala: Client, company: Any) -> None:
    add(ala, company)
    again = add(ala, company, buyer_nip=NIP, buyer_name="Inaczej")
    assert again.status_code == 400 and "jest już na liście" in text_of(again)
    ala.post(address("add_contractor", company), PERSON)
    assert ala.post(address("add_contractor", company), PERSON).status_code == 400
    other_place = PERSON | {"buyer_line1": "ul. Inna 2"}
    assert ala.post(address("add_contractor", company), other_place).status_code == 302
    assert Contractor.objects.count() == 3
    person = Contractor.objects.filter(kind="person").first()
    assert person is not None
    taken = ala.post(address("edit_contractor", company, person.pk), FIRM | {"version": "1"})
    assert "jest już na liście" in text_of(taken)


def test_an_edit_over_somebody_elses_is_a_choice(ala: Client, company: Any) -> None:
    add(ala, company)
    contractor = Contractor.objects.get()
    edit = address("edit_contractor", company, contractor.pk)
    version = str(ala.get(edit).context["form"].initial["version"])
    ala.post(edit, FIRM | {"version": version, "note": "pierwsza"})
    outrun = ala.post(edit, FIRM | {"version": version, "note": "druga"})
    assert outrun.status_code == 409 and "Ktoś zmienił" in text_of(outrun) and "druga" in text_of(outrun)
    contractor.refresh_from_db()
    assert contractor.note == "pierwsza"
    ala.post(edit, FIRM | {"version": outrun.context["form"]["version"].value(), "note": "druga"})
    contractor.refresh_from_db()
    assert contractor.note == "druga"


def test_a_hidden_one_is_off_the_list_until_shown(ala: Client, company: Any) -> None:
    add(ala, company)
    contractor = Contractor.objects.get()
    ala.post(address("hide_contractor", company, contractor.pk), {"hidden": "1"})
    assert not names(ala, company, "gesla")
    hidden = ala.get(address("contractors", company), {"ukryci": "1"})
    assert hidden.context["page"].rows == [contractor]
    ala.post(address("hide_contractor", company, contractor.pk), {"hidden": "0"})
    assert names(ala, company, "gesla")


def test_one_of_several_addresses_is_the_default(ala: Client, company: Any) -> None:
    add(ala, company)
    contractor = Contractor.objects.get()
    stock = {"label": "magazyn", "line1": "ul. Długa 9", "line2": "31-000 Kraków", "country": "pl"}
    ala.post(address("add_address", company, contractor.pk), stock)
    second = Address.objects.get(label="magazyn")
    assert (second.country, second.is_default) == ("PL", False)
    ala.post(address("default_address", company, contractor.pk, second.pk))
    assert contractors.default_address(contractor) == second
    ala.post(address("remove_address", company, contractor.pk, second.pk))
    left = Address.objects.get()
    assert left.is_default and left.line1 == "ul. Prosta 1"
    bad = ala.post(address("add_address", company, contractor.pk), stock | {"country": "Polska", "line1": ""})
    assert bad.status_code == 400 and Address.objects.count() == 1


def test_a_viewer_reads_and_a_stranger_does_not(
    ala: Client, company: Any, member: Any, stranger: Any, browse: Any
) -> None:
    add(ala, company)
    contractor, place = Contractor.objects.get(), Address.objects.get()
    other = stranger.companies.get()
    viewer, outside = browse(member("viewer")), browse(stranger)
    for page in (address("contractors", company), contractor.get_absolute_url()):
        assert viewer.get(page).status_code == 200
        assert outside.get(page).status_code == 404
    edit = address("edit_contractor", company, contractor.pk)
    assert edit not in text_of(viewer.get(contractor.get_absolute_url()))
    assert outside.get(address("contractor", other, contractor.pk)).status_code == 404
    changing = [
        ("add_contractor", ()),
        ("edit_contractor", (contractor.pk,)),
        ("hide_contractor", (contractor.pk,)),
        ("add_address", (contractor.pk,)),
        ("default_address", (contractor.pk, place.pk)),
        ("remove_address", (contractor.pk, place.pk)),
    ]
    for name, arguments in changing:
        assert viewer.post(address(name, company, *arguments), FIRM).status_code == 403
        assert outside.post(address(name, company, *arguments), FIRM).status_code == 404
        if arguments:
            assert outside.post(address(name, other, *arguments), FIRM).status_code == 404
    assert Contractor.objects.get().version == 1 and Address.objects.get() == place


def test_an_issued_invoice_leaves_its_buyer_behind_once(ala: Client, company: Any) -> None:
    first = services.issue(company, document(company.nip, NIP, number="FV/1"))
    contractor = Contractor.objects.of(company).get()
    assert (contractor.number, contractor.name, contractor.currency) == (
        NIP,
        "Kupiec „Świt” sp. z o.o.",
        "PLN",
    )
    assert str(Address.objects.get()) == "ul. Prosta 1, 30-001 Kraków"
    ala.post(address("edit_contractor", company, contractor.pk), FIRM | {"version": "1"})
    services.issue(company, document(company.nip, NIP, number="FV/2"))
    contractor.refresh_from_db()
    assert contractor.name == FIRM["buyer_name"], "what a person typed stays"
    assert first.entry.buyer_name == "Kupiec „Świt” sp. z o.o."
    assert Address.objects.count() == 1


def test_self_billing_and_nameless_buyers_leave_nothing(company: Any) -> None:
    nameless = document(
        company.nip, number="FV/3", **{"<Nazwa>Kupiec „Świt” sp. z o.o.</Nazwa>": "", ">VAT<": ">UPR<"}
    )
    services.issue(company, nameless)
    ours = document(NIP, company.nip, number="SF/1", **{"<P_17>2</P_17>": "<P_17>1</P_17>"})
    services.issue(company, ours)
    assert not Contractor.objects.exists()


def test_his_page_has_invoices_both_ways(ala: Client, company: Any, stranger: Any) -> None:
    services.issue(company, document(company.nip, NIP, number="FV/NASZA/1"))
    services.issue(company, document(company.nip, "5261040828", number="FV/INNA/2"))
    bought(company, number="ZAKUP/7")
    bought(stranger.companies.get(), number="ZAKUP/OBCY")
    shown = text_of(ala.get(Contractor.objects.get(number=NIP).get_absolute_url()))
    assert "FV/NASZA/1" in shown and "ZAKUP/7" in shown
    assert "FV/INNA/2" not in shown and "ZAKUP/OBCY" not in shown


def test_a_long_list_costs_a_page(ala: Client, company: Any, django_assert_max_num_queries: Any) -> None:
    rows = [
        Contractor(
            company=company, kind="person", key=f"person:{n}", name=f"Osoba {n:03}", name_key=f"osoba {n:03}"
        )
        for n in range(120)
    ]
    Contractor.objects.bulk_create(rows)
    with django_assert_max_num_queries(18):
        first = ala.get(address("contractors", company))
    assert len(first.context["page"].rows) == 50
    second = ala.get(address("contractors", company) + first.context["page"].older)
    assert second.context["page"].rows[0].name == "Osoba 050"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_row_is_left(company: Any) -> None:
    def issuing(number: str) -> Any:
        return lambda: services.issue(company, document(company.nip, NIP, number=number))

    at_once(issuing("FV/1"), issuing("FV/2"))
    (rows,) = at_once(lambda: [str(row.number) for row in Contractor.objects.of(company)])
    assert rows == [NIP]

    def adding(line1: str) -> Any:
        def add() -> None:
            addresses.add(Contractor.objects.get(), {"line1": line1, "country": "PL"})

        return add

    at_once(adding("a"), adding("b"))
    (defaults,) = at_once(lambda: Address.objects.filter(is_default=True).count())
    assert defaults == 1

"""Who is erased at the very moment at which somebody adds or changes the same contractor."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from liczydlo.contacts import addresses, contractors
from liczydlo.contacts.models import Contractor

from app.tests.contacts.test_contractors import FIRM, GERMAN, NIP, add, address
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_races import ROUNDS
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def erased_when_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands in the way of a number is gone before anybody can look at him."""
    of = contractors.of

    def look(company: Any) -> Any:
        if isinstance(sys.exc_info()[1], IntegrityError):
            of(company).filter(number=NIP).delete()
        return of(company)

    monkeypatch.setattr(contractors, "of", look)


@pytest.mark.usefixtures("erased_when_in_the_way")
def test_an_addition_is_asked_for_again(ala: Client, company: Any) -> None:
    add(ala, company)
    outrun = add(ala, company, buyer_name="Wpisany jeszcze raz")
    assert outrun.status_code == 409 and "ktoś właśnie usunął jego dane" in text_of(outrun)
    assert "Wpisany jeszcze raz" in text_of(outrun) and not Contractor.objects.exists()
    assert add(ala, company, buyer_name="Wpisany jeszcze raz").status_code == 302


@pytest.mark.usefixtures("erased_when_in_the_way")
def test_a_change_is_asked_for_again(ala: Client, company: Any) -> None:
    add(ala, company)
    ala.post(address("add_contractor", company), GERMAN)
    german = Contractor.objects.get(country="DE")
    edit = address("edit_contractor", company, german.pk)
    outrun = ala.post(edit, FIRM | {"version": "1"})
    assert outrun.status_code == 409 and "ktoś właśnie usunął jego dane" in text_of(outrun)
    german.refresh_from_db()
    assert (german.country, german.version) == ("DE", 1)
    assert ala.post(edit, FIRM | {"version": "1"}).status_code == 302


def test_one_erased_while_he_is_changed_is_not_found(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(ala, company)
    change = contractors.change

    def erased(contractor: Contractor, *arguments: Any, **options: Any) -> None:
        Contractor.objects.all().delete()
        change(contractor, *arguments, **options)

    edit = address("edit_contractor", company, Contractor.objects.get().pk)
    monkeypatch.setattr(contractors, "change", erased)
    assert ala.post(edit, FIRM | {"version": "1"}).status_code == 404


@pytest.mark.parametrize("name", ["default_address", "remove_address"])
def test_one_erased_while_his_addresses_change_is_not_found(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    add(ala, company)
    contractor = Contractor.objects.get()
    url = address(name, company, contractor.pk, addresses.of(contractor).get().pk)
    locked = addresses._locked

    def erased(one: Contractor) -> Any:
        Contractor.objects.all().delete()
        return locked(one)

    monkeypatch.setattr(addresses, "_locked", erased)
    assert ala.post(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_adding_and_erasing_meet(ala: Client, company: Any) -> None:
    at_once(lambda: add(ala, company))
    for _ in range(ROUNDS):
        (row,) = at_once(lambda: Contractor.objects.of(company).first())
        acts = [lambda: add(ala, company).status_code]
        if row is not None:
            url = address("erase_contractor", company, row.pk)
            acts.append(lambda url=url: ala.post(url).status_code)
        answers = at_once(*acts)
        assert answers[0] in (302, 400, 409) and answers[1:] in ([], [302]), answers

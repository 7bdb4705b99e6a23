"""Filters that are kept under a name: one's own, the company's, on both lists."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.companies import saved_filters
from liczydlo.companies.models import SavedFilter

from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db


def save(client: Any, company: Any, name: str, query: str, listing: str = "purchases", **more: str) -> Any:
    data = {"listing": listing, "name": name, "query": query, **more}
    return client.post(reverse("companies:save_filter", args=[company.pk]), data, follow=True)


def shown(client: Any, company: Any, listing: str = "purchases", query: str = "q=prąd") -> str:
    return client.get(f"{reverse(f'{listing}:list', args=[company.pk])}?{query}").content.decode()


@pytest.mark.parametrize("listing", ["sales", "purchases"])
def test_a_filter_is_kept_picked_and_removed(company: Any, owner: Any, browse: Any, listing: str) -> None:
    ala = browse(owner)
    page = shown(ala, company, listing)
    assert "Zapisz te filtry" in page and "Zapisz te filtry" not in shown(ala, company, listing, "")
    answer = save(ala, company, "  Prąd   i gaz ", "q=pr%C4%85d", listing)
    assert answer.redirect_chain[-1][0].endswith("?q=pr%C4%85d")
    row = SavedFilter.objects.get()
    assert (row.name, row.query, row.person) == ("Prąd i gaz", "q=pr%C4%85d", owner)
    page = shown(ala, company, listing)
    assert 'href="?q=pr%C4%85d"' in page and 'aria-current="true"' in page
    assert "Zapisz te filtry" not in page, "these are kept already"
    save(ala, company, "Prąd i gaz", "q=gaz", listing)
    assert [one.query for one in SavedFilter.objects.all()] == ["q=gaz"], "the name is the same filter"
    ala.post(reverse("companies:remove_filter", args=[company.pk, row.pk]))
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("", "q=1", "nazwa ma od 1 do 60"),
        ("x" * 61, "q=1", "nazwa ma od 1 do 60"),
        ("\0", "q=1", "nazwa ma od 1 do 60"),  # no text for PostgreSQL
        ("pusty", "", "żaden filtr"),
        ("pusty", "q=", "żaden filtr"),
        ("długi", "q=" + "1" * 2001, "za długie"),
    ],
)
def test_what_is_not_kept(company: Any, owner: Any, browse: Any, name: str, query: str, words: str) -> None:
    assert words in save(browse(owner), company, name, query).content.decode()
    assert not SavedFilter.objects.exists()


def test_not_more_than_a_person_can_look_through(
    company: Any, owner: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_filters, "MOST", 1)
    save(browse(owner), company, "jeden", "q=1")
    assert "Usuń któryś" in save(browse(owner), company, "dwa", "q=2").content.decode()
    save(browse(owner), company, "jeden", "q=3")
    assert SavedFilter.objects.get().query == "q=3"


def test_the_companys_filters_are_everybodys(company: Any, owner: Any, member: Any, browse: Any) -> None:
    viewer, issuer = member("viewer"), member("issuer")
    for person in (viewer, issuer):
        person.memberships.update(company=company)
    save(browse(owner), company, "wspólny", "q=1", shared="1")
    save(browse(owner), company, "mój", "q=2")
    page = shown(browse(viewer), company, query="q=1")
    assert "wspólny" in page and "mój" not in page and "dla całej firmy" not in page
    refused = save(browse(viewer), company, "cudzy", "q=3", shared="1")
    assert refused.status_code == 403
    row, own = SavedFilter.objects.get(name="wspólny"), SavedFilter.objects.get(name="mój")
    address = reverse("companies:remove_filter", args=[company.pk, row.pk])
    assert browse(viewer).post(address).status_code == 403
    theirs = reverse("companies:remove_filter", args=[company.pk, own.pk])
    assert browse(issuer).post(theirs).status_code == 404
    assert browse(issuer).post(address).status_code == 302
    assert list(SavedFilter.objects.all()) == [own]


def test_a_stranger_and_another_list(company: Any, owner: Any, stranger: Any, browse: Any) -> None:
    save(browse(owner), company, "mój", "q=1")
    row = SavedFilter.objects.get()
    assert save(browse(stranger), company, "obcy", "q=1").status_code == 404
    assert (
        browse(stranger).post(reverse("companies:remove_filter", args=[company.pk, row.pk])).status_code
        == 404
    )
    theirs = stranger.companies.get()
    assert (
        browse(stranger).post(reverse("companies:remove_filter", args=[theirs.pk, row.pk])).status_code == 404
    )
    assert save(browse(owner), company, "x", "q=1", listing="audit").status_code == 404
    assert "mój" not in shown(browse(owner), company, "sales")


@pytest.mark.pure
@given(st.dictionaries(st.sampled_from(["q", "stan", "od"]), st.lists(st.text(max_size=5), max_size=2)))
def test_equal_filters_are_equal_texts(values: dict[str, list[str]]) -> None:
    query = QueryDict(mutable=True)
    for name in reversed(list(values)):
        query.setlist(name, values[name])
    query["po"] = "123"
    once = saved_filters.normal(query, ("od", "q", "stan"))
    assert saved_filters.normal(QueryDict(once), ("stan", "q", "od")) == once
    assert "po=" not in once


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_pass_the_limit(company: Any, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_filters, "MOST", 1)

    def keeping(name: str, listing: str) -> Any:
        return lambda: saved_filters.keep(company, owner, listing, name, "q=1", shared=False)

    for number in range(6):
        at_once(*(keeping(name, f"list {number}") for name in "abcd"))
        (count,) = at_once(lambda number=number: SavedFilter.objects.filter(listing=f"list {number}").count())
        assert count == 1

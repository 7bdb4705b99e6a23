"""What is typed into the forms of invoices VAT RR is kept, offered, put back, thrown away."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from liczydlo.contacts import privacy
from liczydlo.contacts.models import Contractor
from liczydlo.sales import services
from liczydlo.sales.models import Invoice
from liczydlo.sales.unfinished import Unfinished

from app.tests.farm.test_pages import at, bought, form, text
from app.tests.farm.test_uploads import typed_again
from app.tests.rr.drafts import FARMER
from app.tests.sales.test_unfinished import posts

__all__ = ["bought"]
pytestmark = pytest.mark.django_db
TYPED = {"issue_date": "31.02.2026", "lines-0-price": "sto", "tab": "a"}


def keep(client: Client, page: str, **fields: str) -> Any:
    return client.post(f"{page}roboczo/", form(**TYPED | fields))


def pages(company: Any, bought: Invoice, client: Client) -> list[str]:
    """Of a new invoice, of a draft, of a correction."""
    client.post(at("farm_new", company), form(number="RR/9"))
    draft = Invoice.objects.latest("pk")
    return [
        at("farm_new", company),
        at("farm_edit", company, draft.pk),
        at("farm_correct", company, bought.pk),
    ]


def test_it_is_offered_and_put_back(ala: Client, company: Any, bought: Invoice) -> None:
    for at_page, page in enumerate(pages(company, bought, ala)):
        assert f'data-keeps="{page}roboczo/"' in text(ala.get(page))
        assert keep(ala, page).status_code == 204
        assert "Niezapisane zmiany" in text(ala.get(page))
        again = ala.post(page, {"restore": "1"})
        typed = typed_again(again)
        assert again.status_code == 200 and "Niezapisane zmiany" not in text(again), page
        assert (typed["issue_date"], typed["lines-0-price"]) == ("31.02.2026", "sto")
        assert typed["lines-0-name"] == "Jabłka" and "Popraw zaznaczone" not in text(again)
        uid = typed_again(ala.get(page))["lines-0-uid"]
        said = {
            "issue_date": form()["issue_date"],
            "lines-0-price": "1,70",
            "tab": typed["tab"],
            "number": f"RR/1{at_page}",
        }
        right = form(**said | {"effect": "2", "lines-0-uid": uid, "lines-INITIAL_FORMS": "1" if uid else "0"})
        assert ala.post(page, right).status_code == 302, page
        assert not Unfinished.objects.exists()


def test_it_is_thrown_away(ala: Client, company: Any) -> None:
    page = at("farm_new", company)
    keep(ala, page)
    assert ala.post(page, {"discard": "1"}).url == page
    assert not Unfinished.objects.exists()
    assert "Tych zmian już nie ma" in text(ala.post(page, {"restore": "1"}, follow=True))


def test_whose_it_is(
    ala: Client, company: Any, bought: Invoice, member: Any, browse: Any, stranger: Any
) -> None:
    viewer, other, nobody = browse(member("viewer")), browse(member("accountant")), browse(stranger)
    for page in pages(company, bought, ala):
        assert keep(viewer, page).status_code == 403
        assert keep(nobody, page).status_code == 404
        assert keep(ala, page).status_code == 204
        assert "Niezapisane zmiany" not in text(other.get(page))
    assert keep(ala, at("farm_edit", company, bought.pk)).status_code == 404, "issued"


def test_it_goes_with_the_farmer(ala: Client, company: Any) -> None:
    keep(ala, at("farm_new", company))
    contractor = Contractor.objects.create(company=company, kind="nip", number=FARMER.nip, name="Jan Rolny")
    assert len(privacy.export(company, contractor)["unfinished"]) == 1


def test_cancel_asks_where_something_is_lost_and_then_discards_it(
    ala: Client, company: Any, bought: Invoice
) -> None:
    every = pages(company, bought, ala)
    every.append(f"{every[0]}?wzor={bought.pk}")
    before = [(one.pk, services.draft_of(one).content) for one in Invoice.objects.filter(draft__isnull=False)]
    for opened in every:
        fields, page = posts(ala.get(opened)), opened.partition("?")[0]
        answer = ala.post(page, {**fields, "cancel": "1"})
        assert (answer.status_code, answer.get("Location")) == (302, at("self_billed", company)), opened
        for changed in (
            {"lines-0-price": "x"},
            {"number": "RR/77"},
            {"farmer_name": "Ja"},
            {"reason": "tak"},
        ):
            if changed.keys() & fields.keys():
                asked = ala.post(page, {**fields, **changed, "cancel": "1"})
                assert asked.status_code == 200 and "Odrzucić to, co wpisano?" in text(asked), opened
                assert posts(asked).items() >= {name: [value] for name, value in changed.items()}.items()
        typed = {**fields, "lines-0-price": "1,99", "tab": "a"}
        assert ala.post(f"{page}roboczo/", typed).status_code == 204
        ala.post(page, {**typed, "cancel": "1"})
        assert Unfinished.objects.count() == 1, "it is asked for first"
        back = ala.post(page, {**typed, "redraw": "1"})
        assert "Odrzucić to, co wpisano?" not in text(back) and posts(back)["lines-0-price"] == ["1,99"]
        answer = ala.post(page, {**typed, "abandon": "1"})
        assert (answer.status_code, answer["Location"]) == (302, at("self_billed", company))
        assert not Unfinished.objects.exists()
    after = [(one.pk, services.draft_of(one).content) for one in Invoice.objects.filter(draft__isnull=False)]
    assert after == before


def test_cancel_asks_for_a_line_a_party_or_a_mark_that_changed(ala: Client, company: Any) -> None:
    page = at("farm_new", company)
    fields = posts(ala.get(page))
    fewer = {name: value for name, value in fields.items() if name != "declares"}
    more = ({**fields, "lines-TOTAL_FORMS": "2"}, {**fields, "parties-0-name": "Bank"}, fewer)
    for changed in more:
        assert "Odrzucić to" in text(ala.post(page, {**changed, "cancel": "1"})), changed


def test_cancel_leaves_what_another_tab_keeps(ala: Client, company: Any) -> None:
    page = at("farm_new", company)
    keep(ala, page)
    fields = posts(ala.get(page))
    assert ala.post(page, {**fields, "cancel": "1"}).status_code == 302
    ala.post(page, {**fields, "farmer_name": "x", "abandon": "1"})
    assert Unfinished.objects.get().tab == "a"


def test_of_a_draft_deleted_meanwhile_nothing_is_lost_unasked(
    ala: Client, company: Any, bought: Invoice
) -> None:
    ala.post(at("farm_new", company), form(number="RR/9"))
    plain = Invoice.objects.latest("pk")
    correct = at("farm_correct", company, bought.pk)
    ala.post(correct, {**posts(ala.get(correct)), "lines-0-price": "1,50"})
    for draft in (plain, Invoice.objects.latest("pk")):
        page = at("farm_edit", company, draft.pk)
        fields = {**posts(ala.get(page)), "lines-0-name": "Gruszki"}
        services.delete_draft(draft)
        for button in ({}, {"cancel": "1"}, {"add": "1"}):
            answer = ala.post(page, {**fields, **button})
            assert answer.status_code == 409 and "w międzyczasie usunięto" in text(answer), button
            assert posts(answer)["lines-0-name"] == ["Gruszki"]
        again = correct if draft != plain else at("farm_new", company)
        assert f'action="{again}"' in text(answer)
        assert ala.post(page, {"discard": "1"}).url == at("self_billed", company)
        assert ala.post(page, {**fields, "abandon": "1"}).url == at("self_billed", company)
        assert ala.post(again, {**posts(answer), "number": f"RR/{draft.pk}"}).status_code == 302

"""What is typed into the editor and not saved: kept, offered, put back, thrown away; and whose it is."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.companies.models import Membership, Role
from liczydlo.contacts import privacy
from liczydlo.contacts.models import Contractor
from liczydlo.jobs import registry
from liczydlo.sales import services, unfinished
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.repeating.tables import InvoiceTemplate
from liczydlo.sales.unfinished import Unfinished
from liczydlo.web import times
from lxml import html

from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_editor import LINE, form

pytestmark = pytest.mark.django_db
TYPED = {"issue_date": "31.02.2026", "buyer_nip": "856-734", "buyer_name": "Kupi"}
LINES = ({**LINE, "name": "pierwsza", "price": "sto"}, {**LINE, "name": "druga\0", "quantity": ""})


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


@pytest.fixture
def draft(ala: Client, company: Any, new: str) -> Invoice:
    ala.post(new, form())
    return Invoice.objects.select_related("company").get()  # type: ignore[no-any-return]


def edit(draft: Invoice) -> str:
    return reverse("sales:edit", args=[draft.company_id, draft.pk])


def keep(who: Client, page: str, *lines: dict[str, str], **fields: str) -> Any:
    return who.post(f"{page}roboczo/", form(*(lines or LINES), **TYPED | fields))


def values(answer: Any) -> dict[str, str]:
    """What the fields of the editor say."""
    shown = html.fromstring(answer.content.decode()).get_element_by_id("invoice-form")
    return {name: value or "" for name, value in shown.fields.items() if name}


def test_what_was_typed_is_offered_and_put_back(ala: Client, new: str) -> None:
    assert "Niezapisane zmiany" not in text_of(ala.get(new))
    answer = keep(ala, new, tab="a")
    row = Unfinished.objects.get()
    at = f"{times.now().astimezone(dt.UTC):%M}"
    assert answer.status_code == 204 and answer["Liczydlo-Saved-At"].endswith(at)
    assert "Liczydlo-Replaced" not in answer and not Invoice.objects.exists()
    assert not {"csrfmiddlewaretoken", "tab", "sale_date"} & set(row.fields)
    shown = text_of(ala.get(new))
    assert f"Niezapisane zmiany z {answer['Liczydlo-Saved-At']}" in shown and "Przywróć" in shown
    again = ala.post(new, {"restore": "1"})
    typed = values(again)
    assert again.status_code == 200 and "Niezapisane zmiany" not in text_of(again)
    assert {name: typed[name] for name in TYPED} == TYPED
    assert (typed["lines-0-name"], typed["lines-0-price"]) == ("pierwsza", "sto")
    assert (typed["lines-1-name"], typed["lines-1-quantity"]) == ("druga", "")
    assert ala.post(new, form(tab=typed["tab"])).status_code == 302
    assert not Unfinished.objects.exists() and Invoice.objects.count() == 1


def test_an_older_day_is_named(ala: Client, new: str) -> None:
    keep(ala, new)
    Unfinished.objects.update(saved_at=dt.datetime(2026, 1, 15, 13, 32, tzinfo=dt.UTC))
    assert "Niezapisane zmiany z 15.01.2026 14:32" in text_of(ala.get(new))


def test_discarded_is_gone(ala: Client, new: str) -> None:
    keep(ala, new)
    assert ala.post(new, {"discard": "1"})["Location"] == new
    assert not Unfinished.objects.exists()
    answer = ala.post(new, {"restore": "1"}, follow=True)
    assert "Tych zmian już nie ma" in text_of(answer)


def test_it_is_a_page_of_a_kind_and_of_a_draft(ala: Client, company: Any, draft: Invoice) -> None:
    pages = [reverse(f"sales:{name}", args=[company.pk]) for name in ("new_advance", "new_simplified")]
    pages += [edit(draft), reverse("sales:correct_values", args=[company.pk, issued(company).pk])]
    for count, page in enumerate(pages):
        assert "Niezapisane zmiany" not in text_of(ala.get(page)), page
        assert keep(ala, page).status_code == 204
        assert Unfinished.objects.count() == count + 1
        assert "Niezapisane zmiany" in text_of(ala.get(page)), page
        assert values(ala.post(page, {"restore": "1"}))["lines-0-name"] == "pierwsza"
    assert "Niezapisane zmiany" not in text_of(ala.get(reverse("sales:new", args=[company.pk])))


def posts(answer: Any) -> dict[str, Any]:
    """What a browser posts of the editor's page as it is shown."""
    shown = html.fromstring(answer.content.decode()).get_element_by_id("invoice-form")
    fields: dict[str, Any] = {}
    for name, value in shown.form_values():
        fields.setdefault(name, []).append(value)
    return fields


def test_cancel_asks_where_something_is_lost_and_then_discards_it(
    ala: Client, company: Any, draft: Invoice
) -> None:
    one, content = issued(company), services.draft_of(draft).content
    ala.post(reverse("sales:new", args=[company.pk]), form(number="FV/T", template="1"))
    template = InvoiceTemplate.objects.get()
    names = ("new", "new_advance", "new_simplified")
    pages = [reverse(f"sales:{name}", args=[company.pk]) for name in names]
    pages += [edit(draft), reverse("sales:correct_values", args=[company.pk, one.pk])]
    pages += [reverse("sales:similar", args=[company.pk, one.pk])]
    pages += [reverse("sales:template_contents", args=[company.pk, template.pk])]
    home = {pages[-1]: template.get_absolute_url()}
    for page in pages:
        fields = posts(ala.get(page))
        leaves = home.get(page, reverse("sales:list", args=[company.pk]))
        answer = ala.post(page, {**fields, "cancel": "1"})
        assert (answer.status_code, answer.get("Location")) == (302, leaves), f"nothing to lose: {page}"
        for changed in ({"buyer_name": "Kup"}, {"lines-0-name": "x"}, {"footer-text": "stopka"}):
            if changed.keys() & fields.keys():
                asked = ala.post(page, {**fields, **changed, "cancel": "1"})
                assert asked.status_code == 200 and "Odrzucić to, co wpisano?" in text_of(asked), page
                assert values(asked).items() >= changed.items()
        typed = {**fields, "buyer_name": "Kup"}
        assert ala.post(f"{page}roboczo/", typed).status_code == 204
        ala.post(page, {**typed, "cancel": "1"})
        assert Unfinished.objects.count() == 1, "it is asked for first"
        back = ala.post(page, {**typed, "redraw": "1"})
        assert "Odrzucić to, co wpisano?" not in text_of(back) and values(back)["buyer_name"] == "Kup"
        answer = ala.post(page, {**typed, "abandon": "1"})
        assert (answer.status_code, answer["Location"]) == (302, leaves)
        assert not Unfinished.objects.exists()
    assert services.draft_of(draft).content == content and Invoice.objects.count() == 2


def test_cancel_leaves_what_another_tab_keeps(ala: Client, new: str) -> None:
    keep(ala, new, tab="a")
    fields = posts(ala.get(new))
    assert ala.post(new, {**fields, "cancel": "1"}).status_code == 302
    ala.post(new, {**fields, "buyer_name": "x", "abandon": "1"})
    assert Unfinished.objects.get().tab == "a"


def test_cancel_asks_for_a_line_or_a_choice_that_is_gone(ala: Client, draft: Invoice) -> None:
    page, lines = edit(draft), ({**LINE, "name": "a"}, {**LINE, "name": "b"})
    ala.post(page, form(*lines, seen=services.draft_of(draft).digest))
    fields = posts(ala.get(page))
    for changed in ({"lines-TOTAL_FORMS": "1"}, {"payment": "1"}, {"buyer_local_authority": "on"}):
        assert "Odrzucić to" in text_of(ala.post(page, {**fields, **changed, "cancel": "1"})), changed


def test_of_a_draft_deleted_meanwhile_nothing_is_lost_unasked(ala: Client, draft: Invoice) -> None:
    page, fields = edit(draft), posts(ala.get(edit(draft)))
    services.delete_draft(draft)
    answer = ala.post(page, {**fields, "cancel": "1"})
    assert answer.status_code == 409 and "w międzyczasie usunięto" in text_of(answer)
    assert ala.post(page, {**fields, "abandon": "1"}).status_code == 302


def issued(company: Any) -> Invoice:
    from app.tests.sales.world import document

    return services.issue(company, document(company.nip, "8567346215", number="FV/1"))


def test_another_persons_change_is_not_written_over(ala: Client, draft: Invoice) -> None:
    content, page = services.draft_of(draft).content, edit(draft)
    seen = services.draft_of(draft).digest
    keep(ala, page, {**LINE, "name": "moja"}, seen=seen, tab="a")
    assert services.draft_of(draft).content == content, "the draft stays as it is"
    ala.post(page, form({**LINE, "name": "tamta"}, seen=seen, tab="b"))
    assert "Niezapisane zmiany" in text_of(ala.get(page)), "mine is not saved yet"
    mine = values(ala.post(page, {"restore": "1"}))
    assert mine["seen"] == seen
    answer = ala.post(page, form({**LINE, "name": "moja"}, seen=mine["seen"], tab=mine["tab"]))
    assert answer.status_code == 409 and "zmienił w międzyczasie ktoś inny" in text_of(answer)
    assert b"tamta" in services.draft_of(draft).content and Unfinished.objects.count() == 1


def test_it_goes_with_the_draft(ala: Client, draft: Invoice) -> None:
    keep(ala, edit(draft))
    services.issue(draft.company, services.draft_of(draft).content, draft=draft)
    assert not Unfinished.objects.exists()
    assert keep(ala, edit(draft)).status_code == 404


def test_of_a_deleted_draft_nothing_is_kept(ala: Client, draft: Invoice, company: Any) -> None:
    page = edit(draft)
    keep(ala, page)
    services.delete_draft(draft)
    assert not Unfinished.objects.exists() and not Draft.objects.exists()
    assert keep(ala, page).status_code == 404
    for button in unfinished.BUTTONS:
        answer = ala.post(page, {button: "1"}, follow=True)
        assert answer.status_code in (200, 404) and not Invoice.objects.exists()


def test_of_two_tabs_the_last_one_wins_and_says_so(ala: Client, new: str) -> None:
    keep(ala, new, tab="a")
    assert "Liczydlo-Replaced" not in keep(ala, new, tab="a")
    assert keep(ala, new, {**LINE, "name": "z drugiej"}, tab="b")["Liczydlo-Replaced"] == "1"
    assert Unfinished.objects.get().fields["lines-0-name"] == ["z drugiej"]
    assert "Niezapisane zmiany" in text_of(ala.post(new, form(tab="a", redraw="1")))
    ala.post(new, form(tab="a"))
    assert Unfinished.objects.get().tab == "b", "what the other one keeps is still to be decided"


def test_nobody_has_anothers(
    ala: Client, company: Any, new: str, member: Any, stranger: Any, browse: Any
) -> None:
    keep(ala, new)
    colleague, viewer, outside = browse(member("issuer")), browse(member("viewer")), browse(stranger)
    assert "Niezapisane zmiany" not in text_of(colleague.get(new))
    assert "Kupi" not in colleague.post(new, {"restore": "1"}, follow=True).content.decode()
    colleague.post(new, {"discard": "1"})
    assert keep(colleague, new).status_code == 204 and Unfinished.objects.count() == 2
    for who, status in ((viewer, 403), (outside, 404)):
        assert keep(who, new).status_code == status
        assert who.post(new, {"restore": "1"}).status_code == status
        assert who.post(new, {"discard": "1"}).status_code == status
    theirs = reverse("sales:new", args=[stranger.companies.get().pk])
    assert keep(ala, theirs).status_code == 404 and Unfinished.objects.count() == 2
    assert keep(browse(None), new).status_code == 302


def test_of_two_firms_of_one_person(ala: Client, owner: Any, new: str, stranger: Any) -> None:
    other = stranger.companies.get()
    Membership.objects.create(user=owner, company=other, role=Role.ISSUER)
    keep(ala, new)
    assert "Niezapisane zmiany" not in text_of(ala.get(reverse("sales:new", args=[other.pk])))


@pytest.mark.parametrize("kind", ["nie-ma", "999/edycja", "999/podobna", "999/skoryguj/nowe-wartosci"])
def test_of_what_is_not_there_nothing_is_kept(ala: Client, company: Any, kind: str) -> None:
    assert keep(ala, f"/firmy/{company.pk}/sprzedaz/{kind}/").status_code == 404
    assert not Unfinished.objects.exists()


def test_too_much_and_nonsense(ala: Client, company: Any, new: str) -> None:
    assert keep(ala, new, remarks="x" * (unfinished.MOST + 1)).status_code == 413
    assert not Unfinished.objects.exists()
    assert ala.get(f"{new}roboczo/").status_code == 405
    nonsense = {"lines-TOTAL_FORMS": "-1e9", "buyer_kind": "🦆", "terms-orders-rows": "x", "tab": "t" * 99}
    assert ala.post(f"{new}roboczo/", {**nonsense, "seen": "?", "\0": "\0", "remove": "0"}).status_code == 204
    assert ala.post(new, {"restore": "1"}).status_code == 200
    assert ala.post(f"{new}roboczo/", b"\xff{]", content_type="application/json").status_code == 204
    assert ala.post(new, {"restore": "1"}).status_code == 200


def test_a_form_of_another_site_keeps_nothing(owner: Any, new: str, browse: Any) -> None:
    assert keep(browse(owner, enforce_csrf_checks=True), new).status_code == 403


def test_it_goes_with_the_member_and_with_time(ala: Client, company: Any, new: str, member: Any) -> None:
    issuer = member("issuer")
    browse = Client()
    browse.force_login(issuer)
    keep(browse, new)
    Membership.objects.get(user=issuer).delete()
    assert not Unfinished.objects.exists()
    keep(ala, new)
    claim: Any = SimpleNamespace(clock=lambda: times.now() + dt.timedelta(days=29))
    registry.REGISTRY["sales.unfinished"](claim)
    assert Unfinished.objects.exists()
    claim.clock = lambda: times.now() + dt.timedelta(days=31)
    assert unfinished.sweep(claim) > claim.clock()
    assert not Unfinished.objects.exists() and "sales.unfinished" in registry.STANDING_JOBS


def test_it_is_in_the_file_of_the_buyer_and_goes_with_him(ala: Client, company: Any, new: str) -> None:
    issued(company)
    contractor = Contractor.objects.of(company).get()
    keep(ala, new, buyer_nip="PL 856-734-62-15")
    keep(ala, reverse("sales:new_advance", args=[company.pk]), buyer_nip="5265877635")
    (kept,) = ala.get(reverse("contacts:export_contractor", args=[company.pk, contractor.pk])).json()[
        "unfinished"
    ]
    assert kept["fields"]["buyer_name"] == ["Kupi"] and set(kept) == {"fields", "saved_at"}
    erase = reverse("contacts:erase_contractor", args=[company.pk, contractor.pk])
    assert "w niezapisanych fakturach (1)" in text_of(ala.get(erase))
    ala.post(erase)
    assert Unfinished.objects.get().kind == "advance" and not privacy.KEEPERS["unfinished"](
        company, contractor
    )

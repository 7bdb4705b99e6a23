"""What is kept while somebody types, at the moment at which its draft or its author goes: real sessions of both
databases."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse
from liczydlo.companies import people
from liczydlo.companies.models import Membership
from liczydlo.sales import services, unfinished
from liczydlo.sales.models import Invoice
from liczydlo.sales.unfinished import Unfinished

from app.tests.sales.test_editor import form
from app.tests.sales.test_races import ROUNDS
from app.tests.sessions import at_once, done

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("goes", ["issued", "deleted"])
def test_the_draft_goes_while_it_is_typed(owner: Any, company: Any, browse: Any, goes: str) -> None:
    ala = browse(owner)
    for number in range(ROUNDS):
        ala.post(reverse("sales:new", args=[company.pk]), form(number=f"FV/{number}"))
        draft = Invoice.objects.select_related("company", "entry").get(entry__number=f"FV/{number}")
        keeps = partial(ala.post, f"{reverse('sales:edit', args=[company.pk, draft.pk])}roboczo/", form())
        content = services.draft_of(draft).content
        issues = partial(services.issue, company, content, draft=draft)
        leaves = issues if goes == "issued" else partial(services.delete_draft, draft)
        answer, _ = done(keeps, leaves)
        assert answer.status_code in (204, 404)
        assert not Unfinished.objects.exists()
        assert Invoice.objects.filter(pk=draft.pk, state="queued").exists() == (goes == "issued")


def test_two_tabs_at_once(owner: Any, company: Any, browse: Any) -> None:
    page = f"{reverse('sales:new', args=[company.pk])}roboczo/"
    for _ in range(ROUNDS):
        answers = done(*(partial(browse(owner).post, page, form(tab=tab)) for tab in "ab"))
        assert [one.status_code for one in answers] == [204, 204]
        assert Unfinished.objects.count() == 1
        assert sum("Liczydlo-Replaced" in one for one in answers) == 1
        Unfinished.objects.all().delete()


def test_the_member_goes_while_he_types(owner: Any, company: Any, member: Any, browse: Any) -> None:
    page, person = f"{reverse('sales:new', args=[company.pk])}roboczo/", member("issuer")
    request = RequestFactory().post("/")
    request.user = owner
    for _ in range(ROUNDS):
        row, _made = Membership.objects.get_or_create(user=person, company=company, role="issuer")
        typing = browse(person)
        answer, _ = done(partial(typing.post, page, form()), partial(people.remove, row, request))
        assert answer.status_code in (204, 404)
        assert not Membership.objects.filter(pk=row.pk).exists() and not Unfinished.objects.exists()


def test_a_member_is_removed_with_what_is_being_kept_of_him(owner: Any, company: Any, member: Any) -> None:
    row = Membership.objects.get(user=member("issuer"))
    request = RequestFactory().post("/")
    request.user = owner
    outcome: list[Any] = []
    removing = threading.Thread(
        target=lambda: outcome.extend(at_once(partial(people.remove, row, request))), daemon=True
    )
    with transaction.atomic():
        Membership.objects.select_for_update(no_key=True).get(pk=row.pk)
        unfinished.keep(unfinished.Page(member=row, kind="sale"), QueryDict("buyer_name=Kupi"))
        removing.start()
        removing.join(0.5)  # as far as it comes before this is committed
    removing.join(20)
    assert outcome == [None] and not Membership.objects.filter(pk=row.pk).exists()
    assert not Unfinished.objects.exists()

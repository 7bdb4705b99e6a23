"""What the form takes over from the newest invoice to the picked contractor: the rate and the basis of an exemption."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.contacts.models import Contractor
from liczydlo.sales import services
from liczydlo.sales.models import Draft, Invoice

from app.tests.sales.test_editor import LINE, form

pytestmark = pytest.mark.django_db
BLANK = {"name": "", "quantity": "1", "unit": "szt.", "price": "", "rate": "23"}
BASIS = "art. 43 ust. 1 pkt 29"


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


@pytest.fixture
def exempt(ala: Client, company: Any, new: str) -> Contractor:
    """A contractor whose newest invoice is exempt, and an earlier one is not."""
    for number, rate in enumerate(("23", "zw"), start=1):
        line = {**LINE, "rate": rate}
        assert ala.post(new, form(line, number=f"FV/{number}", exemption=BASIS)).status_code == 302
        row = Invoice.objects.latest("pk")
        services.issue(company, bytes(Draft.objects.get(invoice=row).xml or b""), draft=row)
    contractor: Contractor = Contractor.objects.get()
    return contractor


def rates(answer: Any) -> list[str]:
    return [str(one["rate"].value()) for one in answer.context["lines"].forms]


def test_a_new_form_of_a_contractor(ala: Client, new: str, exempt: Contractor) -> None:
    answer = ala.get(new, {"kontrahent": exempt.pk})
    assert rates(answer) == ["zw"] and answer.context["form"]["exemption"].value() == BASIS
    (line,) = answer.context["lines"].forms
    assert (line["quantity"].value(), line["unit"].value()) == ("1", "szt.")
    assert rates(ala.get(new)) == ["23"], "nobody is picked"


def test_a_picked_contractor_changes_only_lines_that_are_empty(
    ala: Client, new: str, exempt: Contractor
) -> None:
    """What was typed is the person's own."""
    picked = {"pick": str(exempt.pk)}
    typed = form(LINE, BLANK, {**BLANK, "rate": "8"}) | picked
    answer = ala.post(new, typed)
    assert rates(answer) == ["23", "zw", "8"] and answer.context["form"]["exemption"].value() == BASIS
    own = ala.post(new, form(BLANK, exemption="art. 113 ust. 1", exemption_basis="other") | picked)
    bound = own.context["form"]
    assert (bound["exemption"].value(), bound["exemption_basis"].value()) == ("art. 113 ust. 1", "other")
    more = ala.post(new, form({**BLANK, "rate": "zw"}) | {"add": "1"})
    assert rates(more) == ["zw", "zw"], "the next line is as the one before"


def test_several_rates_or_another_kind_say_nothing(
    ala: Client, company: Any, new: str, exempt: Contractor
) -> None:
    ala.post(new, form(LINE, {**LINE, "rate": "8"}, number="FV/3"))
    assert rates(ala.get(new, {"kontrahent": exempt.pk})) == ["zw"], "a draft is no invoice yet"
    row = Invoice.objects.latest("pk")
    services.issue(company, bytes(Draft.objects.get(invoice=row).xml or b""), draft=row)
    answer = ala.get(new, {"kontrahent": exempt.pk})
    assert rates(answer) == ["23"] and not answer.context["form"]["exemption"].value()
    supplier = ala.get(reverse("sales:new_self_billed", args=[company.pk]), {"kontrahent": exempt.pk})
    assert rates(supplier) == ["23"], "what the supplier sells is another matter"

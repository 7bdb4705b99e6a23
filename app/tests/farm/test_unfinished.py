"""What is typed into the forms of invoices VAT RR is kept, offered, put back, thrown away."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from liczydlo.contacts import privacy
from liczydlo.contacts.models import Contractor
from liczydlo.sales.models import Invoice
from liczydlo.sales.unfinished import Unfinished

from app.tests.farm.test_pages import at, bought, form, text
from app.tests.farm.test_uploads import typed_again
from app.tests.rr.drafts import FARMER

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

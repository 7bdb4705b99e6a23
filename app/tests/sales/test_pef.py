"""„Pobierz PEF": a draft for a public buyer as the file that a provider of Peppol services sends."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from liczydlo.sales import services
from lxml import etree

from app.tests.conftest import NIP
from app.tests.sales.world import document

pytestmark = pytest.mark.django_db
WORDS = "Zamawiający publiczny chce PEF"
PUBLIC = {
    "<JST>2</JST>": "<NrKlienta>WZP-7</NrKlienta><JST>2</JST>",
    "</Fa>": "<Platnosc><TerminPlatnosci><Termin>2039-01-31</Termin></TerminPlatnosci></Platnosc></Fa>",
}


def drafted(company: Any, number: str = "FV/1", **changes: str) -> Any:
    return services.save_draft(company, document(company.nip, number=number, **changes), draft=None)


def address(company: Any, row: Any) -> str:
    return reverse("sales:pef", args=[company.pk, row.pk])


def test_a_draft_is_handed_over_as_pef(browse: Any, owner: Any, company: Any) -> None:
    row = drafted(company, **PUBLIC)
    client = browse(owner)
    shown = client.get(row.get_absolute_url()).content.decode()
    assert WORDS in shown and address(company, row) in shown
    answer = client.get(address(company, row))
    assert answer["Content-Type"] == "application/xml" and "PEF-FV-1.xml" in answer["Content-Disposition"]
    root = etree.fromstring(answer.content)
    assert etree.QName(root).localname == "Invoice" and root.findtext(".//{*}BuyerReference") == "WZP-7"
    row.refresh_from_db()
    assert row.state == "draft"  # nothing was issued


def test_what_pef_lacks_is_said(browse: Any, owner: Any, company: Any) -> None:
    row = drafted(company)
    answer = browse(owner).get(address(company, row), follow=True)
    text = " ".join(answer.content.decode().split())
    assert "PEF wymaga numeru zamówienia" in text and "wymaga terminu płatności" in text
    assert answer.redirect_chain[0][0] == row.get_absolute_url()


def test_an_issued_invoice_is_not_sent_twice(browse: Any, owner: Any, company: Any) -> None:
    row = services.issue(company, document(company.nip, number="FV/2", **PUBLIC))
    client = browse(owner)
    assert client.get(address(company, row)).status_code == 404
    assert WORDS not in client.get(row.get_absolute_url()).content.decode()


def test_other_kinds_have_no_such_file(browse: Any, owner: Any, company: Any) -> None:
    row = drafted(company, **PUBLIC, **{"<RodzajFaktury>VAT<": "<RodzajFaktury>UPR<"})
    client = browse(owner)
    assert WORDS not in client.get(row.get_absolute_url()).content.decode()
    answer = client.get(address(company, row), follow=True)
    assert "PEF powstaje tu tylko ze zwykłej faktury" in answer.content.decode()


def test_whose_page_it_is(browse: Any, owner: Any, member: Any, stranger: Any, company: Any) -> None:
    row = drafted(company, **PUBLIC)
    assert browse(member("issuer")).get(address(company, row)).status_code == 200
    assert browse(member("viewer")).get(address(company, row)).status_code == 403
    assert browse(stranger).get(address(company, row)).status_code == 404
    assert browse(stranger).get(address(stranger.companies.get(), row)).status_code == 404
    assert browse(owner).post(address(company, row)).status_code == 405
    assert browse(owner).get(address(company, row), {"x": NIP}).status_code == 200

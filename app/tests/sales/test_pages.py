"""The pages of sales: who may see and do what, and what they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.jobs.models import Job
from liczydlo.sales import lifecycle, services
from liczydlo.sales.models import Draft, Invoice, Receipt
from liczydlo.sales.states import State, Step
from liczydlo.web import paging
from liczydlo.web.reasons import Reason

from app.tests.sales.world import document, new_nip

pytestmark = pytest.mark.django_db

Browse = Callable[..., Client]
AWAY = Reason("network", ksef_code="502")


def address(name: str, company: Any, *arguments: Any) -> str:
    return reverse(f"sales:{name}", args=[company.pk, *arguments])


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def draft_of(company: Any, **options: Any) -> Invoice:
    return services.save_draft(company, document(company.nip, **options), file_name="faktura.xml")


def accepted(company: Any) -> Invoice:
    """An invoice as it is after its way through KSeF."""
    invoice = services.issue(company, document(company.nip))
    lifecycle.move(invoice, Step.SEND)
    lifecycle.move(invoice, Step.ARRIVE)
    number = "5265877635-20261123-0123456789AB-C1"
    lifecycle.move(invoice, Step.ACCEPT, entry={"ksef_number": number, "acquired_at": timezone.now()})
    Receipt.objects.create(company=company, invoice=invoice, xml=b"<UPO/>")
    return invoice


# who may


def test_a_stranger_finds_nothing(company: Any, stranger: Any, browse: Browse) -> None:
    invoice, draft = accepted(company), draft_of(company)
    client = browse(stranger)
    for name in ("list", "states", "new", "upload"):
        assert client.get(address(name, company)).status_code == 404
    for name in ("detail", "life", "pdf", "xml", "upo_pdf", "upo_xml"):
        assert client.get(address(name, company, invoice.pk)).status_code == 404
    for name in ("issue", "delete"):
        assert client.post(address(name, company, draft.pk)).status_code == 404
    assert client.post(address("issue_drafts", company), {"id": draft.pk}).status_code == 404
    assert Draft.objects.count() == 1


def test_nobody_reaches_an_invoice_through_another_company(
    company: Any, owner: Any, stranger: Any, browse: Browse
) -> None:
    other = stranger.companies.get()
    invoice = services.issue(other, document(other.nip))
    client = browse(owner)
    for name in ("detail", "life", "pdf", "xml", "upo_xml"):
        assert client.get(address(name, company, invoice.pk)).status_code == 404
    assert client.post(address("send", company, invoice.pk)).status_code == 404
    shown = client.get(address("states", company), {"id": str(invoice.pk)})
    assert f"state-{invoice.pk}" not in text_of(shown)


def test_a_viewer_sees_and_does_not_issue(company: Any, member: Any, browse: Browse) -> None:
    draft, invoice = draft_of(company), accepted(company)
    client = browse(member("viewer"))
    listed = client.get(address("list", company))
    assert listed.status_code == 200
    assert address("new", company) not in text_of(listed)
    assert client.get(address("detail", company, invoice.pk)).status_code == 200
    shown = client.get(address("detail", company, draft.pk))
    assert "Wyślij do KSeF" not in text_of(shown)
    for name in ("new", "upload"):
        assert client.get(address(name, company)).status_code == 403
    for name in ("issue", "delete", "send"):
        assert client.post(address(name, company, draft.pk)).status_code == 403
    assert client.post(address("issue_drafts", company), {"id": draft.pk}).status_code == 403
    assert Invoice.objects.filter(state=State.DRAFT).count() == 1


def test_an_issuer_issues(company: Any, member: Any, browse: Browse) -> None:
    draft = draft_of(company)
    response = browse(member("issuer")).post(address("issue", company, draft.pk), {"mode": "online"})
    assert response.status_code == 302
    assert Invoice.objects.get().state == State.QUEUED


@pytest.mark.parametrize("name", ["issue", "delete", "send"])
def test_effects_need_post(ala: Client, company: Any, name: str) -> None:
    draft = draft_of(company)
    assert ala.get(address(name, company, draft.pk)).status_code == 405


# the list


def test_an_empty_list_says_how_to_fill_it(ala: Client, company: Any) -> None:
    shown = text_of(ala.get(address("list", company)))
    assert "Nie ma jeszcze faktur sprzedaży" in shown
    assert address("upload", company) in shown
    assert "Firma nie jest połączona z KSeF." in shown


def test_the_list_shows_states_and_asks_again_only_while_something_moves(ala: Client, company: Any) -> None:
    done = accepted(company)
    still = text_of(ala.get(address("list", company)))
    assert done.entry.ksef_number in still
    assert "177,00 zł" in still
    assert address("states", company) not in still
    moving = services.issue(company, document(company.nip))
    shown = text_of(ala.get(address("list", company)))
    assert f"?id={moving.pk}" in shown
    assert "every 2s" in shown


def test_states_refresh_alone(ala: Client, company: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    answer = text_of(ala.get(address("states", company), {"id": [str(invoice.pk), "x", "999999"]}))
    assert "W kolejce" in answer
    assert "<html" not in answer
    assert "every" in answer
    lifecycle.move(invoice, Step.REJECT, reason=Reason("rejected"))
    assert "every" not in text_of(ala.get(address("states", company), {"id": str(invoice.pk)}))


def test_why_invoices_do_not_go_out_is_told_in_the_language_of_the_page(
    ala: Client, company: Any, owner: Any, browse: Browse
) -> None:
    services.issue(company, document(company.nip))
    Job.objects.update(reason_json=AWAY.as_json())
    assert AWAY.text("pl") in text_of(ala.get(address("list", company)))
    english = text_of(browse(owner, language="en").get(address("list", company)))
    assert AWAY.text("en") in english
    assert "502" in english


def test_what_comes_and_goes_by_itself_stands_after_the_list(ala: Client, company: Any) -> None:
    """A banner above the rows would move them when it goes."""
    services.issue(company, document(company.nip))
    Job.objects.update(reason_json=AWAY.as_json())
    shown = text_of(ala.get(address("list", company)))
    assert shown.index('id="hindrance" class="pinned"') > shown.index("</table>")
    assert 'id="hindrance" class="pinned"' in text_of(ala.get(address("states", company)))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "AB/1"}, 1),
        ({"q": "KUPIEC „ŚWIT”"}, 2),
        ({"q": "856-734-62-15"}, 2),
        ({"q": "nikt"}, 0),
        ({"q": "wit"}, 2),  # one and two letters begin a word, three stand anywhere
        ({"q": "św"}, 2),
        ({"q": "wi"}, 0),
        ({"q": "a"}, 1),
        ({"q": "b"}, 0),
        ({"stan": "moving"}, 2),
        ({"stan": "accepted"}, 0),
        ({"od": "2001-01-01"}, 2),
        ({"do": "2001-01-01"}, 0),
        ({"od": "nonsens", "po": "nonsens"}, 2),
    ],
)
def test_the_list_is_narrowed(ala: Client, company: Any, query: dict[str, str], found: int) -> None:
    for number in ("AB/1", "CD/2"):
        services.issue(company, document(company.nip, number=number))
    shown = text_of(ala.get(address("list", company), query))
    assert shown.count('class="strong"') == found
    assert ("Nic tu nie pasuje" in shown) == (found == 0)


def test_a_long_list_is_paged_by_the_last_id(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setitem(paging.page.__kwdefaults__, "size", 2)
    numbers = [f"N/{index}" for index in range(5)]
    for number in numbers:
        services.issue(company, document(company.nip, number=number))
    seen: list[str] = []
    query = ""
    ala.get(address("states", company))  # the first page of a login also notes the login
    for _ in range(3):
        with django_assert_max_num_queries(13):  # one of them asks for the clock of KSeF, once in a while
            response = ala.get(address("list", company) + query)
        shown = response.context["page"]
        seen += [row.number for row in shown.rows]
        query = shown.older
    assert seen == numbers[::-1]
    assert query == ""


# one invoice


def test_a_draft_shows_its_preview_before_anything_is_sent(ala: Client, company: Any) -> None:
    draft = draft_of(company)
    shown = text_of(ala.get(draft.get_absolute_url()))
    assert "Wyślij do KSeF" in shown
    assert "liczydło dębowe" in shown
    assert "nie ma certyfikatu offline" in shown
    assert not Job.objects.exists()


def test_a_draft_is_issued_once(ala: Client, company: Any) -> None:
    draft = draft_of(company)
    for _ in range(2):
        response = ala.post(address("issue", company, draft.pk), {"mode": "online"})
        assert response["Location"] == draft.get_absolute_url()
    assert Invoice.objects.get().state == State.QUEUED


def test_offline_without_the_certificate_says_what_to_do(ala: Client, company: Any) -> None:
    draft = draft_of(company)
    response = ala.post(address("issue", company, draft.pk), {"mode": "offline24"}, follow=True)
    assert "certyfikatu offline" in text_of(response)
    assert Invoice.objects.get().state == State.DRAFT


def test_a_draft_that_cannot_be_issued_any_more_says_why(ala: Client, company: Any) -> None:
    draft = draft_of(company)
    Draft.objects.update(xml=document(new_nip()))
    shown = text_of(ala.get(draft.get_absolute_url()))
    assert "Tej faktury nie można wystawić." in shown
    assert "sheet-online" not in shown
    ala.post(address("issue", company, draft.pk), {"mode": "online"})
    assert Invoice.objects.get().state == State.DRAFT


def test_a_draft_is_deleted_and_an_invoice_is_not(ala: Client, company: Any) -> None:
    draft, issued = draft_of(company), services.issue(company, document(company.nip))
    ala.post(address("delete", company, draft.pk))
    response = ala.post(address("delete", company, issued.pk), follow=True)
    assert "nie można usunąć" in text_of(response)
    assert list(Invoice.objects.all()) == [issued]


def test_an_invoice_with_its_number_shows_it_and_gives_its_files(ala: Client, company: Any) -> None:
    invoice = accepted(company)
    shown = text_of(ala.get(invoice.get_absolute_url()))
    assert invoice.entry.ksef_number in shown
    assert "KSeF nadał numer" in shown
    xml = ala.get(address("xml", company, invoice.pk))
    assert xml.content == invoice.entry.xml
    assert xml["Content-Type"] == "application/xml"
    assert "attachment" in xml["Content-Disposition"]
    assert ala.get(address("upo_xml", company, invoice.pk)).content == b"<UPO/>"


def test_an_invoice_with_its_number_is_printed(ala: Client, company: Any) -> None:
    pdf = ala.get(address("pdf", company, accepted(company).pk))
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Content-Type"] == "application/pdf"


def test_an_online_invoice_without_its_number_is_not_printed(ala: Client, company: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    assert ala.get(address("pdf", company, invoice.pk)).status_code == 404
    assert ala.get(address("upo_xml", company, invoice.pk)).status_code == 404
    shown = text_of(ala.get(invoice.get_absolute_url()))
    assert address("pdf", company, invoice.pk) not in shown
    assert 'hx-trigger="every 2s"' in shown


def test_a_refused_invoice_says_why_and_what_to_do(ala: Client, company: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    reason = Reason("no-permission", ksef_code="410", reference="REF-1", details=("Brak uprawnień",))
    lifecycle.move(invoice, Step.REJECT, reason=reason)
    shown = text_of(ala.get(invoice.get_absolute_url()))
    assert reason.text("pl") in shown
    assert "410" in shown
    assert "REF-1" in shown
    assert "Wyślij ponownie" in shown
    ala.post(address("send", company, invoice.pk))
    assert Invoice.objects.get().state == State.QUEUED


def test_what_is_wrong_with_the_file_is_not_sent_again(ala: Client, company: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    lifecycle.move(invoice, Step.REJECT, reason=Reason("duplicate", {"number": "1"}))
    assert "Wyślij ponownie" not in text_of(ala.get(invoice.get_absolute_url()))
    ala.post(address("send", company, invoice.pk))
    assert Invoice.objects.get().state == State.REJECTED


def test_an_overdue_invoice_says_so(ala: Client, company: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    Invoice.objects.update(mode="offline24", due_date=timezone.localdate() - dt.timedelta(1))
    assert "Termin wysłania minął" in text_of(ala.get(invoice.get_absolute_url()))
    assert "Po terminie" in text_of(ala.get(address("list", company), {"stan": "overdue"}))


# upload


def files(*contents: bytes) -> dict[str, Any]:
    return {
        "files": [
            SimpleUploadedFile(f"plik{index}.xml", content, "text/xml")
            for index, content in enumerate(contents)
        ]
    }


def test_one_good_file_leads_to_its_preview(ala: Client, company: Any) -> None:
    response = ala.post(address("upload", company), files(document(company.nip)))
    assert response["Location"] == Invoice.objects.get().get_absolute_url()


def test_each_refused_file_says_line_and_rule_and_the_good_ones_are_drafts(ala: Client, company: Any) -> None:
    good, bad = document(company.nip), document(company.nip).replace(b"<P_15>177.00</P_15>", b"")
    foreign = document(new_nip())
    response = ala.post(address("upload", company), files(good, bad, foreign, b"%PDF-1.7"))
    shown = text_of(response)
    assert response.status_code == 200
    assert "wiersz" in shown
    assert shown.count("Odrzucony") == 3
    assert Invoice.objects.get().state == State.DRAFT


def test_only_refused_files_store_nothing(ala: Client, company: Any) -> None:
    response = ala.post(address("upload", company), files(b"", b"<x/>"))
    assert response.status_code == 422
    assert not Invoice.objects.exists()


def test_no_file_is_told(ala: Client, company: Any) -> None:
    response = ala.post(address("upload", company), {})
    assert response.status_code == 422
    assert "Nie wybrano pliku" in text_of(response)


def test_a_huge_file_is_not_even_read(ala: Client, company: Any) -> None:
    response = ala.post(address("upload", company), files(b"<" * 3_000_001))
    assert "za duży" in text_of(response)


@pytest.mark.parametrize("issued", [True, False])
def test_one_file_that_is_on_the_list_says_so(ala: Client, company: Any, issued: bool) -> None:
    xml = document(company.nip, number="FV/7")
    known = services.issue(company, xml) if issued else services.save_draft(company, xml)
    response = ala.post(address("upload", company), files(xml), follow=True)
    assert response.redirect_chain[-1][0] == known.get_absolute_url()
    assert "Ten plik jest już w programie jako FV/7" in text_of(response)
    assert Invoice.objects.count() == 1


def test_a_document_that_is_on_the_list_already_is_told(ala: Client, company: Any) -> None:
    xml = document(company.nip)
    services.issue(company, xml)
    shown = text_of(ala.post(address("upload", company), files(xml, xml)))
    assert shown.count("jest już w programie") == 2
    assert Invoice.objects.count() == 1

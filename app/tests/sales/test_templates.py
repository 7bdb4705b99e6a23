"""Templates: from an invoice and from the form, a draft by three clicks, the contractor's term, who may, races."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.contacts.models import Contractor
from liczydlo.fa3.read import read
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.repeating import templates
from liczydlo.sales.repeating.tables import InvoiceTemplate
from lxml import html

from app.tests.connection.test_browser import faults, page
from app.tests.sales.test_browser import look
from app.tests.sales.test_correction_pages import at, fields, text
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_order import accept, corrects, fresh, issue, original
from app.tests.sales.test_similar import sold
from app.tests.sessions import done

__all__ = ["page"]
pytestmark = pytest.mark.django_db


def where(name: str, template: InvoiceTemplate) -> str:
    return reverse(f"sales:{name}", args=[template.company_id, template.pk])


def kept(ala: Client, invoice: Invoice) -> InvoiceTemplate:
    answer = ala.post(at("keep_template", invoice))
    template: InvoiceTemplate = InvoiceTemplate.objects.get()
    assert answer["Location"] == template.get_absolute_url()
    return template


def drafted() -> Any:
    return read(bytes(Draft.objects.get().xml or b"")).fa


def test_one_click_keeps_an_invoice_and_three_open_a_draft(ala: Client, company: Any) -> None:
    first, today = sold(ala, company, remarks="Dziękujemy"), timezone.localdate()
    accept(first, "5265877635-20261123-0123456789AB-48")
    shown = html.fromstring(ala.get(first.get_absolute_url()).content)
    assert shown.xpath(f"//form[@action='{at('keep_template', first)}']")
    template = kept(ala, first)
    assert template.name == "Kupiec „Świt” & Syn – liczydło dębowe"
    assert (template.gross, template.unread) == (Decimal("3036.87"), [])
    assert reverse("sales:templates", args=[company.pk]) in text(
        ala.get(reverse("sales:list", args=[company.pk]))
    )  # 1
    listed = html.fromstring(ala.get(reverse("sales:templates", args=[company.pk])).content)
    (button,) = listed.xpath(f"//form[@action='{where('make_from_template', template)}']")
    opened = ala.post(button.get("action"), dict(button.form_values()), follow=True)  # 2
    assert "nowy szkic z szablonu" in text(opened) and "Wyślij do KSeF" in text(opened)
    fa = drafted()
    assert (fa.p_1, fa.p_6) == (today, today - dt.timedelta(days=2))
    assert fa.p_2 == f"FV/{today:%Y/%m}/001"
    assert fa.fa_wiersz == read(first.entry.xml).fa.fa_wiersz


def test_the_term_is_the_contractors(ala: Client, company: Any) -> None:
    template = kept(ala, sold(ala, company))
    contractor = Contractor.objects.get(company=company)
    assert template.contractor == contractor
    Contractor.objects.filter(pk=contractor.pk).update(payment_days=30)
    ala.post(where("make_from_template", template))
    assert drafted().platnosc.termin_platnosci[0].termin == timezone.localdate() + dt.timedelta(days=30)


def test_a_contractor_who_comes_later_is_tied(ala: Client, company: Any) -> None:
    ala.post(reverse("sales:new", args=[company.pk]), form(LINE, number="X/1"))
    template = kept(ala, Invoice.objects.get())
    assert template.contractor is None
    sold(ala, company, number="X/2")
    ala.get(template.get_absolute_url())
    template.refresh_from_db()
    assert template.contractor is None, "a look stores nothing"
    ala.post(where("make_from_template", template))
    template.refresh_from_db()
    assert template.contractor == Contractor.objects.get()


@pytest.mark.parametrize("tied", [True, False])
def test_a_template_goes_with_its_contractor(ala: Client, company: Any, tied: bool) -> None:
    """RODO: nothing asks for its keeping, as the law does for invoices. Other firms' and buyers' templates stay."""
    first = sold(ala, company)
    template, contractor = kept(ala, first), Contractor.objects.get()
    if not tied:
        InvoiceTemplate.objects.update(contractor=None)
    ala.post(reverse("sales:new", args=[company.pk]), form(LINE, number="X/3", buyer_nip="1111111111"))
    ala.post(at("keep_template", Invoice.objects.latest("pk")))
    other = InvoiceTemplate.objects.latest("pk")
    page = reverse("contacts:erase_contractor", args=[company.pk, contractor.pk])
    shown = text(ala.get(page))
    assert "Zniknie też szablon" in shown and "liczydło dębowe." in shown
    file = ala.get(reverse("contacts:export_contractor", args=[company.pk, contractor.pk])).json()
    assert [one["name"] for one in file["templates"]] == [template.name]
    assert contractor.number in str(file["templates"][0]["draft_json"])
    ala.post(page)
    assert list(InvoiceTemplate.objects.all()) == [other]
    assert Invoice.objects.filter(pk=first.pk).exists()


def test_from_the_form(ala: Client, company: Any) -> None:
    answer = ala.post(reverse("sales:new", args=[company.pk]), form(LINE, template="1"))
    template = InvoiceTemplate.objects.get()
    assert answer["Location"] == template.get_absolute_url() and not Invoice.objects.exists()
    assert template.gross == 123
    wrong = ala.post(reverse("sales:new", args=[company.pk]), form(LINE, template="1", buyer_nip="1"))
    assert wrong.status_code == 422 and InvoiceTemplate.objects.count() == 1


def test_its_contents_are_changed_in_the_form(ala: Client, company: Any) -> None:
    template = kept(ala, sold(ala, company))
    page = ala.get(where("template_contents", template))
    assert "Zapisz szablon" in text(page) and "Dalej: podgląd" not in text(page)
    typed = fields(page)
    ala.post(where("template_contents", template), {**typed, "lines-0-name": "abonament"})
    template.refresh_from_db()
    assert template.draft.lines[0].name == "abonament" and template.draft.number is None
    late = ala.post(where("template_contents", template), {**typed, "lines-0-name": "inne"})
    assert late.status_code == 422 and "zmienił w międzyczasie ktoś inny" in text(late)
    assert Invoice.objects.count() == 1
    sums = text(ala.post(where("template_contents_totals", template), {**typed, "lines-0-price": "1"}))
    assert "2,46 zł" in sums


def test_names_are_one_of_a_kind(ala: Client, company: Any) -> None:
    first = sold(ala, company)
    kept(ala, first)
    ala.post(at("keep_template", first))
    one, other = InvoiceTemplate.objects.order_by("pk")
    assert other.name == f"{one.name} (2)"
    refused = ala.post(where("rename_template", other), {"name": f" {one.name} "})
    assert refused.status_code == 422 and "już jest" in text(refused)
    assert ala.post(where("rename_template", other), {"name": ""}).status_code == 422
    ala.post(where("rename_template", other), {"name": "  Czynsz   Łódź "})
    other.refresh_from_db()
    assert other.name == "Czynsz Łódź"
    with pytest.raises(templates.NameTaken):
        templates.rename(other, one.name)
    ala.post(where("remove_template", other))
    assert not InvoiceTemplate.objects.filter(pk=other.pk).exists()


def test_long_names_keep_their_limit(ala: Client, company: Any) -> None:
    for _ in range(2):
        ala.post(reverse("sales:new", args=[company.pk]), form({**LINE, "name": "ż" * 512}, template="1"))
    names = list(InvoiceTemplate.objects.values_list("name", flat=True))
    assert len(set(names)) == 2 and max(map(len, names)) == 100


def test_simplified_ones_and_advances(ala: Client, company: Any) -> None:
    small = form(LINE, number="UPR/1", buyer_name="", buyer_line1="", buyer_line2="")
    ala.post(reverse("sales:new_simplified", args=[company.pk]), small)
    paid = {"advance": "100", "sale_date": timezone.localdate().isoformat(), "paid": "on"}
    ala.post(reverse("sales:new_advance", args=[company.pk]), form(LINE, number="ZAL/1", **paid))
    for number in ("UPR/1", "ZAL/1"):
        row = Invoice.objects.get(entry__number=number)
        ala.post(at("keep_template", row))
        template = InvoiceTemplate.objects.latest("pk")
        assert ala.get(template.get_absolute_url()).status_code == 200
        assert ala.get(where("template_contents", template)).status_code == 200
        ala.post(where("make_from_template", template))
        made = Invoice.objects.exclude(pk=row.pk).get(entry__kind=row.entry.kind)
        assert made.entry.gross == row.entry.gross == template.gross


def test_what_the_form_does_not_show_leads_to_it(ala: Client, company: Any) -> None:
    template = kept(ala, sold(ala, company, currency="EUR", exchange_rate="4,3"))
    answer = ala.post(where("make_from_template", template))
    assert answer["Location"] == where("from_template", template)
    shown = ala.get(answer["Location"])
    assert "kurs waluty" in text(shown) and "z szablonu" in text(shown)
    typed = fields(shown)
    ala.post(where("from_template", template), {**typed, "exchange_rate": "4,4"})
    assert Invoice.objects.filter(state="draft").count() == 1


def test_a_correction_is_no_template(ala: Client, company: Any) -> None:
    first = original(company)
    accept(first)
    correction = issue(company, corrects(company, fresh(first)))
    assert at("keep_template", correction) not in text(ala.get(correction.get_absolute_url()))
    answer = text(ala.post(at("keep_template", correction), follow=True))
    assert "Podobnej nie wystawia się do korekty" in answer and not InvoiceTemplate.objects.exists()


def test_who_may(ala: Client, company: Any, member: Any, browse: Any, stranger: Any) -> None:
    first = sold(ala, company)
    template = kept(ala, first)
    viewer, other = browse(member("viewer")), browse(stranger)
    looks = [reverse("sales:templates", args=[company.pk]), template.get_absolute_url()]
    edits = [where("from_template", template), where("template_contents", template)]
    posts = [at("keep_template", first)] + [
        where(name, template) for name in ("make_from_template", "rename_template", "remove_template")
    ]
    for address in looks:
        shown = viewer.get(address)
        assert (
            shown.status_code == 200 and "Wystaw" not in text(shown).split("<main", 1)[-1].split("</main")[0]
        )
        assert other.get(address).status_code == 404
    for address in edits:
        assert (viewer.get(address).status_code, other.get(address).status_code) == (403, 404)
    for address in posts:
        assert (viewer.post(address).status_code, other.post(address).status_code) == (403, 404)
        assert ala.get(address).status_code == 405
    assert ala.get(reverse("sales:template", args=[company.pk, 10**9])).status_code == 404


def test_another_firms_template_is_nobodys(ala: Client, company: Any, stranger: Any, browse: Any) -> None:
    from liczydlo.companies.models import Company, Membership, Role

    theirs = Company.objects.create(nip="8567346215", name="Obca", line1="ul. Inna 1")
    Membership.objects.create(user=stranger, company=theirs, role=Role.OWNER)
    template = kept(ala, sold(ala, company))
    foreign = reverse("sales:template", args=[theirs.pk, template.pk])
    assert browse(stranger).get(foreign).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_numbers_and_two_names(owner: Any, company: Any, browse: Any) -> None:
    ala = browse(owner)
    first = sold(ala, company)
    template = kept(ala, first)

    addresses = [where("make_from_template", template)] * 2 + [at("keep_template", first)] * 2
    answers = done(*(partial(browse(owner).post, address) for address in addresses))
    assert [answer.status_code for answer in answers] == [302] * 4
    rows = Invoice.objects.filter(state="draft")
    assert len(set(rows.values_list("entry__number", flat=True))) == rows.count() == 2
    assert InvoiceTemplate.objects.count() == 3


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, company: Any) -> None:
    page.goto(reverse("sales:templates", args=[company.pk]))
    look(page, "szablony-puste", phone=True)
    look(page, "szablony-puste")
    first = original(company, "FV/2026/11/041")
    accept(first, "5265877635-20261123-0123456789AB-48")
    page.goto(first.get_absolute_url())
    page.get_by_role("button", name="Zapisz jako szablon").click()
    page.get_by_role("heading", name="Treść").wait_for()
    page.get_by_label("Nazwa szablonu").fill("Bardzodługanazwabezspacji" * 4)
    page.get_by_role("button", name="Zmień nazwę").click()
    page.get_by_text("Nazwa została zapisana.").wait_for()
    look(page, "szablon")
    look(page, "szablon", phone=True)
    page.goto(reverse("sales:list", args=[company.pk]))
    page.get_by_role("link", name="Szablony").click()  # 1
    page.get_by_role("button", name="Wystaw z szablonu").wait_for()
    look(page, "szablony")
    look(page, "szablony", phone=True)
    page.get_by_role("button", name="Wystaw z szablonu").click()  # 2
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    template = InvoiceTemplate.objects.get()
    page.goto(where("template_contents", template))
    look(page, "szablon-tresc", phone=True)
    page.goto(template.get_absolute_url())
    page.get_by_role("button", name="Usuń szablon").click()
    page.get_by_role("dialog").get_by_role("button", name="Usuń szablon").click()
    page.get_by_text("Szablon został usunięty").wait_for()
    assert not faults(page)

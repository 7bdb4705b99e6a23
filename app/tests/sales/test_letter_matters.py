"""Notes of interest and statements of account by letter: the same form, log, links, roles and privacy as invoices."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from liczydlo.audit.models import Entry
from liczydlo.contacts import privacy
from liczydlo.contacts.models import Contractor
from liczydlo.payments.models import InterestNote
from liczydlo.prints.typesetting import PrintError
from liczydlo.sales.delivery.tables import BuyerLetter, Enclosure, LetterSettings, PublicLink
from pypdf import PdfReader

from app.tests.connection.test_browser import page
from app.tests.mail import MailServer, mail_server
from app.tests.payments.statements.world import sale
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_browser import look
from app.tests.sales.test_buyer_letters import ADDRESS, BUYER, body, buyer, run
from app.tests.sessions import done

__all__ = ["buyer", "mail_server", "page"]
pytestmark = pytest.mark.django_db
State = BuyerLetter.State


@pytest.fixture
def note(company: Any, owner: Any, buyer: Contractor) -> InterestNote:
    """One that was made; what it says."""
    parts = {
        "since": "2026-10-01",
        "until": "2026-10-31",
        "days": 31,
        "amount": "1000.00",
        "percent": "13.75",
    }
    debt = {
        "number": "FV/7",
        "due": "2026-09-30",
        "parts": [{**parts, "source": "M.P.", "interest": "11.68"}],
    }
    sides = {"seller": [company.name, f"NIP {company.nip}", "", ""], "buyer": [buyer.name, f"NIP {BUYER}"]}
    return InterestNote.objects.create(
        company=company,
        environment=company.environment,
        contractor=buyer,
        year=2026,
        place=1,
        day=dt.date(2026, 11, 1),
        kind="trade",
        interest=Decimal("11.68"),
        content={**sides, "debts": [{**debt, "compensation": None}]},
        by=owner,
    )


@pytest.fixture(params=["note", "statement"])
def written(request: Any, company: Any, buyer: Contractor, note: InterestNote) -> tuple[str, str, str]:
    """Kind, the page of what is sent, and the address of its letter's form."""
    if request.param == "note":
        return (
            "note",
            note.get_absolute_url(),
            reverse("payments:write_interest_note", args=[company.pk, note.pk]),
        )
    sale(company, buyer_nip=BUYER, gross="123", number="FV/1")
    page_of, form_of = (
        reverse(f"sales:{name}", args=[company.pk, buyer.pk]) for name in ("statement", "write_statement")
    )
    return "statement", page_of, form_of


def proposed(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    initial = client.get(address).context["form"].initial
    return {name: value for name, value in {**initial, **changes}.items() if value is not False}


def text(pdf: bytes) -> str:
    return " ".join(one.extract_text() for one in PdfReader(BytesIO(pdf)).pages)


def test_it_goes_with_its_pdf_and_the_page_says_so(
    ala: Client, company: Any, written: tuple[str, str, str], mail_server: MailServer
) -> None:
    kind, page_of, form_of = written
    assert form_of in ala.get(page_of).content.decode()
    typed = proposed(ala, form_of)
    assert typed["to"] == ADDRESS and "wezwanie" not in typed["text"]
    shown = text_of(ala.post(form_of, typed, follow=True))
    assert "List czeka na wysłanie." in shown and ADDRESS in shown
    run(company)
    (letter,) = mail_server.letters
    (pdf,) = letter.iter_attachments()
    said = text(pdf.get_content())
    if kind == "note":
        assert letter["Subject"].strip() == f"Nota odsetkowa NO/1/2026 – {company.name}"
        assert "11,68 zł" in body(letter) and "Nota odsetkowa NO/1/2026" in said
        assert pdf.get_filename() == "nota-odsetkowa-NO-1-2026.pdf"
    else:
        assert "Wyciąg rozrachunków na" in letter["Subject"] and "123,00 zł" in body(letter)
        assert "FV/1" in said
    assert "Wysłany" in text_of(ala.get(page_of))
    row = BuyerLetter.objects.get()
    assert (row.state, row.kind, row.invoice) == (State.SENT, kind, None)
    action = {"note": "interest-note-mailed", "statement": "statement-mailed"}[kind]
    assert Entry.objects.filter(action=action).count() == 1
    again = text_of(ala.get(form_of))
    assert "1. Wysłany stąd będzie następnym" in again


def test_in_the_contractors_language(
    ala: Client, company: Any, written: tuple[str, str, str], mail_server: MailServer
) -> None:
    kind, _page, form_of = written
    Contractor.objects.update(language="en")
    ala.post(form_of, proposed(ala, form_of))
    run(company)
    (letter,) = mail_server.letters
    (pdf,) = letter.iter_attachments()
    name = {"note": "Interest note", "statement": "Statement of account"}[kind]
    assert letter["Subject"].strip().startswith(name) and "The PDF document is attached." in body(letter)
    assert "PLN" in body(letter)
    assert name.lower() in text(pdf.get_content()).lower()
    ala.get(form_of + "?jezyk=pl")


def test_the_firms_own_text_and_one_form_sent_twice(
    ala: Client, company: Any, written: tuple[str, str, str], mail_server: MailServer
) -> None:
    kind, _page, form_of = written
    address = reverse("sales:letter_settings", args=[company.pk])
    column = f"{kind}_text_pl"
    assert "nie zna miejsc" in text_of(ala.post(address, {"link_days": "30", column: "{x}"}))
    assert ala.post(address, {"link_days": "30", column: "Nasz tekst {data}."}).status_code == 302
    typed = proposed(ala, form_of, to=f"{ADDRESS} drugi@kupiec.example")
    assert typed["text"] == "Nasz tekst {data}."
    ala.post(form_of, typed)
    ala.post(form_of, typed)
    assert BuyerLetter.objects.count() == Enclosure.objects.count() == 2
    run(company)
    assert len(mail_server.letters) == 2


def test_what_was_sent_is_what_was_shown(
    ala: Client, company: Any, buyer: Contractor, mail_server: MailServer
) -> None:
    sale(company, buyer_nip=BUYER, gross="123", number="FV/1")
    form_of = reverse("sales:write_statement", args=[company.pk, buyer.pk])
    ala.post(form_of, proposed(ala, form_of))
    sale(company, buyer_nip=BUYER, gross="500", number="FV/2")
    run(company)
    (pdf,) = mail_server.letters[0].iter_attachments()
    assert "FV/1" in text(pdf.get_content()) and "FV/2" not in text(pdf.get_content())


def test_a_link_in_place_of_the_file(
    client: Client,
    ala: Client,
    company: Any,
    written: tuple[str, str, str],
    mail_server: MailServer,
    settings: Any,
) -> None:
    kind, page_of, form_of = written
    settings.LICZYDLO_URL = "https://faktury.example.pl"
    LetterSettings.objects.create(company=company, as_link=True)
    ala.post(form_of, proposed(ala, form_of))
    run(company)
    (letter,) = mail_server.letters
    assert not list(letter.iter_attachments())
    found = re.search(r"https://faktury\.example\.pl(/faktura/\S+/)", body(letter))
    assert found
    public = client.get(found[1])
    title = {"note": "Nota odsetkowa NO/1/2026", "statement": "Wyciąg rozrachunków – "}[kind]
    assert public.status_code == 200 and title in text_of(public) and company.name in text_of(public)
    pdf = client.get(f"{found[1]}faktura.pdf")
    assert pdf.content == bytes(Enclosure.objects.get().content) and pdf["Referrer-Policy"] == "no-referrer"
    assert client.get(f"{found[1]}faktura.xml").status_code == 404
    link = PublicLink.objects.get()
    answer = ala.post(reverse("sales:revoke_link", args=[company.pk, link.letter_id]), {"back": page_of})
    assert answer["Location"] == page_of and client.get(found[1]).status_code == 404
    assert Entry.objects.filter(action="letter-link-revoked").count() == 1
    away = ala.post(
        reverse("sales:revoke_link", args=[company.pk, link.letter_id]), {"back": "//evil.example"}
    )
    assert away["Location"] == reverse("sales:list", args=[company.pk])


@pytest.mark.parametrize("changes", [{"to": "nie adres"}, {"text": "{x}"}, {"subject": ""}, {"key": "x"}])
def test_what_cannot_be_sent_is_refused(
    ala: Client, written: tuple[str, str, str], mail_server: MailServer, changes: Any
) -> None:
    assert ala.post(written[2], proposed(ala, written[2], **changes)).status_code == 200
    assert not BuyerLetter.objects.exists()


def test_without_a_print_nothing_is_sent(
    ala: Client, written: tuple[str, str, str], mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> bytes:
        raise PrintError("broken")

    typed = proposed(ala, written[2])
    monkeypatch.setattr("liczydlo.prints.typesetting.pdf", broken)
    assert "listu nie wysłano" in text_of(ala.post(written[2], typed))
    assert not BuyerLetter.objects.exists()


def test_without_a_mail_server_the_page_says_so(ala: Client, written: tuple[str, str, str]) -> None:
    assert "Program nie wysyła poczty" in text_of(ala.get(written[1]))
    assert "nie wysyła poczty" in text_of(ala.post(written[2], {"key": str(uuid.uuid4())}, follow=True))
    assert not BuyerLetter.objects.exists()


def test_who_may(
    written: tuple[str, str, str], member: Any, stranger: Any, browse: Any, mail_server: MailServer
) -> None:
    viewer = browse(member("viewer"))
    assert written[2] not in viewer.get(written[1]).content.decode()
    for person, status in ((member("issuer"), 200), (stranger, 404)):
        assert browse(person).get(written[2]).status_code == status
    assert viewer.get(written[2]).status_code == viewer.post(written[2]).status_code == 403


def test_it_is_given_out_and_goes_with_the_contractor(
    ala: Client, rf: Any, owner: Any, company: Any, buyer: Contractor, written: Any, mail_server: MailServer
) -> None:
    ala.post(written[2], proposed(ala, written[2]))
    exported = privacy.export(company, buyer)["letters"]
    assert [one["kind"] for one in exported] == [written[0]] and exported[0]["address"] == ADDRESS
    request = rf.post("/")
    request.user = owner
    privacy.erase(buyer, request)
    assert not BuyerLetter.objects.exists() and not Enclosure.objects.exists()
    assert InterestNote.objects.count() == 1, "the note is a document of the books"


def test_a_letter_has_its_matter(company: Any) -> None:
    columns = {"company": company, "address": ADDRESS, "language": "pl", "subject": "s", "text": "t"}
    for number, kind in enumerate(("invoice", "after")):
        with pytest.raises(IntegrityError), transaction.atomic():
            BuyerLetter.objects.create(**columns, kind=kind, key=str(number))


@pytest.mark.django_db(transaction=True)
def test_one_form_posted_twice_at_once_is_one_letter(
    ala: Client, company: Any, written: tuple[str, str, str], mail_server: MailServer
) -> None:
    typed = proposed(ala, written[2])
    done(lambda: ala.post(written[2], typed), lambda: ala.post(written[2], typed))
    assert BuyerLetter.objects.count() == Enclosure.objects.count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_statement_is_sent_in_the_browser(
    page: Any, company: Any, buyer: Contractor, mail_server: MailServer
) -> None:
    sale(company, buyer_nip=BUYER, gross="123", number="FV/1")
    page.goto(reverse("sales:statement", args=[company.pk, buyer.pk]))
    page.get_by_role("link", name="Wyślij do nabywcy").click()
    look(page, "wyciag-list")
    page.get_by_role("button", name="Wyślij", exact=True).click()
    page.get_by_text("List czeka na wysłanie.").wait_for()
    look(page, "wyciag-wyslany")
    look(page, "wyciag-wyslany", phone=True)
    assert BuyerLetter.objects.get().kind == "statement"

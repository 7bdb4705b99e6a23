"""Letters to buyers, received by a real mail server: by themselves, by hand, refused, in doubt, and with links."""

from __future__ import annotations

import hashlib
import re
import uuid
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.contacts import privacy
from liczydlo.contacts.models import Contractor
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job
from liczydlo.sales import lifecycle, services
from liczydlo.sales.delivery import letters, wording
from liczydlo.sales.delivery.tables import BuyerLetter, LetterSettings, PublicLink
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason

from app.tests.mail import MailServer, mail_server
from app.tests.payments.statements.world import ksef_number
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_order import accept, fresh
from app.tests.sales.test_sending import Died
from app.tests.sales.world import Worker, document
from app.tests.sessions import at_once

__all__ = ["mail_server"]
pytestmark = pytest.mark.django_db
BUYER, ADDRESS = "7251801126", "biuro@kupiec.example"
State = BuyerLetter.State


@pytest.fixture
def buyer(company: Any) -> Contractor:
    columns = {"name_key": "kupiec", "words": "kupiec", "key": f"nip:{BUYER}"}
    return Contractor.objects.create(
        company=company, kind="nip", number=BUYER, name="Kupiec", email=ADDRESS, **columns
    )


@pytest.fixture
def automatic(company: Any) -> LetterSettings:
    return LetterSettings.objects.create(company=company, automatic=True)


@pytest.fixture
def postman() -> Worker:
    return Worker(letters.JOB)


def issued(company: Any, number: str = "FV/7") -> Invoice:
    return services.issue(company, document(company.nip, BUYER, number=number))


def numbered(company: Any, number: str = "FV/7") -> Invoice:
    row = issued(company, number)
    accept(row, ksef_number(company.nip))
    return fresh(row)


def run(company: Any) -> Job:
    """The job now, whatever it waits for."""
    registry.enqueue(company.pk, letters.JOB)
    Job.objects.filter(company=company, name=letters.JOB).update(due_at=timezone.now())
    registry.run(Job.objects.get(company=company, name=letters.JOB).pk)
    return Job.objects.get(company=company, name=letters.JOB)


def body(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return part.get_content().replace("\u00a0", " ").replace("\u202f", " ")


def form(**changes: Any) -> dict[str, Any]:
    typed = {"to": ADDRESS, "language": "pl", "subject": "Faktura {numer}", "text": "Oto ona.\n{pliki}"}
    return {**typed, "key": str(uuid.uuid4()), **changes}


def write(client: Client, invoice: Invoice, **changes: Any) -> str:
    address = reverse("sales:write_letter", args=[invoice.company_id, invoice.pk])
    return " ".join(text_of(client.post(address, form(**changes), follow=True)).split())


def test_a_numbered_invoice_goes_by_itself_once_with_its_files(
    company: Any, buyer: Contractor, automatic: LetterSettings, mail_server: MailServer
) -> None:
    invoice = issued(company)
    assert not BuyerLetter.objects.exists(), "not before KSeF has given its number"
    accept(invoice, ksef_number(company.nip))
    run(company)
    (letter,) = mail_server.letters
    invoice = fresh(invoice)
    assert (letter["To"], letter["Subject"].strip()) == (ADDRESS, f"Faktura FV/7 – {company.name}")
    assert invoice.entry.ksef_number in body(letter) and "177,00 zł" in body(letter)
    pdf, xml = letter.iter_attachments()
    assert (pdf.get_content_type(), xml.get_content_type()) == ("application/pdf", "application/xml")
    assert pdf.get_content().startswith(b"%PDF") and xml.get_content() == invoice.entry.xml
    run(company)
    letters.once_moved(step=Step.ACCEPT, invoices=[invoice])
    run(company)
    assert len(mail_server.letters) == 1 and BuyerLetter.objects.get().state == State.SENT


@pytest.mark.parametrize(
    ("firm", "contractor", "count"),
    [(True, "", 1), (True, "off", 0), (False, "", 0), (False, "on", 1)],
)
def test_a_contractor_may_have_it_another_way(
    company: Any, buyer: Contractor, mail_server: MailServer, firm: bool, contractor: str, count: int
) -> None:
    LetterSettings.objects.create(company=company, automatic=firm)
    Contractor.objects.update(invoice_letters=contractor)
    numbered(company)
    assert BuyerLetter.objects.count() == count


def test_nothing_is_made_without_an_address_or_a_mail_server(
    company: Any, buyer: Contractor, automatic: LetterSettings, mail_server: MailServer, settings: Any
) -> None:
    Contractor.objects.update(email="")
    numbered(company)
    Contractor.objects.update(email=ADDRESS)
    settings.LICZYDLO_SENDS_MAIL = False
    numbered(company, "FV/8")
    assert not BuyerLetter.objects.exists()


def test_the_page_says_that_there_is_no_mail_server(ala: Client, company: Any, buyer: Contractor) -> None:
    invoice = numbered(company)
    shown = text_of(ala.get(invoice.get_absolute_url()))
    assert "Program nie wysyła poczty" in shown and "Wyślij do nabywcy" not in shown
    assert "nie można teraz wysłać" in write(ala, invoice)
    assert not BuyerLetter.objects.exists()


def test_a_person_sends_to_several_addresses_and_the_page_says_what_became_of_each(
    ala: Client, company: Any, owner: Any, buyer: Contractor, mail_server: MailServer
) -> None:
    invoice = numbered(company)
    page = ala.get(reverse("sales:write_letter", args=[company.pk, invoice.pk]))
    assert page.context["form"].initial["to"] == ADDRESS
    mail_server.refuses = {"zly@kupiec.example"}
    mail_server.answer = "550 no such user here"
    shown = write(ala, invoice, to=f"{ADDRESS}, zly@kupiec.example; {ADDRESS}")
    assert "List czeka na wysłanie." in shown
    run(company)
    shown = text_of(ala.get(invoice.get_absolute_url()))
    assert "Wysłany" in shown and "550 no such user here" in shown
    assert sorted(BuyerLetter.objects.values_list("state", flat=True)) == [State.REFUSED, State.SENT]
    assert [one["To"] for one in mail_server.letters] == [ADDRESS]
    assert Entry.objects.filter(action="invoice-mailed").count() == 1


def test_one_form_sent_twice_is_one_letter(
    ala: Client, company: Any, buyer: Contractor, mail_server: MailServer
) -> None:
    invoice, key = numbered(company), str(uuid.uuid4())
    write(ala, invoice, key=key)
    write(ala, invoice, key=key)
    assert BuyerLetter.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": ""}, "To pole jest wymagane"),
        ({"to": "nie adres"}, "To nie jest adres e-mail: nie"),
        ({"to": ",".join(f"a{n}@b.pl" for n in range(11))}, "najwyżej na 10 adresów"),
        ({"text": "Kwota {qwota}"}, "nie zna miejsc: {qwota}"),
        ({"subject": "{}"}, "nie zna miejsc: {}"),
        ({"language": "de"}, "Wybierz poprawną wartość"),
        ({"key": "x"}, "Wyślij do nabywcy"),
    ],
)
def test_what_cannot_be_sent_is_refused(
    ala: Client, company: Any, buyer: Contractor, mail_server: MailServer, changes: Any, words: str
) -> None:
    assert words in write(ala, numbered(company), **changes)
    assert not BuyerLetter.objects.exists()


def test_what_the_server_takes_later_is_tried_again(
    company: Any, buyer: Contractor, automatic: LetterSettings, mail_server: MailServer
) -> None:
    mail_server.refuses = {ADDRESS}
    numbered(company)
    job = run(company)
    row = BuyerLetter.objects.get()
    assert (row.state, row.attempts) == (State.WAITING, 1) and job.due_at is not None
    assert row.reason is not None and "450" in row.reason.details[0]
    mail_server.refuses = set()
    mail_server.stop()
    run(company)
    assert BuyerLetter.objects.get().state == State.WAITING
    mail_server.start()
    run(company)
    assert BuyerLetter.objects.get().state == State.SENT and len(mail_server.letters) == 1


@pytest.mark.parametrize("step", failpoints.DELIVERING)
def test_a_death_sends_no_letter_twice(
    company: Any,
    buyer: Contractor,
    automatic: LetterSettings,
    mail_server: MailServer,
    postman: Worker,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    numbered(company)

    def die(name: str) -> None:
        if name == step:
            raise Died

    monkeypatch.setattr(failpoints, "reach", die)
    with pytest.raises(Died):
        run(company)
    monkeypatch.undo()
    Job.objects.update(token="", lease_until=None)
    run(company)
    marked = step in ("buyer.marked", "buyer.given")
    assert BuyerLetter.objects.get().state == (State.DOUBT if marked else State.SENT)
    assert len(mail_server.letters) == (0 if step == "buyer.marked" else 1)


def test_an_offline_invoice_refused_before_its_letter_is_not_sent(
    company: Any, buyer: Contractor, automatic: LetterSettings, mail_server: MailServer
) -> None:
    invoice = numbered(company)
    BuyerLetter.objects.all().delete()
    other = issued(company, "FV/9")
    BuyerLetter.objects.create(
        company=company, invoice=other, key="k", address=ADDRESS, language="pl", subject="s", text="t"
    )
    lifecycle.move(other, Step.REJECT, reason=Reason("rejected"))
    run(company)
    assert BuyerLetter.objects.get().state == State.REFUSED and not mail_server.letters and invoice


@pytest.mark.django_db(transaction=True)
def test_two_sessions_make_one_automatic_letter(
    company: Any, buyer: Contractor, automatic: LetterSettings, mail_server: MailServer
) -> None:
    invoice = numbered(company)
    BuyerLetter.objects.all().delete()
    once = lambda: letters.once_moved(step=Step.ACCEPT, invoices=[invoice])  # noqa: E731
    assert at_once(once, once) == [None, None]
    assert at_once(BuyerLetter.objects.count) == [1]


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_letter(
    company: Any, buyer: Contractor, automatic: LetterSettings, mail_server: MailServer
) -> None:
    numbered(company)
    job = Job.objects.get(company=company, name=letters.JOB).pk
    work = lambda: registry.run(job)  # noqa: E731
    assert set(at_once(work, work)) <= {True, False}
    assert len(mail_server.letters) == 1


def test_the_lists_filter_is_sent_in_one_click(
    ala: Client, company: Any, buyer: Contractor, mail_server: MailServer
) -> None:
    for at in range(3):
        numbered(company, f"FV/{at}")
    services.issue(company, document(company.nip, number="bez adresu"))
    address = reverse("sales:send_listed", args=[company.pk])
    shown = text_of(ala.post(address, {"query": ""}, follow=True))
    assert "Listy do wysłania: 3." in shown and ": 1." in shown
    shown = text_of(ala.post(address, {"query": ""}, follow=True))
    assert "Listy do wysłania: 0." in shown
    run(company)
    assert len(mail_server.letters) == 3


# links


def linked(company: Any, mail_server: MailServer, settings: Any) -> str:
    """The address that stands in the letter."""
    settings.LICZYDLO_URL = "https://faktury.example.pl"
    LetterSettings.objects.update_or_create(company=company, defaults={"automatic": True, "as_link": True})
    numbered(company)
    run(company)
    (letter,) = mail_server.letters
    assert not list(letter.iter_attachments())
    found = re.search(r"https://faktury\.example\.pl(/faktura/\S+/)", body(letter))
    assert found
    return found[1]


def test_a_link_shows_the_invoice_to_whoever_has_it(
    client: Client, company: Any, buyer: Contractor, mail_server: MailServer, settings: Any
) -> None:
    path = linked(company, mail_server, settings)
    page, invoice = client.get(path), Invoice.objects.get()
    assert page.status_code == 200 and "FV/7" in text_of(page)
    assert page["X-Robots-Tag"].startswith("noindex") and page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert client.get(f"{path}faktura.xml").content == invoice.entry.xml
    pdf = client.get(f"{path}faktura.pdf")
    assert pdf.content.startswith(b"%PDF") and pdf["Referrer-Policy"] == "no-referrer"
    link = PublicLink.objects.get()
    token = path.split("/")[2]
    assert link.digest == hashlib.sha256(token.encode()).hexdigest() and link.opened == 1
    assert token not in str(list(BuyerLetter.objects.values())) + str(list(PublicLink.objects.values()))


def test_a_link_ends(
    client: Client, ala: Client, company: Any, buyer: Contractor, mail_server: MailServer, settings: Any
) -> None:
    path = linked(company, mail_server, settings)
    for wrong in ("/faktura/x/", f"{path[:-2]}/", f"{path}faktura.exe"):
        assert client.get(wrong).status_code == 404
    assert client.post(path).status_code == 405
    link = PublicLink.objects.get()
    PublicLink.objects.update(expires_at=times.now())
    assert client.get(path).status_code == 404
    PublicLink.objects.update(expires_at=link.expires_at)
    assert client.get(path).status_code == 200
    ala.post(reverse("sales:revoke_link", args=[company.pk, link.letter_id]))
    closed = client.get(path)
    assert closed.status_code == 404 and "Ten link nie działa" in text_of(closed)
    assert client.get(f"{path}faktura.xml").status_code == 404
    assert Entry.objects.filter(action="invoice-link-revoked").count() == 1


def test_links_are_asked_for_so_often_and_no_more(client: Client, company: Any) -> None:
    answers = [client.get("/faktura/nie-ma/").status_code for _ in range(61)]
    assert answers == [404] * 60 + [429]


# settings and roles


def test_a_firm_has_its_own_texts(
    ala: Client, company: Any, buyer: Contractor, mail_server: MailServer
) -> None:
    address = reverse("sales:letter_settings", args=[company.pk])
    typed = {"automatic": "on", "link_days": "30", "text_en": "Hello {nabywca}, {termin}"}
    assert "nie zna miejsc: {nabywcy}" in text_of(ala.post(address, typed | {"text_en": "{nabywcy}"}))
    assert "zapisane" in text_of(ala.post(address, typed, follow=True))
    Contractor.objects.update(language="en")
    numbered(company)
    run(company)
    (letter,) = mail_server.letters
    assert letter["Subject"].strip().startswith("Invoice FV/7")
    assert "Hello Kupiec" in body(letter) and "The invoice is attached" in body(letter)
    assert Entry.objects.filter(action="buyer-letters-set").count() == 1


@pytest.mark.parametrize(
    "typed", [{"link_days": "0"}, {"link_days": "366"}, {"as_link": "on"}, {"reply_to": "x"}]
)
def test_settings_that_make_no_sense_are_refused(ala: Client, company: Any, typed: Any) -> None:
    address = reverse("sales:letter_settings", args=[company.pk])
    assert ala.post(address, {"link_days": "30"} | typed).status_code == 200
    assert not LetterSettings.objects.filter(as_link=True).exists()


def test_who_may_do_what(
    company: Any, buyer: Contractor, member: Any, stranger: Any, browse: Any, mail_server: MailServer
) -> None:
    invoice = numbered(company)
    one = reverse("sales:write_letter", args=[company.pk, invoice.pk])
    many = reverse("sales:send_listed", args=[company.pk])
    firm = reverse("sales:letter_settings", args=[company.pk])
    for person, statuses in (
        (member("issuer"), (200, 302, 403)),
        (member("viewer"), (403, 403, 403)),
        (stranger, (404, 404, 404)),
    ):
        client = browse(person)
        found = (client.get(one).status_code, client.post(many).status_code, client.get(firm).status_code)
        assert found == statuses
    assert "Wyślij do nabywcy" not in text_of(browse(member("accountant")).get("/"))


def test_letters_go_with_the_contractor_who_is_erased(
    rf: Any, owner: Any, company: Any, buyer: Contractor, automatic: LetterSettings, mail_server: MailServer
) -> None:
    numbered(company)
    assert len(privacy.export(company, buyer)["letters"]) == 1
    request = rf.post("/")
    request.user = owner
    privacy.erase(buyer, request)
    assert not BuyerLetter.objects.exists()


def test_places_of_texts() -> None:
    assert wording.unknown("{numer} { Kwota } {x}") == ["x"]
    assert wording.filled("{numer}|{termin}|{x}", {"numer": "1"}) == "1|—|{x}"

"""An address that gave a letter back for good: nothing goes there by itself until something has changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.audit.models import Entry
from liczydlo.contacts import contractors, stopped
from liczydlo.contacts.models import Contractor, StoppedAddress
from liczydlo.sales.delivery import stops
from liczydlo.sales.delivery.bounces import job, report
from liczydlo.sales.delivery.tables import BuyerLetter, LetterSettings
from liczydlo.sales.models import Invoice
from liczydlo.web import times
from liczydlo.web.reasons import Reason

from app.tests.conftest import OTHER_NIP, make_company
from app.tests.contacts.test_contractors import PERSON
from app.tests.mail import MailServer, mail_server
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_bounces import dsn
from app.tests.sales.test_buyer_letters import ADDRESS, buyer, numbered, run
from app.tests.sales.test_reminders import DAY, due, remind
from app.tests.sessions import done

__all__ = ["buyer", "mail_server"]
pytestmark = pytest.mark.django_db
State = BuyerLetter.State


@pytest.fixture
def letter(company: Any, buyer: Contractor, mail_server: MailServer) -> BuyerLetter:
    """An automatic one that the mail server took."""
    LetterSettings.objects.create(company=company, automatic=True, remind_after=7)
    numbered(company)
    run(company)
    return BuyerLetter.objects.get()


def bounce(message_id: str, **more: Any) -> None:
    found = report.read(dsn(message_id, **more))
    assert found is not None
    job.take(found, now=times.now())


def actions(company: Any) -> list[str]:
    rows = Entry.objects.of(company).filter(action__startswith="address-").order_by("number")
    return list(rows.values_list("action", flat=True))


def test_nothing_goes_by_itself_to_an_address_that_gave_a_letter_back(
    ala: Client, company: Any, buyer: Contractor, letter: BuyerLetter, mail_server: MailServer
) -> None:
    bounce(letter.message_id)
    stop = StoppedAddress.objects.get()
    assert stop.address == ADDRESS and stop.reason is not None and stop.reason.code == "returned-address"
    (entry,) = Entry.objects.of(company).filter(action="address-stopped")
    assert entry.details == {"letter": "FV/7"}, "the log keeps no address"
    mail_server.letters.clear()
    second = numbered(company, "FV/8")
    due(company, times.today() - 7 * DAY, "FV/9")
    LetterSettings.objects.update(reminders_since=times.today() - 30 * DAY)
    run(company)
    remind(company)
    run(company)
    assert not mail_server.letters
    held = BuyerLetter.objects.get(invoice=second)
    assert held.state == State.REFUSED and held.reason == Reason("letter-stopped")
    assert not BuyerLetter.objects.filter(kind="after").exists(), "it will be made once the address is good"
    assert "poprzedni list stamtąd wrócił" in text_of(ala.get(second.get_absolute_url()))
    for where in (buyer.get_absolute_url(), reverse("sales:returned_letters", args=[company.pk])):
        said = text_of(ala.get(where))
        assert ADDRESS in said and "Wysyłaj mimo to" in said
    assert "program przestał wysyłać: 1" in text_of(ala.get(company.get_absolute_url()))
    ala.post(reverse("contacts:resume_letters", args=[company.pk, buyer.pk]))
    assert actions(company) == ["address-stopped", "address-resumed"]
    assert "Wysyłaj mimo to" not in text_of(ala.get(buyer.get_absolute_url()))
    remind(company)
    run(company)
    assert [one["To"] for one in mail_server.letters] == [ADDRESS]
    ala.post(reverse("contacts:resume_letters", args=[company.pk, buyer.pk]))
    assert len(actions(company)) == 2, "said twice, it is done once"


@pytest.mark.parametrize(
    "said",
    [
        {"action": "delayed", "status": "4.2.2"},
        {"action": "failed", "status": "4.4.7"},
        {"action": "failed", "status": ""},
        {"action": "failed", "status": "5.3.4"},
        {"to": "kto.inny@gdzie.example", "original": "kto.inny@gdzie.example"},
    ],
)
def test_what_is_temporary_or_of_the_letter_alone_stops_nothing(
    letter: BuyerLetter, said: dict[str, str]
) -> None:
    bounce(letter.message_id, **said)
    assert not StoppedAddress.objects.exists()


def test_a_forged_report_silences_nobody(company: Any, owner: Any, letter: BuyerLetter) -> None:
    other = make_company(owner, OTHER_NIP)
    for guess in ("<0@localhost>", f"<{'0' * 32}@localhost>", letter.message_id.replace("@", "@x"), "<a@b>"):
        bounce(guess)
    bounce(letter.message_id, to="wspolnik@kupiec.example", original="wspolnik@kupiec.example")
    assert not StoppedAddress.objects.exists()
    bounce(letter.message_id)
    bounce(letter.message_id, said="smtp; 550 again")
    assert [row.company_id for row in StoppedAddress.objects.all()] == [company.pk] != [other.pk]
    stopped.resume(StoppedAddress.objects.get(), why="person")
    bounce(letter.message_id)
    assert not StoppedAddress.objects.exists(), "the report of one letter counts once"


def test_a_person_writes_there_all_the_same_and_a_letter_that_stays_lifts_it(
    company: Any, buyer: Contractor, letter: BuyerLetter, mail_server: MailServer
) -> None:
    bounce(letter.message_id)
    mail_server.letters.clear()
    by_hand = {"key": "hand:0", "address": ADDRESS, "language": "pl", "subject": "S", "text": "T"}
    row = BuyerLetter.objects.create(company=company, invoice=letter.invoice, contractor=buyer, **by_hand)
    run(company)
    row.refresh_from_db()
    assert row.state == State.SENT and len(mail_server.letters) == 1
    now = times.now()
    assert stops.holds(company, ADDRESS.upper(), now=now), "it may still come back"
    assert stops.holds(company, ADDRESS, now=now + stops.STAYED / 2)
    assert not stops.holds(company, ADDRESS, now=now + stops.STAYED + dt.timedelta(minutes=1))
    assert actions(company) == ["address-stopped", "address-resumed"]
    assert Entry.objects.of(company).get(action="address-resumed").details == {"why": "delivered"}


def test_a_letter_that_comes_back_too_lifts_nothing(
    company: Any, buyer: Contractor, letter: BuyerLetter
) -> None:
    bounce(letter.message_id)
    by_hand = {"key": "hand:0", "address": ADDRESS, "language": "pl", "subject": "S", "text": "T"}
    row = BuyerLetter.objects.create(company=company, invoice=letter.invoice, contractor=buyer, **by_hand)
    run(company)
    row.refresh_from_db()
    bounce(row.message_id)
    assert stops.holds(company, ADDRESS, now=times.now() + 9 * stops.STAYED)
    assert actions(company) == ["address-stopped"], "it was stopped all the time"


def test_another_address_is_written_to_and_the_old_one_typed_again_is_tried(
    ala: Client, company: Any, buyer: Contractor, letter: BuyerLetter
) -> None:
    bounce(letter.message_id)
    page = reverse("contacts:edit_contractor", args=[company.pk, buyer.pk])
    fields = PERSON | {"buyer_name": "Kupiec", "email": ADDRESS.upper()}
    same = ala.post(page, {**fields, "version": buyer.version})
    assert same.status_code == 302 and StoppedAddress.objects.exists(), "nothing was changed of it"
    buyer.refresh_from_db()
    changed = ala.post(page, {**fields, "email": "nowy@kupiec.example", "version": buyer.version})
    assert changed.status_code == 302 and not StoppedAddress.objects.exists()
    assert Entry.objects.of(company).get(action="address-resumed").details == {"why": "typed"}


def test_who_may_say_so(company: Any, buyer: Contractor, member: Any, stranger: Any, browse: Any) -> None:
    stopped.stop(company, ADDRESS, Reason("returned"), about="FV/7", now=times.now())
    address = reverse("contacts:resume_letters", args=[company.pk, buyer.pk])
    viewer, issuer = browse(member("viewer")), browse(member("issuer"))
    assert viewer.post(address).status_code == 403
    assert browse(stranger).post(address).status_code == 404
    assert issuer.get(address).status_code == 405
    seen = text_of(viewer.get(buyer.get_absolute_url()))
    assert "Adres nie przyjmuje listów" in seen and "Wysyłaj mimo to" not in seen
    assert StoppedAddress.objects.exists()
    assert issuer.post(address).status_code == 302
    assert not StoppedAddress.objects.exists()


def test_an_address_that_nobody_has_any_more_is_not_shown(company: Any, buyer: Contractor) -> None:
    stopped.stop(company, ADDRESS.upper(), Reason("returned"), about="FV/7", now=times.now())
    assert stopped.in_use(company).count() == 1
    contractors.of(company).filter(pk=buyer.pk).update(email="inny@kupiec.example")
    assert stopped.in_use(company).count() == 0


def test_it_goes_with_the_data_of_the_contractor(ala: Client, company: Any, buyer: Contractor) -> None:
    stopped.stop(company, ADDRESS, Reason("returned"), about="FV/7", now=times.now())
    ala.post(reverse("contacts:erase_contractor", args=[company.pk, buyer.pk]))
    assert not Contractor.objects.exists() and not StoppedAddress.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_stop_and_its_end_at_once_are_one_of_both(company: Any, buyer: Contractor) -> None:
    stopped.stop(company, ADDRESS, Reason("returned"), about="FV/7", now=times.now())
    row = StoppedAddress.objects.select_related("company").get()
    ended = done(*(lambda: stopped.resume(row, why="person") for _ in range(2)))
    assert sorted(ended) == [False, True]
    done(
        *(
            lambda: stopped.stop(company, ADDRESS, Reason("returned"), about="FV/8", now=times.now())
            for _ in range(2)
        )
    )
    (count,) = done(StoppedAddress.objects.count)
    assert count == 1 and Invoice.objects.count() == 0

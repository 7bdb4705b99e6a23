"""Letters that come back, read from a real mailbox in which other people's mail lies too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.contacts.models import Contractor
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job
from liczydlo.sales.delivery import letters
from liczydlo.sales.delivery.bounces import job, report, telling
from liczydlo.sales.delivery.bounces.tables import BounceMailbox
from liczydlo.sales.delivery.tables import BuyerLetter, LetterSettings
from liczydlo.web import mailbox, times

from app.tests.conftest import OTHER_NIP, make_company
from app.tests.connection.test_browser import page
from app.tests.imap import ImapServer, dovecot, imap
from app.tests.mail import MailServer, mail_server
from app.tests.purchases.test_pages import text_of
from app.tests.sales.bounces import dsn
from app.tests.sales.test_browser import look
from app.tests.sales.test_buyer_letters import ADDRESS, buyer, numbered, run
from app.tests.sales.test_sending import Died
from app.tests.sessions import done

__all__ = ["buyer", "dovecot", "imap", "mail_server", "page"]
pytestmark = pytest.mark.django_db


State = BuyerLetter.State


@pytest.fixture
def letter(company: Any, buyer: Contractor, mail_server: MailServer, imap: ImapServer) -> BuyerLetter:
    """One that the mail server took, and that has its Message-ID from us."""
    LetterSettings.objects.create(company=company, automatic=True)
    numbered(company)
    run(company)
    row = BuyerLetter.objects.get()
    assert row.state == State.SENT and mail_server.letters[-1]["Message-ID"] == row.message_id
    return row


def look_now() -> Job:
    registry.enqueue(None, job.JOB)
    Job.objects.filter(company=None, name=job.JOB).update(due_at=times.now() - dt.timedelta(hours=1))
    registry.run(Job.objects.get(company=None, name=job.JOB).pk)
    return Job.objects.get(company=None, name=job.JOB)


def tell_now(company: Any) -> None:
    registry.enqueue(company.pk, telling.JOB)
    Job.objects.filter(name=telling.JOB).update(due_at=times.now() - dt.timedelta(hours=1))
    registry.run(Job.objects.get(company=company, name=telling.JOB).pk)


def test_a_letter_that_came_back_is_marked_and_told(
    ala: Client, company: Any, owner: Any, letter: BuyerLetter, imap: ImapServer, mail_server: MailServer
) -> None:
    imap.add(b"Subject: nic\n\nList od kogos.\n", dsn(letter.message_id), b"Subject: drugi\n\nx\n")
    next_look = look_now()
    assert next_look.due_at is not None and next_look.failures == 0
    letter.refresh_from_db()
    assert letter.state == State.RETURNED and letter.returned_at is not None
    reason = letter.reason
    assert reason is not None and reason.code == "returned-address" and "User unknown" in reason.details[0]
    assert all("Seen" not in one and "Deleted" not in one for one in imap.untouched())
    assert len(imap.untouched()) == 3
    assert letter.invoice is not None
    shown = text_of(ala.get(letter.invoice.get_absolute_url()))
    assert "Zwrócony" in shown and "nie ma takiego adresu" in shown and "550 5.1.1" in shown
    for where in (reverse("sales:list", args=[company.pk]), company.get_absolute_url()):
        assert "Listy do nabywców, które wróciły: 1" in text_of(ala.get(where))
    mail_server.letters.clear()
    tell_now(company)
    tell_now(company)
    ((to, subject, body),) = mail_server.take()
    assert to == owner.email and "wróciły (1)" in subject and ADDRESS in body and "FV/7" in body
    listed = reverse("sales:returned_letters", args=[company.pk])
    assert (
        ADDRESS in text_of(ala.get(listed))
        and letter.invoice.get_absolute_url() in ala.get(listed).content.decode()
    )
    ala.post(reverse("sales:notice_returned", args=[company.pk, letter.pk]))
    assert "Nic nie wróciło" in text_of(ala.get(listed))
    assert "Skrzynkę nadawcy czytano ostatnio" in text_of(ala.get(listed))
    assert BuyerLetter.objects.get().state == State.RETURNED


def test_each_message_is_read_once_and_new_ones_are(letter: BuyerLetter, imap: ImapServer) -> None:
    imap.add(b"Subject: nic\n\nx\n")
    look_now()
    row = BounceMailbox.objects.get()
    assert row.last_uid == 1 and row.checked_at is not None and "haslo" not in row.name
    look_now()
    imap.add(dsn(letter.message_id, action="delayed", status="4.2.2"))
    look_now()
    letter.refresh_from_db()
    assert letter.state == State.SENT and letter.reason is not None and letter.reason.code == "letter-delayed"
    imap.add(dsn(letter.message_id, status="4.4.7"))
    look_now()
    letter.refresh_from_db()
    assert letter.state == State.RETURNED and letter.reason.code == "returned-expired"
    assert BounceMailbox.objects.get().last_uid == 3
    imap.add(dsn(letter.message_id, action="delayed", status="4.2.2"))
    look_now()
    letter.refresh_from_db()
    assert letter.state == State.RETURNED, "what came back is not on its way again"


def test_a_mailbox_made_anew_is_read_from_a_week_back(letter: BuyerLetter, imap: ImapServer) -> None:
    imap.add(*[b"Subject: nic\n\nx\n"] * 3)
    look_now()
    before = BounceMailbox.objects.get().validity
    imap.empty()
    BounceMailbox.objects.update(validity=before - 1)
    imap.add(dsn(letter.message_id))
    look_now()
    letter.refresh_from_db()
    assert letter.state == State.RETURNED and BounceMailbox.objects.get().last_uid == 1


@pytest.mark.parametrize(
    "forged",
    [
        dsn("<0123456789abcdef0123456789abcdef@localhost>"),
        dsn("<>"),
        dsn("<a@b>", original="ktos@inny.example"),
        dsn("<' OR 1=1 --@b>"),
    ],
)
def test_a_forged_report_hits_no_letter(letter: BuyerLetter, imap: ImapServer, forged: bytes) -> None:
    imap.add(forged)
    assert look_now().failures == 0
    letter.refresh_from_db()
    assert letter.state == State.SENT and letter.reason is None


def test_a_report_about_another_address_is_not_about_this_letter(
    letter: BuyerLetter, imap: ImapServer
) -> None:
    imap.add(dsn(letter.message_id, to="ktos@inny.example", original="ktos@inny.example"))
    look_now()
    letter.refresh_from_db()
    assert letter.state == State.SENT
    imap.add(
        dsn(letter.message_id, to="przekazane@dalej.example")
    )  # forwarded, as servers do without RFC 3461
    look_now()
    letter.refresh_from_db()
    assert letter.state == State.RETURNED


def test_a_report_belongs_to_the_firm_that_sent_the_letter(
    company: Any, owner: Any, letter: BuyerLetter, imap: ImapServer
) -> None:
    other = make_company(OTHER_NIP, "Inna", owner)
    theirs = BuyerLetter.objects.create(
        company=other, key="k", kind="statement", address=ADDRESS, language="pl", subject="s", text="t",
        state=State.SENT, message_id=letters.new_message_id(),
    )  # fmt: skip
    imap.add(dsn(theirs.message_id))
    look_now()
    letter.refresh_from_db()
    theirs.refresh_from_db()
    assert (letter.state, theirs.state) == (State.SENT, State.RETURNED)
    assert not telling.returned(company).exists() and telling.returned(other).count() == 1


def test_letters_of_an_older_program_have_no_message_id(letter: BuyerLetter, imap: ImapServer) -> None:
    BuyerLetter.objects.update(message_id="")
    imap.add(dsn("<>"), dsn("< >"))
    look_now()
    assert BuyerLetter.objects.get().state == State.SENT


def test_a_letter_in_doubt_came_back_so_it_had_gone(letter: BuyerLetter, imap: ImapServer) -> None:
    BuyerLetter.objects.update(state=State.DOUBT)
    imap.add(dsn(letter.message_id, action="delayed", status="4.4.1"))
    look_now()
    assert BuyerLetter.objects.get().state == State.SENT
    imap.add(dsn(letter.message_id, status="5.7.1"))
    look_now()
    row = BuyerLetter.objects.get()
    assert row.state == State.RETURNED and row.reason is not None and row.reason.code == "returned-refused"


def test_a_wrong_password_and_a_server_that_is_away_wait(
    letter: BuyerLetter, imap: ImapServer, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for changes in (
        {"password": "zle"},
        {"port": 9},
        {"folder": "Nie ma"},
        {"host": "127.0.0.1", "port": imap.port},
    ):
        settings.LICZYDLO_IMAP = mailbox.Address(**{**vars(imap.address), **changes})
        waits = look_now()
        assert waits.failures > 0 and waits.due_at is not None and waits.due_at > times.now()
    assert imap.address.password not in caplog.text
    settings.LICZYDLO_IMAP = imap.address
    assert look_now().failures == 0


def test_without_tls_it_begins_on_the_open_connection(
    letter: BuyerLetter, imap: ImapServer, settings: Any
) -> None:
    settings.LICZYDLO_IMAP = mailbox.Address(**{**vars(imap.address), "port": imap.port, "is_tls": False})
    imap.add(dsn(letter.message_id))
    assert look_now().failures == 0
    assert BuyerLetter.objects.get().state == State.RETURNED


def test_a_certificate_that_nobody_vouches_for_is_refused(
    letter: BuyerLetter, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert look_now().failures == 1


def test_nothing_is_looked_for_where_no_mailbox_is_set(ala: Client, company: Any, settings: Any) -> None:
    settings.LICZYDLO_IMAP = None
    assert "nie czyta zwrotów" in text_of(ala.get(reverse("sales:returned_letters", args=[company.pk])))
    assert look_now().failures == 0 and not BounceMailbox.objects.exists()


@pytest.mark.parametrize("step", failpoints.BOUNCING[:3])
def test_a_death_loses_no_message(
    letter: BuyerLetter, imap: ImapServer, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    imap.add(dsn(letter.message_id), b"Subject: nic\n\nx\n")

    def die(name: str) -> None:
        if name == step:
            raise Died

    monkeypatch.setattr(failpoints, "reach", die)
    with pytest.raises(Died):
        look_now()
    monkeypatch.undo()
    monkeypatch.setenv("SSL_CERT_FILE", str(imap.folder / "cert.pem"))
    Job.objects.update(token="", lease_until=None)
    look_now()
    assert BuyerLetter.objects.get().state == State.RETURNED and BounceMailbox.objects.get().last_uid == 2


def test_who_is_written_to(
    company: Any, owner: Any, member: Any, letter: BuyerLetter, mail_server: MailServer
) -> None:
    colleague = member("issuer")
    for by, to in ((colleague, colleague), (None, owner)):
        mail_server.letters.clear()
        now = times.now()
        BuyerLetter.objects.update(
            state=State.RETURNED, by=by, returned_at=now, reason_json={"code": "returned"}
        )
        tell_now(company)
        assert [one[0] for one in mail_server.take()] == [to.email]
    colleague.memberships.update(role="viewer")
    BuyerLetter.objects.update(by=colleague)
    tell_now(company)
    assert mail_server.take() == [], "the owner has been told of it"


def test_who_may_look_and_who_may_say(
    company: Any, letter: BuyerLetter, member: Any, stranger: Any, browse: Any
) -> None:
    BuyerLetter.objects.update(
        state=State.RETURNED, returned_at=times.now(), reason_json={"code": "returned"}
    )
    listed = reverse("sales:returned_letters", args=[company.pk])
    notice = reverse("sales:notice_returned", args=[company.pk, letter.pk])
    viewer = browse(member("viewer"))
    assert ADDRESS in text_of(viewer.get(listed)) and notice not in viewer.get(listed).content.decode()
    assert viewer.post(notice).status_code == 403 and browse(stranger).get(listed).status_code == 404
    assert browse(stranger).post(notice).status_code == 404
    assert browse(member("issuer")).post(notice).status_code == 302
    assert not telling.returned(company).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_the_sending_one_agree(letter: BuyerLetter) -> None:
    found = report.read(dsn(letter.message_id))
    assert found is not None
    BuyerLetter.objects.update(
        state=State.SENDING
    )  # the report comes before the worker writes that it was sent
    from liczydlo.sales.delivery.job import _end

    class Now:
        """What ``_end`` asks of a claim."""

        clock = staticmethod(times.now)

    take = lambda: job.take(found, now=times.now())  # noqa: E731
    done(take, take, lambda: _end(Now, letter, State.SENT, None))  # type: ignore[arg-type]
    assert BuyerLetter.objects.get().state == State.RETURNED
    assert Job.objects.filter(name=telling.JOB).count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_list_in_the_browser(page: Any, company: Any, letter: BuyerLetter) -> None:
    reason = {"code": "returned-full", "details": ["5.2.2 552 mailbox full"]}
    BuyerLetter.objects.update(state=State.RETURNED, returned_at=times.now(), reason_json=reason)
    page.goto(reverse("sales:list", args=[company.pk]))
    page.get_by_role("link", name="Listy do nabywców, które wróciły: 1.").click()
    page.get_by_text("skrzynka odbiorcy jest pełna").wait_for()
    look(page, "listy-wrocily")
    look(page, "listy-wrocily", phone=True)
    page.get_by_role("button", name="Wiem").click()
    page.get_by_text("Nic nie wróciło").wait_for()
    look(page, "listy-nic-nie-wrocilo")

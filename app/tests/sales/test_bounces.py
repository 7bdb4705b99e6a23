"""Letters that come back: reports of every shape and none, read from a real mailbox in which nothing is touched."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from liczydlo import settings as program
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
from app.tests.purchases.test_pages import ala, text_of
from app.tests.sales.test_browser import look
from app.tests.sales.test_buyer_letters import ADDRESS, buyer, numbered, run
from app.tests.sales.test_sending import Died
from app.tests.sessions import done

__all__ = ["ala", "buyer", "dovecot", "imap", "mail_server", "page"]
pure = pytest.mark.pure
db = pytest.mark.django_db
State = BuyerLetter.State


def dsn(
    message_id: str,
    *,
    to: str = ADDRESS,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <biuro@kupiec.example>: User unknown",
    original: str = "",
    returned: str = "text/rfc822-headers",
    text: str = "Your message could not be delivered.",
) -> bytes:
    """As Postfix writes it (RFC 3464, appendix E)."""
    first = f"Original-Recipient: rfc822; {original}\n" if original else ""
    return f"""\
From: MAILER-DAEMON@mail.example (Mail Delivery System)
To: liczydlo@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b/1"

--b/1
Content-Type: text/plain; charset=us-ascii

{text}

--b/1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Sun, 29 Nov 2026 20:00:00 +0100 (CET)

Final-Recipient: rfc822; {to}
{first}Action: {action}
Status: {status}
Diagnostic-Code: {said}

--b/1
Content-Type: {returned}

From: liczydlo@localhost
Message-ID: {message_id}
Subject: Faktura

--b/1--
""".encode()


# reading, pure


@pure
@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_is_read(returned: str) -> None:
    found = report.read(dsn("<a@b>", returned=returned, original="Biuro@Kupiec.example"))
    assert found is not None and found.about == ["<a@b>"]
    (one,) = found.recipients
    assert (one.original, one.final, one.fate, one.status) == (ADDRESS, ADDRESS, "failed", "5.1.1")
    assert one.said == "550 5.1.1 <biuro@kupiec.example>: User unknown"


@pure
@pytest.mark.parametrize(
    ("action", "status", "fate"),
    [
        ("failed", "5.2.2", "failed"),
        ("Failed", "4.4.7", "failed"),
        ("delayed", "4.2.2", "delayed"),
        ("", "5.0.0", "failed"),
        ("", "4.0.0", "delayed"),
        ("delivered", "2.0.0", None),
        ("relayed", "2.0.0", None),
        ("expanded", "2.0.0", None),
        ("", "", None),
        ("nonsense", "5.1.1", None),
    ],
)
def test_what_became_of_it(action: str, status: str, fate: str | None) -> None:
    found = report.read(dsn("<a@b>", action=action, status=status))
    assert (found.recipients[0].fate if found is not None else None) == fate


@pure
def test_a_report_without_the_letter_names_it_in_its_own_head() -> None:
    content = dsn("x").replace(b"Subject: Undelivered", b"In-Reply-To: <a@b>\nSubject: Undelivered")
    found = report.read(content)
    assert found is not None and found.about == ["<a@b>"]


@pure
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 1000,
        b"Subject: hello\n\n<a@b> failed 5.1.1\n",
        b'Content-Type: multipart/report; boundary="x"\n\nno parts at all\n',
        dsn("<a@b>").replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed"),
        dsn("<a@b>").replace(b"delivery-status", b"disposition-notification"),
        dsn("<a@b>").replace(b'boundary="b/1"', b"boundary="),
        dsn("no id"),
        dsn("<a@b>")[:400],
    ],
)
def test_what_is_no_report_says_nothing(content: bytes) -> None:
    assert report.read(content) is None


@pure
def test_junk_in_it_does_no_harm() -> None:
    junk = "smtp; 550 \udcff\udc80 =?utf-8?q?=C5=BA?= \x00\x1b[31m" + "ż" * 9000
    content = dsn("<a@b>", said="SAID").replace(b"SAID", junk.encode("utf-8", "surrogateescape"))
    found = report.read(content)
    assert found is not None
    said = found.recipients[0].said
    assert said.isprintable() and len(said) < 5000 and said.startswith("550")


@pure
def test_a_returned_letter_that_is_huge_is_read_as_far_as_it_matters() -> None:
    content = dsn("<a@b>", returned="message/rfc822").replace(
        b"Subject: Faktura", b"X: y\n\n" + b"JVBERi0x\n" * 400_000
    )
    found = report.read(content)
    assert len(content) > report.MOST and found is not None and found.about == ["<a@b>"]
    buried = dsn("<a@b>", text="x" * 78 + "\n" * report.MOST)
    assert report.read(buried) is None


@pure
def test_deep_nesting_and_a_thousand_recipients_end() -> None:
    deep = b"".join(b'Content-Type: multipart/report; boundary="%d"\n\n--%d\n' % (n, n) for n in range(4000))
    assert report.read(deep) is None
    group = b"\nFinal-Recipient: rfc822; a@b.pl\nAction: failed\nStatus: 5.1.1\n"
    found = report.read(
        dsn("<a@b>").replace(
            b"\n\n--b/1\nContent-Type: text/rfc822", group * 3000 + b"\n--b/1\nContent-Type: text/rfc822"
        )
    )
    assert found is not None and len(found.recipients) == report.RECIPIENTS


@pure
@given(st.binary(max_size=300), st.integers(0, 800), st.integers(0, 800))
def test_whatever_is_cut_or_put_in_nothing_is_raised(junk: bytes, start: int, end: int) -> None:
    content = dsn("<a@b>")
    report.read(content[:start] + junk + content[end:])


@pure
@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("5.1.1", "returned-address"),
        ("5.2.1", "returned-address"),
        ("5.1.10", "returned-address"),
        ("5.1.2", "returned-domain"),
        ("5.4.4", "returned-domain"),
        ("5.2.2", "returned-full"),
        ("4.2.2", "returned-full"),
        ("5.3.4", "returned-large"),
        ("4.4.7", "returned-expired"),
        ("5.7.1", "returned-refused"),
        ("5.7.26", "returned-refused"),
        ("5.0.0", "returned"),
        ("", "returned"),
    ],
)
def test_the_reason_in_words(status: str, code: str) -> None:
    assert job._code(status) == code


@pure
def test_the_address_of_the_mailbox() -> None:
    there = program._imap("imaps://faktury%40firma.pl:ha%3As%2Flo@imap.firma.pl/Zwroty")
    assert there is not None
    assert (there.user, there.password, there.port) == ("faktury@firma.pl", "ha:s/lo", 993)
    assert (there.folder, there.is_tls) == ("Zwroty", True) and "ha:s" not in str(there)
    other = program._imap("imap://u:p@host")
    assert other is not None and (other.port, other.folder, other.is_tls) == (143, "INBOX", False)
    assert program._imap("") is None
    for wrong in (
        "http://u:p@host",
        "imaps://host",
        "imaps://u:p@/x",
        'imaps://u:p@host/a"b',
        "imaps://u:p@host/ż",
    ):
        with pytest.raises(ImproperlyConfigured):
            program._imap(wrong)


# looking, with the mail server and the mailbox


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


@db
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


@db
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


@db
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


@db
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


@db
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


@db
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


@db
def test_letters_of_an_older_program_have_no_message_id(letter: BuyerLetter, imap: ImapServer) -> None:
    BuyerLetter.objects.update(message_id="")
    imap.add(dsn("<>"), dsn("< >"))
    look_now()
    assert BuyerLetter.objects.get().state == State.SENT


@db
def test_a_letter_in_doubt_came_back_so_it_had_gone(letter: BuyerLetter, imap: ImapServer) -> None:
    BuyerLetter.objects.update(state=State.DOUBT)
    imap.add(dsn(letter.message_id, action="delayed", status="4.4.1"))
    look_now()
    assert BuyerLetter.objects.get().state == State.SENT
    imap.add(dsn(letter.message_id, status="5.7.1"))
    look_now()
    row = BuyerLetter.objects.get()
    assert row.state == State.RETURNED and row.reason is not None and row.reason.code == "returned-refused"


@db
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


@db
def test_without_tls_it_begins_on_the_open_connection(
    letter: BuyerLetter, imap: ImapServer, settings: Any
) -> None:
    settings.LICZYDLO_IMAP = mailbox.Address(**{**vars(imap.address), "port": imap.port, "is_tls": False})
    imap.add(dsn(letter.message_id))
    assert look_now().failures == 0
    assert BuyerLetter.objects.get().state == State.RETURNED


@db
def test_a_certificate_that_nobody_vouches_for_is_refused(
    letter: BuyerLetter, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert look_now().failures == 1


@db
def test_nothing_is_looked_for_where_no_mailbox_is_set(ala: Client, company: Any, settings: Any) -> None:
    settings.LICZYDLO_IMAP = None
    assert "nie czyta zwrotów" in text_of(ala.get(reverse("sales:returned_letters", args=[company.pk])))
    assert look_now().failures == 0 and not BounceMailbox.objects.exists()


@db
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


@db
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


@db
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

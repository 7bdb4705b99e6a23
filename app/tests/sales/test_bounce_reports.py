"""Reports of every shape and none: what they say of a letter, and the address of the mailbox."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from liczydlo import settings as program
from liczydlo.sales.delivery.bounces import job, report

from app.tests.sales.bounces import dsn
from app.tests.sales.test_buyer_letters import ADDRESS

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_is_read(returned: str) -> None:
    found = report.read(dsn("<a@b>", returned=returned, original="Biuro@Kupiec.example"))
    assert found is not None and found.about == ["<a@b>"]
    (one,) = found.recipients
    assert (one.original, one.final, one.fate, one.status) == (ADDRESS, ADDRESS, "failed", "5.1.1")
    assert one.diagnostic == "550 5.1.1 <biuro@kupiec.example>: User unknown"


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


def test_a_report_without_the_letter_names_it_in_its_own_head() -> None:
    content = dsn("x").replace(b"Subject: Undelivered", b"In-Reply-To: <a@b>\nSubject: Undelivered")
    found = report.read(content)
    assert found is not None and found.about == ["<a@b>"]


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


def test_junk_in_it_does_no_harm() -> None:
    junk = "smtp; 550 \udcff\udc80 =?utf-8?q?=C5=BA?= \x00\x1b[31m" + "ż" * 9000
    content = dsn("<a@b>", said="SAID").replace(b"SAID", junk.encode("utf-8", "surrogateescape"))
    found = report.read(content)
    assert found is not None
    said = found.recipients[0].diagnostic
    assert said.isprintable() and len(said) < 5000 and said.startswith("550")


def test_a_returned_letter_that_is_huge_is_read_as_far_as_it_matters() -> None:
    content = dsn("<a@b>", returned="message/rfc822").replace(
        b"Subject: Faktura", b"X: y\n\n" + b"JVBERi0x\n" * 400_000
    )
    found = report.read(content)
    assert len(content) > report.MOST and found is not None and found.about == ["<a@b>"]
    buried = dsn("<a@b>", text="x" * 78 + "\n" * report.MOST)
    assert report.read(buried) is None


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


@given(st.binary(max_size=300), st.integers(0, 800), st.integers(0, 800))
def test_whatever_is_cut_or_put_in_nothing_is_raised(junk: bytes, start: int, end: int) -> None:
    content = dsn("<a@b>")
    report.read(content[:start] + junk + content[end:])


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

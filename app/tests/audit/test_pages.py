"""„Dziennik": the list, its filter, the CSV, the check; strangers and other roles."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from liczydlo import guards
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.audit.guards import TABLE
from liczydlo.audit.models import Entry

pytestmark = pytest.mark.django_db


def address(company: Any, rest: str = "") -> str:
    return f"/firmy/{company.pk}/ustawienia/dziennik/{rest}"


@pytest.fixture
def written(company: Any, owner: Any) -> Any:
    """Three entries, one of them the program's own."""
    at = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)  # 2 November in Poland
    audit.log(company, Action.CONNECTED, by=owner, address="192.0.2.7", serial="01AB", clock=lambda: at)
    audit.log(
        company, Action.GRANTED, by=owner, reference="20261124-EG-1", subject="=1+1", scope="InvoiceRead"
    )
    audit.log(company, Action.CERTIFICATE_RENEWED, purpose="Offline")
    return company


def test_the_list_shows_who_what_when_and_from_where(written: Any, owner: Any, browse: Any) -> None:
    page = browse(owner).get(address(written)).content.decode()
    for text in (
        "Dodano certyfikat do programu",
        "Ala Nowak &lt;ala@example.com&gt;",
        "192.0.2.7",
        "02.11.2026 00:30",
        "20261124-EG-1",
        "tryb offline",
        "numer seryjny",
    ):
        assert text in page
    english = browse(owner, language="en").get(address(written)).content.decode()
    assert "A KSeF certificate was renewed" in english and "offline work" in english


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("co=granted", 1),
        ("kto=-", 1),
        ("kto=Ala+Nowak+%3Cala%40example.com%3E", 2),
        ("od=2026-11-02&do=2026-11-02", 1),
        ("do=2026-11-01", 0),
        ("od=nonsens", 3),
        ("co=nonsens", 3),
        ("do=9999-12-31", 3),
    ],
)
def test_the_filter(query: str, count: int, written: Any, owner: Any, browse: Any) -> None:
    page = browse(owner).get(address(written, f"?{query}")).content.decode()
    assert page.count('<td data-label="Zdarzenie"') == count


def test_csv_is_in_the_readers_language(written: Any, owner: Any, browse: Any) -> None:
    """It is made while it is sent, when the request is over, and its language with it."""
    answer = browse(owner, language="en").get(address(written, "dziennik.csv"))
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeffNumber;When;")


def test_csv_holds_everything_and_no_formula(written: Any, owner: Any, browse: Any) -> None:
    answer = browse(owner).get(address(written, "dziennik.csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert rows[0][1] == "2026-11-02T00:30:00+01:00"
    assert all(len(row) == len(head) for row in rows)
    assert rows[1][8] == rows[0][9]
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)
    narrowed = b"".join(browse(owner).get(address(written, "dziennik.csv?co=granted")).streaming_content)
    assert len(narrowed.decode().splitlines()) == 2


def test_a_person_named_like_a_formula_is_a_text(company: Any, owner: Any, browse: Any) -> None:
    owner.name = '=HYPERLINK("http://example.com")'
    owner.save()
    audit.log(company, Action.CONNECTED, by=owner)
    text = b"".join(browse(owner).get(address(company, "dziennik.csv")).streaming_content).decode()
    assert "'=HYPERLINK" in text


def test_the_check_tells_both_outcomes(written: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    page = browser.post(address(written, "sprawdz/"), follow=True).content.decode()
    assert "Dziennik jest nienaruszony. Sprawdzono wpisów: 3" in page
    _rewrite("UPDATE audit_entry SET who = 'x' WHERE number = 2")
    page = browser.post(address(written, "sprawdz/"), follow=True).content.decode()
    assert "wpis nr 2 nie zgadza się" in page


def test_the_command_tells_both_outcomes(written: Any, capsys: Any) -> None:
    call_command("check_audit")
    assert f"{written.nip}: whole, 3 entries" in capsys.readouterr().out
    _rewrite("UPDATE audit_entry SET reference = 'x' WHERE number = 1")
    with pytest.raises(CommandError, match=f"{written.nip}: broken at entry 1"):
        call_command("check_audit")


def test_the_command_misses_a_trigger(written: Any) -> None:
    _drop("audit_entry_no_update")
    with pytest.raises(CommandError, match="audit_entry_no_update"):
        call_command("check_audit")
    guards.install(connection)


def test_an_empty_audit_log_says_how_it_fills(company: Any, owner: Any, browse: Any) -> None:
    page = browse(owner).get(address(company)).content.decode()
    assert "Dziennik jest pusty" in page and "Sprawdź dziennik" not in page


@pytest.mark.parametrize("path", ["", "dziennik.csv"])
def test_a_stranger_gets_404_and_small_roles_403(
    path: str, written: Any, stranger: Any, member: Any, browse: Any
) -> None:
    assert browse(stranger).get(address(written, path)).status_code == 404
    assert browse(stranger).post(address(written, "sprawdz/")).status_code == 404
    assert browse(member("viewer")).get(address(written, path)).status_code == 403
    assert browse(member("accountant")).get(address(written, path)).status_code == 200
    assert browse().get(address(written, path)).status_code == 302


def test_the_other_firm_sees_nothing_of_it(written: Any, stranger: Any, browse: Any) -> None:
    other = stranger.memberships.get().company
    assert "Dodano certyfikat do programu" not in browse(stranger).get(address(other)).content.decode()


def test_pages_go_on_by_cursor(company: Any, owner: Any, browse: Any) -> None:
    for _ in range(51):
        audit.log(company, Action.SESSION_ENDED, by=owner)
    page = browse(owner).get(address(company)).content.decode()
    assert page.count('<td data-label="Zdarzenie"') == 50 and "Starsze" in page


def _rewrite(sql: str) -> None:
    guards.remove(connection, TABLE)
    with connection.cursor() as cursor:
        cursor.execute(sql)
    guards.install(connection)


def _drop(name: str) -> None:
    on = " ON audit_entry" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")


def test_adding_replacing_and_deleting_a_certificate_leave_entries(
    company: Any, owner: Any, browse: Any, files: Any
) -> None:
    browser = browse(owner)
    for number in (0, 1):
        mine = files("Offline", number=number)
        parts = {
            "key": SimpleUploadedFile("a.key", mine.key),
            "certificate": SimpleUploadedFile("a.crt", mine.certificate),
            "password": mine.password,
        }
        browser.post(f"/firmy/{company.pk}/ustawienia/ksef/offline/", parts)
    browser.post(f"/firmy/{company.pk}/ustawienia/ksef/offline/", {"password": "x"})
    browser.post(f"/firmy/{company.pk}/ustawienia/ksef/usun/offline/")
    browser.post(f"/firmy/{company.pk}/ustawienia/ksef/usun/offline/")
    entries = list(Entry.objects.of(company).order_by("number"))
    assert [entry.action for entry in entries] == ["connected", "replaced", "deleted"]
    assert all(entry.address == "127.0.0.1" and entry.details["serial"] for entry in entries)


def test_a_change_of_environment_leaves_an_entry(company: Any, owner: Any, browse: Any) -> None:
    fields = (
        "nip",
        "name",
        "kind",
        "line1",
        "line2",
        "email",
        "phone",
        "bank_account",
        "offline_pause",
        "fetch_every",
        "undo_seconds",
        "environment",
    )
    form = {name: getattr(company, name) for name in fields}
    browser = browse(owner)
    browser.post(f"/firmy/{company.pk}/ustawienia/", form)
    assert not Entry.objects.exists()
    browser.post(f"/firmy/{company.pk}/ustawienia/", {**form, "environment": "TEST"})
    entry = Entry.objects.get()
    assert (entry.action, entry.details) == (
        "environment-changed",
        {"before": "EMULATOR", "after": "TEST"},
    )

"""Two people, or two tabs, on one invoice at the same moment: two real sessions on SQLite and on PostgreSQL.

``LICZYDLO_RACE_ROUNDS`` says how often each pair meets (a handful in the suite).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from liczydlo.documents.models import Document
from liczydlo.sales import lifecycle, proof, services
from liczydlo.sales.models import Draft, Event, Invoice
from liczydlo.sales.states import State, Step
from liczydlo.web.reasons import Reason

from app.tests.sales.test_editor import LINE, form
from app.tests.sales.world import document
from app.tests.sessions import done

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS: Final = int(os.environ.get("LICZYDLO_RACE_ROUNDS", "6"))
Answer = Any


@pytest.fixture
def two(
    owner: Any, company: Any, member: Callable[[str], Any], browse: Callable[..., Client]
) -> list[Client]:
    """The owner and an accountant of one company, each in a browser of their own."""
    return [browse(owner), browse(member("accountant"))]


def posted_at_once(clients: list[Client], *posts: tuple[str, dict[str, Any]]) -> list[Answer]:
    """Send the posts at the same moment, each from a thread and a database session of its own."""

    def send(client: Client, address: str, fields: dict[str, Any]) -> Answer:
        return client.post(address, fields, follow=False)

    answers = done(*(partial(send, clients[index % len(clients)], *post) for index, post in enumerate(posts)))
    assert all(answer.status_code < 500 for answer in answers), [a.status_code for a in answers]
    return answers


class Round:
    """One draft made by the form, and what can be posted about it."""

    def __init__(self, client: Client, company: Any, number: str) -> None:
        self.company, self.number = company, number
        client.post(reverse("sales:new", args=[company.pk]), form(number=number))
        self.pk = Invoice.objects.get(entry__number=number).pk
        self.seen = services.draft_of(self.row()).digest

    def row(self) -> Invoice:
        return Invoice.objects.select_related("company", "entry__document").get(pk=self.pk)  # type: ignore[no-any-return]

    def address(self, name: str) -> str:
        return reverse(f"sales:{name}", args=[self.company.pk, self.pk])

    def post(self, name: str) -> tuple[str, dict[str, Any]]:
        match name:
            case "edit":
                line = {**LINE, "name": "zmieniona", "price": "777"}
                return self.address("edit"), form(line, number=self.number, seen=self.seen)
            case "issue" | "issue again":
                return self.address("issue"), {"mode": "online", "seen": self.seen}
            case "delete" | "delete again":
                return self.address("delete"), {}
            case "retry" | "retry again":
                return self.address("send"), {}
            case "list":
                confirmed = {"id": [self.pk], "seen": f"{self.pk}:{self.seen[:16]}"}
                return reverse("sales:issue_drafts", args=[self.company.pk]), confirmed
        raise AssertionError(name)


def check_whole(pk: int) -> None:
    """Issued once with its bytes, or a draft with its content, or gone without a trace; nothing between."""
    row = Invoice.objects.filter(pk=pk).first()
    issues = Event.objects.filter(invoice_id=pk, step=Step.ISSUE).count()
    drafts = Draft.objects.filter(invoice_id=pk).count()
    if row is None:
        assert (issues, drafts) == (0, 0)
    elif row.state == State.DRAFT:
        assert (issues, drafts, row.entry.document) == (0, 1, None)
    else:
        assert (issues, drafts) == (1, 0)
        assert row.entry.number.encode() in row.entry.xml


@pytest.mark.parametrize(
    "pair",
    [
        ("edit", "issue"),
        ("issue", "edit"),
        ("edit", "delete"),
        ("issue", "delete"),
        ("delete", "issue"),
        ("issue", "issue again"),
        ("issue", "list"),
        ("delete", "delete again"),
    ],
    ids=" and ".join,
)
def test_of_two_one_wins_and_the_other_is_told(
    two: list[Client], company: Any, pair: tuple[str, str]
) -> None:
    for number in range(ROUNDS):
        here = Round(two[0], company, f"FV/R/{number}")
        answers = posted_at_once(two, *(here.post(name) for name in pair))
        check_whole(here.pk)
        row = Invoice.objects.filter(pk=here.pk).first()
        if "delete" in pair and row is not None and row.state != State.DRAFT:
            deletion = answers[pair.index("delete")]
            assert deletion["Location"] == row.get_absolute_url(), (
                "whoever deleted is led to the issued invoice"
            )
        if pair[0] in ("issue", "edit") and "edit" in pair and row is not None and row.state != State.DRAFT:
            assert b"zmieniona" not in row.entry.xml, "only what was seen is issued"


def test_eight_clicks_issue_once(two: list[Client], company: Any) -> None:
    for number in range(ROUNDS):
        here = Round(two[0], company, f"FV/R/{number}")
        answers = posted_at_once([two[0]] * 4 + [two[1]] * 4, *[here.post("issue")] * 8)
        assert {answer["Location"] for answer in answers} == {here.row().get_absolute_url()}
        check_whole(here.pk)


def test_online_and_offline_at_once_is_one_mode(
    two: list[Client], company: Any, files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        proof, "signed_kod_2", lambda *_: "https://qr.example/certificate"
    )  # needs no certificate
    for number in range(ROUNDS):
        here = Round(two[0], company, f"FV/R/{number}")
        offline = {"mode": "offline24", "seen": here.seen}
        posted_at_once(two, here.post("issue"), (here.address("issue"), offline))
        check_whole(here.pk)
        row = here.row()
        steps = list(Event.objects.filter(invoice=row).values_list("step", flat=True))
        assert (row.mode, bool(row.kod_2), row.due_date is not None, steps) in (
            ("online", False, True, ["issue", "queue"]),
            ("offline24", True, True, ["issue", "wait"]),
        )


def test_eight_forms_with_one_number_make_one_draft(two: list[Client], company: Any) -> None:
    for number in range(ROUNDS):
        posts = [(reverse("sales:new", args=[company.pk]), form(number=f"FV/R/{number}"))] * 8
        posted_at_once([two[0]] * 4 + [two[1]] * 4, *posts)
        assert Invoice.objects.filter(entry__number=f"FV/R/{number}").count() == 1


def test_two_editors_replace_nothing_unseen(two: list[Client], company: Any) -> None:
    for number in range(ROUNDS):
        here = Round(two[0], company, f"FV/R/{number}")
        edits = [
            form({**LINE, "name": name}, number=here.number, seen=here.seen) for name in ("pierwsza", "druga")
        ]
        answers = posted_at_once(two, *((here.address("edit"), fields) for fields in edits))
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        lost = next(answer for answer in answers if answer.status_code == 409).content.decode()
        assert "zmienił w międzyczasie ktoś inny" in lost
        assert ("pierwsza" in lost) != ("druga" in lost), "what was typed is still there"
        check_whole(here.pk)


@pytest.mark.parametrize(
    "pair",
    [
        ("retry", "retry again"),
        ("retry", "edit"),
        ("retry", "delete"),
        ("retry", "issue"),
        ("delete", "retry"),
    ],
    ids=" and ".join,
)
def test_what_was_refused_is_queued_once_and_nothing_else_touches_it(
    two: list[Client], company: Any, pair: tuple[str, str]
) -> None:
    for number in range(ROUNDS):
        here = Round(two[0], company, f"FV/R/{number}")
        row = here.row()
        services.issue(company, services.draft_of(row).content, draft=row)
        lifecycle.move(here.row(), Step.REJECT, reason=Reason("no-permission"))
        posted_at_once(two, *(here.post(name) for name in pair))
        check_whole(here.pk)
        assert here.row().state == State.QUEUED
        assert b"zmieniona" not in here.row().entry.xml
        assert Event.objects.filter(invoice_id=here.pk, step=Step.QUEUE).count() == 2
        assert Document.objects.filter(sha256=here.row().entry.sha256).count() == 1


@pytest.mark.parametrize("act", [services.issue, services.save_draft])
def test_the_others_draft_of_this_number_goes_at_that_moment(
    company: Any, monkeypatch: pytest.MonkeyPatch, act: Callable[..., Invoice]
) -> None:
    """Between the check and the row another session makes a draft of this number, and deletes it before it is looked
    for."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one session write at a time: nothing comes between the check and the row")
    other = document(company.nip, "5260250274", number="FV/1")
    drafts: list[Invoice] = []
    check = services.check_number

    def look(*args: Any, **options: Any) -> None:
        if drafts and Invoice.objects.filter(pk=drafts[0].pk).exists():
            done(partial(services.delete_draft, drafts[0]))
        check(*args, **options)
        if not drafts:
            monkeypatch.setattr(services, "check_number", check)
            drafts.extend(done(partial(services.save_draft, company, other)))
            monkeypatch.setattr(services, "check_number", look)

    monkeypatch.setattr(services, "check_number", look)
    row = act(company, document(company.nip, number="FV/1"))
    assert Invoice.objects.get().pk == row.pk != drafts[0].pk

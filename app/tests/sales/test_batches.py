"""Many invoices in one package, against the real emulator: verdicts, receipts, what goes wrong, death at each step."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from typing import Any

import httpx2
import pytest
from liczydlo.jobs import claims, failpoints
from liczydlo.jobs.models import Job
from liczydlo.ksef import packing, upo
from liczydlo.ksef import sessions as ksef_sessions
from liczydlo.ksef.modes import Mode
from liczydlo.sales import lifecycle, services
from liczydlo.sales.models import Event, Invoice, Receipt, Session, UpoPage
from liczydlo.sales.sending import batches, run
from liczydlo.sales.states import Step

from app.tests.sales.test_run import edited, issue, on, problem, with_status
from app.tests.sales.test_sending import Died, fresh, from_another_program, held_by_ksef, settled, steps
from app.tests.sales.world import Wire, Worker, connect, document, once

pytestmark = pytest.mark.django_db

STATUS = r"/v2/sessions/[^/]+"
PART = r"/storage/batch-parts/.*"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three invoices are many, and a package is cut into small parts."""
    monkeypatch.setattr(batches, "WORTHWHILE", 3)
    monkeypatch.setattr(packing, "PART_SIZE", 600)


def files() -> list[str]:
    return [path.name for path in batches.folder_of("").glob("*/*")]


def sessions(wire: Wire) -> tuple[int, int]:
    """Batch and interactive sessions that were opened."""
    return wire.count("POST", "/sessions/batch"), wire.count("POST", "/sessions/online")


def assert_each_has_its_number(company: Any, invoices: list[Invoice]) -> None:
    rows = [fresh(invoice) for invoice in invoices]
    assert {row.state for row in rows} == {"accepted"}
    assert sorted(row.entry.ksef_number for row in rows) == sorted(held_by_ksef(company))
    for row in rows:
        receipt = upo.verify(Receipt.objects.get(invoice=row).content)
        entry = receipt.document(row.entry.ksef_number)
        assert entry is not None and entry.sha256.hex() == row.entry.sha256
    assert files() == []


def _keep_body(request: httpx2.Request, bodies: list[Any]) -> None:
    if request.url.path.endswith("/sessions/batch"):
        bodies.append(json.loads(request.content))


def test_many_go_as_one_package_with_one_receipt(connected: Any, sender: Worker, wire: Wire) -> None:
    wire_bodies: list[Any] = []
    wire.rules.append(lambda request: _keep_body(request, wire_bodies))
    invoices = issue(connected, 5)
    sender.until(connected, lambda: all(map(settled, invoices)))
    assert_each_has_its_number(connected, invoices)
    assert sessions(wire) == (1, 0)
    session = Session.objects.get()
    assert (session.kind, session.sent, session.closed_at is not None) == ("batch", 5, True)
    assert sum(method == "PUT" for method, _ in wire.seen) >= session.parts.count() > 1
    assert all(part.uploaded_at for part in session.parts.all())
    assert UpoPage.objects.count() == 1
    assert all(fresh(invoice).invoice_reference for invoice in invoices)
    assert wire_bodies[0]["batchFile"]["compressionType"] == "TarGz"
    assert steps(invoices[0]) == ["issue", "queue", "send", "arrive", "accept"]


def test_a_receipt_of_a_package_that_does_not_come_is_asked_for_again(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    """No answer, then a refusal: each of the package's invoices waits for it, and has it once it is there."""
    invoices = issue(connected, 3)
    page = r"/v2/sessions/[^/]+/upo/[^/]+"
    wire.rules.append(on("GET", page, lambda _request: httpx2.ReadTimeout("x")))
    sender.until(connected, lambda: min(fresh(row).looks for row in invoices) > 2)
    assert all(fresh(row).upo_pending and fresh(row).state == "accepted" for row in invoices)
    wire.rules[:] = [on("GET", page, lambda _request: problem(400, 21178))]
    sender.until(connected, lambda: min(fresh(row).looks for row in invoices) > 4)
    assert not Receipt.objects.exists()
    wire.rules.clear()
    sender.until(connected, lambda: all(map(settled, invoices)))
    assert_each_has_its_number(connected, invoices)


def test_few_go_one_by_one(connected: Any, sender: Worker, wire: Wire) -> None:
    invoices = issue(connected, 2)
    sender.until(connected, lambda: all(map(settled, invoices)))
    assert sessions(wire) == (0, 1)


def test_offline_and_online_ones_are_not_mixed(
    connected: Any, ksef_files: Any, sender: Worker, wire: Wire
) -> None:
    connect(connected, ksef_files, "Offline")
    offline = [
        services.issue(connected, document(connected.nip), mode=Mode.OFFLINE24, send_after=sender.clock())
        for _ in range(3)
    ]
    online = issue(connected, 3)
    sender.until(connected, lambda: all(map(settled, offline + online)))
    assert_each_has_its_number(connected, offline + online)
    assert sessions(wire) == (2, 0)
    assert {fresh(one).session_id for one in offline}.isdisjoint(fresh(one).session_id for one in online)


def test_a_package_is_of_one_company_alone(
    connected: Any, use_emulator: Any, ksef_files: Any, sender: Worker, stranger: Any
) -> None:
    theirs = stranger.memberships.get().company
    connect(theirs, ksef_files)
    others = issue(theirs, 4)
    invoices = issue(connected, 3)
    sender.until(connected, lambda: all(map(settled, invoices)))
    assert {fresh(one).state for one in others} == {"queued"}
    assert Session.objects.get().sent == 3


def test_a_refusal_is_on_its_own_row(connected: Any, sender: Worker) -> None:
    from_another_program(connected, document(connected.nip, number="FV/1"))
    invoices = issue(connected, 3)
    double = services.issue(connected, document(connected.nip, number="FV/1", Prosta="Krzywa"))
    sender.until(connected, lambda: all(map(settled, [*invoices, double])))
    assert {fresh(one).state for one in invoices} == {"accepted"}
    reason = fresh(double).reason
    assert reason is not None and (reason.code, reason.ksef_code) == ("duplicate", "440")


def with_attachment(company: Any) -> bytes:
    text = document(company.nip).decode()
    block = (
        "<Zalacznik><BlokDanych><MetaDane><ZKlucz>Licznik</ZKlucz><ZWartosc>12345</ZWartosc></MetaDane>"
        "</BlokDanych></Zalacznik>"
    )
    return text.replace("</Faktura>", f"{block}</Faktura>").encode()


class TestAttachments:
    @pytest.fixture
    def attached(self, connected: Any) -> Invoice:
        return services.issue(connected, with_attachment(connected))

    def test_one_waits_for_a_persons_word_and_goes_in_a_package(
        self, connected: Any, attached: Invoice, use_emulator: Any, sender: Worker, wire: Wire
    ) -> None:
        assert fresh(attached).state == "issued"
        other = issue(connected)[0]
        consent = {"nip": connected.nip}
        api = use_emulator.api
        assert httpx2.post(f"{api}/testdata/attachment", json=consent, trust_env=False).is_success
        services.send(fresh(attached))
        sender.until(connected, lambda: all(map(settled, [attached, other])))
        assert_each_has_its_number(connected, [attached, other])
        assert sessions(wire)[0] == 1

    def test_without_the_declaration_ksef_says_so_and_it_can_go_again(
        self, connected: Any, attached: Invoice, sender: Worker
    ) -> None:
        services.send(fresh(attached))
        sender.until(connected, lambda: fresh(attached).state == "rejected")
        row = fresh(attached)
        assert row.reason is not None and row.reason.code == "attachment-needs-batch"
        assert services.can_be_sent(row)

    def test_a_package_that_came_to_nothing_is_tried_again_later(
        self, connected: Any, attached: Invoice, sender: Worker, wire: Wire
    ) -> None:
        services.send(fresh(attached))
        wire.rules.append(once("PUT", "/1", httpx2.Response(403)))
        sender.run(connected)
        row = fresh(attached)
        assert row.state == "queued" and row.send_after is not None and row.send_after > sender.clock()
        sender.clock.move_to(row.send_after)
        wire.rules.append(once("PUT", "/1", httpx2.Response(403)))
        sender.run(connected)
        again = fresh(attached)
        assert again.send_after is not None and again.send_after - row.send_after >= 2 * batches.AGAIN
        sender.until(connected, lambda: fresh(attached).state == "rejected")
        assert sessions(wire) == (3, 0)


@pytest.mark.parametrize("step", failpoints.BATCHING)
def test_whatever_dies_at_whatever_step_each_has_one_number(
    step: str, connected: Any, sender: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoices = issue(connected, 4)
    monkeypatch.setenv(failpoints.VARIABLE, step)

    def die(_pid: int, _signal: int) -> None:
        monkeypatch.delenv(failpoints.VARIABLE)
        raise Died

    monkeypatch.setattr(failpoints.os, "kill", die)
    with pytest.raises(Died):
        for _ in range(5):
            sender.run(connected)
    Job.objects.filter(company=connected, name=run.NAME).update(lease_until=None)
    sender.until(connected, lambda: all(map(settled, invoices)))
    shutil.rmtree(batches.folder_of(""), ignore_errors=True)  # what died before it had a name stays for a day
    assert_each_has_its_number(connected, invoices)


class TestWhatGoesWrong:
    @pytest.fixture
    def invoices(self, connected: Any) -> list[Invoice]:
        return issue(connected, 5)

    def test_a_part_that_got_no_answer_goes_again_and_the_others_do_not(
        self, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(once("PUT", "/2", httpx2.ConnectError("x")))
        wire.rules.append(once("PUT", "/2", httpx2.ConnectError("x")))
        wire.rules.append(once("PUT", "/2", httpx2.ConnectError("x")))
        sender.run(connected)
        session = Session.objects.get()
        assert session.closed_at is None and session.parts.filter(uploaded_at=None).exists()
        done = list(session.parts.exclude(uploaded_at=None).values_list("ordinal", flat=True))
        wire.seen.clear()
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert all(wire.count("PUT", f"/{ordinal}") == 0 for ordinal in done)
        assert_each_has_its_number(connected, invoices)
        assert sessions(wire) == (0, 0)

    def test_lost_files_are_made_again(
        self, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire
    ) -> None:
        for _ in range(3):
            wire.rules.append(once("PUT", "/1", httpx2.ConnectError("x")))
        sender.run(connected)
        shutil.rmtree(batches.folder_of(""))
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert_each_has_its_number(connected, invoices)
        assert sessions(wire) == (1, 0)

    def test_when_the_time_for_uploads_runs_out_they_go_one_by_one(
        self, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire
    ) -> None:
        for _ in range(3):
            wire.rules.append(once("PUT", "/1", httpx2.ConnectError("x")))
        sender.run(connected)
        Session.objects.update(valid_until=sender.clock())
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert_each_has_its_number(connected, invoices)
        assert sessions(wire) == (1, 1)
        assert steps(invoices[0]).count("return") == 1

    def test_a_part_that_ksef_does_not_take_ends_the_package(
        self, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(once("PUT", "/1", httpx2.Response(403)))
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert_each_has_its_number(connected, invoices)
        assert sessions(wire) == (1, 1)

    def test_a_lost_answer_to_closing_is_no_harm(
        self, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(once("POST", "/close", "lose"))
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert_each_has_its_number(connected, invoices)
        assert sessions(wire) == (1, 0)
        assert wire.count("POST", "/close") == 2

    @pytest.mark.parametrize("code", [405, 415, 430, 435, 440, 500])
    def test_a_session_that_ksef_breaks_gives_its_invoices_back(
        self, code: int, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("GET", STATUS, edited(wire, with_status(code))))
        wire.rules.append(
            on("GET", STATUS + "/invoices", lambda _r: httpx2.Response(200, json={"invoices": []}))
        )
        sender.until(connected, lambda: "return" in steps(invoices[0]))
        (reason,) = {event.reason for event in Event.objects.filter(invoice__in=invoices, step="return")}
        assert reason is not None
        assert (reason.code, reason.ksef_code) == ("session-failed", str(code))
        assert reason.details == ("Opis", "Szczegół")
        wire.rules.clear()  # KSeF had them after all: it says so of each (440)
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert_each_has_its_number(connected, invoices)

    def test_an_invoice_that_left_the_queue_meanwhile_does_not_go(
        self, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire, monkeypatch: Any
    ) -> None:
        pack = packing.pack

        def slow(*args: Any, **options: Any) -> Any:
            monkeypatch.setattr(packing, "pack", pack)
            lifecycle.move(fresh(invoices[0]), Step.REJECT)
            return pack(*args, **options)

        monkeypatch.setattr(packing, "pack", slow)
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert fresh(invoices[0]).state == "rejected"
        assert_each_has_its_number(connected, invoices[1:])

    def test_a_key_that_cannot_be_opened_gives_the_package_up(
        self, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire
    ) -> None:
        for _ in range(3):
            wire.rules.append(once("PUT", "/1", httpx2.ConnectError("x")))
        sender.run(connected)
        Session.objects.get().parts.update(sealed_upload=b"sealed under another master key")
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert_each_has_its_number(connected, invoices)
        assert sessions(wire) == (1, 1)


class TestALongList:
    """KSeF lists a package's invoices page by page; a run does not last longer than its slice."""

    @pytest.fixture
    def invoices(self, connected: Any, monkeypatch: pytest.MonkeyPatch) -> list[Invoice]:
        monkeypatch.setattr(ksef_sessions, "_PAGE", 10)
        monkeypatch.setattr(claims, "SLICE", dt.timedelta(0))
        return issue(connected, 12)

    def test_each_page_is_asked_for_once_and_a_run_ends_after_one(
        self, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire
    ) -> None:
        done: list[int] = []
        wire.rules.append(lambda request: done.append(accepted(invoices)) if is_list(request) else None)
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert done == [0, 10], "the second page after the first was settled"
        at = [index for index, (_, path) in enumerate(wire.seen) if path.endswith("/invoices")]
        between = wire.seen[at[0] + 1 : at[1]]
        assert any(re.fullmatch(STATUS, path) for _, path in between), "another look, as another run does"
        assert Session.objects.get().list_token == ""
        assert_each_has_its_number(connected, invoices)

    def test_a_place_that_ksef_has_forgotten_is_the_beginning_again(
        self, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(forgets_the_place())
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert_each_has_its_number(connected, invoices)
        assert sessions(wire) == (1, 0)

    def test_what_ksef_still_works_on_is_asked_about_again_and_not_given_up(
        self, connected: Any, invoices: list[Invoice], sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(still_works(wire))
        sender.until(connected, lambda: all(map(settled, invoices)))
        assert_each_has_its_number(connected, invoices)
        assert "return" not in {step for one in invoices for step in steps(one)}
        assert sessions(wire) == (1, 0)


def accepted(invoices: list[Invoice]) -> int:
    return Invoice.objects.filter(pk__in=[one.pk for one in invoices], state="accepted").count()


def is_list(request: httpx2.Request) -> bool:
    return request.method == "GET" and request.url.path.endswith("/invoices")


def forgets_the_place() -> Any:
    """KSeF refuses the first request for a page that is not the first."""
    left = [httpx2.Response(400, json={"code": 21405}, headers={"Content-Type": "application/problem+json"})]

    def rule(request: httpx2.Request) -> Any:
        return left.pop() if left and is_list(request) and "x-continuation-token" in request.headers else None

    return rule


def still_works(wire: Wire) -> Any:
    """Of the first page's first invoice KSeF says once that it works on it."""
    left = [True]

    def rule(request: httpx2.Request) -> Any:
        if not (left and is_list(request)):
            return None
        left.clear()
        answer = wire.real.handle_request(request)
        body = json.loads(answer.read())
        body["invoices"][0]["status"] = {"code": 150, "description": "Trwa przetwarzanie"}
        body["invoices"][0].pop("ksefNumber", None)
        return httpx2.Response(200, json=body)

    return rule


def test_files_without_a_session_are_removed_after_a_day(connected: Any, sender: Worker) -> None:
    import os

    old, new = batches.folder_of("new-1"), batches.folder_of("new-2")
    for folder in (old, new):
        folder.mkdir(parents=True)
    yesterday = (sender.clock() - dt.timedelta(days=1, minutes=1)).timestamp()
    os.utime(old, (yesterday, yesterday))
    issue(connected)
    sender.run(connected)
    assert (old.exists(), new.exists()) == (False, True)

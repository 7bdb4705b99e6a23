"""A correction, and a settlement of advances, go after what they refer to, with its KSeF number filled in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.fa3 import read
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job
from liczydlo.ksef.modes import Mode
from liczydlo.sales import awaiting, lifecycle, order, services
from liczydlo.sales.lifecycle import StaleDraft
from liczydlo.sales.models import Awaited, Draft, Event, Invoice
from liczydlo.sales.sending import batches
from liczydlo.sales.states import State, Step
from liczydlo.web.reasons import Reason

from app.tests.sales.test_sending import Died, fresh, from_another_program, settled
from app.tests.sales.world import Wire, Worker, connect, document

pytestmark = pytest.mark.django_db
NUMBER = "5265877635-20261123-0123456789AB-C1"


def corrects(
    company: Any,
    *originals: str,
    number: str = "",
    day: dt.date | None = None,
    kind: str = "KOR",
    **more: Any,
) -> bytes:
    """A correction of the named invoices, each as issued outside KSeF on ``day``."""
    day = day or timezone.localdate()
    named = "".join(
        f"<DaneFaKorygowanej><DataWystFaKorygowanej>{day}</DataWystFaKorygowanej>"
        f"<NrFaKorygowanej>{one}</NrFaKorygowanej><NrKSeFN>1</NrKSeFN></DaneFaKorygowanej>"
        for one in originals
    )
    changed = {"<RodzajFaktury>VAT</RodzajFaktury>": f"<RodzajFaktury>{kind}</RodzajFaktury>{named}"}
    return document(company.nip, number=number, **{**changed, **more})


def settles(company: Any, *advances: str, number: str = "") -> bytes:
    named = "".join(
        f"<FakturaZaliczkowa><NrKSeFZN>1</NrKSeFZN><NrFaZaliczkowej>{one}</NrFaZaliczkowej></FakturaZaliczkowa>"
        for one in advances
    )
    return document(
        company.nip,
        number=number,
        **{"<RodzajFaktury>VAT</RodzajFaktury>": f"<RodzajFaktury>ROZ</RodzajFaktury>{named}"},
    )


def issue(company: Any, xml: bytes, **more: Any) -> Invoice:
    return services.issue(company, xml, **more)


def original(company: Any, number: str = "FV/1", **more: Any) -> Invoice:
    return issue(company, document(company.nip, number=number, **more))


def accept(invoice: Invoice, number: str = NUMBER) -> None:
    """KSeF gives its number."""
    for step in (Step.SEND, Step.ARRIVE):
        lifecycle.move(invoice, step)
    lifecycle.move(invoice, Step.ACCEPT, entry={"ksef_number": number, "acquired_at": timezone.now()})


def go_on(company: Any) -> None:
    Worker(lifecycle.ORDER).run(company)


def steps(invoice: Invoice) -> list[str]:
    return list(Event.objects.filter(invoice=invoice).values_list("step", flat=True))


def corrected(invoice: Invoice) -> list[tuple[str | None, int | None]]:
    """The KSeF number and NrKSeFN of each original that the frozen document names."""
    fa = read.read(fresh(invoice).entry.xml).fa
    return [(one.nr_ksef_fa_korygowanej, one.nr_ksef_n) for one in fa.dane_fa_korygowanej]


# waiting, and going on


def test_a_correction_waits_for_its_originals_number_and_then_goes(company: Any, owner: Any) -> None:
    first = original(company)
    row = issue(company, corrects(company, "FV/1"), by=owner)
    assert (row.state, row.entry.document, row.is_printable, row.is_moving) == ("awaiting", None, False, True)
    assert str(row.reason) == "Czeka na numer faktury FV/1."
    assert Draft.objects.filter(invoice=row).exists()
    accept(first)
    go_on(company)
    assert (fresh(row).state, corrected(row)) == ("queued", [(NUMBER, None)])
    assert fresh(row).reason is None and not Awaited.objects.exists() and not Draft.objects.exists()
    assert steps(row) == ["await", "fill", "issue", "queue"]
    assert Event.objects.get(invoice=row, step="issue").by == owner
    assert fresh(row).issued_at is not None


def test_of_several_originals_the_last_one_counts(company: Any) -> None:
    first, second = original(company, "FV/1"), original(company, "FV/2")
    row = issue(company, corrects(company, "FV/1", "FV/2", "obca/3"))
    accept(first)
    go_on(company)
    assert fresh(row).state == "awaiting"
    accept(second, NUMBER[:-15] + "ABCDEF012345-C1")
    go_on(company)
    assert [bool(number) for number, _ in corrected(row)] == [True, True, False]
    assert corrected(row)[2] == (None, 1)


def test_a_settlement_waits_for_its_advance(company: Any) -> None:
    zal = {"<RodzajFaktury>VAT</RodzajFaktury>": "<RodzajFaktury>ZAL</RodzajFaktury>"}
    advance = original(company, "FZ/1", **zal)
    row = issue(company, settles(company, "FZ/1", "FZ/obca"))
    assert fresh(row).state == "awaiting"
    accept(advance)
    go_on(company)
    found = read.read(fresh(row).entry.xml).fa.faktura_zaliczkowa
    assert [(one.nr_ksef_fa_zaliczkowej, one.nr_fa_zaliczkowej, one.nr_ksef_zn) for one in found] == [
        (NUMBER, None, None),
        (None, "FZ/obca", 1),
    ]


def test_a_correction_of_a_correction_waits_in_a_row(company: Any) -> None:
    first = original(company)
    second = issue(company, corrects(company, "FV/1", number="FK/1"))
    third = issue(company, corrects(company, "FK/1", number="FK/2"))
    assert (fresh(second).state, fresh(third).state) == ("awaiting", "awaiting")
    accept(first)
    go_on(company)
    assert (fresh(second).state, fresh(third).state) == ("queued", "awaiting")
    assert list(awaiting.rows(company)) == [third]
    filled = Event.objects.get(invoice=second, step=Step.FILL).reason
    assert filled is not None and NUMBER in str(filled)
    accept(fresh(second))
    go_on(company)
    assert fresh(third).state == "queued"


@pytest.mark.parametrize("state", [State.ISSUED, State.WAITING, State.SENDING, State.PROCESSING])
def test_whatever_keeps_the_original_it_is_waited_for(state: State, company: Any) -> None:
    first = original(company)
    Invoice.objects.filter(pk=first.pk).update(state=state)
    assert issue(company, corrects(company, "FV/1")).state == "awaiting"


def test_the_mode_that_was_chosen_is_the_one_it_is_issued_in(
    connected: Any, ksef_files: Any, sender: Worker
) -> None:
    connect(connected, ksef_files, "Offline")
    first = original(connected)
    row = issue(connected, corrects(connected, "FV/1"), mode=Mode.OFFLINE24)
    assert fresh(row).kod_2 == "" and not fresh(row).is_printable
    sender.until(connected, lambda: settled(first))
    go_on(connected)
    done = fresh(row)
    assert (done.state, done.mode, done.is_printable) == ("waiting", "offline24", True)
    assert done.kod_2 and corrected(done) == [(fresh(first).entry.ksef_number, None)]


def test_while_the_keys_are_closed_it_waits_and_goes_when_they_open(
    connected: Any, ksef_files: Any, owner: Any, browse: Any
) -> None:
    connect(connected, ksef_files, "Offline")
    browser, words = browse(owner), "cztery zielone słonie nad Wisłą"
    keys = reverse("connection:passphrase", args=[connected.pk])
    first = original(connected)
    later = timezone.now() + dt.timedelta(hours=3)
    row = issue(connected, corrects(connected, "FV/1"), mode=Mode.OFFLINE24, send_after=later)
    browser.post(f"{keys}ustaw/", {"passphrase": words, "repeated": words})
    browser.post(f"{keys}zamknij/")
    accept(first)
    go_on(connected)
    held = fresh(row)
    assert held.state == "awaiting" and Awaited.objects.filter(invoice=row).exists()
    assert held.reason is not None and held.reason.code == "awaits-keys"
    page = browser.get(held.get_absolute_url()).content.decode()
    assert "gdy otworzysz klucze" in page and "zamknięte hasłem" in page
    Job.objects.filter(company=connected, name=lifecycle.ORDER).update(due_at=None)
    browser.post(f"{keys}otworz/", {"passphrase": words})
    assert Job.objects.get(company=connected, name=lifecycle.ORDER).due_at is not None
    go_on(connected)
    done = fresh(row)
    assert (done.state, done.mode, bool(done.kod_2)) == ("waiting", "offline24", True)
    assert (corrected(done), done.send_after) == ([(NUMBER, None)], later)


def test_where_the_mode_of_an_outage_is_over_it_goes_online(company: Any) -> None:
    first = original(company)
    row = issue(company, corrects(company, "FV/1"))
    Invoice.objects.filter(pk=row.pk).update(mode=Mode.EMERGENCY)
    from liczydlo.offline.models import Latarnia

    now = timezone.now()
    Latarnia.objects.create(environment=company.environment, asked_at=now, answered_at=now)
    accept(first)
    go_on(company)
    assert (fresh(row).mode, fresh(row).state) == ("online", "queued")


def test_through_ksef_the_original_comes_first(connected: Any, sender: Worker) -> None:
    first = original(connected)
    row = issue(connected, corrects(connected, "FV/1"))
    sender.until(connected, lambda: settled(first))
    go_on(connected)
    sender.until(connected, lambda: settled(row))
    assert fresh(row).state == "accepted"
    assert corrected(row) == [(fresh(first).entry.ksef_number, None)]
    assert fresh(first).entry.acquired_at <= fresh(row).entry.acquired_at


def test_a_package_takes_no_correction_whose_original_has_no_number(
    connected: Any, sender: Worker, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "WORTHWHILE", 2)
    rows = [original(connected, f"FV/{number}") for number in range(3)]
    after = [issue(connected, corrects(connected, f"FV/{number}")) for number in range(3)]
    sender.until(connected, lambda: all(map(settled, rows)))
    assert {fresh(row).state for row in after} == {"awaiting"}
    go_on(connected)
    sender.until(connected, lambda: all(map(settled, after)))
    packages = {fresh(row).session_id for row in rows}, {fresh(row).session_id for row in after}
    assert len(packages[0]) == len(packages[1]) == 1 and packages[0] != packages[1]


# what changes nothing


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "FV/inna"},
        {"issued": dt.date(2026, 1, 5)},
        {"seller": True},
    ],
)
def test_what_the_program_does_not_know_changes_nothing(
    changed: dict[str, Any], company: Any, stranger: Any
) -> None:
    if "seller" in changed:
        other = stranger.companies.get()
        issue(other, document(other.nip, number="FV/1"))
    else:
        issue(company, document(company.nip, **{"number": "FV/1", **changed}))
    xml = corrects(company, "FV/1")
    row = issue(company, xml)
    assert (row.state, fresh(row).entry.xml) == ("queued", xml)


def test_of_two_of_one_number_the_one_of_its_kind_is_meant(company: Any) -> None:
    zal = {"<RodzajFaktury>VAT</RodzajFaktury>": "<RodzajFaktury>ZAL</RodzajFaktury>"}
    advance, sale = original(company, "1", **zal), original(company, "1")
    accept(advance)
    row = issue(company, corrects(company, "1"))
    assert [one.original for one in Awaited.objects.filter(invoice=row)] == [sale]


def test_an_original_that_stays_outside_ksef_has_no_number_to_wait_for(company: Any) -> None:
    first = original(company)
    Invoice.objects.filter(pk=first.pk).update(state=State.WAITING)
    row = issue(company, corrects(company, "FV/1"))
    lifecycle.move(fresh(first), Step.LEAVE)
    go_on(company)
    assert (fresh(row).state, corrected(row)) == ("queued", [(None, 1)])


# filled in at once


def test_a_number_that_is_known_is_filled_in_when_it_is_issued(company: Any) -> None:
    accept(original(company))
    xml = corrects(company, "FV/1")
    draft = services.save_draft(company, xml)
    (warning,) = order.warnings(company, services.check(company, xml), draft=draft)
    assert warning.code == "original-filled" and NUMBER in str(warning)
    row = issue(company, xml, draft=draft)
    assert (row.state, corrected(row)) == ("queued", [(NUMBER, None)])


def test_the_same_bytes_are_issued_once_filled_in_or_waiting(company: Any) -> None:
    first = original(company)
    waits = corrects(company, "FV/1")
    rows = {issue(company, waits).pk for _ in range(2)}
    accept(first)
    filled = corrects(company, "FV/1")
    rows |= {issue(company, filled).pk for _ in range(2)}
    assert len(rows) == 2 and Invoice.objects.count() == 3


# back to the drafts


def refuse(invoice: Invoice) -> None:
    lifecycle.move(invoice, Step.REJECT, reason=Reason("bad-content"))


def test_a_refused_original_brings_it_back_with_the_reason(company: Any, owner: Any, browse: Any) -> None:
    first = original(company)
    second = issue(company, corrects(company, "FV/1", number="FK/1"))
    third = issue(company, corrects(company, "FK/1", number="FK/2"))
    original(company, "FV/2")
    other = issue(company, corrects(company, "FV/2", number="FK/3"))
    refuse(first)
    go_on(company)
    assert fresh(other).state == "awaiting" and Awaited.objects.get().invoice == other
    for row, code in ((second, "original-refused"), (third, "original-taken-back")):
        found = fresh(row)
        assert (found.state, found.chip) == ("draft", "returned")
        assert found.reason is not None and found.reason.code == code
    page = browse(owner).get(second.get_absolute_url()).content.decode()
    assert "FV/1, na której numer czekał" in page and "Wyślij do KSeF" in page
    services.delete_draft(fresh(third))
    assert not Event.objects.filter(invoice_id=third.pk).exists()


def test_what_cannot_be_issued_by_then_comes_back_too(connected: Any, ksef_files: Any) -> None:
    from liczydlo.connection.models import Purpose, StoredCertificate

    connect(connected, ksef_files, "Offline")
    first = original(connected)
    row = issue(connected, corrects(connected, "FV/1"), mode=Mode.OFFLINE24)
    original(connected, "FV/2")
    other = issue(connected, corrects(connected, "FV/2"))
    StoredCertificate.objects.filter(purpose=Purpose.OFFLINE).delete()
    accept(first)
    go_on(connected)
    found = fresh(row)
    assert found.state == "draft" and found.reason is not None and found.reason.code == "not-released"
    assert Draft.objects.filter(invoice=row).exists() and Awaited.objects.get().invoice == other
    assert issue(connected, services.draft_of(found).content, draft=found).state == "queued"


def address(company: Any, name: str, invoice: Invoice) -> str:
    return reverse(f"sales:{name}", args=[company.pk, invoice.pk])


def test_a_person_stops_it_mends_it_and_issues_it_again(ala: Client, owner: Any, company: Any) -> None:
    original(company)
    row = issue(company, corrects(company, "FV/1", number="FK/1"))
    after = issue(company, corrects(company, "FK/1", number="FK/2"))
    shown = ala.get(row.get_absolute_url()).content.decode()
    assert "Czeka na numer faktury FV/1." in shown and "Zatrzymaj i popraw" in shown
    answer = ala.post(address(company, "take_back", row), follow=True)
    assert "Faktura jest znowu szkicem" in answer.content.decode()
    assert (fresh(row).state, fresh(row).reason, Awaited.objects.count()) == ("draft", None, 0)
    assert {Event.objects.filter(invoice=one).last().by for one in (row, after)} == {owner}
    again = ala.post(address(company, "take_back", row), follow=True).content.decode()
    assert "już nie czeka" in again
    ala.post(address(company, "issue", row), {"mode": "online"})
    assert fresh(row).state == "awaiting"


def test_while_it_waits_nobody_edits_deletes_sends_or_prints_it(ala: Client, company: Any) -> None:
    original(company)
    row = issue(company, corrects(company, "FV/1"))
    for name in ("issue", "delete", "send", "change_mode"):
        assert ala.post(address(company, name, row), {"mode": "online"}).status_code == 302
    assert ala.get(address(company, "edit", row)).status_code == 302
    assert ala.get(address(company, "pdf", row)).status_code == 404
    assert ala.get(address(company, "xml", row)).status_code == 200
    with pytest.raises(StaleDraft) as stale:
        services.save_draft(company, corrects(company, "FV/1"), draft=row)
    assert stale.value.why == "awaiting"
    assert (fresh(row).state, steps(row)) == ("awaiting", ["await"])


def test_a_past_day_is_told_and_stays_what_the_person_chose(ala: Client, company: Any) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    first = original(company, issued=yesterday)
    row = issue(
        company,
        corrects(company, "FV/1", day=yesterday, **{f"<P_1>{timezone.localdate()}": f"<P_1>{yesterday}"}),
    )
    shown = ala.get(row.get_absolute_url()).content.decode()
    assert "KSeF oznaczy fakturę jako wystawioną offline" in shown
    accept(first)
    go_on(company)
    assert fresh(row).entry.issue_date == yesterday


def test_the_page_looks_again_and_goes_over_to_the_invoice(ala: Client, company: Any) -> None:
    first = original(company)
    row = issue(company, corrects(company, "FV/1"))
    part = ala.get(address(company, "awaiting", row))
    assert "Czeka na numer" in part.content.decode() and "<html" not in part.content.decode()
    queue = ala.get(reverse("sales:queue", args=[company.pk])).content.decode()
    assert "Czeka na numer faktury FV/1." in queue
    accept(first)
    go_on(company)
    assert ala.get(address(company, "awaiting", row))["HX-Refresh"] == "true"


def test_drafts_sent_together_go_originals_first(ala: Client, company: Any) -> None:
    after = services.save_draft(company, corrects(company, "FV/1"))
    first = services.save_draft(company, document(company.nip, number="FV/1"))
    send = reverse("sales:issue_drafts", args=[company.pk])
    sheet = ala.post(send, {"id": [after.pk, first.pk]})
    assert "jest dopiero szkicem" in sheet.content.decode()
    seen = sheet.context["digest"]
    ala.post(send, {"id": [after.pk, first.pk], "seen": seen})
    assert (fresh(first).state, fresh(after).state) == ("queued", "awaiting")


def test_who_may(company: Any, member: Any, stranger: Any, browse: Any) -> None:
    original(company)
    row = issue(company, corrects(company, "FV/1"))
    viewer, other = browse(member("viewer")), browse(stranger)
    assert "Zatrzymaj" not in viewer.get(row.get_absolute_url()).content.decode()
    assert viewer.post(address(company, "take_back", row)).status_code == 403
    for name in ("detail", "awaiting"):
        assert other.get(address(company, name, row)).status_code == 404
    for firm in (company, stranger.companies.get()):
        assert other.post(address(firm, "take_back", row)).status_code == 404
    assert fresh(row).state == "awaiting"


# bad luck


def test_an_environment_that_changed_meanwhile_keeps_it_waiting(company: Any) -> None:
    first = original(company)
    row = issue(company, corrects(company, "FV/1"))
    accept(first)
    company.environment = "TEST"
    company.save()
    go_on(company)
    assert fresh(row).state == "awaiting"
    company.environment = "EMULATOR"
    company.save()
    awaiting.once_connected(company)
    go_on(company)
    assert fresh(row).state == "queued"


@pytest.mark.parametrize("step", ["order.release", "issue.stored"])
def test_whatever_dies_it_is_issued_once(step: str, company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = original(company)
    row = issue(company, corrects(company, "FV/1"))
    accept(first)
    monkeypatch.setenv(failpoints.VARIABLE, step)

    def die(_pid: int, _signal: int) -> None:
        raise Died

    monkeypatch.setattr(failpoints.os, "kill", die)
    with pytest.raises(Died):
        go_on(company)
    monkeypatch.delenv(failpoints.VARIABLE)
    assert fresh(row).state == "awaiting"
    Job.objects.update(lease_until=None)
    registry.enqueue(company.pk, lifecycle.ORDER)
    go_on(company)
    assert steps(row) == ["await", "fill", "issue", "queue"]


def test_a_refusal_by_ksef_itself_brings_it_back(connected: Any, sender: Worker) -> None:
    from_another_program(connected, document(connected.nip, number="FV/1"))
    first = issue(connected, document(connected.nip, number="FV/1", Prosta="Krzywa"))
    row = issue(connected, corrects(connected, "FV/1"))
    sender.until(connected, lambda: fresh(first).state == "rejected")
    go_on(connected)
    assert (fresh(row).state, fresh(row).chip) == ("draft", "returned")


def test_while_ksef_is_away_it_waits(connected: Any, sender: Worker, wire: Wire) -> None:
    original(connected)
    row = issue(connected, corrects(connected, "FV/1"))
    wire.rules.append(lambda _request: httpx2.ConnectError("away"))
    sender.run(connected)
    go_on(connected)
    assert fresh(row).state == "awaiting"

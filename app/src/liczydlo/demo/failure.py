"""``dev.py demo --scenario failure``: planned work, a failure and a dead line, from the announcement to the last late
invoice, in the emulator's time.

The application's own process does what it does in life: it asks Latarnia, counts deadlines, tries again, sends. Here
the outside world happens, invoices are issued, and what must have become of them is compared with the calendar.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from django.db import close_old_connections
from django.urls import reverse

from liczydlo.companies.models import Company, User
from liczydlo.demo import firms, proofs, screen
from liczydlo.demo.firms import COMPANY, SOLE_PROPRIETOR, Ministry
from liczydlo.demo.office import Office
from liczydlo.demo.samples import faktura_of
from liczydlo.documents import files
from liczydlo.fa3.draft import InvoiceDraft, Line
from liczydlo.fa3.write import write
from liczydlo.ksef.deadlines import (
    DAYS_AFTER_FAILURE,
    WARSAW,
    add_business_days,
    is_business_day,
    next_business_day,
)
from liczydlo.ksef.modes import Mode
from liczydlo.offline import services as offline
from liczydlo.offline.models import Outage
from liczydlo.sales import modes
from liczydlo.sales import services as sales
from liczydlo.sales.deadlines import deadline_of, explanation
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import State
from liczydlo.web import times

PATIENCE: Final = 45.0  # seconds of the machine's for anything that the application does by itself
_PAUSE: Final = 0.1  # seconds between two looks at the rows
_RETRY: Final = dt.timedelta(minutes=11)
"""Longer than the longest wait between two tries."""


@dataclass(kw_only=True)
class Failure:
    """The play. ``wrong`` says what was not as it must be; ``site`` is the application's address."""

    ministry: Ministry
    owner: User
    out: Path
    site: str
    wrong: list[str] = field(default_factory=list)
    _invoices: list[Invoice] = field(default_factory=list)
    _company: Company | None = None

    @property
    def succeeded(self) -> bool:
        """Whether everything became what it must."""
        return bool(self._invoices) and not self.wrong

    def play(self) -> None:
        """All acts. Raises httpx2.HTTPError, NotStarted."""
        first = _before_christmas(times.today())
        self._at(first, 8, 30, "a firm is connected to KSeF with both its certificates.")
        self._connect()
        second = self._planned_work(first)
        last = self._failure(second)
        after = self._late(last)
        self._total_failure(after)
        self._show()

    def _planned_work(self, day: dt.date) -> dt.date:
        begin, end = _moment(day, 20, 0), _moment(day, 22, 0)
        self._at(day, 9, 0, "Latarnia announces planned work between 20:00 and 22:00.")
        self._office.announce_maintenance(begin, end)
        self._at(day, 9, 10, "the program has asked Latarnia by itself.", self._page("offline:list"))
        self._until("the planned work is known", self._knows("maintenance"))
        online = self._issue("an online invoice, as on any day", Mode.ONLINE)
        self._until("it has its number", lambda: self._accepted(online))

        self._at(day, 20, 10, "the planned work is on, KSeF does not answer; a customer wants an invoice.")
        self._office.stop_answering()
        invoice = self._issue("offline, handed over with both codes", Mode.OFFLINE)
        self._due(invoice, next_business_day(day), "the next business day after the planned work")
        self._at(day, 22, 5, "KSeF is back, nobody does anything.")
        self._office.mend()
        self._sent_in_time(invoice)
        return next_business_day(day)

    def _failure(self, day: dt.date) -> dt.date:
        self._at(day, 9, 0, "the firm's line is dead, nobody announced anything.")
        self._office.cut_line()
        any_reason = self._issue("offline24", Mode.OFFLINE24)
        self._due(any_reason, next_business_day(day), "the next business day")

        self._at(day, 9, 40, "the line is back; KSeF does not answer, and the Ministry announces a failure.")
        self._office.mend()
        self._office.stop_answering()
        event = self._office.announce_failure()
        self._at(day, 9, 50, "the program has heard of it.", self._page("offline:list"))
        self._until("the failure is known", self._knows("failure"))
        self._until(
            f"{any_reason} waits for the end of the failure",
            lambda: self._fresh(any_reason).due_date is None,
        )
        emergency = self._issue("awaryjny, with both codes", Mode.EMERGENCY)
        self._due(emergency, None, "not known before the failure ends")
        by_habit = self._issue("online, by habit: it waits in the queue", Mode.ONLINE)
        self._until("KSeF surely does not have it", lambda: modes.can_change(self._fresh(by_habit)))
        modes.change(self._fresh(by_habit), by=self.owner)
        self._say(f"{by_habit}: issued offline after all", by_habit.get_absolute_url())
        self._print(self._fresh(by_habit))
        self._due(by_habit, None, "not known before the failure ends")

        end = next_business_day(day)
        last = add_business_days(end, DAYS_AFTER_FAILURE)
        self._at(end, 12, 0, "the failure ends, but a firewall of the firm's lets nothing through to KSeF.")
        self._office.cut_off_ksef()
        self._office.announce_end(event)
        self._at(end, 12, 10, "the program has heard of the end.", self._page("offline:list"))
        for invoice in (any_reason, emergency, by_habit):
            self._due(invoice, last, f"the {DAYS_AFTER_FAILURE}th business day after the failure")

        self._at(last, 10, 0, "the last day: all three still wait, none is late.")
        for invoice in (any_reason, emergency, by_habit):
            self._must(f"{invoice} waits and is not late", not self._is_late(invoice))
        self._office.mend()
        self._say("the firewall is mended, and the queue empties by itself.")
        self._sent_in_time(any_reason, emergency, by_habit)
        return last

    def _late(self, day: dt.date) -> dt.date:
        self._at(day, 16, 0, "the line is dead again, and nobody notices.")
        self._office.cut_line()
        invoice = self._issue("offline24", Mode.OFFLINE24)
        due = next_business_day(day)
        self._due(invoice, due, "the next business day")
        self._at(due, 23, 50, "ten minutes before the end of its last day.")
        self._must(f"{invoice} is not late yet", not self._is_late(invoice))
        self._at(next_business_day(due), 9, 0, "a business day too late.", self._page("sales:list"))
        self._must(f"{invoice} is late, and the list says so", self._is_late(invoice))
        self._office.mend()
        self._say("the line is back; KSeF takes a late invoice too.")
        self._accepted_at_last(invoice)
        self._must(f"{invoice} was sent late", _sent_late(self._fresh(invoice)))
        return next_business_day(due)

    def _total_failure(self, day: dt.date) -> None:
        self._at(day, 12, 0, "television announces a total failure, and the owner enters it.")
        self._office.stop_answering()
        outage = offline.enter_total_failure(
            self._firm, self.owner, started_at=times.now(), ended_at=None, title="TVP1, 12:00"
        )
        invoice = self._issue("awaria całkowita: outside KSeF, without codes", Mode.TOTAL_FAILURE)
        self._at(day, 18, 0, "the end of it is announced, and entered.", self._page("offline:list"))
        offline.correct_total_failure(
            outage, started_at=outage.started_at, ended_at=times.now(), title=outage.title
        )
        self._office.mend()
        self._must(f"{invoice} is never sent", self._fresh(invoice).state == State.OUTSIDE)

    # what happens outside

    @property
    def _office(self) -> Office:
        return Office(control=self.ministry.control)

    @property
    def _firm(self) -> Company:
        assert self._company is not None, "connected first"
        return self._company

    def _connect(self) -> None:
        self.ministry.introduce(SOLE_PROPRIETOR)
        self._company = firms.begin(SOLE_PROPRIETOR, self.ministry, self.owner)
        firms.finish(self._company)

    def _at(self, day: dt.date, hour: int, minute: int, words: str, page: str = "") -> None:
        self._office.turn(_moment(day, hour, minute))
        self._say(words, page)

    # what the program does, and what it must have done

    def _issue(self, words: str, mode: Mode) -> Invoice:
        today, number = times.today(), len(self._invoices) + 1
        draft = InvoiceDraft(
            seller=SOLE_PROPRIETOR.party,
            buyer=COMPANY.party,
            number=f"FV/{number:03d}/{today:%m/%Y}",
            issue_date=today,
            lines=(Line(name="Naprawa pieca", net_price=Decimal(380 + number), rate="23"),),
        )
        invoice = sales.issue(self._firm, write(faktura_of(draft)), mode=mode, by=self.owner)
        self._invoices.append(invoice)
        self._say(f"{invoice}: {words}", invoice.get_absolute_url())
        why = self._fresh(invoice).mode_reason
        self._must(f"why this mode: {why.text('en') if why else '?'}", why is not None)
        if invoice.kod_2:
            self._print(invoice)
        return invoice

    def _print(self, invoice: Invoice) -> None:
        """What the customer takes away, read back with a scanner's eyes."""
        pdf = files.pdf(invoice.entry, kod_2=invoice.kod_2)
        (self.out / f"{invoice.entry.number.replace('/', '-')}.pdf").write_bytes(pdf)
        try:
            proofs.codes(invoice, pdf)
        except proofs.NotProved as error:
            self.wrong.append(f"{invoice}: {error}")

    def _due(self, invoice: Invoice, day: dt.date | None, words: str) -> None:
        self._until(
            f"{invoice} is to be sent by {day or '?'}: {words}",
            lambda: self._fresh(invoice).due_date == day,
        )
        row = self._fresh(invoice)
        why = explanation(Mode(row.mode), row.entry.issue_date, deadline_of(row))
        screen.say(f"      {why.text('en')}")

    def _sent_in_time(self, *invoices: Invoice) -> None:
        for invoice in invoices:
            self._accepted_at_last(invoice)
            self._must(f"{invoice} was sent in time", not _sent_late(self._fresh(invoice)))

    def _accepted_at_last(self, invoice: Invoice) -> None:
        """The next try comes by the emulator's clock."""
        if not self._accepted(invoice):
            self._office.turn(times.now() + _RETRY)
        self._until(f"{invoice} has its number", lambda: self._accepted(invoice))

    def _fresh(self, invoice: Invoice) -> Invoice:
        row: Invoice = Invoice.objects.of(self._firm).select_related("entry").get(pk=invoice.pk)
        return row

    def _knows(self, kind: str) -> Callable[[], bool]:
        return Outage.objects.filter(environment=self._firm.environment, kind=kind).exists

    def _accepted(self, invoice: Invoice) -> bool:
        return self._fresh(invoice).state == State.ACCEPTED

    def _is_late(self, invoice: Invoice) -> bool:
        return self._fresh(invoice).is_overdue(times.today())

    def _until(self, words: str, holds: Callable[[], bool]) -> None:
        """Wait for the application."""
        end = time.monotonic() + PATIENCE
        while not (held := holds()) and time.monotonic() < end:
            time.sleep(_PAUSE)  # the application is another process
            close_old_connections()
        self._must(words, held)

    def _must(self, words: str, held: bool) -> None:
        screen.say(f"    {'✓' if held else '✗'} {words}")
        if not held:
            self.wrong.append(words)

    def _say(self, words: str, page: str = "") -> None:
        moment = times.now().astimezone(WARSAW)
        screen.say(f"{moment:%a %d.%m.%Y %H:%M}  {words}" + (f"   {self.site}{page}" if page else ""))

    def _page(self, name: str) -> str:
        return reverse(name, args=[self._firm.pk])

    def _show(self) -> None:
        """The table of all that was issued."""
        rows = [self._fresh(invoice) for invoice in self._invoices]
        screen.deadlines(
            [
                (
                    str(row),
                    row.mode,
                    f"{row.due_date:%d.%m.%Y}" if row.due_date else "–",
                    f"{row.sent_at.astimezone(WARSAW):%d.%m %H:%M}" if row.sent_at else "–",
                    "outside" if not row.sent_at else "late" if _sent_late(row) else "in time",
                    row.entry.ksef_number or "–",
                )
                for row in rows
            ]
        )
        for words in self.wrong:
            screen.say(f"Not as it must be: {words}")


def _moment(day: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), WARSAW)


def _before_christmas(today: dt.date) -> dt.date:
    """The next 14 December, or the business day after it: the seven days of a failure then meet a holiday."""
    day = dt.date(today.year + (today >= dt.date(today.year, 12, 1)), 12, 14)
    return day if is_business_day(day) else next_business_day(day)


def _sent_late(invoice: Invoice) -> bool:
    sent, due = invoice.sent_at, invoice.due_date
    return sent is not None and due is not None and sent.astimezone(WARSAW).date() > due

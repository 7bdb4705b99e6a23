"""An invoice's story for people: its events, with what repeats told once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.functional import Promise

from liczydlo.sales.models import Event, Invoice
from liczydlo.sales.states import Step
from liczydlo.web.reasons import Reason

TONES = {
    Step.ACCEPT: "ok",
    Step.REJECT: "bad",
    Step.RETURN: "wait",
    Step.HOLD: "wait",
    Step.WAIT: "wait",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the timeline. ``times``: how often it came in a row, the last time at ``at``."""

    at: dt.datetime
    label: str | Promise
    tone: str
    by: str
    reason: Reason | None
    times: int = 1


def timeline(invoice: Invoice) -> list[Entry]:
    """The events of an invoice, oldest first; failed tries of the same reason in a row are one entry."""
    events = list(Event.objects.of(invoice.company).filter(invoice=invoice).select_related("by"))
    entries: list[Entry] = []
    steps: list[str] = []
    for event in events:
        entry = _entry(event)
        if event.step == Step.RETURN and _repeats(entries, steps, entry):
            entries.pop()  # the attempt just begun
            steps.pop()
            entries[-1] = replace(entries[-1], at=entry.at, times=entries[-1].times + 1)
            continue
        entries.append(entry)
        steps.append(event.step)
    return entries


def _repeats(entries: list[Entry], steps: list[str], entry: Entry) -> bool:
    if len(steps) < 3 or (steps[-2], steps[-1]) != (Step.RETURN, Step.SEND):
        return False
    before = entries[-2].reason
    return before is not None and entry.reason is not None and before.code == entry.reason.code


def _entry(event: Event) -> Entry:
    step = Step(event.step)
    return Entry(
        at=event.at,
        label=step.label,
        tone=TONES.get(step, ""),
        by=str(event.by) if event.by else "",
        reason=event.reason,
    )

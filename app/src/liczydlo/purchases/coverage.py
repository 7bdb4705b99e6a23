"""The time line of one role: of which stretches of permanent storage everything is here, and how that was proved.

Stretches are half-open: a document stored at the very end of one belongs to the next, because more may have been
stored at that moment than KSeF had listed (ksef-docs pobieranie-faktur/hwm.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from liczydlo.fa3.codec import from_json, to_json

How = Literal["list", "package", "earlier"]
"""KSeF's list up to its high-water mark, a package of an export, or an earlier version of the program."""
MONTHS: Final = dt.timedelta(days=85)
"""KSeF answers for at most three months at a time."""
LAST_HOURS: Final = dt.timedelta(hours=3)
"""So much is read again each time: documents have been reported that appeared below a mark already passed."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """From ``start`` up to ``end`` everything is here; proved at ``at`` or later."""

    start: dt.datetime
    end: dt.datetime
    how: How
    at: dt.datetime


Timeline = Sequence[Stretch]
"""In order, without overlaps."""
Window = tuple[dt.datetime, dt.datetime | None]
"""From when to when KSeF is asked; without an end its own mark decides."""


def overlay(timeline: Timeline, new: Stretch) -> tuple[Stretch, ...]:
    """The time line with a newer proof, which replaces what it covers. An empty stretch changes nothing."""
    if new.start >= new.end:
        return tuple(timeline)
    parts = [new]
    for one in timeline:
        if one.start < new.start:
            parts.append(replace(one, end=min(one.end, new.start)))
        if one.end > new.end:
            parts.append(replace(one, start=max(one.start, new.end)))
    return tuple(_joined(sorted(parts, key=lambda one: one.start)))


def _joined(parts: Sequence[Stretch]) -> Iterator[Stretch]:
    """Neighbours that touch and were proved in the same way on the same day are one; its proof is the older one's."""
    last: Stretch | None = None
    for one in parts:
        if last is not None and (last.end, last.how, last.at.date()) == (one.start, one.how, one.at.date()):
            last = replace(last, end=one.end, at=min(last.at, one.at))
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def gaps(timeline: Timeline, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """What between the two moments is not covered, oldest first."""
    open_: list[tuple[dt.datetime, dt.datetime]] = []
    for one in timeline:
        if start >= end:
            return open_
        if one.start > start:
            open_.append((start, min(one.start, end)))
        start = max(start, one.end)
    return [*open_, (start, end)] if start < end else open_


def covers(timeline: Timeline, moment: dt.datetime) -> bool:
    """Whether everything stored at the moment is said to be here."""
    return any(one.start <= moment < one.end for one in timeline)


def complete_until(timeline: Timeline, start: dt.datetime) -> dt.datetime | None:
    """Up to when everything since ``start`` is here, without a gap."""
    end = start
    for one in timeline:
        if one.start > end:
            break
        end = max(end, one.end)
    return end if end > start else None


def windows(timeline: Timeline, since: dt.datetime, now: dt.datetime) -> Iterator[Window]:
    """What KSeF is to be asked for, newest first; the first one reads the last hours again and has no end."""
    newest = max(since, now - MONTHS)
    if timeline:
        newest = max(newest, timeline[-1].end - LAST_HOURS)
    newest = min(newest, now)
    yield newest, None
    for start, end in reversed(gaps(timeline, since, newest)):
        last = end
        while last - start > MONTHS:
            yield last - MONTHS, last
            last -= MONTHS
        yield start, last


def as_json(timeline: Timeline) -> list[Any]:
    """The time line as lists and strings that a JSON column holds."""
    return [to_json(one) for one in timeline]


def of_json(stored: Sequence[Any]) -> tuple[Stretch, ...]:
    """The time line of a JSON column that ``as_json`` wrote."""
    return tuple(from_json(Stretch, one) for one in stored)

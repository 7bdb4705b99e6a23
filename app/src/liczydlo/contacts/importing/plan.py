"""What storing a file would do, line by line."""

from __future__ import annotations

import enum
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from liczydlo.web.paging import Page, listed
from liczydlo.web.reasons import Reason


class Outcome(enum.StrEnum):
    """What becomes of a line."""

    REFUSED = "refused"
    CHANGED = "changed"
    NEW = "new"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A column that a line changes: its name and what stands there, as people read it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Target:
    """The row that a line is matched with, as it was read: another one's change since then is not overwritten.

    ``address`` is a contractor's default address, ``place`` its two lines.
    """

    pk: int
    version: int
    address: int | None = None
    place: tuple[str, str] = ("", "")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the file; ``values`` are the columns to be stored, ``faults`` say in words why it is refused."""

    number: int
    title: str
    outcome: Outcome
    detail: str = ""
    changes: tuple[Change, ...] = ()
    faults: tuple[str, ...] = ()
    target: Target | None = None
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All lines of a file."""

    lines: Sequence[Line]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many lines have each outcome."""
        counted = Counter(line.outcome for line in self.lines)
        return {outcome.value: counted[outcome] for outcome in Outcome}

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to store."""
        return not (self.counts[Outcome.NEW] or self.counts[Outcome.CHANGED])

    @cached_property
    def digest(self) -> str:
        """Of all that would be stored over what is there: whoever confirms has seen it."""
        shown = [
            (one.number, one.outcome, one.target and asdict(one.target), one.values and dict(one.values))
            for one in self.lines
        ]
        return hashlib.sha256(json.dumps(shown, default=str, sort_keys=True).encode()).hexdigest()

    def of(self, outcome: Outcome) -> list[Line]:
        """The lines of one outcome."""
        return [line for line in self.lines if line.outcome == outcome]

    def page(self, outcome: Outcome | None, query: QueryDict) -> Page:
        """The page of an outcome's lines that a request asks for; an empty one without an outcome."""
        lines = self.of(outcome) if outcome is not None else []
        return listed(lines, query, number=lambda line: line.number)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A plan that is still being made: ``done`` of ``total`` lines; ``reason`` where it does not get on."""

    done: int
    total: int
    reason: Reason | None = None

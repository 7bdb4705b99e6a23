"""A pytest plugin (``-p tests.statements``): notes what the application asks of SQLite in each test, so that PostgreSQL
is asked it too.

``python -m tests.statements FOLDER`` prints the tests to repeat on PostgreSQL: every one with real transactions
(``transaction=True``: several sessions, migrations), and of the rest as few as together execute each statement that the
application executes in any of them, with each kind of error that it ended with. That is a fifth of them: the others
differ in values, not in SQL. What tests ask by themselves, to look at a row or to make one, is not what is tried.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest

ROOT: Final = str(Path(__file__).parent.parent / "app" / "src") + os.sep
FOLDER: Final = "LICZYDLO_TESTS_STATEMENTS"
"""The environment variable that names the folder of the notes; without it nothing is noted."""
_LISTS: Final = re.compile(r"\((?:%s, )*%s\)(?:, \((?:%s, )*%s\))*")
_NUMBERS: Final = re.compile(r"\d+")
_TEST: Final = 20  # statements' worth of work that any test costs, however few it executes


@dataclass(frozen=True)
class Note:
    """What one test asked: digests of the application's statements, how many it executed, whether it commits."""

    test: str
    statements: frozenset[str]
    count: int
    commits: bool


class Notes:
    """The application's statements in the test that runs now, from all its threads."""

    def __init__(self) -> None:
        self.statements: set[str] = set()
        self.count = 0
        self._known: set[str] = set()  # the application's: looked for on the stack once in a process

    def execute(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django's ``execute_wrapper``."""
        error = ""
        try:
            return execute(sql, params, many, context)
        except Exception as raised:
            error = type(raised).__name__
            raise
        finally:
            self.count += 1
            name = digest(sql, error)
            if name in self._known or by_application(sys._getframe()):
                self._known.add(name)
                self.statements.add(name)

    def follow(self, connection: Any, **_signal: Any) -> None:
        """Note what this connection executes; threads open connections of their own."""
        if self.execute not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.execute)


def by_application(frame: FrameType | None) -> bool:
    """Whether a module of the application stands on this stack."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(ROOT):
            return True
        frame = frame.f_back
    return False


@functools.lru_cache(10_000)
def digest(sql: str, error: str = "") -> str:
    """One name for a statement whatever the numbers in it and the length of its lists."""
    shape = _NUMBERS.sub("0", _LISTS.sub("(%s)", sql))
    return hashlib.blake2b(f"{shape}\n{error}".encode(), digest_size=8).hexdigest()


_notes = Notes()


def pytest_collection_finish() -> None:
    """From here on each connection is followed."""
    from django.db import connections
    from django.db.backends.signals import connection_created

    connection_created.connect(_notes.follow, weak=False)
    for connection in connections.all():
        _notes.follow(connection)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Write one line for each test that PostgreSQL could repeat."""
    _notes.statements, _notes.count = set(), 0
    result = yield
    folder = os.environ.get(FOLDER)
    elsewhere = any(item.get_closest_marker(name) for name in ("browser", "pure"))
    if folder and not elsewhere and item.nodeid.startswith("app/tests/"):
        line = [item.nodeid, sorted(_notes.statements), _notes.count, commits(item)]
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        with (Path(folder) / f"{worker}.jsonl").open("a") as notes:
            notes.write(json.dumps(line) + "\n")
    return result


def commits(item: pytest.Item) -> bool:
    """Whether a test has real transactions, which only a repetition can prove."""
    marker = item.get_closest_marker("django_db")
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool({"transactional_db", "live_server"} & fixtures) or bool(
        marker and marker.kwargs.get("transaction")
    )


def read(folder: Path) -> Iterator[Note]:
    """The notes of all workers, by the tests' names."""
    lines = [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    for test, statements, count, commits_too in sorted(lines):
        yield Note(test, frozenset(statements), count, commits_too)


def choose(notes: Iterable[Note]) -> list[str]:
    """The tests to repeat: all that commit, then always the one with most new statements for its work."""
    notes = list(notes)
    chosen = [note.test for note in notes if note.commits]
    left = frozenset().union(*(note.statements for note in notes))
    left -= frozenset().union(*(note.statements for note in notes if note.commits))
    rest = [note for note in notes if not note.commits]
    while left:
        best = max(rest, key=lambda note: (len(note.statements & left) / (note.count + _TEST), note.test))
        chosen.append(best.test)
        left -= best.statements
        rest = [note for note in rest if note.statements & left]
    return chosen


if __name__ == "__main__":
    print("\n".join(choose(read(Path(sys.argv[1])))))

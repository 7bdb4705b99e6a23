"""One module tells the time, ``liczydlo.web.times``: what reads the machine's clock does not follow the emulator's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.pure
FOLDER = ROOT / "app" / "src" / "liczydlo"
MACHINES: Mapping[str, str] = {
    "web/times.py": "it is the place",
    "ksef/runner.py": "the default of a client that is given no clock; ksef does without Django",
    "companies/users.py": "when an account was made",
    "companies/sessions.py": "when a login ends for want of work",
    "companies/people.py": "until when an invitation lets somebody in",
    "companies/people_views.py": "which invitations still let somebody in",
    "connection/models/passphrase.py": "how long private keys stay open",
    "connection/passphrase/services.py": "how long private keys stay open, and how long wrong passphrases count",
}
"""Modules on the machine's clock, each with the reason: what guards accounts and keys is nothing to train with."""
READERS = {
    "timezone": {"now", "localdate", "localtime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime"},
}
CONVERTS = {"localdate", "localtime"}
"""With an argument they read no clock."""


def readings(source: str) -> Iterator[str]:
    """Where a source names a function that reads the machine's clock."""
    tree = ast.parse(source)
    converting = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "attr", "") in CONVERTS
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or id(node) in converting:
            continue
        if node.attr in READERS.get(ast.unparse(node.value).rsplit(".", 1)[-1], ()):
            yield f"{node.lineno}: {ast.unparse(node)}"


def test_nothing_else_reads_the_machines_clock() -> None:
    sources = [path for path in FOLDER.rglob("*.py") if "migrations" not in path.parts]
    result = {path.relative_to(FOLDER).as_posix(): list(readings(path.read_text())) for path in sources}
    reading = {name: places for name, places in result.items() if places}
    assert set(reading) == set(MACHINES), f"take times.now() or times.today(): {reading}"


def test_no_template_reads_it() -> None:
    names = [path.name for path in FOLDER.rglob("*.html") if re.search(r"\{%\s*now\s", path.read_text())]
    assert not names


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("timezone.now()", 1),
        ("def f(clock=timezone.now): ...", 1),
        ("timezone.localdate()", 1),
        ("timezone.localtime(moment)", 0),
        ("dt.datetime.now(dt.UTC)", 1),
        ("date.today()", 1),
        ("time.time()", 1),
        ("time.monotonic()", 0),
        ("times.now()", 0),
    ],
)
def test_what_counts_as_reading_it(source: str, count: int) -> None:
    assert len(list(readings(source))) == count

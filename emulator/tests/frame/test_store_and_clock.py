"""The two things that everything else stands on."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ksef_emulator.clock import Clock
from ksef_emulator.store import InUse, Store

SCHEMA = "CREATE TABLE IF NOT EXISTS things (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE IF NOT EXISTS kept (x);"


def names(store: Store) -> list[str]:
    with store.transaction() as db:
        return [row["name"] for row in db.execute("SELECT name FROM things ORDER BY id")]


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    made = Store(tmp_path / "deep" / "x.sqlite3" if request.param == "file" else None)
    made.register(SCHEMA)
    return made


def test_all_or_nothing(store: Store) -> None:
    with store.transaction() as db:
        db.execute("INSERT INTO things (name) VALUES ('a')")
    with pytest.raises(ZeroDivisionError), store.transaction() as db:
        db.execute("INSERT INTO things (name) VALUES ('b')")
        raise ZeroDivisionError
    assert names(store) == ["a"]


def test_one_within_another_is_part_of_it(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        with store.transaction() as db:
            db.execute("INSERT INTO things (name) VALUES ('a')")
        raise ZeroDivisionError
    assert names(store) == []


def test_threads_wait_for_each_other(store: Store) -> None:
    def count() -> None:
        for _ in range(50):
            with store.transaction() as db:
                seen = db.execute("SELECT COUNT(*) FROM things").fetchone()[0]
                db.execute("INSERT INTO things (name) VALUES (?)", (str(seen),))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(store) == [str(number) for number in range(200)]


def test_a_reset_keeps_what_it_is_told_to(store: Store) -> None:
    with store.transaction() as db:
        db.execute("INSERT INTO things (name) VALUES ('a')")
        db.execute("INSERT INTO kept VALUES (1)")
    store.reset(keep={"kept"})
    assert names(store) == []
    with store.transaction() as db:
        assert db.execute("SELECT COUNT(*) FROM kept").fetchone()[0] == 1


def test_a_file_remembers(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    first = Store(path)
    first.register(SCHEMA)
    with first.transaction() as db:
        db.execute("INSERT INTO things (name) VALUES ('a')")
    first.close()
    again = Store(path)
    again.register(SCHEMA)
    assert names(again) == ["a"]


def test_a_file_is_one_processs_own(tmp_path: Path) -> None:
    first = Store(tmp_path / "x.sqlite3")
    with pytest.raises(InUse):
        Store(tmp_path / "x.sqlite3")
    first.close()
    Store(tmp_path / "x.sqlite3").close()


def test_what_cannot_be_committed_is_undone(store: Store) -> None:
    store.register(
        "CREATE TABLE IF NOT EXISTS parts (thing REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED);"
    )
    with pytest.raises(sqlite3.IntegrityError), store.transaction() as db:
        db.execute("INSERT INTO things (name) VALUES ('a')")
        db.execute("INSERT INTO parts VALUES (77)")
    assert names(store) == []
    with store.transaction() as db:
        db.execute("INSERT INTO things (name) VALUES ('b')")
    assert names(store) == ["b"]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(sqlite3.Error):
        Store(path).register(SCHEMA)


class TestClock:
    def test_runs_as_the_machine_until_turned(self) -> None:
        clock = Clock()
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
        clock.move(timedelta(days=2))
        assert abs(clock.now() - datetime.now(UTC) - timedelta(days=2)) < timedelta(seconds=1)
        clock.move(timedelta(days=-3))
        assert clock.now() < datetime.now(UTC)
        clock.reset()
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)

    def test_set_to_a_moment(self) -> None:
        clock = Clock()
        there = datetime(2027, 1, 1, tzinfo=UTC)
        assert there <= clock.set(there) < there + timedelta(seconds=1)
        first = clock.now()
        deadline = time.monotonic() + 1
        while clock.now() == first:  # two looks in one microsecond
            assert time.monotonic() < deadline
        assert clock.now() > first
        with pytest.raises(ValueError, match="zone"):
            clock.set(datetime(2027, 1, 1))  # noqa: DTZ001

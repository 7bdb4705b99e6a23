"""An empty SQLite database gets today's tables at once: they are those that all migrations lead to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.processes import Application, migrated


def parts(sql: str) -> list[str]:
    """What stands in the parentheses of a CREATE TABLE, in no order: a column that was added later stands last."""
    found, depth, quoted, begin = [], 0, False, sql.index("(") + 1
    end = sql.rindex(")")
    for at in range(begin, end):
        quoted ^= sql[at] == "'"
        depth += 0 if quoted else (sql[at] == "(") - (sql[at] == ")")
        if sql[at] == "," and not depth and not quoted:
            found.append(sql[begin:at])
            begin = at + 1
    return sorted(" ".join(part.split()) for part in [*found, sql[begin:end]])


def schema(folder: Path) -> dict[str, object]:
    """Tables by name, indexes by what they index: a table that was renamed keeps the names of its indexes."""
    with closing(sqlite3.connect(folder / "liczydlo.sqlite3")) as database:
        rows = database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    made: dict[str, object] = {name: parts(sql) for kind, name, sql in rows if kind == "table"}
    made["indexes"] = sorted(sql.replace(name, "") for kind, name, sql in rows if kind == "index")
    made["triggers"] = sorted(sql for kind, name, sql in rows if kind == "trigger")
    return made


def applied(folder: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "liczydlo.sqlite3")) as database:
        return set(database.execute("SELECT app, name FROM django_migrations"))


def test_the_short_way_leads_where_the_long_one_does(tmp_path: Path) -> None:
    done = Application(folder=tmp_path, emulator="http://127.0.0.1:1").drive("migrate_by_history")
    assert done.returncode == 0, done.stderr
    assert schema(migrated()) == schema(tmp_path)
    assert applied(migrated()) == applied(tmp_path)


def test_the_comparison_sees_a_difference() -> None:
    assert parts("CREATE TABLE a (b text DEFAULT 'x,(', CHECK (b > 1, 2))") == [
        "CHECK (b > 1, 2)",
        "b text DEFAULT 'x,('",
    ]
    assert parts("CREATE TABLE a (b text NOT NULL)") != parts("CREATE TABLE a (b text)")

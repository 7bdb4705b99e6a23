"""Which tests PostgreSQL repeats (``tests/statements.py``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.statements import ROOT, Note, Notes, choose, digest, read

NOTES = st.lists(
    st.builds(
        Note, st.text(), st.frozensets(st.sampled_from("abcdefgh")), st.integers(0, 100), st.booleans()
    ),
    unique_by=lambda note: note.test,
)


@given(NOTES)
def test_every_statement_is_repeated_and_no_test_in_vain(notes: list[Note]) -> None:
    chosen = choose(notes)
    repeated = [note for note in notes if note.test in chosen]
    assert {one for note in notes for one in note.statements} == {
        one for note in repeated for one in note.statements
    }
    assert {note.test for note in notes if note.commits} <= set(chosen)
    assert len(chosen) == len(set(chosen)) <= len([one for one in notes if one.commits]) + 8


def test_a_statement_is_known_by_its_shape_and_its_error() -> None:
    short = "SELECT a FROM b WHERE c IN (%s, %s) LIMIT 21"
    assert digest(short) == digest("SELECT a FROM b WHERE c IN (%s, %s, %s) LIMIT 5")
    assert digest(short) != digest("SELECT a FROM b WHERE d IN (%s, %s) LIMIT 21")
    assert digest(short) != digest(short, "IntegrityError")
    assert digest("INSERT INTO a VALUES (%s, %s), (%s, %s)") == digest("INSERT INTO a VALUES (%s, %s)")


def test_what_a_test_asks_by_itself_is_not_the_applications() -> None:
    module: dict[str, Any] = {}
    exec(compile("def service(ask): return ask()", f"{ROOT}liczydlo/module.py", "exec"), module)
    sql, seen = "SELECT a FROM b LIMIT 21", {digest("SELECT a FROM b LIMIT 21")}
    notes = Notes()

    def ask() -> None:
        notes.execute(lambda *_: None, sql, (), False, {})

    ask()
    assert (notes.statements, notes.count) == (set(), 1)
    module["service"](ask)
    assert (notes.statements, notes.count) == (seen, 2)
    notes.statements = set()
    ask()
    assert notes.statements == seen, "one of the application's, wherever it is asked"


def test_notes_of_all_workers_are_read(tmp_path: Path) -> None:
    (tmp_path / "gw0.jsonl").write_text('["b", ["1"], 3, false]\n["a", [], 0, true]\n')
    (tmp_path / "gw1.jsonl").write_text('["c", ["1", "2"], 4, false]\n')
    assert choose(read(tmp_path)) == ["a", "c"]

"""A model that has moved to another app keeps its rows, their numbers and the counting of new ones."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.state import ProjectState
from liczydlo.table_moves import MoveModel, TakeTable

pytestmark = pytest.mark.django_db(transaction=True)

MOVE = MoveModel(
    "Note",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("words", models.CharField(max_length=20)),
        ("times", models.IntegerField(default=7)),
    ],
    old_table="before_note",
    columns={"words": "text"},
    options={"constraints": [models.UniqueConstraint(fields=["words"], name="one_note_of_words")]},
)


def run(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def state() -> Any:
    """The project after the move; the tables are dropped afterwards."""
    after = ProjectState()
    MOVE.state_forwards("after", after)
    yield after
    run("DROP TABLE IF EXISTS before_note")
    run("DROP TABLE IF EXISTS after_note")


def move(state: ProjectState) -> type[models.Model]:
    with connection.schema_editor() as editor:
        MOVE.database_forwards("after", editor, ProjectState(), state)
    note: type[models.Model] = state.apps.get_model("after", "Note")
    return note


def test_rows_come_along_and_the_old_table_goes(state: ProjectState) -> None:
    run("CREATE TABLE before_note (id bigint PRIMARY KEY, text varchar(20) NOT NULL)")
    run("CREATE UNIQUE INDEX one_note_of_words ON before_note (text)")
    run("INSERT INTO before_note VALUES (3, 'żółw'), (9, 'gęś')")
    note = move(state)
    assert list(note.objects.order_by("pk").values_list()) == [(3, "żółw", 7), (9, "gęś", 7)]
    assert "before_note" not in connection.introspection.table_names()
    assert note.objects.create(words="jeż").pk > 9, "new rows are counted on from the last"


def test_a_new_installation_gets_an_empty_table(state: ProjectState) -> None:
    assert not move(state).objects.exists()


def test_what_refers_to_a_moved_table_moves_next(state: ProjectState) -> None:
    run("CREATE TABLE before_note (id bigint PRIMARY KEY, text varchar(20) NOT NULL)")
    run("CREATE TABLE before_page (note_id bigint REFERENCES before_note (id))")
    run("INSERT INTO before_note VALUES (9, 'gęś')")
    run("INSERT INTO before_page VALUES (9)")
    with connection.schema_editor() as editor:
        MOVE.database_forwards("after", editor, ProjectState(), state)
        assert run("SELECT note_id FROM before_page") == [(9,)]
        run("DROP TABLE before_page")


def test_a_table_is_taken_over_with_what_refers_to_it() -> None:
    run(
        "CREATE TABLE before_note (id bigint PRIMARY KEY, words varchar(20) NOT NULL, times integer NOT NULL)"
    )
    run("CREATE TABLE before_tag (note_id bigint NOT NULL REFERENCES before_note (id))")
    run("INSERT INTO before_note VALUES (3, 'żółw', 1)")
    run("INSERT INTO before_tag VALUES (3)")
    take = TakeTable("Note", MOVE.fields, old_table="before_note")
    after = ProjectState()
    take.state_forwards("after", after)
    try:
        with connection.schema_editor() as editor:
            take.database_forwards("after", editor, ProjectState(), after)
        note = after.apps.get_model("after", "Note")
        assert list(note.objects.values_list()) == [(3, "żółw", 1)]
        with pytest.raises(IntegrityError), transaction.atomic():
            run("INSERT INTO before_tag VALUES (4)")
            connection.check_constraints()
    finally:
        run("DROP TABLE IF EXISTS before_tag")
        run("DROP TABLE IF EXISTS after_note")

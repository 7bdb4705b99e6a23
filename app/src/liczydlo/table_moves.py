"""Migrations of a model that has moved to another app: its rows come along from the table of the app before."""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState


class MoveModel(CreateModel):
    """Create a model's table and bring the rows of ``old_table`` into it, if there is one, which is then dropped.

    A new installation has no such table and gets an empty one. ``columns`` maps new names of columns to the old ones
    where they differ; a column that the old table lacks gets its field's default. A table that refers to the old one
    by a foreign key has to be moved after it. Going back drops the new table with its rows.
    """

    def __init__(
        self, name: str, fields: Any, *, old_table: str, columns: dict[str, str] | None = None, **options: Any
    ) -> None:
        """As ``CreateModel``; see the class."""
        super().__init__(name, fields, **options)
        self.old_table, self.columns = old_table, columns or {}

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes it."""
        name, positional, named = super().deconstruct()
        return name, list(positional), {**named, "old_table": self.old_table, "columns": self.columns}

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        connection = schema_editor.connection
        if self.old_table not in connection.introspection.table_names():
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        apps: Apps = to_state.apps
        model: type[models.Model] = apps.get_model(app_label, self.name)
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            present = {
                column.name
                for column in connection.introspection.get_table_description(cursor, self.old_table)
            }
            # The old table goes first: names of indexes and constraints are unique in a database.
            cursor.execute(f"CREATE TEMPORARY TABLE moving_rows AS SELECT * FROM {quote(self.old_table)}")  # noqa: S608
            schema_editor.execute(schema_editor.sql_delete_table % {"table": quote(self.old_table)})
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            into, out, values = [], [], []
            for field in model._meta.local_concrete_fields:
                column = str(field.column)
                old = self.columns.get(column, column)
                into.append(quote(column))
                out.append(quote(old) if old in present else "%s")
                if old not in present:
                    values.append(field.get_db_prep_save(field.get_default(), connection))
            cursor.execute(
                f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(into)}) "  # noqa: S608 - names of our own columns
                f"SELECT {', '.join(out)} FROM moving_rows",
                values,
            )
            cursor.execute("DROP TABLE moving_rows")
            if {"django_content_type", "auth_permission"} <= set(
                connection.introspection.table_names(cursor)
            ):
                _rename_content_type(cursor, self.old_table, model)
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)


def _rename_content_type(cursor: Any, old_table: str, model: type[models.Model]) -> None:
    """The content type of the old model and its permissions become the new one's, so that grants come along too."""
    old, new = old_table.rsplit("_", 1), [model._meta.app_label, str(model._meta.model_name)]
    cursor.execute(
        "UPDATE django_content_type SET app_label = %s, model = %s WHERE app_label = %s AND model = %s"
        " AND NOT EXISTS (SELECT 1 FROM django_content_type WHERE app_label = %s AND model = %s)",
        [*new, *old, *new],
    )
    for action in ("add", "change", "delete", "view"):
        cursor.execute(
            "UPDATE auth_permission SET codename = %s, name = %s WHERE codename = %s AND content_type_id ="
            " (SELECT id FROM django_content_type WHERE app_label = %s AND model = %s)",
            [f"{action}_{new[1]}", f"Can {action} {model._meta.verbose_name}", f"{action}_{old[1]}", *new],
        )


class TakeTable(CreateModel):
    """Create a model whose table is there already as ``old_table``, of a model of another app: it is renamed.

    For a table that others refer to by foreign keys, which follow, or that is too large to copy. The migration comes
    after every one that makes the old table what it is; the old model is taken out of the state afterwards. There is
    no way back.
    """

    reversible = False

    def __init__(self, name: str, fields: Any, *, old_table: str, **options: Any) -> None:
        """As ``CreateModel``; see the class."""
        super().__init__(name, fields, **options)
        self.old_table = old_table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes it."""
        name, positional, named = super().deconstruct()
        return name, list(positional), {**named, "old_table": self.old_table}

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002 - Django's signature
        to_state: ProjectState,
    ) -> None:
        model: type[models.Model] = to_state.apps.get_model(app_label, self.name)
        schema_editor.alter_db_table(model, self.old_table, model._meta.db_table)

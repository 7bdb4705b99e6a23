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
    where they differ; a column that the old table lacks gets its field's default. Nothing may refer to the old table
    by a foreign key. Going back drops the new table with its rows.
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
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        apps: Apps = to_state.apps
        model: type[models.Model] = apps.get_model(app_label, self.name)
        connection = schema_editor.connection
        if self.old_table not in connection.introspection.table_names():
            return
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            present = {
                column.name
                for column in connection.introspection.get_table_description(cursor, self.old_table)
            }
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
                f"SELECT {', '.join(out)} FROM {quote(self.old_table)}",
                values,
            )
            cursor.execute(f"DROP TABLE {quote(self.old_table)}")
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)

"""``migrate``, which gives an empty database today's tables at once.

Django builds the models of each past state to get there: fifteen seconds of a first start, and of each test that begins
with an empty folder. Tests compare both ways' tables on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class Command(migrate.Command):
    """Django's command, preceded by :func:`create_tables` where there is nothing yet."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring a database up to date."""
        connection = connections[options["database"]]
        partly = ("app_label", "fake", "fake_initial", "plan", "check_unapplied", "prune")
        is_whole = not any(options.get(name) for name in partly)
        if is_whole and not connection.introspection.table_names():
            create_tables(connection)
        super().handle(*args, **options)


def create_tables(connection: BaseDatabaseWrapper) -> None:
    """Make the tables of the migrations' last state in an empty database and note every migration as done."""
    loader = MigrationLoader(connection)
    with connection.schema_editor() as editor:
        for model in loader.project_state().apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app_label, name in loader.graph.nodes:
            recorder.record_applied(app_label, name)

"""Indexes that PostgreSQL and SQLite make in different ways: words anywhere in an entry, beginnings of line words."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import DatabaseError, connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

log = logging.getLogger(__name__)


class _OwnIndex(models.Index):
    """An index that PostgreSQL makes in a way of its own; a migration file names it, and no columns.

    ``columns`` are SQLite's, unless the index is made with others.
    """

    columns: ClassVar[tuple[str, ...]]

    def __init__(self, *, name: str, columns: Sequence[str] = ()) -> None:
        super().__init__(fields=columns or self.columns, name=name)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes it."""
        return f"{type(self).__module__}.{type(self).__name__}", [], {"name": self.name}

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Any:
        """The statement of the connected database."""
        if schema_editor.connection.vendor != "postgresql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        index, method = self.on_postgresql(schema_editor.connection)
        return index.create_sql(model, schema_editor, method, **kwargs)

    def on_postgresql(self, database: BaseDatabaseWrapper) -> tuple[models.Index, str]:
        """The index there, and its `` USING`` clause, which may be empty."""
        raise NotImplementedError


class SearchIndex(_OwnIndex):
    """Trigrams on PostgreSQL. SQLite has none that Django keeps through its rebuilding of tables: there it is all that
    a search reads, side by side in the order of lists, a tenth of what reading the rows would cost. ``listed`` are the
    columns of that order; an index of lists that knows more of a row would be taken instead.

    Trigrams are an extension of PostgreSQL's own, which the owner of a database may add. Where that is forbidden the
    index is one of lists, and a search reads every row of the company.
    """

    columns = ("company", "environment", "direction", "-id", "words", "gross")

    def __init__(self, *, name: str, listed: Sequence[str] = columns[:-2]) -> None:
        self.listed = tuple(listed)
        super().__init__(name=name, columns=(*self.listed, *self.columns[-2:]))

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes it: with columns where they are not the first ones that it had."""
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs if self.listed == self.columns[:-2] else kwargs | {"listed": self.listed}

    def on_postgresql(self, database: BaseDatabaseWrapper) -> tuple[models.Index, str]:
        """Trigrams, or the columns that lists are sorted by."""
        if _has_trigrams(database):
            return models.Index(fields=["words"], name=self.name, opclasses=["gin_trgm_ops"]), " USING gin"
        return models.Index(fields=self.listed, name=self.name), ""


def _has_trigrams(database: BaseDatabaseWrapper) -> bool:
    """Whether PostgreSQL has ``pg_trgm``, added here if need be."""
    try:
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        log.warning("PostgreSQL has no pg_trgm, so that searching for words reads every row: %s", error)
        return False
    return True


class WordIndex(_OwnIndex):
    """Words by company and environment, with their entries; on PostgreSQL of a kind that serves LIKE in any locale."""

    columns = ("company", "environment", "word", "entry")

    def on_postgresql(self, database: BaseDatabaseWrapper) -> tuple[models.Index, str]:  # noqa: ARG002
        """Letters compared by their codes."""
        opclasses = ["int8_ops", "varchar_ops", "varchar_pattern_ops", "int8_ops"]
        return models.Index(fields=self.columns, name=self.name, opclasses=opclasses), ""


def beginning(word: str) -> models.Q:
    """Rows whose ``word`` begins so, by ``WordIndex``: SQLite uses it for a range and not for LIKE."""
    if connection.vendor == "sqlite":
        return models.Q(word__gte=word, word__lt=f"{word}\U0010ffff")
    return models.Q(word__startswith=word)

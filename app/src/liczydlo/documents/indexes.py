"""Indexes that PostgreSQL and SQLite make in different ways: words anywhere in an entry, beginnings of line words."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final

from django.db import DatabaseError, connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

log = logging.getLogger(__name__)
LISTED: Final = ("company", "environment", "direction", "-id")
READ: Final = ("words", "gross")


class SearchIndex(models.Index):
    """Trigrams on PostgreSQL. SQLite has none that Django keeps through its rebuilding of tables: there it is all that
    a search reads, side by side in the order of lists, a tenth of what reading the rows would cost. ``listed`` are the
    columns of that order; an index of lists that knows more of a row would be taken instead.

    Trigrams are an extension of PostgreSQL's own, which the owner of a database may add. Where that is forbidden the
    index is one of lists, and a search reads every row of the company.
    """

    def __init__(self, *, name: str, listed: Sequence[str] = LISTED) -> None:
        self.listed = tuple(listed)
        super().__init__(fields=(*self.listed, *READ), name=name)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes it."""
        order = {} if self.listed == LISTED else {"listed": self.listed}
        return "liczydlo.documents.indexes.SearchIndex", [], {"name": self.name, **order}

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
        if not _has_trigrams(schema_editor.connection):
            return models.Index(fields=self.listed, name=self.name).create_sql(model, schema_editor, **kwargs)
        trigrams = models.Index(fields=["words"], name=self.name, opclasses=["gin_trgm_ops"])
        return trigrams.create_sql(model, schema_editor, " USING gin", **kwargs)


def _has_trigrams(database: BaseDatabaseWrapper) -> bool:
    """Whether PostgreSQL has ``pg_trgm``, added here if need be."""
    try:
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        log.warning("PostgreSQL has no pg_trgm, so that searching for words reads every row: %s", error)
        return False
    return True


class WordIndex(models.Index):
    """Words by company and environment, with their entries; on PostgreSQL of a kind that serves LIKE in any locale."""

    def __init__(self, *, name: str) -> None:
        super().__init__(fields=("company", "environment", "word", "entry"), name=name)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes it."""
        return "liczydlo.documents.indexes.WordIndex", [], {"name": self.name}

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
        fields = ["company", "environment", "word", "entry"]
        opclasses = ["int8_ops", "varchar_ops", "varchar_pattern_ops", "int8_ops"]
        ordered = models.Index(fields=fields, name=self.name, opclasses=opclasses)
        return ordered.create_sql(model, schema_editor, using, **kwargs)


def beginning(word: str) -> models.Q:
    """Rows whose ``word`` begins so, by ``WordIndex``: SQLite uses it for a range and not for LIKE."""
    if connection.vendor == "sqlite":
        return models.Q(word__gte=word, word__lt=f"{word}\U0010ffff")
    return models.Q(word__startswith=word)

"""Indexes that PostgreSQL and SQLite make in different ways: words anywhere in an entry, beginnings of line words."""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COLUMNS = ("company", "environment", "direction", "-id", "words", "gross")


class SearchIndex(models.Index):
    """Trigrams on PostgreSQL. SQLite has none that Django keeps through its rebuilding of tables: there it is all that
    a search reads, side by side in the order of lists, a tenth of what reading the rows would cost.
    """

    def __init__(self, *, name: str) -> None:
        super().__init__(fields=COLUMNS, name=name)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes it."""
        return "liczydlo.documents.indexes.SearchIndex", [], {"name": self.name}

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
        trigrams = models.Index(fields=["words"], name=self.name, opclasses=["gin_trgm_ops"])
        return trigrams.create_sql(model, schema_editor, " USING gin", **kwargs)


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

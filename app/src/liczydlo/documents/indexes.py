"""The index of a database that finds words anywhere in an invoice's ``words``."""

from __future__ import annotations

from typing import Any

from django.db import models
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

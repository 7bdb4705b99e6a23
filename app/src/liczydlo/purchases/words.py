"""Words of purchases' lines, by which lists are searched."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.documents.indexes import WordIndex
from liczydlo.documents.models import IndexEntry


class LineWord(CompanyOwned):
    """A folded word of a purchase's lines, for ``search``: an inverted index that both databases keep alike."""

    environment = models.CharField(max_length=10, choices=Environment)
    word = models.CharField(max_length=40)
    entry = models.ForeignKey(IndexEntry, models.CASCADE, db_index=False, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["entry", "word"], name="one_row_per_word"),
        ]
        indexes: ClassVar[list[models.Index]] = [WordIndex(name="line_words")]

    def __str__(self) -> str:
        return self.word

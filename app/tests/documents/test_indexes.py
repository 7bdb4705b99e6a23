"""What the search index is where PostgreSQL's trigrams are forbidden."""

from __future__ import annotations

import logging

import pytest
from django.db import connection
from liczydlo.documents.indexes import SearchIndex
from liczydlo.documents.models import IndexEntry


@pytest.mark.django_db
def test_without_trigrams_tables_are_made_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    editor = connection.schema_editor()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            assert "gin_trgm_ops" in str(SearchIndex(name="words").create_sql(IndexEntry, editor))
            cursor.execute("DROP EXTENSION pg_trgm CASCADE")
            cursor.execute("CREATE ROLE without_rights")
            cursor.execute("SET LOCAL ROLE without_rights")
        statement = str(SearchIndex(name="words").create_sql(IndexEntry, editor))
        if connection.vendor == "postgresql":
            cursor.execute("RESET ROLE")
            assert "searching for words reads every row" in caplog.text
        else:
            assert '"words"' in statement
        assert "gin" not in statement
        cursor.execute(statement)

"""Several sessions against each other, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

Together = Callable[..., list[Any]]


@pytest.fixture
def together(tmp_path: Path) -> Together:
    """``together(*functions)``: each in a thread and a database session of its own, begun at the same moment.

    What they return, an exception as itself. SQLite's database in memory knows no waiting, so its copy in a file is
    used, made at the first call; only what runs through ``together`` sees it. The test has to commit what it makes:
    ``django_db(transaction=True)``.
    """
    before, file = connection.settings_dict["NAME"], tmp_path / "races.sqlite3"

    def run(*functions: Callable[[], Any]) -> list[Any]:
        begin = threading.Barrier(len(functions))

        def one(function: Callable[[], Any]) -> Any:
            begin.wait(10)
            try:
                return function()
            except Exception as error:  # noqa: BLE001 - handed to the test
                return error
            finally:
                connection.close()

        if connection.vendor == "sqlite":
            if not file.exists():
                connection.ensure_connection()
                with sqlite3.connect(file) as copy:
                    connection.connection.backup(copy)
                copy.close()
            connection.settings_dict["NAME"] = str(file)
        try:
            with ThreadPoolExecutor(len(functions)) as sessions:
                return list(sessions.map(one, functions))
        finally:
            connection.settings_dict["NAME"] = before

    return run

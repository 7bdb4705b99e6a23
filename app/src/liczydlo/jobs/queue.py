"""The queue that wakes workers: huey on SQLite in the data folder, or on Redis. It may lose tasks."""

from __future__ import annotations

import functools
import logging
import sqlite3
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connections
from huey import Huey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer
from redis.exceptions import RedisError

NAME = "liczydlo"

log = logging.getLogger(__name__)


@functools.cache
def huey() -> Huey:
    """The one queue of this process; its messages are signed with the secret key."""
    options: dict[str, Any] = {
        "results": False,
        "serializer": SignedSerializer(secret=settings.SECRET_KEY, salt="liczydlo.jobs"),
    }
    if settings.REDIS_URL:
        return RedisHuey(NAME, url=settings.REDIS_URL, **options)
    folder = Path(settings.LICZYDLO_DATA)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return SqliteHuey(NAME, filename=str(folder / "queue.sqlite3"), fsync=False, timeout=30, **options)


@functools.cache
def _task() -> Any:
    @huey().task(name="run")  # type: ignore[untyped-decorator]  # huey carries no types
    def run(job_id: int) -> None:
        from liczydlo.jobs import registry  # noqa: PLC0415 - jobs enqueue, and the queue runs jobs

        close_old_connections()
        try:
            registry.run(job_id)
        finally:
            close_old_connections()

    return run


def prepare() -> Huey:
    """The queue with its task known to it, as a consumer needs it; a worker that ends closes its connections."""
    _task()
    huey().on_shutdown("connections")(connections.close_all)
    return huey()


def notify(job_id: int) -> None:
    """Tell some worker that a row may be due. A queue that is away costs nothing but time: the sweep tells again."""
    try:
        _task()(job_id)
    except (RedisError, sqlite3.Error):
        log.warning("the queue is away; the sweep will tell a worker", exc_info=True)

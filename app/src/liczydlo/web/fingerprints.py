"""Addresses of static files that change with the file, so that browsers may keep them for a year; no build step."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@functools.lru_cache(maxsize=256)
def _fingerprint(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


class FingerprintedStorage(StaticFilesStorage):
    """Adds the beginning of the content's SHA-256 to every address."""

    def url(self, name: str | None) -> str:
        """The address of a file; a file that does not exist keeps a plain one."""
        plain = super().url(name)
        path = finders.find(name or "")
        if not isinstance(path, str):
            return plain
        if settings.DEBUG:
            _fingerprint.cache_clear()
        return f"{plain}?v={_fingerprint(path)}"

"""The app of the books."""

from __future__ import annotations

from django.apps import AppConfig


class BooksConfig(AppConfig):
    """Files for the tax office, and what they say of the firm."""

    name = "liczydlo.books"

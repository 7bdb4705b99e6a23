"""Rows of long lists are Jinja2 templates, in the folder ``jinja2`` of their feature; all other pages are Django's.

Jinja2 compiles a template to Python: the rows of fifty sales invoices take an eighth of the calls that they take in
Django's language, where each variable and each ``if`` of each row is an object that is asked to render itself; the
whole page takes a third fewer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from jinja2 import BaseLoader, Environment, StrictUndefined

from liczydlo.web.templatetags import liczydlo


def environment(*, loader: BaseLoader, auto_reload: bool, **_: Any) -> Environment:
    """Jinja2 with the filters of ``{% load liczydlo %}`` that rows use; a name that nobody gave is an error.

    Django's backend calls it with the loader of the applications' folders.
    """
    engine = Environment(
        loader=loader,
        auto_reload=auto_reload,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.filters |= {"zl": liczydlo.zl, "data": liczydlo.data, "nip": liczydlo.nip}
    engine.globals |= {
        "_": gettext,
        "addresses": addresses,
        "chip": liczydlo.chip,
        "icon": liczydlo.icon,
    }
    return engine


def addresses(name: str, *arguments: int) -> Callable[[int], str]:
    """Addresses of rows: those of a view whose last argument is the row's number. One is worked out, not fifty."""
    before, _, after = reverse(name, args=[*arguments, 0]).rpartition("/0")
    return lambda number: f"{before}/{number}{after}"

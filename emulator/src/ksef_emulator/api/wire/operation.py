"""What the OpenAPI says of one operation beside its parameters and body, which stand in its handler's signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rate:
    """``x-rate-limits``: requests that fit into a window; None is no limit. ``group`` is the name under which several
    operations share their windows; None is a window of each operation's own."""

    per_second: int | None
    per_minute: int | None
    per_hour: int | None
    group: str | None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One of the operations. ``path`` has no ``/v2``; ``answers`` maps statuses of success to the name of their schema
    (``xml`` is a document, an empty name no content); ``hashed`` ones carry ``x-ms-meta-hash``; ``anonymous`` ones
    need no token."""

    method: str
    path: str
    tag: str
    answers: Mapping[int, str]
    refusals: Sequence[int]
    rate: Rate
    xml_body: bool = False
    hashed: bool = False
    permissions: Sequence[str] = ()
    sort: Sequence[Mapping[str, Any]] = field(default=())
    anonymous: bool = False

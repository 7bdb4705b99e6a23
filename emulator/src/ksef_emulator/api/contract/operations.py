"""What the OpenAPI says of each operation beside its parameters and body, which stand in its handler's signature."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
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
    answers: Mapping[str, str]
    refusals: Sequence[int]
    rate: Rate
    xml_body: bool = False
    hashed: bool = False
    permissions: Sequence[str] = ()
    sort: Sequence[Mapping[str, Any]] = ()
    anonymous: bool = False


def _all() -> tuple[Operation, ...]:
    table = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return tuple(
        Operation(method=name.split()[0], path=name.split()[1], **fields | {"rate": Rate(**fields["rate"])})
        for name, fields in table.items()
    )


OPERATIONS = _all()
"""In the order of the OpenAPI; ``operations.json`` is generated from it."""

"""Continuation tokens: opaque to clients, the position after which the next page begins."""

from __future__ import annotations

import base64
import binascii
import json
import math
from typing import Any

from .. import problems
from ..config import Behaviour

HEADER = "x-continuation-token"


def encode(position: Any) -> str:
    """A token of a JSON value."""
    return base64.b64encode(json.dumps(position).encode()).decode()


def continued(behaviour: Behaviour, last: Any) -> dict[str, Any]:
    """The member of an answer that says where the next page begins: after the position ``last``, None at the end."""
    if last is not None:
        return {"continuationToken": encode(last)}
    return {} if behaviour.live else {"continuationToken": None}


def decode(token: str) -> Any:
    """The value of a token. Raises problem 21418."""
    try:
        return json.loads(base64.b64decode(token, validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise problems.invalid_continuation() from error


def newest_before(token: str | None) -> tuple[float, float]:
    """Where a page of things goes on, newest first: a moment in microseconds and a row's number; everything on the
    page is less. What was added or ended meanwhile shifts nothing. Raises problem 21418."""
    if not token:
        return math.inf, math.inf
    position = decode(token)
    if (
        not isinstance(position, list)
        or len(position) != 2
        or not all(isinstance(item, int) and not isinstance(item, bool) for item in position)
    ):
        raise problems.invalid_continuation()
    return position[0], position[1]

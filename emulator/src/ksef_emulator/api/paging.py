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
    """The value of a token. Raises problem 21418, also for a number that no row can have."""
    try:
        return json.loads(base64.b64decode(token, validate=True), parse_int=_of_a_row)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise problems.invalid_continuation() from error


def _of_a_row(digits: str) -> int:
    number = int(digits)
    if abs(number) >= 2**63:
        raise ValueError("beyond SQLite's integers")
    return number


def pair(token: str | None, first: type, second: type) -> tuple[Any, Any] | None:
    """The position of two values of these types; None without a token. Raises problem 21418."""
    if not token:
        return None
    position = decode(token)
    if not isinstance(position, list) or [type(value) for value in position] != [first, second]:
        raise problems.invalid_continuation()
    return position[0], position[1]


def newest_before(token: str | None) -> tuple[float, float]:
    """Where a page of things goes on, newest first: a moment in microseconds and a row's number; everything on the
    page is less. What was added or ended meanwhile shifts nothing. Raises problem 21418."""
    return pair(token, int, int) or (math.inf, math.inf)

"""Continuation tokens: opaque to clients, the position after which the next page begins."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from .. import problems

HEADER = "x-continuation-token"


def encode(position: Any) -> str:
    """A token of a JSON value."""
    return base64.b64encode(json.dumps(position).encode()).decode()


def decode(token: str) -> Any:
    """The value of a token. Raises problem 21418."""
    try:
        return json.loads(base64.b64decode(token, validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise problems.invalid_continuation() from error

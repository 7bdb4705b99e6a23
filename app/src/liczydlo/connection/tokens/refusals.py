"""Why KSeF did not let in with a token."""

from __future__ import annotations

from liczydlo import ksef
from liczydlo.connection.errors import NotStored


def refused_login(error: ksef.KsefError, where: ksef.Environment) -> NotStored:
    """What KSeF said to a login with the token."""
    codes = {"450": "token-unknown", "415": "token-no-rights"}
    if isinstance(error, ksef.Refusal) and error.code in codes:
        return NotStored(
            codes[error.code], reference=error.reference, ksef_code=error.code, environment=where.name
        )
    return NotStored.of_login(error, where)

"""Reference numbers: `YYYYMMDD-KK-10HEX-10HEX-CRC`, 36 characters, the same shape for every kind of
object."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from ..intake.identifiers import crc8


def reference(kind: str, now: datetime) -> str:
    """A new reference number; `kind` is two capitals: `SO` interactive session, `SB` batch, `EE` invoice,
    `EU` UPO."""
    body = (
        f"{now.astimezone(UTC):%Y%m%d}-{kind}-{secrets.token_hex(5).upper()}-{secrets.token_hex(5).upper()}"
    )
    return f"{body}-{crc8(body)}"

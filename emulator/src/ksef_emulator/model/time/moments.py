"""Moments as the database keeps them, integers of microseconds since the epoch, and as the API writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """An aware moment as microseconds since the epoch."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """Microseconds since the epoch as an aware UTC moment."""
    return _EPOCH + timedelta(microseconds=value)


def timestamp(value: datetime) -> str:
    """A moment as KSeF writes it: UTC with seven digits of a second, ``2026-02-01T08:00:00.1234560+00:00``. The clock
    knows six of them; the seventh is 0, so that a client that sends one back means the same moment."""
    text = value.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{text[:26]}0{text[26:]}"

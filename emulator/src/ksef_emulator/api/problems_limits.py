"""The refusal of a request too many, in words: HTTP 429 (ksef-docs limity/limity-api.md; OpenAPI, ``429``)."""

from __future__ import annotations

from ..model.limits.windows import Excess
from ..problems import Problem

_UNITS = {1: "sekundę", 60: "minutę", 3600: "godzinę"}


def too_many_requests(excess: Excess) -> Problem:
    """429 with ``Retry-After``."""
    text = (
        f"Przekroczono limit {excess.limit} żądań na {_UNITS[excess.window]}."
        f" Spróbuj ponownie po {_duration(excess.retry_after)}."
    )
    return Problem(
        status=429,
        code=429,
        description=text,
        details=(text,),
        headers={"Retry-After": str(excess.retry_after)},
    )


def _duration(seconds: int) -> str:
    """„30 sekundach", „50 minutach i 36 sekundach", as the live system has written it since spring 2026."""
    minutes, seconds = divmod(seconds, 60)
    parts = []
    if minutes:
        parts.append(f"{minutes} {'minucie' if minutes == 1 else 'minutach'}")
    if seconds or not minutes:
        parts.append(f"{seconds} {'sekundzie' if seconds == 1 else 'sekundach'}")
    return " i ".join(parts)

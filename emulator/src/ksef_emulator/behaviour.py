"""Where the live system does otherwise than its documentation says, or its environments differ: which way to take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Answers = Literal["live", "documented"]
Sha1 = Literal["accepted", "refused"]


@dataclass(kw_only=True)
class Behaviour:
    """``answers``: as the live system gives them, or as its OpenAPI describes them. They differ in the media type of
    401 (``application/json``), in an empty list of refused documents and an absent continuation token (both left out).

    ``sha1``: signatures of logins with SHA-1, which the guide lists (auth/podpis-xades.md) and production refuses.
    """

    answers: Answers = "live"
    sha1: Sha1 = "accepted"

    @property
    def live(self) -> bool:
        """Answers as the live system gives them."""
        return self.answers == "live"

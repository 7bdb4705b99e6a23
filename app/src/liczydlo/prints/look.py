"""How one print looks: what its reader or its firm chooses, none of it from the document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from liczydlo.prints.labels import Language

ACCENT: Final = "#0f766e"
Window = Literal["", "left", "right"]
"""Where an envelope has its window: to the left (DIN 5008, form B) or to the right, as Polish DL envelopes."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """``logo`` is an SVG picture, ``accent`` a colour as ``#0f766e``, ``note`` a text of the firm's under the amounts.

    ``duplicate`` is the day on which a duplicate is made (art. 106l); ``transfer_code`` whether the print has the 2D
    code of its transfer.
    """

    language: Language = "pl"
    logo: str = ""
    accent: str = ACCENT
    note: str = ""
    window: Window = ""
    duplicate: date | None = None
    transfer_code: bool = False


PLAIN: Final = Look()

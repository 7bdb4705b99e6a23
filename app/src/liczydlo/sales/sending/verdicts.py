"""What the status of one invoice in a session means for us (OpenAPI, ``SessionInvoiceStatusResponse.status``)."""

from __future__ import annotations

import enum
from typing import Final


class Verdict(enum.Enum):
    """What to do next."""

    WORKING = "look again"
    ACCEPTED = "it has its number"
    DUPLICATE = "ask what KSeF holds under this number"
    SESSION = "the session failed, the invoice did not: send it in another one"
    AGAIN = "KSeF broke off: send it again"
    REJECTED = "no"


VERDICTS: Final[dict[int, Verdict]] = {
    100: Verdict.WORKING,
    150: Verdict.WORKING,
    200: Verdict.ACCEPTED,
    405: Verdict.SESSION,
    435: Verdict.SESSION,
    440: Verdict.DUPLICATE,
    500: Verdict.AGAIN,
    550: Verdict.AGAIN,
}
REJECTIONS: Final[dict[int, str]] = {  # the text of a refusal; the same file may go out again after a 410
    410: "no-permission",
    415: "attachment-needs-batch",
    430: "bad-file",
    450: "bad-content",
}
RESENDABLE: Final = frozenset(
    {"no-permission", "gave-up", "refused", "duplicate-unproved", "attachment-needs-batch"}
)
TECHNICAL: Final = frozenset({"bad-file", "bad-content", "rejected"})
"""Refusals of an offline invoice's file, which a technical correction mends (offline/korekta-techniczna.md)."""
NOT_CORRECTABLE: Final = {"21166": "corrected-already", "21167": "accepted-already"}
"""Refusals of a technical correction itself."""
SESSION_FULL: Final = "21155"
SESSION_AWAY: Final = "21184"  # „try later or open a new one"
SESSION_OVER: Final = frozenset(
    {"21173", "21180", SESSION_AWAY, SESSION_FULL}
)  # refusals that blame the session


def verdict(status: int) -> Verdict:
    """The meaning of a status code; an unknown one below 200 is still work, above it a refusal."""
    return VERDICTS.get(status) or (Verdict.WORKING if status < 200 else Verdict.REJECTED)

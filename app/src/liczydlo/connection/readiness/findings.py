"""What one check found: a state and a code with its values; the words are in ``wording``."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from liczydlo.connection.errors import NotConnected
from liczydlo.ksef import CredentialError, KsefError
from liczydlo.web.reasons import Reason

State = Literal["ok", "warn", "bad", "skip"]
Check = Literal[
    "environment",
    "latarnia",
    "clock",
    "authentication",
    "offline",
    "login",
    "permissions",
    "limits",
    "kod2",
]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``skip``: could not be tried, because something before it failed.

    ``said`` is a reason's JSON, for ``%(said)s`` in the words of ``code``.
    """

    check: Check
    state: State
    code: str
    values: dict[str, str] = field(default_factory=dict)
    said: dict[str, Any] | None = None
    ksef_code: str = ""
    reference: str = ""
    link: str = ""

    @classmethod
    def of_error(
        cls, check: Check, error: KsefError | NotConnected | CredentialError, code: str, state: State = "bad"
    ) -> Finding:
        """A check that KSeF or the connection did not let through."""
        return cls(
            check=check,
            state=state,
            code=code,
            said=Reason.of(error).as_json(),
            ksef_code=error.code if isinstance(error, KsefError) else "",
            reference=getattr(error, "reference", None) or "",
        )

    def to_json(self) -> dict[str, Any]:
        """The fields as JSON values; ``from_json`` reads them."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Finding:
        """Read what ``to_json`` wrote."""
        return cls(**stored)

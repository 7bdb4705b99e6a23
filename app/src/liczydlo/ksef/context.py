"""The context of a KSeF login: the firm that one acts for (``uwierzytelnianie.md``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

ContextKind = Literal["Nip", "InternalId", "NipVatUe", "PeppolId"]

_NIP: Final = r"[1-9]((\d[1-9])|([1-9]\d))\d{7}"
_PATTERNS: Final[dict[ContextKind, re.Pattern[str]]] = {
    "Nip": re.compile(_NIP),
    "InternalId": re.compile(_NIP + r"-\d{5}"),
    "NipVatUe": re.compile(_NIP + r"-[A-Z]{2}[A-Z0-9+*]{2,12}"),
    "PeppolId": re.compile(r"P[A-Z]{2}\d{6}"),
}


@dataclass(frozen=True, kw_only=True)
class Context:
    """Whom a login acts for; the shapes of values are those of the login document's schema 2.1.

    Raises :class:`ValueError` when the value has not the shape of its kind.
    """

    kind: ContextKind = "Nip"
    value: str

    def __post_init__(self) -> None:
        if not _PATTERNS[self.kind].fullmatch(self.value):
            raise ValueError(f"not a context of kind {self.kind}: {self.value!r}")

    @property
    def nip(self) -> str | None:
        """The NIP inside the context, if its kind has one."""
        return None if self.kind == "PeppolId" else self.value[:10]

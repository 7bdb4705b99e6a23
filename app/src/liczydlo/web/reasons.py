"""Why something waits or was refused: a code and params, kept with the row; words are made where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Final, Literal, Protocol, Self

from django.utils import translation

from liczydlo.ksef.errors import KsefError
from liczydlo.web.catalogue.registry import TEXTS, key, render

Language = Literal["pl", "en"]
KSEF: Final = "ksef"
"""The code of KSeF's numbers, and of words of KSeF's that the program does not know."""


def language() -> Language:
    """The language of the page."""
    return "en" if (translation.get_language() or "pl").startswith("en") else "pl"


class Explained(Protocol):
    """What ``fa3``, ``ksef`` and the features raise: a stable code and the params of its text."""

    @property
    def family(self) -> str:
        """The catalogue's prefix of the code; empty for most."""

    @property
    def code(self) -> str:
        """A stable word of ours, or KSeF's number as text."""

    @property
    def params(self) -> Mapping[str, Any]:
        """JSON values without a language."""


@dataclass(frozen=True)
class Reason:
    """One reason. ``code`` is ours and stable; ``ksef_code``, ``reference`` and ``details`` are KSeF's.

    ``params`` are JSON values without a language (numbers, names, ISO dates, other reasons as JSON).
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    _: KW_ONLY
    ksef_code: str = ""
    reference: str = ""
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        """What happened, why, and what to do now, in the language of the page."""
        return render(self.as_json())

    def text(self, language: Language) -> str:
        """The text of the reason in one language."""
        with translation.override(language):
            return str(self)

    @classmethod
    def of(cls, error: Explained) -> Self:
        """The reason that an error carries."""
        code, ksef_code = key(error.code, error.family), str(getattr(error, "ksef_code", ""))
        if isinstance(error, KsefError) and code not in TEXTS:
            code, ksef_code = KSEF, error.code
        return cls(
            code,
            error.params,
            ksef_code=ksef_code,
            reference=str(getattr(error, "reference", "") or ""),
            details=tuple(getattr(error, "details", ())),
        )

    def as_json(self) -> dict[str, Any]:
        """What a JSON column keeps."""
        return {
            "code": self.code,
            "params": dict(self.params),
            "ksef_code": self.ksef_code,
            "reference": self.reference,
            "details": list(self.details),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> Self | None:
        """The reason of a JSON column; nothing for nothing."""
        if not value:
            return None
        return cls(**{**value, "details": tuple(value.get("details", ()))})


def explain(error: Explained, language: Language | None = None) -> str:
    """What an error says to people, in the language of the page unless another is named."""
    reason = Reason.of(error)
    return reason.text(language) if language else str(reason)


INTERNAL: Final = Reason("internal")
DISK_FULL: Final = Reason("disk-full")

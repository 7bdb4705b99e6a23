"""Why something waits or was refused: kept with the row, in both languages, with KSeF's code in small print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self

from django.utils import translation

Language = Literal["pl", "en"]


def language() -> Language:
    """The language of the page."""
    return "en" if (translation.get_language() or "pl").startswith("en") else "pl"


class Explained(Protocol):
    """What ``fa3``, ``ksef`` and ``connection`` raise: a stable code and a text in both languages."""

    code: Any
    """A word of ours, or KSeF's number."""

    def text(self, language: Language = "pl") -> str:
        """What happened, why, and what to do now."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason. ``code`` is ours and stable; ``ksef_code``, ``reference`` and ``details`` are KSeF's."""

    code: str
    pl: str
    en: str
    ksef_code: str = ""
    reference: str = ""
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The text in the language of the page."""
        return self.text(language())

    def text(self, language: Language = "pl") -> str:
        """The text in one language."""
        return self.en if language == "en" else self.pl

    @classmethod
    def of(cls, error: Explained) -> Self:
        """The reason that an error of the KSeF client or of the vault carries."""
        given = str(error.code)
        numbered = given.isdecimal()
        return cls(
            code="ksef" if numbered else given,
            pl=error.text("pl"),
            en=error.text("en"),
            ksef_code=given if numbered else str(getattr(error, "ksef_code", "")),
            reference=str(getattr(error, "reference", "") or ""),
            details=tuple(str(each) for each in getattr(error, "details", ()) or ()),
        )

    def as_json(self) -> dict[str, Any]:
        """What a JSON column keeps."""
        return {
            "code": self.code,
            "pl": self.pl,
            "en": self.en,
            "ksef_code": self.ksef_code,
            "reference": self.reference,
            "details": list(self.details),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any] | None) -> Self | None:
        """The reason of a JSON column; nothing for nothing."""
        if not kept:
            return None
        return cls(**{**kept, "details": tuple(kept.get("details", ()))})


INTERNAL = Reason(
    code="internal",
    pl="Zadanie przerwał błąd programu. Zostanie powtórzone samo; szczegóły są w dzienniku serwera.",
    en="A fault of the program interrupted the task. It will be repeated by itself; the server's log has details.",
)

"""What is wrong with a document, for people: a stable code, the line, the place, and the text in two languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from liczydlo.fa3.messages import TEXTS

Language = Literal["pl", "en"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault. ``line`` counts from 1 (None: the file as a whole); ``path`` is ``Fa/FaWiersz[2]/P_12``.

    An ``error`` keeps a document from being issued; a ``warning`` is told before it is.
    """

    code: str
    line: int | None = None
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    severity: Severity = "error"

    def text(self, language: Language = "pl") -> str:
        """What happened, why, and what to do, in one or two sentences; without line and path."""
        return TEXTS[self.code][language].format(path=self.path, **self.params)

    def __str__(self) -> str:
        """For logs and tests: line, path, code."""
        return f"line {self.line or '-'}: {self.path or '-'}: {self.code}"


class DocumentError(Exception):
    """The document cannot be issued; ``problems`` says why, in the order of its lines, never empty."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)

    @property
    def code(self) -> str:
        """Of the first problem."""
        return self.problems[0].code

    def text(self, language: Language = "pl") -> str:
        """Of the first problem."""
        return self.problems[0].text(language)

"""What is wrong with a document: a stable code, the line, the place, and what a text needs to tell it to people.

The texts are not here: ``web.catalogue.invoice_problems`` has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

FAMILY: Final = "invoice"
"""Of the codes, in the catalogue of texts."""
Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault. ``line`` counts from 1 (None: the file as a whole); ``path`` is ``Fa/FaWiersz[2]/P_12``.

    ``params`` are JSON values without a language: names, figures, ISO dates, :func:`nested` codes, None for nothing.

    An ``error`` keeps a document from being issued; a ``warning`` is told before it is.
    """

    family: ClassVar[str] = FAMILY
    code: str
    line: int | None = None
    path: str = ""
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    severity: Severity = "error"

    def __str__(self) -> str:
        """For logs and tests: line, path, code."""
        return f"line {self.line or '-'}: {self.path or '-'}: {self.code}"


class DocumentError(Exception):
    """The document cannot be issued; ``problems`` says why, in the order of its lines, never empty."""

    family = FAMILY

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)

    @property
    def code(self) -> str:
        """Of the first problem."""
        return self.problems[0].code

    @property
    def params(self) -> Mapping[str, Any]:
        """Of the first problem."""
        return self.problems[0].params


def nested(code: str, **params: Any) -> dict[str, Any]:
    """A code as a param of another one."""
    return {"code": f"{FAMILY}:{code}", "params": params}

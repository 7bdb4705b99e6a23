"""What KSeF decides after it has answered with a reference: its status, and asking until it has decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self, TypeVar

from liczydlo.ksef.conversation import Conversation, Pause
from liczydlo.ksef.errors import Refused, Unavailable
from liczydlo.ksef.wire import Node

_IN_PROGRESS: Final = 100
_SUCCESS: Final = 200
_FIRST_SYSTEM_FAILURE: Final = 500  # 500 and 550 are KSeF's own failures

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class OperationStatus:
    """Where an operation stands: 100 under way, 200 done, 4xx refused, 5xx KSeF's own failure."""

    code: int
    description: str
    details: tuple[str, ...] = ()

    @classmethod
    def of(cls, node: Node) -> Self:
        """The OpenAPI's ``StatusInfo``."""
        return cls(
            code=node.integer("code"),
            description=node.optional_text("description") or "",
            details=node.texts("details"),
        )

    @property
    def finished(self) -> bool:
        """Whether it is done."""
        return self.code == _SUCCESS

    @property
    def is_given_up(self) -> bool:
        """Whether KSeF failed itself: it will not go on with it."""
        return self.code >= _FIRST_SYSTEM_FAILURE

    def raise_if_failed(self, reference: str, operation: str) -> None:
        """Raise :class:`Refused` of this ``operation`` („login", „export"…), :class:`Unavailable` for 5xx."""
        if self.is_given_up:
            raise Unavailable("server-error", status=self.code, reference=reference)
        if self.code not in {_IN_PROGRESS, _SUCCESS}:
            raise Refused(
                status=self.code,
                code=str(self.code),
                description=self.description,
                details=self.details,
                reference=reference,
                operation=operation,
            )


def poll(
    ask: Callable[[], Conversation[T | None]],
    patience: float,
    reference: str,
    *,
    first: float = 0.05,
    longest: float = 5.0,
) -> Conversation[T]:
    """Ask until the answer is not None, with pauses from ``first`` to ``longest``, each twice the one before.

    All times are in seconds; the pauses add up to ``patience`` at most, then :class:`Unavailable` ``not-finished``.
    """
    spent, seconds = 0.0, first
    while (answer := (yield from ask())) is None:
        if spent + seconds > patience:
            raise Unavailable("not-finished", reference=reference)
        yield Pause(seconds=seconds)
        spent += seconds
        seconds = min(seconds * 2, longest)
    return answer

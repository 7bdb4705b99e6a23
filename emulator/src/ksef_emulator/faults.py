"""Faults on purpose: what the live system does now and then, on demand and the same every time.

A fault is switched on by name with `Faults.set`. Whoever could suffer it asks `Faults.happens`: the layer before the
API for faults of a request (`faulty.py`), the model for faults of its work. Each draws from a generator of its own
with a given seed, so that the same requests in the same order fail in the same way.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from http import HTTPStatus


class Fault(StrEnum):
    """Their names, here and in the control API."""

    SLOW = "slow"
    SERVER_ERROR = "server-error"
    BAD_GATEWAY = "bad-gateway"
    CUT = "cut"
    ANSWER_LOST = "answer-lost"
    MAINTENANCE = "maintenance"
    LATARNIA_DOWN = "latarnia-down"
    INVOICE_STUCK = "invoice-stuck"
    INVOICE_REFUSED = "invoice-refused"
    LOGIN_STUCK = "login-stuck"
    EXPORT_STUCK = "export-stuck"
    EXPORT_CANCELLED = "export-cancelled"
    EXPORT_CORRUPTED = "export-corrupted"
    EXPORT_DIFFERS = "export-differs"
    STORED_LATE = "stored-late"
    SESSION_COOLDOWN = "session-cooldown"
    SESSION_UNAVAILABLE = "session-unavailable"
    SIGNATURE_CONFLICT = "signature-conflict"


SECONDS: Mapping[Fault, float] = {Fault.SLOW: 5.0, Fault.SESSION_COOLDOWN: 60.0, Fault.STORED_LATE: 60.0}
"""What ``seconds`` is when nobody says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How a fault happens while it is on.

    ``probability`` is of each request (or piece of work) that fits; ``skip`` lets the first so many go; it happens at
    most ``times``, always when None. ``operations`` are ``POST /sessions/online`` and the like, with the parameters'
    names as in the OpenAPI; ``path`` is a pattern such as ``/v2/sessions/*``; both None is every one. They narrow the
    faults of requests only. ``seconds`` and ``status`` belong to the faults that name them.
    """

    probability: float = 1.0
    seed: int = 0
    skip: int = 0
    times: int | None = None
    operations: tuple[str, ...] | None = None
    path: str | None = None
    seconds: float | None = None
    status: int = 503

    def __post_init__(self) -> None:
        """Raises ValueError for what cannot be."""
        if not 500 <= HTTPStatus(self.status) <= 599:
            raise ValueError(f"status {self.status} is no server's error")
        if not 0 <= self.probability <= 1:
            raise ValueError("a probability is from 0 to 1")


@dataclass
class _Running:
    setting: Setting
    dice: random.Random
    skipped: int = 0
    happened: int = 0


@dataclass(frozen=True, kw_only=True)
class State:
    """A fault and what became of it: ``setting`` is None while it is off."""

    setting: Setting | None
    happened: int


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What a request is, for the filters: method, path as it came, and the operation if it is one."""

    path: str
    operation: str | None = None


@dataclass
class Faults:
    """All of them; thread-safe. ``seen`` counts how often each has happened since the last `clear`."""

    _on: dict[Fault, _Running] = field(default_factory=dict)
    _counts: dict[Fault, int] = field(default_factory=dict)
    _released: dict[Fault, Callable[[], None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def idle(self) -> bool:
        """Whether none is on."""
        return not self._on

    def set(self, fault: Fault | str, setting: Setting | None = None, **fields: object) -> None:
        """Switch one on, from the start if it was on: ``faults.set("cut", probability=0.1, seed=7)``.

        Raises ValueError for no fault's name, TypeError for no setting's.
        """
        name = Fault(fault)
        chosen = replace(setting or Setting(), **fields)  # type: ignore[arg-type]
        if chosen.seconds is None and name in SECONDS:
            chosen = replace(chosen, seconds=SECONDS[name])
        with self._lock:
            self._on[name] = _Running(chosen, random.Random(f"{name}:{chosen.seed}"))

    def off(self, fault: Fault | str) -> None:
        """Switch one off; what it held goes on. Raises ValueError for no fault's name."""
        name = Fault(fault)
        with self._lock:
            was_on = self._on.pop(name, None) is not None
        if was_on and name in self._released:
            self._released[name]()

    def clear(self) -> None:
        """All off and forgotten."""
        for fault in Fault:
            self.off(fault)
        with self._lock:
            self._counts.clear()

    def when_off(self, fault: Fault, release: Callable[[], None]) -> None:
        """What is to be done when a fault is switched off."""
        self._released[fault] = release

    def states(self) -> dict[Fault, State]:
        """Every fault there is."""
        with self._lock:
            return {
                fault: State(
                    setting=self._on[fault].setting if fault in self._on else None,
                    happened=self._counts.get(fault, 0),
                )
                for fault in Fault
            }

    def setting(self, fault: Fault) -> Setting | None:
        """How it happens; None while it is off."""
        running = self._on.get(fault)
        return running.setting if running else None

    def happens(self, fault: Fault | str, asking: Asking | None = None) -> Setting | None:
        """Whether it happens now, to a request if one asks: its setting, or None. To ask is to roll the dice."""
        active = self._on.get(Fault(fault)) if self._on else None
        if active is None or (asking is not None and not _fits(active.setting, asking)):
            return None
        setting = active.setting
        with self._lock:
            rolled = active.dice.random()
            if setting.times is not None and active.happened >= setting.times:
                return None
            if active.skipped < setting.skip:
                active.skipped += 1
                return None
            if rolled >= setting.probability:
                return None
            active.happened += 1
            self._counts[Fault(fault)] = self._counts.get(Fault(fault), 0) + 1
        return setting


def _fits(setting: Setting, asking: Asking) -> bool:
    if setting.operations is not None and asking.operation not in setting.operations:
        return False
    return setting.path is None or fnmatchcase(asking.path, setting.path)

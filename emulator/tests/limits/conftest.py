"""Clients of emulators with each profile of rates, before whom time stands still until they turn it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from ksef_emulator.config import Config
from ksef_emulator.model.limits.rates import Profile
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.testing import Running, running_emulator

from ..login.conftest import Door, Identity, new_nip, self_signed
from ..login.quick import let_in


class Caller(Door):
    """A client in a context of its own, whose NIP also signs."""

    token: str = ""
    nip: str = ""

    def enter(self, identity: Identity | None = None) -> Caller:
        """Log in to the context: as its owner, unless it is said."""
        self.nip = self.nip or new_nip()
        identity = identity or self_signed(serial_number=f"TINPL-{self.nip}")
        self.token, _ = let_in(self, identity, ("Nip", self.nip))
        return self

    def stranger(self) -> Caller:
        """Another client of the same emulator, in another context."""
        return Caller(running=self.running, http=self.http).enter()

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        return self.call(method, path, self.token, **({"json": body} if body is not None else {}), **more)

    def statuses(self, times: int, method: str, path: str) -> list[int]:
        return [self.ask(method, path).status_code for _ in range(times)]

    def turn(self, seconds: float) -> None:
        """Turn the clock on; a token lasts 15 minutes."""
        self.emulator.clock.move(timedelta(seconds=seconds))


@pytest.fixture(scope="package")
def running() -> Iterator[Callable[[Profile], Running]]:
    """An emulator for each profile that is asked for."""
    with ExitStack() as stack:
        found: dict[Profile, Running] = {}

        def at(profile: Profile) -> Running:
            if profile not in found:
                config = Config(progress=AT_ONCE, rate_limits=profile)
                found[profile] = stack.enter_context(running_emulator(config))
            return found[profile]

        yield at


@pytest.fixture
def caller(
    running: Callable[[Profile], Running], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Profile], Caller]]:
    """A client of the emulator with that profile, whose counters are empty."""
    now = datetime.now(UTC)
    with httpx2.Client(trust_env=False, timeout=20) as http:

        def make(profile: Profile) -> Caller:
            one = running(profile)
            clock: Any = one.emulator.clock
            clock.reset()
            monkeypatch.setattr(clock, "now", lambda: now + clock._ahead)
            one.emulator.limiter.forget()
            found = Caller(running=one, http=http).enter()
            one.emulator.limiter.forget()
            return found

        yield make

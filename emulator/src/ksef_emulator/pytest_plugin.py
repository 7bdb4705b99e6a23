"""The emulator in other projects' tests: install ``ksef-emulator``, and pytest knows the fixture ``ksef_emulator``.

    def test_it_sends(ksef_emulator):
        client = MyClient(ksef_emulator.api)                  # http://127.0.0.1:<free port>/v2
        seal = ksef_emulator.certificate(kind="seal", nip="1111111111", name="Firma")
        client.log_in(seal.privateKey, seal.certificate)      # both are PEM
        ksef_emulator.faults.set("answer-lost", times=1)      # the names are in ksef_emulator.faults.Fault
        ksef_emulator.clock.move(timedelta(days=3))

One emulator serves the whole run, in this process and on free ports of the loopback; each test begins with empty
registers, no faults, and a clock that runs right. The emulator's public keys stay, as a client may have kept them.
Asynchronous work is done at once and nobody is limited, unless a project says otherwise in its ``conftest.py``:

    @pytest.fixture(scope="session")
    def ksef_emulator_config():
        from ksef_emulator.config import Config
        from ksef_emulator.model.time.progress import Progress

        return Config(progress=Progress(polls=2), rate_limits="production")

With pytest-xdist every worker has an emulator of its own. ``-p no:ksef_emulator`` leaves the plugin out. Nothing of the
emulator is loaded until a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .config import Config
    from .testing import Running


@pytest.fixture(scope="session")
def ksef_emulator_config() -> Config:
    """How the emulator runs; to be overridden."""
    from .config import Config  # noqa: PLC0415 - nothing is loaded with the plugin
    from .model.time.progress import AT_ONCE  # noqa: PLC0415

    return Config(progress=AT_ONCE, rate_limits="off")


@pytest.fixture(scope="session")
def ksef_emulator_running(ksef_emulator_config: Config) -> Iterator[Running]:
    """The one emulator of this run, with whatever earlier tests left in it: tests want ``ksef_emulator``."""
    from .testing import running_emulator  # noqa: PLC0415

    with running_emulator(ksef_emulator_config) as running:
        yield running


@pytest.fixture
def ksef_emulator(ksef_emulator_running: Running) -> Iterator[Running]:
    """A KSeF of this test's own, as it was on its first day: see the module's text, and `ksef_emulator.testing.Running`
    for what it has (``api``, ``url``, ``control_url``, ``faults``, ``clock``, ``certificate(…)``, ``seed(…)``, …)."""
    ksef_emulator_running.emulator.reset()
    yield ksef_emulator_running
    ksef_emulator_running.emulator.faults.clear()
    ksef_emulator_running.emulator.clock.reset()

"""Every test of the emulator is a contract test too: see ``conformance``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ksef_emulator.emulator import Emulator
from ksef_emulator.http import server
from starlette.types import ASGIApp

from .conformance import OFFICIAL, Conformance


@pytest.fixture(scope="session")
def _watching() -> Iterator[Conformance]:
    """Watches every public application that is built while tests run."""
    conformance = Conformance()
    build = server.Recorder.__init__

    def watched(self: server.Recorder, app: ASGIApp, emulator: Emulator) -> None:
        build(self, conformance.around(app, emulator.behaviour) if OFFICIAL.exists() else app, emulator)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server.Recorder, "__init__", watched)
        yield conformance


@pytest.fixture(autouse=True)
def undescribed(_watching: Conformance) -> Iterator[list[str]]:
    """What the emulator answered in this test that the OpenAPI does not describe: the test fails unless that was
    meant, and it emptied the list."""
    _watching.violations.clear()
    yield _watching.violations
    assert not _watching.violations, "\n".join(dict.fromkeys(_watching.violations))

"""The emulator for other people's tests: in this process, on free ports, gone at the end of a ``with`` block."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .config import Config
from .emulator import Emulator
from .listening import listen, port_of, serving
from .server import build


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running emulator. ``url`` and ``control_url`` have no trailing slash; the API is under ``url + "/v2"``."""

    url: str
    control_url: str
    emulator: Emulator


@contextlib.contextmanager
def running_emulator(config: Config | None = None) -> Iterator[Running]:
    """Start an emulator on free ports of the loopback, and end it with the block.

    ``config`` is as on the command line; its ports are replaced unless it sets a ``public_url`` and means them.
    """
    wanted = config or Config()
    public, control = listen(wanted.host, 0), listen(wanted.host, 0)
    with contextlib.closing(public), contextlib.closing(control):
        chosen = replace(wanted, port=port_of(public), control_port=port_of(control))
        with contextlib.closing(Emulator(chosen)) as emulator:
            applications = build(emulator)
            with serving([(applications[0], public), (applications[1], control)]):
                host = "127.0.0.1" if chosen.host in ("0.0.0.0", "::") else chosen.host  # noqa: S104
                yield Running(
                    url=f"http://{host}:{chosen.port}",
                    control_url=f"http://{host}:{chosen.control_port}",
                    emulator=emulator,
                )

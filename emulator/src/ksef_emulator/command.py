"""What ``ksef-emulator`` does: flags → config → objects → servers; or one of its other commands."""

from __future__ import annotations

import contextlib
import gc
import importlib
import socket
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .config import Config
from .flags import COMMANDS, parse
from .listening import Door, PortTaken, end_on_signal, listen, port_of, serving

if TYPE_CHECKING:
    from .emulator import Emulator

BANNER = """\
Emulator KSeF — to NIE jest KSeF: numery, UPO i certyfikaty nie mają żadnej mocy. Nie wysyłaj prawdziwych danych.
(KSeF emulator: not KSeF, worth nothing outside this machine.)

  API         {config.api_base}
  Weryfikacja {config.qr_base}
  Portal      {config.portal_base}
  Latarnia    {config.latarnia_base}
  Sterowanie  {config.control_base}
  Dane        {data}
{more}
Gotowy / ready. Ctrl-C kończy."""


def main(arguments: Sequence[str]) -> int:
    """Run until Ctrl-C or SIGTERM; the exit code is 1 when a port or the data directory cannot be had, 2 when the
    arguments say nothing that could be done."""
    if arguments and arguments[0] in COMMANDS:
        chosen: Mapping[str, str] = COMMANDS
        return int(importlib.import_module(chosen[arguments[0]], __package__).main(arguments[1:]))
    config = parse(arguments)
    try:
        with contextlib.ExitStack() as stack:
            public = stack.enter_context(contextlib.closing(listen(config.host, config.port)))
            control = stack.enter_context(contextlib.closing(listen(config.host, config.control_port)))
            return _run(config, public, control, stack)
    except PortTaken as error:
        return _complain(f"nie mogę nasłuchiwać na {error} / cannot listen there; wybierz inny port (--port)")
    except (OSError, sqlite3.Error) as error:
        return _complain(f"katalog danych / data directory {config.data_dir}: {error}")


def _run(config: Config, public: socket.socket, control: socket.socket, stack: contextlib.ExitStack) -> int:
    # The ports come first; these imports take most of the start, and all that they make stays: nothing to collect.
    gc.disable()
    _lighten_imports()
    from .emulator import Emulator  # noqa: PLC0415
    from .server import build  # noqa: PLC0415

    sleep = end_on_signal()  # from here on there are things to be closed
    config = replace(config, port=port_of(public), control_port=port_of(control))
    emulator = stack.enter_context(contextlib.closing(Emulator(config)))
    applications = build(emulator)
    gc.freeze()
    gc.enable()
    tls = emulator.trust.context() if config.tls else None
    stack.enter_context(serving([Door(applications[0], public, tls), Door(applications[1], control)]))
    data = config.data_dir or "w pamięci, znikną / in memory, forgotten at the end"
    more = _about_trust(emulator) if config.tls else ""
    print(BANNER.format(config=config, data=data, more=more), flush=True)  # noqa: T201 - the command is for this
    sleep()
    return 0


def _lighten_imports() -> None:
    """Half of what FastAPI costs: its models of OpenAPI documents, and ours, are built when they are used first; it
    does not search annotations for models of pydantic 1, whose whole it would load for that; a route is worked out when
    it is asked first. Only here, where the process is ours alone."""
    from pydantic import BaseModel  # noqa: PLC0415

    BaseModel.model_config["defer_build"] = True
    modules: dict[str, Any] = sys.modules
    modules["pydantic.v1"] = None  # importing it fails, which FastAPI is prepared for
    from .late_routes import make_routes_late  # noqa: PLC0415

    make_routes_late()


def _about_trust(emulator: Emulator) -> str:
    where = f"{emulator.config.control_base}/ca.pem"
    return f"  CA          {where}\n              SHA-256 {emulator.trust.fingerprint}\n"


def _complain(text: str) -> int:
    print(f"ksef-emulator: {text}", file=sys.stderr)  # noqa: T201
    return 1

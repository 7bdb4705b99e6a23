"""``ksef-emulator``: flags → config → objects → servers."""

from __future__ import annotations

import argparse
import contextlib
import gc
import socket
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from . import schemas_command
from .config import Config
from .listening import PortTaken, end_on_signal, listen, port_of, serving
from .model.progress import parse as parse_progress
from .model.rate_limits import Profile

BANNER = """\
Emulator KSeF — to NIE jest KSeF: numery, UPO i certyfikaty nie mają żadnej mocy. Nie wysyłaj prawdziwych danych.
(KSeF emulator: not KSeF, worth nothing outside this machine.)

  API         {base}/v2
  Weryfikacja {base}/qr
  Portal      {base}/portal
  Latarnia    {base}/latarnia
  Sterowanie  {control}
  Dane        {data}

Gotowy / ready. Ctrl-C kończy."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM; the exit code is 1 when a port or the data directory cannot be had."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["schemas"]:
        return schemas_command.main(given[1:])
    config = parse(given)
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
    from .emulator import Emulator  # noqa: PLC0415
    from .server import build  # noqa: PLC0415

    config = replace(config, port=port_of(public), control_port=port_of(control))
    emulator = stack.enter_context(contextlib.closing(Emulator(config)))
    applications = build(emulator)
    gc.freeze()
    gc.enable()
    stack.enter_context(serving([(applications[0], public), (applications[1], control)]))
    host = "127.0.0.1" if config.host in ("0.0.0.0", "::") else config.host  # noqa: S104 - printed, not bound
    sleep = end_on_signal()
    print(  # noqa: T201 - this is what the command is for
        BANNER.format(
            base=config.base,
            control=f"http://{host}:{config.control_port}",
            data=config.data_dir or "w pamięci, znikną / in memory, forgotten at the end",
        ),
        flush=True,
    )
    sleep()
    return 0


def parse(arguments: Sequence[str] | None = None) -> Config:
    """The configuration that the flags say."""
    usual = Config()
    parser = argparse.ArgumentParser(
        prog="ksef-emulator",
        description="KSeF na localhoście, do nauki i testów. Nie jest to KSeF. / KSeF on localhost; not KSeF.",
    )
    parser.add_argument("--host", default=usual.host, help="adres (domyślnie %(default)s)")
    parser.add_argument("--port", type=_port, default=usual.port, help="port publiczny (%(default)s)")
    parser.add_argument(
        "--control-port", type=_port, default=usual.control_port, help="port sterowania (%(default)s)"
    )
    parser.add_argument("--data-dir", type=Path, help="katalog danych; bez niego wszystko znika na końcu")
    parser.add_argument("--public-url", default="", help="adres, pod którym widzą emulator inni")
    parser.add_argument(
        "--schemas",
        type=Path,
        help=f"katalog schematów innych niż FA (3), zob. ksef-emulator schemas --help ({schemas_command.VARIABLE})",
    )
    parser.add_argument(
        "--rate-limits",
        choices=get_args(Profile),
        default=usual.rate_limits,
        help="limity żądań: off – żadne, production – jak na produkcji, test – dziesięć razy wyższe (%(default)s)",
    )
    parser.add_argument(
        "--progress",
        type=parse_progress,
        default=usual.progress,
        metavar="at-once | polls:N | seconds:S | polls:N,seconds:S",
        help="kiedy kończy się to, co trwa: od razu, po N zapytaniach, po S sekundach (seconds:0.15)",
    )
    flags = parser.parse_args(arguments)
    return Config(
        host=flags.host,
        port=flags.port,
        control_port=flags.control_port,
        data_dir=flags.data_dir,
        public_url=flags.public_url,
        schemas=schemas_command.directory(flags.schemas),
        rate_limits=flags.rate_limits,
        progress=flags.progress,
    )


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise ValueError(text)
    return value


def _complain(text: str) -> int:
    print(f"ksef-emulator: {text}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())

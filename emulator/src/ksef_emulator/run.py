"""Serving: config → sockets → objects → servers, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import contextlib
import gc
import socket
from dataclasses import replace

from .config import Config
from .http.listening import Listener, PortTaken, end_on_signal, listen, port_of, serving

__all__ = ["PortTaken", "run"]

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


def run(config: Config) -> None:
    """Serve until somebody ends it. Raises PortTaken, and OSError, sqlite3.Error for a data directory."""
    with contextlib.ExitStack() as stack:
        public = stack.enter_context(contextlib.closing(listen(config.host, config.port)))
        control = stack.enter_context(contextlib.closing(listen(config.host, config.control_port)))
        _serve(config, public, control, stack)


def _serve(
    config: Config, public: socket.socket, control: socket.socket, stack: contextlib.ExitStack
) -> None:
    # The ports come first; these imports take most of the start.
    from .emulator import Emulator  # noqa: PLC0415
    from .http.server import build  # noqa: PLC0415

    sleep = end_on_signal()  # from here on there are things to be closed
    config = replace(config, port=port_of(public), control_port=port_of(control))
    emulator = stack.enter_context(contextlib.closing(Emulator(config)))
    applications = build(emulator)
    gc.freeze()
    gc.enable()
    tls = emulator.trust.context() if config.tls else None
    stack.enter_context(serving([Listener(applications[0], public, tls), Listener(applications[1], control)]))
    data = config.data_dir or "w pamięci, znikną / in memory, forgotten at the end"
    more = f"  CA          {config.control_base}/ca.pem\n              SHA-256 {emulator.trust.fingerprint}\n"
    print(BANNER.format(config=config, data=data, more=more if config.tls else ""), flush=True)  # noqa: T201 - the command is for this
    sleep()

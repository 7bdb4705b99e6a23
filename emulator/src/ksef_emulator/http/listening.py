"""Sockets and servers: listening first, so that a taken port is known before anything else is done."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import ssl

    import uvicorn
    from starlette.types import ASGIApp

BACKLOG = 2048
KEEP_ALIVE = 300
"""Seconds that an idle connection lives: longer than clients keep theirs, so that none sends a request to a connection
that is just being closed. Those that poll every few seconds would otherwise meet that."""


class Listener(NamedTuple):
    """An application and the listening socket by which it is reached; with ``tls`` it speaks HTTPS there."""

    app: ASGIApp
    socket: socket.socket
    tls: ssl.SSLContext | None = None


class PortTaken(Exception):
    """Nobody can listen there: the text says where and why."""


def listen(host: str, port: int) -> socket.socket:
    """A listening TCP socket; port 0 is any free one. Raises PortTaken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortTaken(f"{host}:{port}: {error.strerror or error}") from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        raise PortTaken(f"{host}:{port}: {error.strerror or error}") from error
    return opened


def port_of(opened: socket.socket) -> int:
    """The port that a socket listens on."""
    return int(opened.getsockname()[1])


@contextlib.contextmanager
def serving(listeners: Sequence[Listener]) -> Iterator[threading.Thread]:
    """Serve the applications on their sockets in one thread with one event loop, until the block ends."""
    stop: list[Callable[[], None]] = []
    ready, failed = threading.Event(), threading.Event()

    def run() -> None:
        try:
            asyncio.run(_serve(listeners, ready, stop))
        finally:
            failed.set()
            ready.set()

    thread = threading.Thread(target=run, name="ksef-emulator", daemon=True)
    thread.start()
    ready.wait()
    if failed.is_set():
        raise RuntimeError("the emulator did not start")
    try:
        yield thread
    finally:
        for item in stop:
            item()
        thread.join()


async def _serve(
    listeners: Sequence[Listener], ready: threading.Event, stop: list[Callable[[], None]]
) -> None:
    servers = [_server(listener) for listener in listeners]
    for server in servers:
        stop.append(_stopper(server))
    running = [
        asyncio.create_task(server.serve(sockets=[listener.socket]))
        for server, listener in zip(servers, listeners, strict=True)
    ]
    while not all(server.started for server in servers):
        if any(task.done() for task in running):
            break
        await asyncio.sleep(0.002)
    ready.set()
    sweeping = asyncio.create_task(_close_stalled(servers))
    await asyncio.gather(*running)
    sweeping.cancel()


async def _close_stalled(servers: Sequence[uvicorn.Server]) -> None:
    """Once a second close the connections that stall."""
    while True:
        await asyncio.sleep(1)
        for server in servers:
            connections: set[Any] = server.server_state.connections  # of `cutting.protocol`
            for connection in list(connections):
                if connection.stalls():
                    connection.transport.abort()


def _server(listener: Listener) -> uvicorn.Server:
    import uvicorn  # noqa: PLC0415 - after the sockets listen

    from .cutting import protocol  # noqa: PLC0415

    tls = listener.tls
    return uvicorn.Server(
        uvicorn.Config(
            listener.app,
            http=protocol(),
            ws="none",
            log_level="error",  # Java asks every new connection for HTTP/2, of which uvicorn would warn
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=2,
            ssl_context_factory=(lambda _config, _usual: tls) if tls is not None else None,
        )
    )


def _stopper(server: uvicorn.Server) -> Callable[[], None]:
    def stop() -> None:
        server.should_exit = True

    return stop


def end_on_signal() -> Callable[[], object]:
    """From now on Ctrl-C and SIGTERM are heard; the result, called, sleeps until one of them came.

    A ``SimpleQueue`` and not an ``Event``: a handler runs between two instructions of the very thread that waits, and
    ``Event.set`` would wait there for a lock that this thread holds.
    """
    ports: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda heard, _: ports.put(heard))
    return ports.get

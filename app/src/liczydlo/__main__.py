"""The command line: ``liczydlo serve``, ``liczydlo worker``, ``liczydlo manage …``."""

from __future__ import annotations

import os
import signal
import socket
import stat
import threading
from typing import Annotated

import typer

_EMULATOR_PATIENCE = 30.0  # seconds to wait for an emulator that is starting

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Liczydło: invoicing connected to KSeF.")


@cli.callback()
def _private() -> None:
    """Let nobody else read what is made from here on: the database with its WAL, keys, workers' files."""
    os.umask(0o077)


def _django() -> None:
    """Bring Django up; a setting that cannot be meant ends the start with one line instead of a traceback."""
    import django  # noqa: PLC0415 - the command line answers --help without it
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liczydlo.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        typer.echo(f"liczydlo: {error}", err=True)
        raise typer.Exit(2) from error
    _close_database()


def _close_database() -> None:
    """Take the database of the data folder away from others who could read it, as an earlier version left it."""
    from django.conf import settings  # noqa: PLC0415 - needs Django to be up

    for path in settings.LICZYDLO_DATA.glob("*.sqlite3*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077 and path.stat().st_uid == os.geteuid():
            path.chmod(mode & ~0o077)


def _migrate() -> None:
    from django.core.management import call_command  # noqa: PLC0415 - needs Django to be up

    call_command("migrate", interactive=False, verbosity=0)


def _training_clock() -> None:
    """The emulator's clock is for companies of the emulator alone, and has to be there at the start."""
    from django.conf import settings  # noqa: PLC0415 - needs Django to be up

    from liczydlo.companies.models import Company, Environment  # noqa: PLC0415
    from liczydlo.web import times  # noqa: PLC0415

    if not times.is_training():
        return
    name, address = "LICZYDLO_EMULATOR_CLOCK", settings.LICZYDLO_EMULATOR_CLOCK
    others = Company.objects.exclude(environment=Environment.EMULATOR)
    if (other := others.order_by("pk").first()) is not None:
        typer.echo(
            f"liczydlo: {name} is for companies of the emulator alone, and {other.name} works with {other.environment}."
            f" Start without {name}, or with other data (LICZYDLO_DATA).",
            err=True,
        )
        raise typer.Exit(2)
    if not times.await_emulator(_EMULATOR_PATIENCE):
        typer.echo(
            f"liczydlo: {name}: no emulator tells the time at {address}/clock. Start it first.", err=True
        )
        raise typer.Exit(2)


def _port_is_free(host: str, port: int) -> None:
    """A taken port, or an address that is not of this machine, ends the start with one line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        typer.echo(
            f"liczydlo: cannot listen on {host}:{port}: {error.strerror}. Choose another --port.", err=True
        )
        raise typer.Exit(2) from error


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8080,
    threads: Annotated[int, typer.Option(help="Threads that answer requests.")] = 8,
) -> None:
    """Bring the database up to date and serve, in one process; with LICZYDLO_WORKER=inline also do the work."""
    _django()
    _port_is_free(host, port)
    _migrate()
    _training_clock()
    from django.conf import settings  # noqa: PLC0415 - needs Django to be up
    from granian.constants import Interfaces  # noqa: PLC0415 - the other commands do without the server
    from granian.log import LogLevels  # noqa: PLC0415
    from granian.server import MTServer  # noqa: PLC0415

    dispatcher = None
    if settings.LICZYDLO_WORKER == "inline":
        from liczydlo.jobs import dispatcher as jobs  # noqa: PLC0415 - needs Django to be up

        dispatcher = jobs.start()
    from liczydlo.companies import start_code  # noqa: PLC0415 - needs Django to be up
    from liczydlo.wsgi import application  # noqa: PLC0415 - needs the migrated database

    # One process on purpose: threads share the dispatcher, the caches and the loaded keys, and a killed
    # application leaves no orphan on the port.
    class OneProcess(MTServer):
        def _check_gil(self) -> None:
            """Several workers in one process need a Python without the GIL; one with threads works with any."""

    server = OneProcess(
        "liczydlo.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        log_level=LogLevels.error,
    )
    typer.echo(f"Liczydło: http://{f'[{host}]' if ':' in host else host}:{port}/")
    if link := start_code.link(host, port):
        typer.echo(f"The first account, only with this link: {link}")
    server.serve(target_loader=lambda *_: application)
    if dispatcher is not None:
        dispatcher.stop()


@cli.command()
def worker() -> None:
    """Do the background work only; any number of these may run beside ``serve`` with LICZYDLO_WORKER=external."""
    _django()
    _training_clock()
    from liczydlo.jobs import dispatcher as jobs  # noqa: PLC0415 - needs Django to be up

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    dispatcher = jobs.start()
    stop.wait()
    dispatcher.stop()


@cli.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def manage(context: typer.Context) -> None:
    """Django's own commands: migrate, shell, createsuperuser, …"""
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    _django()
    execute_from_command_line(["liczydlo manage", *context.args])


def main() -> None:
    """What the console command ``liczydlo`` and ``python -m liczydlo`` run."""
    cli()


if __name__ == "__main__":
    main()

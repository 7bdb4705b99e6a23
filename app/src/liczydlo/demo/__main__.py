"""``python3 dev.py demo``: both programs, firms with certificates, and real invoices on their way through KSeF."""

from __future__ import annotations

import importlib.util
import logging
import os
import secrets
import tempfile
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liczydlo.demo import folder
from liczydlo.demo.servers import NotStarted, Ports, Servers, stop_on_sigterm

if TYPE_CHECKING:
    from liczydlo.demo.firms import Firm

EMAIL = "demo@liczydlo.example"


class Scenario(StrEnum):
    """What can be played instead of the examples."""

    FAILURE = "failure"


cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _stop(message: str) -> typer.Exit:
    """One clear line, and exit code 2."""
    typer.echo(f"demo: {message}", err=True)
    return typer.Exit(2)


@cli.command()
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the run; exit code 0 only if all arrived.")
    ] = False,
    invoices: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Send these FA(3) files instead.")
    ] = None,
    renumber: Annotated[
        bool, typer.Option("--renumber", help="Give each file's P_2 a unique ending first.")
    ] = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where XML, UPO, PDF and results.json go.")] = Path(
        "demo-output"
    ),
    scenario: Annotated[
        Scenario | None,
        typer.Option(
            help="Play this instead: failure, KSeF away from the announcement to the last late invoice."
        ),
    ] = None,
    port: Annotated[int, typer.Option(help="The application's port.")] = 8080,
    emulator_port: Annotated[int, typer.Option(help="The emulator's port.")] = 8090,
    control_port: Annotated[int, typer.Option(help="The emulator's control panel's port.")] = 8091,
) -> None:
    """Start the KSeF emulator and Liczydło with demo firms, and send real invoices before your eyes."""
    if importlib.util.find_spec("ksef_emulator") is None:
        raise _stop("the ksef-emulator distribution is not installed; run: python3 dev.py demo")
    if renumber and invoices is None:
        raise _stop("--renumber is for the files of --invoices DIR")
    if scenario and invoices is not None:
        raise _stop("--scenario plays with invoices of its own, without --invoices DIR")
    try:
        chosen = None if invoices is None else folder.files(invoices)
    except ValueError as error:
        raise _stop(f"--invoices: {error}") from None
    stop_on_sigterm()
    ports = Ports(application=port, emulator=emulator_port, control=control_port)
    with tempfile.TemporaryDirectory(prefix="liczydlo-demo-", ignore_cleanup_errors=True) as temporary:
        try:
            with Servers(ports=ports, folder=Path(temporary)) as servers:
                play = Play(invoices=chosen, renumber=renumber, scenario=scenario)
                succeeded = _run(servers, out.resolve(), play, once=once)
        except NotStarted as error:
            raise _stop(str(error)) from None
        except KeyboardInterrupt:
            typer.echo("Stopped.")
            raise typer.Exit(130) from None
    raise typer.Exit(0 if succeeded else 1)


@dataclass(frozen=True, kw_only=True)
class Play:
    """What is shown: a scenario, somebody's files, or our own examples."""

    scenario: Scenario | None
    invoices: list[Path] | None
    renumber: bool


def _run(servers: Servers, out: Path, play: Play, *, once: bool) -> bool:
    os.environ.clear()
    os.environ.update(servers.environment() | {"LICZYDLO_WORKER": "off"})
    import django  # noqa: PLC0415 - reads the environment that was just set

    django.setup()
    logging.getLogger().setLevel(logging.WARNING)
    from liczydlo.companies.first_run import make_owner  # noqa: PLC0415 - needs Django to be up
    from liczydlo.demo import screen  # noqa: PLC0415
    from liczydlo.demo.failure import Failure  # noqa: PLC0415
    from liczydlo.demo.firms import COMPANY, SOLE_PROPRIETOR, Ministry  # noqa: PLC0415
    from liczydlo.demo.run import Run  # noqa: PLC0415
    from liczydlo.ksef import environments  # noqa: PLC0415

    addresses = servers.addresses
    screen.say(f"KSeF emulator: {addresses.emulator}   Liczydło: {addresses.application}")
    password = secrets.token_urlsafe(9)
    owner = make_owner(email=EMAIL, password=password, name="Demo")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotStarted(f"--out: {out} cannot be made: {error.strerror}") from error
    ministry = Ministry(environment=environments.emulator(addresses.emulator), control=addresses.control)
    firms: tuple[Firm, ...] = ()  # to the portal's login
    if play.scenario:
        failure = Failure(ministry=ministry, owner=owner, out=out, site=addresses.application)
        failure.play()
        succeeded, firms = failure.succeeded, (SOLE_PROPRIETOR,)
    else:
        run = Run(ministry=ministry, owner=owner, out=out)
        if play.invoices is None:
            run.examples()
            firms = (SOLE_PROPRIETOR, COMPANY)
        else:
            run.files(play.invoices, renumber=play.renumber)
        results = run.write_results()
        arrived = sum(parcel.arrived for parcel in run.parcels)
        screen.say(
            f"{arrived} of {len(run.parcels)} documents have a KSeF number, a verified UPO and a PDF whose code reads."
        )
        screen.say(f"Results: {results}")
        succeeded = run.succeeded
    if not once:
        screen.say(f"\nOpen {addresses.application}/ and log in as {EMAIL} with the password {password}")
        if firms:
            people = " and ".join(
                f"{firm.owner.given_name} {firm.owner.surname} (NIP {firm.nip})" for firm in firms
            )
            screen.say(f"The portal's login knows {people}.")
        screen.say(f"KSeF's side: {addresses.emulator}/portal   control panel: {addresses.control}/")
        screen.say("Ctrl-C ends both programs; their data are gone then, the results stay.")
        threading.Event().wait()
    return succeeded


def main() -> None:
    """Run the command line."""
    cli(prog_name="dev.py demo")


if __name__ == "__main__":
    main()

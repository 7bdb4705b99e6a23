"""The command line: every option of ``ksef-emulator`` is a field of `Config` and a variable ``KSEF_EMULATOR_…``."""

from __future__ import annotations

import ipaddress
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any, get_args
from urllib.parse import urlsplit

import typer

from . import API_VERSION, __version__
from .config import Answers, Config, Sha1
from .model.limits.rates import Profile
from .model.time.progress import Progress, parse, written

_PROGRESS = "at-once | polls:N | seconds:S | polls:N,seconds:S"
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.ASCII | re.IGNORECASE)


def _is_english(arguments: Sequence[str]) -> bool:
    """Whether help and refusals are in English: by ``--lang``, else by the locale, which is Polish by default."""
    chosen = re.search(r"--lang[ =](pl|en)\b", " ".join(arguments))
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "") or ""
    return (chosen[1] if chosen else locale.lower()).startswith("en")


_ENGLISH = _is_english(sys.argv)
"""Typer takes help texts with the declarations, so that the language is known first."""


def _t(polish: str, english: str) -> str:
    return english if _ENGLISH else polish


def _port(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > 65535:
        raise ValueError(text)
    return int(text)


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        ipaddress.ip_address(text)
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    _ = parts.port
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or text.split() != [text]:
        raise ValueError(text)
    _host(parts.hostname)
    return text.rstrip("/")


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError(text)
    return Path(text)


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise ValueError(text)
    return int(text)


_TEXTS: dict[str, tuple[str, str]] = {
    "host": ("adres, na którym słucha", "where to listen"),
    "port": ("port publiczny; 0: dowolny wolny", "public port; 0: any"),
    "control_port": ("port sterowania", "port of the control API"),
    "data_dir": (
        "katalog danych; bez niego wszystko znika na końcu",
        "remembers here; without it nothing stays",
    ),
    "public_url": ("adres, pod którym widzą emulator inni", "how others reach the emulator; stands in links"),
    "qr_url": ("własny adres stron kodów QR", "own address of the QR pages"),
    "storage_url": ("własny adres plików (paczki, UPO, eksporty)", "own address of batches, UPOs, exports"),
    "latarnia_url": ("własny adres Latarni", "own address of Latarnia"),
    "portal_url": ("własny adres portalu", "own address of the portal"),
    "tls": ("HTTPS na porcie publicznym (zob. ca --help)", "HTTPS on the public port (see ca --help)"),
    "schemas": ("schematy inne niż FA (3); zob. schemas --help", "schemas but FA (3); see schemas --help"),
    "rate_limits": (
        "limity żądań: żadne, dziesięć razy wyższe niż na produkcji, produkcyjne",
        "limits of requests: none, ten times production's, production's",
    ),
    "progress": (
        "kiedy kończy się to, co trwa: od razu, po N zapytaniach, po S sekundach",
        "when asynchronous work is done: at once, after N polls, after S seconds",
    ),
    "answers": (
        "odpowiedzi takie, jakie daje żywy system, albo takie, jak opisuje je OpenAPI",
        "answers as the live system gives them, or as the OpenAPI describes them",
    ),
    "sha1": (
        "podpisy logowania z SHA-1: przyjmowane (przewodnik) albo odrzucane (produkcja)",
        "signatures of logins with SHA-1: accepted (the guide) or refused (production)",
    ),
    "seed": (
        "numery KSeF zawsze te same; bez tego zaczynają się w losowym miejscu",
        "the same KSeF numbers every time; without it they begin at a random point",
    ),
    "lang": ("język pomocy i odmów", "language of this help and of refusals"),
    "version": ("wersja emulatora i API", "versions of the emulator and of the API"),
    "export": ("dokąd; - to ekran", "where to; - is the screen"),
}


def _option(field: str, shape: str, read: Callable[[str], Any], **more: Any) -> Any:
    """``read`` makes the value of its text and raises ValueError; ``shape`` shows what is taken."""

    def parser(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            refusal = _t(f" „{text}”: oczekiwano {shape}", f" '{text}': expected {shape}")
            raise typer.BadParameter(refusal) from error

    usual = getattr(Config, field, None)
    shown = written(usual) if isinstance(usual, Progress) else usual
    text = _t(*_TEXTS[field]) + (f" [{shown}]" if shown else "")
    return typer.Option(parser=parser, metavar=shape, help=text, show_envvar=False, **more)


def _choice(field: str, words: tuple[str, ...], **more: Any) -> Any:
    return _option(field, " | ".join(words), lambda text: words[words.index(text)], **more)


def _url_option(field: str) -> Any:
    return _option(field, "http[s]://HOST[:PORT]", _url)


def _switch(field: str, **more: Any) -> Any:
    return typer.Option(f"--{field}", help=_t(*_TEXTS[field]), show_envvar=False, **more)


cli = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"auto_envvar_prefix": "KSEF_EMULATOR", "help_option_names": ["-h", "--help"]},
)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"ksef-emulator {__version__}, KSeF API {API_VERSION}")
        raise typer.Exit


@cli.callback(
    invoke_without_command=True,
    help=_t(
        "KSeF na localhoście, do nauki i testów. To nie jest KSeF. (In English: ksef-emulator --lang en --help)",
        "KSeF on localhost, for training and tests. It is not KSeF. (Po polsku: ksef-emulator --lang pl --help)",
    ),
    epilog=_t(
        "W nawiasach to, co jest bez flagi. Każda flaga ma zmienną środowiskową: --public-url to"
        " KSEF_EMULATOR_PUBLIC_URL; flaga ma pierwszeństwo.",
        "In brackets what holds without the flag. Each flag has an environment variable: --public-url is"
        " KSEF_EMULATOR_PUBLIC_URL; the flag goes first.",
    ),
)
def serve(
    context: typer.Context,
    host: Annotated[str | None, _option("host", "HOST", _host)] = None,
    port: Annotated[int | None, _option("port", "0–65535", _port)] = None,
    control_port: Annotated[int | None, _option("control_port", "0–65535", _port)] = None,
    data_dir: Annotated[Path | None, _option("data_dir", "DIR", _path)] = None,
    public_url: Annotated[str | None, _url_option("public_url")] = None,
    qr_url: Annotated[str | None, _url_option("qr_url")] = None,
    storage_url: Annotated[str | None, _url_option("storage_url")] = None,
    latarnia_url: Annotated[str | None, _url_option("latarnia_url")] = None,
    portal_url: Annotated[str | None, _url_option("portal_url")] = None,
    tls: Annotated[bool, _switch("tls")] = False,
    schemas: Annotated[Path | None, _option("schemas", "DIR", _path)] = None,
    rate_limits: Annotated[str | None, _choice("rate_limits", get_args(Profile))] = None,
    progress: Annotated[Progress | None, _option("progress", _PROGRESS, parse)] = None,
    answers: Annotated[str | None, _choice("answers", get_args(Answers))] = None,
    sha1: Annotated[str | None, _choice("sha1", get_args(Sha1))] = None,
    seed: Annotated[int | None, _option("seed", "0–10^18", _whole)] = None,
    lang: Annotated[str | None, _choice("lang", ("pl", "en"), allow_from_autoenv=False)] = None,
    version: Annotated[
        bool, _switch("version", callback=_version, is_eager=True, allow_from_autoenv=False)
    ] = False,
) -> None:
    """Serve until Ctrl-C or SIGTERM; the exit code is 1 when a port or the data directory cannot be had."""
    context.obj = config = _config(context.params)
    if context.invoked_subcommand is not None:
        return
    from .run import PortTaken, run  # noqa: PLC0415 - help and refusals do without

    try:
        run(config)
    except PortTaken as error:
        raise typer.TyperException(
            f"nie mogę nasłuchiwać na {error} / cannot listen there; wybierz inny port (--port)"
        ) from error
    except (OSError, sqlite3.Error) as error:
        raise typer.TyperException(f"katalog danych / data directory {config.data_dir}: {error}") from error


@cli.command(
    help=_t(
        "Certyfikat CA, któremu mają zaufać klienci --tls. CA powstaje raz i zostaje w katalogu danych; jej klucz nigdy"
        " go nie opuszcza. Działający emulator podaje ten sam certyfikat na porcie sterowania:",
        "The CA's certificate, for clients of --tls to trust. The CA is made once and stays in the data directory, and"
        " so does its key. A running emulator gives the same certificate on its control port:",
    )
    + "\n\n\b\n  curl -fsS http://127.0.0.1:8091/ca.pem -o ca.pem\n\n"
    + _t(
        "Adresy (--public-url i inne) stoją przed słowem ca.",
        "Addresses (--public-url …) stand before the word ca.",
    )
)
def ca(
    context: typer.Context,
    data_dir: Annotated[Path | None, _option("data_dir", "DIR", _path)] = None,
    export: Annotated[str, _option("export", "FILE", str)] = "-",
) -> None:
    """Write the certificate; the exit code is 1 when that cannot be done."""
    from .http.tls import Trust  # noqa: PLC0415 - cryptography takes a tenth of the start

    config: Config = context.obj
    config = replace(config, data_dir=data_dir or config.data_dir)
    if config.data_dir is None:
        raise typer.TyperException(
            "podaj --data-dir: bez niego CA powstaje na nowo z każdym startem / name the --data-dir"
        )
    try:
        certificate = Trust(config).certificate
        if export == "-":
            sys.stdout.write(certificate.decode())
        else:
            Path(export).write_bytes(certificate)
    except OSError as error:
        raise typer.TyperException(str(error)) from error


@cli.command(
    "schemas",
    help=_t(
        "Schematy, którymi emulator sprawdza dokumenty. FA (3) przychodzi z nim. Pozostałe (FA (2), PEF (3),"
        " PEF_KOR (3), FA_RR (1)) trzeba mieć na dysku; bez nich sesja dla takiego formularza nie otworzy się i powie"
        " dlaczego. Publikuje je Ministerstwo Finansów obok przewodnika dla integratorów:",
        "Schemas that documents are validated with. FA (3) comes with the emulator. The others (FA (2), PEF (3),"
        " PEF_KOR (3), FA_RR (1)) have to be on the disk; without them a session of such documents does not open and"
        " says why. The Ministry of Finance publishes them beside its guide:",
    )
    + "\n\n\b\n  git clone --depth 1 https://github.com/CIRFMF/ksef-docs"
    + "\n  ksef-emulator --schemas ksef-docs/faktury/schemy\n\n"
    + _t(
        "Pliki .xsd są szukane po nazwach w katalogu i w jego podkatalogach; zamiast flagi można ustawić"
        " KSEF_EMULATOR_SCHEMAS. Nic nie jest pobierane samo.",
        "Files .xsd are looked for by name in the directory and below; KSEF_EMULATOR_SCHEMAS does as well as the flag."
        " Nothing is downloaded.",
    ),
)
def list_schemas(
    context: typer.Context,
    schemas: Annotated[Path | None, _option("schemas", "DIR", _path)] = None,
) -> None:
    """Print the structures with their state; the exit code is 1 when a file that is there cannot be used."""
    from .intake.schemas import FORM_CODES, SchemaFilesError, Schemas  # noqa: PLC0415 - the usual start does without

    catalogue = Schemas(schemas or context.obj.schemas)
    worst = 0
    for code in FORM_CODES:
        state = "brak / missing"
        if catalogue.find(*code.key) is not None:
            try:
                catalogue.prepare(code)
            except SchemaFilesError as error:
                state, worst = f"błąd / broken: {error}", 1
            else:
                state = "gotowy / ready"
        typer.echo(f"{code.system_code:<12} {code.schema_version:<5} {state}")
    if any(catalogue.find(*code.key) is None for code in FORM_CODES):
        typer.echo("\nksef-emulator schemas --help mówi, jak dodać brakujące / tells how to add them")
    raise typer.Exit(worst)


def _config(options: dict[str, Any]) -> Config:
    """The options that were given, by flag or variable. Raises BadParameter for two that contradict each other."""
    config = Config(
        **{field.name: options[field.name] for field in fields(Config) if options[field.name] is not None}
    )
    if config.port == config.control_port != 0:
        refusal = _t(
            f"--port i --control-port to ten sam port {config.port}",
            f"--port and --control-port are the same, {config.port}",
        )
        raise typer.BadParameter(refusal)
    for field in ("public_url", "storage_url", "qr_url", "latarnia_url", "portal_url"):
        if config.tls and getattr(config, field).startswith("http://"):
            name = field.replace("_", "-")
            refusal = _t(
                f"--tls to HTTPS, a --{name} zaczyna się od http://", f"--tls is HTTPS, and --{name} http://"
            )
            raise typer.BadParameter(refusal)
    return config


_REFUSALS = (
    (r"No such option: (\S+).*", r"nie znam: \1"),
    (r"No such command '(.*)'\.", r"nie znam: \1"),
    (r"Got unexpected extra argument\(s\) \((.*)\)", r"nie znam: \1"),
    (r"Option '(.*)' requires an argument\.", r"\1: brak wartości"),
    (r"Option '(.*)' does not take a value\.", r"\1: nie przyjmuje wartości"),
)


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments say. The exit code is 2, after one line, when they say nothing that could be done."""
    try:
        return int(cli(list(arguments), prog_name="ksef-emulator", standalone_mode=False) or 0)
    except typer.TyperException as error:
        text = _refusal(error)
        hint = " (ksef-emulator --help)" if error.exit_code == 2 else ""
        typer.echo(f"ksef-emulator: {text}{hint}", err=True)
        return error.exit_code


def _refusal(error: typer.TyperException) -> str:
    """What was refused, in one line and one language; a value with the flag or variable that it came by."""
    if not isinstance(error, typer.BadParameter):
        text = error.format_message()
        for english, polish in _REFUSALS if not _ENGLISH else ():
            text = re.sub(english, polish, text)
        return text
    if error.param is None or error.ctx is None:
        return error.message
    name = str(error.param.name)
    source = error.ctx.get_parameter_source(name)
    by_variable = source is not None and source.name == "ENVIRONMENT"
    return (f"KSEF_EMULATOR_{name.upper()}" if by_variable else f"--{name.replace('_', '-')}") + error.message

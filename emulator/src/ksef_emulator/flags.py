"""The command line: every flag is one entry of `FLAGS`, and so is every other command of `COMMANDS`."""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args
from urllib.parse import urlsplit

from . import __version__
from .behaviour import Answers, Sha1
from .config import Config
from .model.progress import parse as progress
from .model.progress import written
from .model.rate_limits import Profile

Language = Literal["pl", "en"]
API_VERSION = "2.9.0"

COMMANDS: Mapping[str, str] = {"schemas": ".schemas_command", "ca": ".ca_command"}
"""A first word that is no flag, and the module whose ``main(arguments)`` does it. `ABOUT` says what it does."""

ABOUT: Mapping[str, tuple[str, str]] = {
    "schemas": (
        "schematy dokumentów: które są, jak dodać inne",
        "schemas of documents: which there are, how to add",
    ),
    "ca": (
        "certyfikat CA, któremu mają zaufać klienci --tls",
        "the CA's certificate, for clients of --tls to trust",
    ),
}

_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Flag:
    """``--name SHAPE``, the environment variable of the same name, and the field of `Config` that it sets.

    ``read`` makes the value of its text and raises ValueError; without it the flag takes no value. ``shape`` shows what
    is taken, and stands in the refusal of anything else.
    """

    name: str
    shape: str = ""
    read: Callable[[str], Any] | None = None
    pl: str
    en: str

    @property
    def field(self) -> str:
        """Of `Config`."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """Of the environment; the flag goes before it."""
        return f"KSEF_EMULATOR_{self.field.upper()}"


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


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return read


_URL = "http[s]://HOST[:PORT]"
_PROGRESS = "at-once | polls:N | seconds:S | polls:N,seconds:S"

FLAGS = (
    Flag(name="host", shape="HOST", read=_host, pl="adres, na którym słucha", en="where to listen"),
    Flag(
        name="port",
        shape="0–65535",
        read=_port,
        pl="port publiczny; 0: dowolny wolny",
        en="public port; 0: any",
    ),
    Flag(
        name="control-port", shape="0–65535", read=_port, pl="port sterowania", en="port of the control API"
    ),
    Flag(
        name="data-dir",
        shape="DIR",
        read=_path,
        pl="katalog danych; bez niego wszystko znika na końcu",
        en="remembers here; without it everything is forgotten at the end",
    ),
    Flag(
        name="public-url",
        shape=_URL,
        read=_url,
        pl="adres, pod którym widzą emulator inni; stoi w linkach",
        en="how others reach the emulator; stands in links",
    ),
    Flag(
        name="qr-url",
        shape=_URL,
        read=_url,
        pl="własny adres stron kodów QR",
        en="own address of the QR pages",
    ),
    Flag(
        name="storage-url",
        shape=_URL,
        read=_url,
        pl="własny adres linków do plików (paczki, UPO, eksporty)",
        en="own address of links to files (batches, UPOs, exports)",
    ),
    Flag(name="latarnia-url", shape=_URL, read=_url, pl="własny adres Latarni", en="own address of Latarnia"),
    Flag(name="portal-url", shape=_URL, read=_url, pl="własny adres portalu", en="own address of the portal"),
    Flag(
        name="tls",
        pl="HTTPS na porcie publicznym, z własnym CA (ksef-emulator ca --help)",
        en="HTTPS on the public port, with a CA of its own (ksef-emulator ca --help)",
    ),
    Flag(
        name="schemas",
        shape="DIR",
        read=_path,
        pl="katalog schematów innych niż FA (3); zob. ksef-emulator schemas --help",
        en="directory of the schemas other than FA (3); see ksef-emulator schemas --help",
    ),
    Flag(
        name="rate-limits",
        shape=" | ".join(get_args(Profile)),
        read=_one_of(*get_args(Profile)),
        pl="limity żądań: żadne, dziesięć razy wyższe niż na produkcji, produkcyjne",
        en="limits of requests: none, ten times production's, production's",
    ),
    Flag(
        name="progress",
        shape=_PROGRESS,
        read=progress,
        pl="kiedy kończy się to, co trwa: od razu, po N zapytaniach, po S sekundach",
        en="when asynchronous work is done: at once, after N polls, after S seconds",
    ),
    Flag(
        name="answers",
        shape=" | ".join(get_args(Answers)),
        read=_one_of(*get_args(Answers)),
        pl="odpowiedzi takie, jakie daje żywy system, albo takie, jak opisuje je OpenAPI",
        en="answers as the live system gives them, or as the OpenAPI describes them",
    ),
    Flag(
        name="sha1",
        shape=" | ".join(get_args(Sha1)),
        read=_one_of(*get_args(Sha1)),
        pl="podpisy logowania z SHA-1: przyjmowane (przewodnik) albo odrzucane (produkcja)",
        en="signatures of logins with SHA-1: accepted (the guide) or refused (production)",
    ),
    Flag(
        name="seed",
        shape="0–10^18",
        read=_whole,
        pl="numery KSeF zawsze te same; bez tego zaczynają się w losowym miejscu",
        en="the same KSeF numbers every time; without it they begin at a random point",
    ),
)


def parse(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration that the flags say, and where they are silent, the environment. Raises SystemExit: 0 after
    ``--help`` and ``--version``, 2 with one line that says what is wrong."""
    language = _language(arguments, environment)
    parser = _Parser(language)
    given = vars(parser.parse_args(arguments))
    values: dict[str, Any] = {}
    for flag in FLAGS:
        text, source = given[flag.field], f"--{flag.name}"
        if text is None and environment.get(flag.variable):
            text, source = environment[flag.variable], flag.variable
        if text is None:
            continue
        try:
            values[flag.field] = flag.read(text) if flag.read else _truth(text)
        except ValueError:
            parser.refuse(
                f"{source} „{text}”: oczekiwano {flag.shape or '0 | 1'}",
                f"{source} '{text}': expected {flag.shape or '0 | 1'}",
            )
    config = Config(**values)
    if config.port == config.control_port != 0:
        parser.refuse(
            f"--port i --control-port to ten sam port {config.port}",
            f"--port and --control-port are the same, {config.port}",
        )
    for field in ("public_url", "storage_url", "qr_url", "latarnia_url", "portal_url"):
        if config.tls and getattr(config, field).startswith("http://"):
            name = field.replace("_", "-")
            parser.refuse(
                f"--tls to HTTPS, a --{name} zaczyna się od http://", f"--tls is HTTPS, and --{name} http://"
            )
    return config


def _truth(text: str | bool) -> bool:
    if isinstance(text, bool):
        return text
    if text not in ("0", "1"):
        raise ValueError(text)
    return text == "1"


def _language(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """``--lang``, else the locale's English, else Polish."""
    for word, following in zip(arguments, [*arguments, ""][1:], strict=True):
        asked = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and asked in get_args(Language):
            return "en" if asked == "en" else "pl"
    locale = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return "en" if locale.lower().startswith("en") else "pl"


class _Parser(argparse.ArgumentParser):
    """Of `FLAGS`; it speaks one language, and a refusal is one line."""

    def __init__(self, language: Language) -> None:
        super().__init__(prog="ksef-emulator", add_help=False, allow_abbrev=False)
        self.language = language
        self.add_argument("-h", "--help", action="help")
        version = f"ksef-emulator {__version__}, KSeF API {API_VERSION}"
        self.add_argument("--version", action="version", version=version)
        self.add_argument("--lang", choices=get_args(Language))
        for flag in FLAGS:
            if flag.read:
                self.add_argument(f"--{flag.name}")
            else:
                self.add_argument(f"--{flag.name}", action="store_true", default=None)

    def refuse(self, polish: str, english: str) -> NoReturn:
        """Say what is wrong, in one line, and exit with 2."""
        hint = "ksef-emulator --help"
        print(f"ksef-emulator: {polish if self.language == 'pl' else english} ({hint})", file=sys.stderr)  # noqa: T201
        sys.exit(2)

    def error(self, message: str) -> NoReturn:
        """What argparse itself refuses."""
        polish = message.removeprefix("argument ")
        for english, words in _REFUSALS:
            polish = re.sub(english, words, polish)
        self.refuse(polish, message.removeprefix("argument "))

    def format_help(self) -> str:
        """Everything, in the one language."""
        polish = self.language == "pl"
        lines = list(_INTRODUCTION[self.language])
        usual = Config()
        for flag in FLAGS:
            value = getattr(usual, flag.field)
            shown = written(value) if flag.field == "progress" else value
            default = f" [{shown}]" if shown not in (None, "", False) else ""
            lines.append(f"  --{flag.name}{' ' + flag.shape if flag.shape else ''}")
            lines.append(f"      {flag.pl if polish else flag.en}{default}")
        lines += [f"  {option}\n      {pl if polish else en}" for option, pl, en in _OTHERS]
        lines += ["", "Inne polecenia:" if polish else "Other commands:"]
        lines += [f"  ksef-emulator {name:<10} {about[0 if polish else 1]}" for name, about in ABOUT.items()]
        return "\n".join([*lines, "", *_ENVIRONMENT[self.language]]) + "\n"


_REFUSALS = (
    (r"expected one argument", "brak wartości"),
    (r"unrecognized arguments", "nie znam"),
    (r"ignored explicit argument (.*)", r"nie przyjmuje wartości \1"),
    (r"invalid choice: (.*) \(choose from (.*)\)", r"\1: oczekiwano \2"),
)
_INTRODUCTION = {
    "pl": (
        "ksef-emulator [FLAGI]",
        "",
        "KSeF na localhoście, do nauki i testów. To nie jest KSeF. (In English: ksef-emulator --lang en --help)",
        "",
        "Flagi; w nawiasach to, co jest bez nich:",
    ),
    "en": (
        "ksef-emulator [FLAGS]",
        "",
        "KSeF on localhost, for training and tests. It is not KSeF. (Po polsku: ksef-emulator --lang pl --help)",
        "",
        "Flags; in brackets what holds without them:",
    ),
}
_OTHERS = (
    ("--lang pl | en", "język pomocy i odmów", "language of this help and of refusals"),
    ("--version", "wersja emulatora i API", "versions of the emulator and of the API"),
    ("-h, --help", "ta pomoc", "this help"),
)
_ENVIRONMENT = {
    "pl": (
        "Każda flaga ma zmienną środowiskową: --public-url to KSEF_EMULATOR_PUBLIC_URL; flaga ma pierwszeństwo.",
    ),
    "en": (
        "Each flag has an environment variable: --public-url is KSEF_EMULATOR_PUBLIC_URL; the flag goes first.",
    ),
}

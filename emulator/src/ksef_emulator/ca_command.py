"""``ksef-emulator ca``: the certificate that clients of ``--tls`` have to trust."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .flags import parse
from .tls import Trust

HELP = """\
CA powstaje raz i zostaje w katalogu danych; jej klucz nigdy go nie opuszcza. Działający emulator podaje ten sam
certyfikat na porcie sterowania:

  curl -fsS http://127.0.0.1:8091/ca.pem -o ca.pem

The CA is made once and stays in the data directory, and so does its key. A running emulator gives the same certificate
on its control port. Addresses (--public-url and others) come from the environment here: KSEF_EMULATOR_PUBLIC_URL."""


def main(arguments: Sequence[str]) -> int:
    """Write the certificate; the exit code is 1 when that cannot be done."""
    parser = argparse.ArgumentParser(
        prog="ksef-emulator ca",
        description="Certyfikat CA, któremu mają zaufać klienci. / The CA's certificate, for clients to trust.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data-dir", type=Path, help="katalog danych emulatora / its data directory")
    parser.add_argument(
        "--export", metavar="FILE", default="-", help="dokąd, - to ekran / where to, - is the screen"
    )
    flags = parser.parse_args(arguments)
    config = parse([], os.environ)
    config = replace(config, data_dir=flags.data_dir or config.data_dir)
    if config.data_dir is None:
        return _complain(
            "podaj --data-dir: bez niego CA powstaje na nowo z każdym startem / name the --data-dir"
        )
    try:
        certificate = Trust(config).certificate
        if flags.export == "-":
            sys.stdout.write(certificate.decode())
        else:
            Path(flags.export).write_bytes(certificate)
    except OSError as error:
        return _complain(str(error))
    return 0


def _complain(text: str) -> int:
    print(f"ksef-emulator: {text}", file=sys.stderr)  # noqa: T201
    return 1

"""``ksef-emulator schemas``: which structures the emulator can validate, and how to get the others."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

VARIABLE = "KSEF_EMULATOR_SCHEMAS"
HELP = f"""\
Schemat FA (3) przychodzi z emulatorem. Pozostałe (FA (2), PEF (3), PEF_KOR (3), FA_RR (1)) trzeba mieć na dysku;
bez nich sesja dla takiego formularza nie otworzy się i powie dlaczego.

Publikuje je Ministerstwo Finansów obok przewodnika dla integratorów:

  git clone --depth 1 https://github.com/CIRFMF/ksef-docs
  ksef-emulator --schemas ksef-docs/faktury/schemy

Katalog może być dowolny: pliki .xsd są szukane w nim i w jego podkatalogach po nazwach; zamiast flagi można ustawić
zmienną środowiskową {VARIABLE}. Nic nie jest pobierane samo.

FA (3) comes with the emulator; the other structures need the Ministry's .xsd files, in any directory, found by name."""


def directory(given: Path | None) -> Path | None:
    """The directory of schemas: the one given, or that of the environment."""
    found = os.environ.get(VARIABLE, "")
    return given or (Path(found) if found else None)


def main(arguments: Sequence[str]) -> int:
    """Print the structures with their state; the exit code is 1 when a file that is there cannot be used."""
    parser = argparse.ArgumentParser(
        prog="ksef-emulator schemas",
        description="Schematy, którymi emulator sprawdza dokumenty. / Schemas that documents are validated with.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--schemas", type=Path, help=f"katalog plików .xsd (domyślnie z {VARIABLE})")
    flags = parser.parse_args(arguments)
    from .intake.schemas import FORM_CODES, SchemaFilesError, Schemas  # noqa: PLC0415 - the usual start does without

    schemas = Schemas(directory(flags.schemas))
    worst = 0
    for code in FORM_CODES:
        state = "brak / missing"
        if schemas.find(*code.key) is not None:
            try:
                schemas.prepare(code)
            except SchemaFilesError as error:
                state, worst = f"błąd / broken: {error}", 1
            else:
                state = "gotowy / ready"
        print(f"{code.system_code:<12} {code.schema_version:<5} {state}")  # noqa: T201 - the command's output
    if any(schemas.find(*code.key) is None for code in FORM_CODES):
        print("\nksef-emulator schemas --help mówi, jak dodać brakujące / tells how to add them")  # noqa: T201
    return worst

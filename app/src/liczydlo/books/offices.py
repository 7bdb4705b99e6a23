"""Tax offices by the code that JPK files name them by (KodUrzedu), grouped as people look for them: by voivodeship."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Final

VOIVODESHIPS: Final[Mapping[str, str]] = {
    "02": "dolnośląskie",
    "04": "kujawsko-pomorskie",
    "06": "lubelskie",
    "08": "lubuskie",
    "10": "łódzkie",
    "12": "małopolskie",
    "14": "mazowieckie",
    "16": "opolskie",
    "18": "podkarpackie",
    "20": "podlaskie",
    "22": "pomorskie",
    "24": "śląskie",
    "26": "świętokrzyskie",
    "28": "warmińsko-mazurskie",
    "30": "wielkopolskie",
    "32": "zachodniopomorskie",
}
"""Names of voivodeships by the first two digits of their offices' codes (TERYT)."""


@functools.cache
def offices() -> Mapping[str, str]:
    """Names of all tax offices by code."""
    text = resources.files("liczydlo.books").joinpath("offices.txt").read_text(encoding="utf-8")
    return dict(line.split(" ", 1) for line in text.splitlines())


def grouped() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices of a form: the offices of each voivodeship, their code first so that typing it finds them."""
    return [
        (
            name,
            [(code, f"{code} · {office}") for code, office in offices().items() if code.startswith(begins)],
        )
        for begins, name in VOIVODESHIPS.items()
    ]

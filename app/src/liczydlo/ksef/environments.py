"""The worlds in which a KSeF exists: three of the Ministry's and our emulator.

A certificate, a token, a session and an invoice of one environment are unknown to another. Addresses: the
integrator's guide, ``srodowiska.md`` and ``kody-qr.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

EnvironmentName = Literal["EMULATOR", "TEST", "DEMO", "PRODUKCJA"]


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where one KSeF lives; every address is without a trailing slash.

    ``latarnia`` is None where the Ministry runs no availability service: its state is then never known.
    """

    name: EnvironmentName
    api: str
    qr: str
    portal: str
    latarnia: str | None = None

    def __post_init__(self) -> None:
        for address in (self.api, self.qr, self.portal, self.latarnia):
            if address is not None and (
                not address.startswith(("http://", "https://")) or address.endswith("/")
            ):
                raise ValueError(f"not an address without a trailing slash: {address!r}")


TEST: Final = Environment(
    name="TEST",
    api="https://api-test.ksef.mf.gov.pl/v2",
    qr="https://qr-test.ksef.mf.gov.pl",
    portal="https://ap-test.ksef.mf.gov.pl/web",
    latarnia="https://api-latarnia-test.ksef.mf.gov.pl",
)
DEMO: Final = Environment(
    name="DEMO",
    api="https://api-demo.ksef.mf.gov.pl/v2",
    qr="https://qr-demo.ksef.mf.gov.pl",
    portal="https://ap-demo.ksef.mf.gov.pl/web",
)
PRODUKCJA: Final = Environment(
    name="PRODUKCJA",
    api="https://api.ksef.mf.gov.pl/v2",
    qr="https://qr.ksef.mf.gov.pl",
    portal="https://ap.ksef.mf.gov.pl/web",
    latarnia="https://api-latarnia.ksef.mf.gov.pl",
)


def emulator(base: str = "http://127.0.0.1:8090") -> Environment:
    """The emulator that serves everything public under one base address."""
    base = base.rstrip("/")
    return Environment(
        name="EMULATOR",
        api=f"{base}/v2",
        qr=f"{base}/qr",
        portal=f"{base}/portal",
        latarnia=f"{base}/latarnia",
    )

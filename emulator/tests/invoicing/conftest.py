"""Invoices for the tests: a small FA(3) document of our own, varied by keyword."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared"
NAMESPACE = "http://crd.gov.pl/wzor/2025/06/25/13775/"
SELLER = "5265877635"
BUYER = "1111111111"
TODAY = date(2026, 11, 23)


def fa3(
    *,
    seller: str = SELLER,
    buyer: str = f"<NIP>{BUYER}</NIP>",
    number: str = "FV/1/2026",
    day: str = "2026-11-23",
    kind: str = "VAT",
    currency: str = "PLN",
    amounts: str = "<P_13_1>100.00</P_13_1><P_14_1>23.00</P_14_1>",
    gross: str = "123.00",
    self_invoicing: bool = False,
    third: str = "",
    authorized: str = "",
    attachment: str = "",
    item: str = "Usługa",
    head: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> bytes:
    """One line at 23 %, schema valid as it stands."""
    return f"""{head}
<Faktura xmlns="{NAMESPACE}">
<Naglowek><KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza>
<WariantFormularza>3</WariantFormularza><DataWytworzeniaFa>2026-11-23T08:00:00Z</DataWytworzeniaFa></Naglowek>
<Podmiot1><DaneIdentyfikacyjne><NIP>{seller}</NIP><Nazwa>Sprzedawca</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Polna 1</AdresL1></Adres></Podmiot1>
<Podmiot2><DaneIdentyfikacyjne>{buyer}<Nazwa>Nabywca</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Leśna
2</AdresL1></Adres><JST>2</JST><GV>2</GV></Podmiot2>{third}{authorized}
<Fa><KodWaluty>{currency}</KodWaluty><P_1>{day}</P_1><P_2>{number}</P_2>{amounts}<P_15>{gross}</P_15>
<Adnotacje><P_16>2</P_16><P_17>{"1" if self_invoicing else "2"}</P_17><P_18>2</P_18><P_18A>2</P_18A>
<Zwolnienie><P_19N>1</P_19N></Zwolnienie><NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu>
<P_23>2</P_23><PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy></Adnotacje><RodzajFaktury>{kind}</RodzajFaktury>
<FaWiersz><NrWierszaFa>1</NrWierszaFa><P_7>{item}</P_7><P_8A>szt</P_8A><P_8B>1</P_8B><P_9A>100.00</P_9A>
<P_11>100.00</P_11><P_12>23</P_12></FaWiersz></Fa>{attachment} </Faktura>""".encode()


ATTACHMENT = (
    "<Zalacznik><BlokDanych><ZNaglowek>Dane</ZNaglowek><MetaDane><ZKlucz>a</ZKlucz><ZWartosc>b</ZWartosc></MetaDane>"
    "<Tekst><Akapit>Treść</Akapit></Tekst></BlokDanych></Zalacznik>"
)


@pytest.fixture
def build() -> Callable[..., bytes]:
    """`fa3`, for the test modules."""
    return fa3


@pytest.fixture
def attachment() -> str:
    """A `Zalacznik` element."""
    return ATTACHMENT


@pytest.fixture
def shared() -> Path:
    """The official files, beside the repository."""
    return SHARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `shared` are skipped, with the reason, where the official files are not there."""
    if not SHARED.is_dir():
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(pytest.mark.skip(reason="the official files (../shared) are not here"))

"""A file JPK_FA(4), made while it is sent.

Its tables follow one another (all invoices, all lines, all orders), so lines and orders wait in temporary files, and
an invoice is read once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Annotated, Final

from liczydlo.fa3.write import element
from liczydlo.jpk.invoices import Mapped
from liczydlo.jpk.model import FakturaWiersz

NAMESPACE: Final = "http://jpk.mf.gov.pl/wzor/2022/02/17/02171/"
TYPES: Final = "http://crd.gov.pl/xml/schematy/dziedzinowe/mf/2018/08/24/eD/DefinicjeTypy/"
FIRST, LAST = date(2016, 7, 1), date(2030, 1, 1)
"""Between which days a period lies (TData)."""
_IN_MEMORY: Final = 1 << 20  # bytes of lines, and of orders
_PIECE: Final = 1 << 16  # bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where the taxpayer is registered; outside Poland without voivodeship, county and municipality."""

    country: Annotated[str, "etd:KodKraju"] = "PL"
    voivodeship: Annotated[str | None, "etd:Wojewodztwo"] = None
    county: Annotated[str | None, "etd:Powiat"] = None
    municipality: Annotated[str | None, "etd:Gmina"] = None
    street: Annotated[str | None, "etd:Ulica"] = None
    house: Annotated[str | None, "etd:NrDomu"] = None
    flat: Annotated[str | None, "etd:NrLokalu"] = None
    town: Annotated[str, "etd:Miejscowosc"]
    postcode: Annotated[str | None, "etd:KodPocztowy"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignAddress:
    """As TAdresZagraniczny has it: the postcode before the town."""

    country: Annotated[str, "etd:KodKraju"]
    postcode: Annotated[str | None, "etd:KodPocztowy"] = None
    town: Annotated[str, "etd:Miejscowosc"]
    street: Annotated[str | None, "etd:Ulica"] = None
    house: Annotated[str | None, "etd:NrDomu"] = None
    flat: Annotated[str | None, "etd:NrLokalu"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Head:
    variant: Annotated[int, "WariantFormularza"] = 4
    purpose: Annotated[int, "CelZlozenia"] = 1  # the schema knows no other
    created: Annotated[datetime, "DataWytworzeniaJPK"]
    first: Annotated[date, "DataOd"]
    last: Annotated[date, "DataDo"]
    office: Annotated[str, "KodUrzedu"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Taxpayer:
    nip: Annotated[str, "NIP"]
    name: Annotated[str, "PelnaNazwa"]


@dataclass(frozen=True, kw_only=True)
class Heading:
    """Whose file it is (``name`` of at most 240 characters), for which office (four digits) and days, made when."""

    nip: str
    name: str
    office: str
    address: Address
    first: date
    last: date
    created: datetime


@dataclass
class Sums:
    """The controls of a file, growing while it is made: numbers of rows, and sums of P_15, P_11, WartoscZamowienia."""

    invoices: int = 0
    invoices_value: Decimal = Decimal("0.00")
    lines: int = 0
    lines_value: Decimal = Decimal("0.00")
    orders: int = 0
    orders_value: Decimal = Decimal("0.00")


def pieces(heading: Heading, invoices: Iterable[Mapped], sums: Sums) -> Iterator[bytes]:
    """The file's bytes; ``sums`` is filled. Of ``invoices`` one at least is ``faktura``: the schema asks for it.

    FakturaWiersz is required once, though advances have none: where there is no line at all, the first invoice is
    named in an empty one.
    """
    yield _beginning(heading)
    number = ""
    with (
        tempfile.SpooledTemporaryFile(_IN_MEMORY) as lines,
        tempfile.SpooledTemporaryFile(_IN_MEMORY) as orders,
    ):
        for invoice in invoices:
            if invoice.faktura is None:
                continue
            number = number or invoice.faktura.p_2a
            sums.invoices += 1
            sums.invoices_value += invoice.faktura.p_15
            for line in invoice.lines:
                sums.lines += 1
                sums.lines_value += line.p_11 or 0
                lines.write(element("FakturaWiersz", line))
            for order in invoice.orders:
                sums.orders += 1
                sums.orders_value += order.wartosc_zamowienia
                orders.write(element("Zamowienie", order))
            yield element("Faktura", invoice.faktura)
        if not sums.lines:
            sums.lines = 1
            lines.write(element("FakturaWiersz", FakturaWiersz(p_2b=number)))
        yield _control("FakturaCtrl", "LiczbaFaktur", sums.invoices, "WartoscFaktur", sums.invoices_value)
        yield from _spooled(lines)
        yield _control(
            "FakturaWierszCtrl", "LiczbaWierszyFaktur", sums.lines, "WartoscWierszyFaktur", sums.lines_value
        )
        if sums.orders:
            yield from _spooled(orders)
            yield _control(
                "ZamowienieCtrl", "LiczbaZamowien", sums.orders, "WartoscZamowien", sums.orders_value
            )
    yield b"</JPK>\n"


def _beginning(heading: Heading) -> bytes:
    head = _Head(created=heading.created, first=heading.first, last=heading.last, office=heading.office)
    form = '<KodFormularza kodSystemowy="JPK_FA (4)" wersjaSchemy="1-0">JPK_FA</KodFormularza>'
    return b"".join(
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<JPK xmlns="{NAMESPACE}" xmlns:etd="{TYPES}">'.encode(),
            element("Naglowek", head).replace(b">", b">" + form.encode(), 1),
            b"<Podmiot1>",
            element("IdentyfikatorPodmiotu", _Taxpayer(nip=heading.nip, name=heading.name)),
            _address(heading.address),
            b"</Podmiot1>",
        )
    )


def _address(address: Address) -> bytes:
    if address.country == "PL":
        return element("AdresPodmiotu", address)
    foreign = ForeignAddress(
        country=address.country,
        postcode=address.postcode,
        town=address.town,
        street=address.street,
        house=address.house,
        flat=address.flat,
    )
    return element("AdresPodmiotu2", foreign)


def _spooled(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    while piece := spool.read(_PIECE):
        yield piece


def _control(name: str, count: str, number: int, value: str, total: Decimal) -> bytes:
    return f"<{name}><{count}>{number}</{count}><{value}>{total:f}</{value}></{name}>".encode()

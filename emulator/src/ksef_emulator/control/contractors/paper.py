"""FA(3) documents written by hand: the few kinds that a contractor issues, in the order of the official schema.

Whether they are right is for the schema and the intake to say, as of every document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from xml.sax.saxutils import escape

from .people import Seller

NAMESPACE = "http://crd.gov.pl/wzor/2025/06/25/13775/"
_PLACES = {23: "1", 8: "2", 5: "3"}  # rate → the number in P_13_x and P_14_x
_NOTES = (
    "<Adnotacje><P_16>2</P_16><P_17>2</P_17><P_18>2</P_18><P_18A>2</P_18A><Zwolnienie><P_19N>1</P_19N></Zwolnienie>"
    "<NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu><P_23>2</P_23>"
    "<PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy></Adnotacje>"
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line: ``price`` and ``value`` in grosze, net, or gross when the whole document counts so."""

    name: str
    unit: str
    quantity: int
    price: int

    @property
    def value(self) -> int:
        return self.quantity * self.price


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Totals in grosze; ``from_gross`` tells that VAT was counted from the gross value (ustawa o VAT art. 106e ust.
    7), so that prices of the lines are gross."""

    net: int
    vat: int
    from_gross: bool = False

    @property
    def gross(self) -> int:
        return self.net + self.vat


@dataclass(frozen=True, kw_only=True)
class Original:
    """The invoice that a correction corrects."""

    number: str
    day: date
    ksef_number: str


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One document. An advance (``ZAL``) has the lines of the order and ``ordered``, the order's totals; its
    settlement (``ROZ``) the lines of the order, what is left to pay, and the advance's number."""

    kind: str
    number: str
    day: date
    made: datetime
    seller: Seller
    buyer_nip: str
    buyer_name: str
    lines: Sequence[Line]
    amounts: Amounts
    ordered: Amounts | None = None
    original: Original | None = None
    advance: str = ""

    def xml(self) -> bytes:
        made = self.made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Faktura xmlns="{NAMESPACE}"><Naglowek>'
            '<KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza>'
            f"<WariantFormularza>3</WariantFormularza>{_tag('DataWytworzeniaFa', made)}"
            f"{_tag('SystemInfo', 'Emulator KSeF')}</Naglowek>{self._parties()}"
            f"<Fa>{_tag('KodWaluty', 'PLN')}{_tag('P_1', self.day)}{_tag('P_2', self.number)}{self._done()}"
            f"{self._totals()}{_NOTES}{_tag('RodzajFaktury', self.kind)}{self._references()}{self._lines()}"
            f"{self._payment()}{self._order()}</Fa></Faktura>"
        ).encode()

    def _parties(self) -> str:
        seller = self.seller
        return (
            f"<Podmiot1><DaneIdentyfikacyjne>{_tag('NIP', seller.nip)}{_tag('Nazwa', seller.name)}"
            f"</DaneIdentyfikacyjne><Adres>{_tag('KodKraju', 'PL')}{_tag('AdresL1', seller.street)}"
            f"{_tag('AdresL2', seller.town)}</Adres></Podmiot1>"
            f"<Podmiot2><DaneIdentyfikacyjne>{_tag('NIP', self.buyer_nip)}{_tag('Nazwa', self.buyer_name)}"
            f"</DaneIdentyfikacyjne><Adres>{_tag('KodKraju', 'PL')}{_tag('AdresL1', 'ul. Testowa 2')}"
            f"{_tag('AdresL2', '00-999 Warszawa')}</Adres><JST>2</JST><GV>2</GV></Podmiot2>"
        )

    def _done(self) -> str:
        """The day of delivery, or of the advance's payment."""
        return "" if self.original else _tag("P_6", self.day)

    def _totals(self) -> str:
        place = _PLACES[self.seller.rate]
        return (
            f"{_tag(f'P_13_{place}', zloty(self.amounts.net))}{_tag(f'P_14_{place}', zloty(self.amounts.vat))}"
            f"{_tag('P_15', zloty(self.amounts.gross))}"
        )

    def _references(self) -> str:
        if self.original:
            return (
                f"{_tag('PrzyczynaKorekty', 'Rabat udzielony po sprzedaży')}{_tag('TypKorekty', 2)}"
                f"<DaneFaKorygowanej>{_tag('DataWystFaKorygowanej', self.original.day)}"
                f"{_tag('NrFaKorygowanej', self.original.number)}{_tag('NrKSeF', 1)}"
                f"{_tag('NrKSeFFaKorygowanej', self.original.ksef_number)}</DaneFaKorygowanej>"
            )
        if self.advance:
            return f"<FakturaZaliczkowa>{_tag('NrKSeFFaZaliczkowej', self.advance)}</FakturaZaliczkowa>"
        return ""

    def _lines(self) -> str:
        if self.kind == "ZAL":
            return ""
        counted = self.ordered or self.amounts
        price, value = ("P_9B", "P_11A") if counted.from_gross else ("P_9A", "P_11")
        return "".join(
            f"<FaWiersz>{_tag('NrWierszaFa', place)}{_tag('P_7', line.name)}{_tag('P_8A', line.unit)}"
            f"{_tag('P_8B', line.quantity)}{_tag(price, zloty(line.price))}{_tag(value, zloty(line.value))}"
            f"{_tag('P_12', self.seller.rate)}</FaWiersz>"
            for place, line in enumerate(self.lines, 1)
        )

    def _payment(self) -> str:
        if self.kind == "ZAL" or self.original:
            return ""
        due = self.day + timedelta(days=self.seller.days)
        return (
            f"<Platnosc><TerminPlatnosci>{_tag('Termin', due)}</TerminPlatnosci>{_tag('FormaPlatnosci', 6)}"
            f"<RachunekBankowy>{_tag('NrRB', account(self.seller.nip))}"
            f"{_tag('NazwaBanku', 'Bank Zmyślony')}</RachunekBankowy></Platnosc>"
        )

    def _order(self) -> str:
        if self.kind != "ZAL" or self.ordered is None:
            return ""
        rows, left = "", self.ordered.vat
        for place, line in enumerate(self.lines, 1):
            vat = left if place == len(self.lines) else part(line.value, self.seller.rate, 100)
            left -= vat
            rows += (
                f"<ZamowienieWiersz>{_tag('NrWierszaZam', place)}{_tag('P_7Z', line.name)}{_tag('P_8AZ', line.unit)}"
                f"{_tag('P_8BZ', line.quantity)}{_tag('P_9AZ', zloty(line.price))}"
                f"{_tag('P_11NettoZ', zloty(line.value))}{_tag('P_11VatZ', zloty(vat))}"
                f"{_tag('P_12Z', self.seller.rate)}</ZamowienieWiersz>"
            )
        return f"<Zamowienie>{_tag('WartoscZamowienia', zloty(self.ordered.gross))}{rows}</Zamowienie>"


def _tag(name: str, value: object) -> str:
    return f"<{name}>{escape(str(value))}</{name}>"


def zloty(grosze: int) -> str:
    """``-12.05``."""
    sign = "-" if grosze < 0 else ""
    return f"{sign}{abs(grosze) // 100}.{abs(grosze) % 100:02d}"


def part(amount: int, numerator: int, denominator: int) -> int:
    """A fraction of an amount of grosze, halves away from zero."""
    rounded = (2 * abs(amount) * numerator + denominator) // (2 * denominator)
    return -rounded if amount < 0 else rounded


def account(nip: str) -> str:
    """An account with right check digits (ISO 13616) at a bank that does not exist."""
    rest = f"99999999{nip:0>16}"
    return f"{98 - int(f'{rest}252100') % 97:02d}{rest}"

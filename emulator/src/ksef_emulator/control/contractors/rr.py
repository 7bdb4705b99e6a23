"""FA_RR(1): invoices for flat-rate farmers, issued by who buys from them (ustawa o VAT art. 116)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ...intake.schemas import FA_RR, FormCode
from .amounts import Amounts, account, in_words, part, zloty
from .fa import Buyer, Original
from .lines import Line, numbered
from .people import Seller
from .xml import address, tag, utc

NAMESPACE = "http://crd.gov.pl/wzor/2026/03/06/14189/"
_DECLARATION = (
    "Oświadczam, że jestem rolnikiem ryczałtowym zwolnionym od podatku od towarów i usług na podstawie"
    " art. 43 ust. 1 pkt 3 ustawy o podatku od towarów i usług."
)


@dataclass(frozen=True, kw_only=True)
class RrInvoice:
    """``seller`` is the farmer; ``kind`` ``VAT_RR``, or ``KOR_VAT_RR`` with an ``original``."""

    kind: str
    number: str
    day: date
    created: datetime
    seller: Seller
    buyer: Buyer
    lines: Sequence[Line]
    original: Original | None = None
    form: FormCode = FA_RR
    has_attachment: bool = False

    @property
    def issuer_nip(self) -> str:
        return self.buyer.nip

    @property
    def totals(self) -> Amounts:
        """Of the lines, each with its own refund; those before a correction count below zero."""
        signed = [(-1 if line.before else 1, line) for line in self.lines]
        return Amounts(
            net=sum(sign * line.value for sign, line in signed),
            vat=sum(sign * _refund(line) for sign, line in signed),
        )

    def xml(self) -> bytes:
        totals = self.totals
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Faktura xmlns="{NAMESPACE}"><Naglowek>'
            '<KodFormularza kodSystemowy="FA_RR (1)" wersjaSchemy="1-1E">FA_RR</KodFormularza>'
            f"<WariantFormularza>1</WariantFormularza>{tag('DataWytworzeniaFa', utc(self.created))}"
            f"{tag('SystemInfo', 'Emulator KSeF')}</Naglowek>"
            f"{_party('Podmiot1', self.seller.nip, self.seller.name, self.seller.street, self.seller.town)}"
            f"{_party('Podmiot2', self.buyer.nip, self.buyer.name, self.buyer.street, '00-999 Warszawa')}"
            f"<FakturaRR>{tag('KodWaluty', 'PLN')}{tag('P_4A', self.day)}{tag('P_4B', self.day)}"
            f"{tag('P_4C', self.number)}{tag('P_11_1', zloty(totals.net))}"
            f"{tag('P_11_2', zloty(totals.vat))}{tag('P_12_1', zloty(totals.gross))}"
            f"{tag('P_12_2', in_words(totals.gross))}"
            f"{tag('RodzajFaktury', self.kind)}{self._correction()}{self._declaration()}"
            f"{''.join(_line(place, line) for place, line in numbered(self.lines))}{self._payment()}"
            "</FakturaRR></Faktura>"
        ).encode()

    def _correction(self) -> str:
        original = self.original
        if original is None:
            return ""
        return (
            f"{tag('PrzyczynaKorekty', original.reason)}{tag('TypKorekty', 2)}<DaneFaKorygowanej>"
            f"{tag('DataWystFaKorygowanej', original.day)}{tag('NrFaKorygowanej', original.number)}"
            f"{tag('NrKSeF', 1)}{tag('NrKSeFFaKorygowanej', original.ksef_number)}</DaneFaKorygowanej>"
        )

    def _declaration(self) -> str:
        """The farmer's, which the invoice must carry (art. 116 ust. 3)."""
        if self.original:
            return ""
        return f"<DodatkowyOpis>{tag('Klucz', 'Oświadczenie')}{tag('Wartosc', _DECLARATION)}</DodatkowyOpis>"

    def _payment(self) -> str:
        if self.original:
            return ""
        return (
            f"<Platnosc>{tag('FormaPlatnosci', 1)}<RachunekBankowy1>{tag('NrRB', account(self.seller.nip))}"
            f"{tag('NazwaBanku', 'Bank Zmyślony')}</RachunekBankowy1></Platnosc>"
        )


def _party(name: str, nip: str, called: str, street: str, town: str) -> str:
    return (
        f"<{name}><DaneIdentyfikacyjne>{tag('NIP', nip)}{tag('Nazwa', called)}</DaneIdentyfikacyjne>"
        f"{address(street, town)}</{name}>"
    )


def _refund(line: Line) -> int:
    return part(line.value, int(line.rate), 100)


def _line(place: int, line: Line) -> str:
    refund = _refund(line)
    return (
        f"<FakturaRRWiersz>{tag('NrWierszaFa', place)}{tag('UU_ID', line.uid) if line.uid else ''}"
        f"{tag('P_5', line.name)}{tag('P_6A', line.unit)}{tag('P_6B', line.quantity)}{tag('P_6C', line.quality)}"
        f"{tag('P_7', zloty(line.price))}{tag('P_8', zloty(line.value))}{tag('P_9', line.rate)}"
        f"{tag('P_10', zloty(refund))}{tag('P_11', zloty(line.value + refund))}"
        f"{tag('StanPrzed', 1) if line.before else ''}</FakturaRRWiersz>"
    )

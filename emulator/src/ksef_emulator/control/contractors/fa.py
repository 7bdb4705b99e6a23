"""FA(3) and FA(2) documents written by hand, in the order of the official schemas.

Whether they are right is for the schema and the intake to say, as of every document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ...intake.schemas import FA3, FormCode
from .amounts import MARGIN, Totals, account, part, zloty
from .lines import Line, numbered
from .marks import Mark
from .people import Seller
from .xml import address, tag, utc

NAMESPACES = {
    "FA (3)": "http://crd.gov.pl/wzor/2025/06/25/13775/",
    "FA (2)": "http://crd.gov.pl/wzor/2023/06/29/12648/",
}
EXCHANGE = {"EUR": 42_613, "USD": 36_402, "GBP": 49_058, "CHF": 45_377}
"""Ten-thousandths of a zloty: made-up rates of the National Bank's table A."""
_PLACES = {"23": "1", "8": "2", "5": "3", "zw": "7", "oo": "10", MARGIN: "11"}
"""Rate → the number in P_13_x and P_14_x, in the order of the schema."""
_TAXED = frozenset(("23", "8", "5"))
_THIRD = {
    1: "Faktor Zmyślony sp. z o.o.",
    2: "Odbiorca Zmyślony, oddział",
    3: "Podmiot Pierwotny Zmyślony sp. z o.o.",
    4: "Dodatkowy Nabywca Zmyślony",
    5: "Wystawca Zmyślony sp. z o.o.",
    6: "Płatnik Zmyślony sp. z o.o.",
    7: "Urząd Gminy Zmyślonej",
    8: "Szkoła Podstawowa w Zmyślonej",
    9: "Członek Grupy Zmyślonej sp. z o.o.",
    10: "Odbiorca z Grupy Zmyślonej sp. z o.o.",
    11: "Jan Pracownik Zmyślony",
}
"""Podmiot3 by its role (TRolaPodmiotu3)."""
FACTOR = 1
_INSTALMENTS = (0, 30, 60)
"""Days after the first term of payment."""


@dataclass(frozen=True, kw_only=True)
class Buyer:
    nip: str
    name: str
    street: str = "ul. Testowa 2"


@dataclass(frozen=True, kw_only=True)
class Original:
    """The invoice that a correction corrects. ``due`` in grosze is what it says in P_15, ``buyer`` who stands on it by
    mistake."""

    number: str
    day: date
    ksef_number: str
    reason: str
    due: int | None = None
    buyer: Buyer | None = None


@dataclass(frozen=True, kw_only=True)
class FaInvoice:
    """One document. An advance (``ZAL``) has the lines of the order and ``ordered``, the order's totals; its
    settlement (``ROZ``) the lines of the order, what is left to pay, and the advance's KSeF number."""

    kind: str
    number: str
    day: date
    created: datetime
    seller: Seller
    buyer: Buyer
    lines: Sequence[Line]
    totals: Totals
    form: FormCode = FA3
    currency: str = "PLN"
    marks: frozenset[Mark] = frozenset()
    ordered: Totals | None = None
    original: Original | None = None
    advance: str = ""
    third_party: str = ""
    third_role: int = FACTOR
    authorised: str = ""  # NIP of the seller's tax representative
    account: str = ""  # the seller's usual one
    days: int | None = None  # of payment; the seller's usual ones
    notes: Sequence[tuple[str, str]] = field(default=())

    @property
    def issuer_nip(self) -> str:
        """Whose session sends it."""
        return self.buyer.nip if Mark.SELF_INVOICING in self.marks else self.seller.nip

    @property
    def has_attachment(self) -> bool:
        return Mark.ATTACHMENT in self.marks

    def xml(self) -> bytes:
        code = self.form.system_code
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Faktura xmlns="{NAMESPACES[code]}"><Naglowek>'
            f'<KodFormularza kodSystemowy="{code}" wersjaSchemy="1-0E">FA</KodFormularza>'
            f"{tag('WariantFormularza', 3 if self.form == FA3 else 2)}{tag('DataWytworzeniaFa', utc(self.created))}"
            f"{tag('SystemInfo', 'Emulator KSeF')}</Naglowek>{self._parties()}"
            f"<Fa>{tag('KodWaluty', self.currency)}{tag('P_1', self.day)}{tag('P_2', self.number)}{self._done()}"
            f"{self._totals()}{self._annotations()}{tag('RodzajFaktury', self.kind)}{self._correction()}"
            f"{self._notes()}{self._advance()}{self._lines()}{self._payment()}{self._order()}</Fa>"
            f"{self._attachment()}</Faktura>"
        ).encode()

    def _parties(self) -> str:
        seller = self.seller
        parties = (
            f"<Podmiot1>{_identity(seller.nip, seller.name)}{address(seller.street, seller.town)}</Podmiot1>"
            f"<Podmiot2>{self._buyer(self.buyer)}{_UNITS if self.form == FA3 else ''}</Podmiot2>"
        )
        if self.third_party:
            parties += (
                f"<Podmiot3>{_identity(self.third_party, _THIRD[self.third_role])}{address('ul. Testowa 3')}"
                f"{tag('Rola', self.third_role)}</Podmiot3>"
            )
        if self.authorised:
            parties += (
                f"<PodmiotUpowazniony>{_identity(self.authorised, 'Przedstawiciel Zmyślony')}{address('ul. Testowa 3')}"
                "<RolaPU>3</RolaPU></PodmiotUpowazniony>"
            )
        return parties

    def _buyer(self, buyer: Buyer) -> str:
        return f"{_identity(buyer.nip, buyer.name)}{address(buyer.street, '00-999 Warszawa')}"

    def _done(self) -> str:
        """The day of delivery, or of the advance's payment."""
        return "" if self.original else tag("P_6", self.day)

    def _totals(self) -> str:
        written = ""
        for rate, place in _PLACES.items():
            if (sums := self.totals.by_rate.get(rate)) is None:
                continue
            written += tag(f"P_13_{place}", zloty(sums.net))
            if rate in _TAXED:
                written += tag(f"P_14_{place}", zloty(sums.vat))
                if self.currency != "PLN":
                    written += tag(f"P_14_{place}W", zloty(part(sums.vat, EXCHANGE[self.currency], 10_000)))
        exchange = self._exchange("KursWalutyZ") if self.kind == "ZAL" else ""
        return written + tag("P_15", zloty(self.totals.gross)) + exchange

    def _exchange(self, name: str) -> str:
        if self.currency == "PLN":
            return ""
        rate = EXCHANGE[self.currency]
        return tag(name, f"{rate // 10_000}.{rate % 10_000:04d}")

    def _annotations(self) -> str:
        exempt = "<P_19>1</P_19><P_19A>art. 43 ust. 1 pkt 29 lit. a ustawy o VAT</P_19A>"
        margin = "<P_PMarzy>1</P_PMarzy><P_PMarzy_3_1>1</P_PMarzy_3_1>"
        return (
            f"<Adnotacje><P_16>2</P_16>{self._yes('P_17', Mark.SELF_INVOICING)}{self._yes('P_18', Mark.REVERSE_CHARGE)}"
            f"{self._yes('P_18A', Mark.SPLIT_PAYMENT)}"
            f"<Zwolnienie>{exempt if 'zw' in self.totals.by_rate else '<P_19N>1</P_19N>'}</Zwolnienie>"
            "<NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu><P_23>2</P_23>"
            f"<PMarzy>{margin if Mark.MARGIN in self.marks else '<P_PMarzyN>1</P_PMarzyN>'}</PMarzy></Adnotacje>"
        )

    def _yes(self, name: str, mark: Mark) -> str:
        return tag(name, 1 if mark in self.marks else 2)

    def _correction(self) -> str:
        original = self.original
        if original is None:
            return ""
        buyer = f"<Podmiot2K>{self._buyer(original.buyer)}</Podmiot2K>" if original.buyer else ""
        due = tag("P_15ZK", zloty(original.due)) if original.due is not None else ""
        return (
            f"{tag('PrzyczynaKorekty', original.reason)}{tag('TypKorekty', 2)}"
            f"<DaneFaKorygowanej>{tag('DataWystFaKorygowanej', original.day)}"
            f"{tag('NrFaKorygowanej', original.number)}{tag('NrKSeF', 1)}"
            f"{tag('NrKSeFFaKorygowanej', original.ksef_number)}</DaneFaKorygowanej>{buyer}{due}"
        )

    def _notes(self) -> str:
        return "".join(
            f"<DodatkowyOpis>{tag('Klucz', key)}{tag('Wartosc', value)}</DodatkowyOpis>"
            for key, value in self.notes
        )

    def _advance(self) -> str:
        if not self.advance:
            return ""
        return f"<FakturaZaliczkowa>{tag('NrKSeFFaZaliczkowej', self.advance)}</FakturaZaliczkowa>"

    def _lines(self) -> str:
        if self.kind in ("ZAL", "KOR_ZAL"):
            return ""
        return "".join(self._line(place, line) for place, line in numbered(self.lines))

    def _line(self, place: int, line: Line) -> str:
        counted = (self.ordered or self.totals).by_rate.get(line.rate)
        gross = line.rate == MARGIN or (counted is not None and counted.from_gross)
        price, value = ("P_9B", "P_11A") if gross else ("P_9A", "P_11")
        rate = "" if line.rate == MARGIN else tag("P_12", line.rate)
        return (
            f"<FaWiersz>{tag('NrWierszaFa', place)}{_optional('UU_ID', line.uid)}{tag('P_7', line.name)}"
            f"{tag('P_8A', line.unit)}{tag('P_8B', line.quantity)}{tag(price, zloty(line.price))}"
            f"{tag(value, zloty(line.value))}{rate}{self._exchange('KursWaluty')}"
            f"{tag('StanPrzed', 1) if line.before else ''}</FaWiersz>"
        )

    def _payment(self) -> str:
        if self.kind == "ZAL" or self.original:
            return ""
        if Mark.PAID in self.marks:
            paid = f"<Zaplacono>1</Zaplacono>{tag('DataZaplaty', self.day)}{tag('FormaPlatnosci', 2)}"
            return f"<Platnosc>{paid}</Platnosc>"
        due = self.day + timedelta(days=self.seller.days if self.days is None else self.days)
        several = _INSTALMENTS if Mark.INSTALMENTS in self.marks else (0,)
        terms = "".join(
            f"<TerminPlatnosci>{tag('Termin', due + timedelta(days=later))}</TerminPlatnosci>"
            for later in several
        )
        discount = (
            "<Skonto><WarunkiSkonta>zapłata całości w pierwszym terminie</WarunkiSkonta>"
            "<WysokoscSkonta>2%</WysokoscSkonta></Skonto>"
        )
        to_factor = self.third_party and self.third_role == FACTOR
        return (
            f"<Platnosc>{terms}{tag('FormaPlatnosci', 6)}"
            f"{_account('RachunekBankowy', self.account or account(self.seller.nip))}"
            f"{_account('RachunekBankowyFaktora', account(self.third_party)) if to_factor else ''}"
            f"{discount if Mark.INSTALMENTS in self.marks else ''}</Platnosc>"
        )

    def _order(self) -> str:
        if self.kind not in ("ZAL", "KOR_ZAL") or self.ordered is None:
            return ""
        rows, left = "", self.ordered.vat
        last = next((line for line in reversed(self.lines) if not line.before), None)
        for place, line in numbered(self.lines):
            vat = part(line.value, int(line.rate), 100)
            if not line.before:
                vat = left if line is last else vat
                left -= vat
            rows += (
                f"<ZamowienieWiersz>{tag('NrWierszaZam', place)}{_optional('UU_IDZ', line.uid)}{tag('P_7Z', line.name)}"
                f"{tag('P_8AZ', line.unit)}{tag('P_8BZ', line.quantity)}{tag('P_9AZ', zloty(line.price))}"
                f"{tag('P_11NettoZ', zloty(line.value))}{tag('P_11VatZ', zloty(vat))}{tag('P_12Z', line.rate)}"
                f"{tag('StanPrzedZ', 1) if line.before else ''}</ZamowienieWiersz>"
            )
        return f"<Zamowienie>{tag('WartoscZamowienia', zloty(self.ordered.gross))}{rows}</Zamowienie>"

    def _attachment(self) -> str:
        """A report of what was done, with a table of the lines."""
        if not self.has_attachment:
            return ""
        head = "".join(
            f'<Kol Typ="{kind}">{tag("NKom", name)}</Kol>'
            for name, kind in (("Pozycja", "txt"), ("Ilość", "int"), ("Wartość", "dec"))
        )
        rows = "".join(
            f"<Wiersz>{tag('WKom', line.name)}{tag('WKom', line.quantity)}{tag('WKom', zloty(line.value))}</Wiersz>"
            for line in self.lines
        )
        return (
            f"<Zalacznik><BlokDanych>{tag('ZNaglowek', 'Protokół odbioru')}<MetaDane>{tag('ZKlucz', 'Faktura')}"
            f"{tag('ZWartosc', self.number)}</MetaDane><MetaDane>{tag('ZKlucz', 'Dzień odbioru')}"
            f"{tag('ZWartosc', self.day)}</MetaDane><Tekst>{tag('Akapit', 'Odebrano bez zastrzeżeń.')}</Tekst>"
            f"<Tabela>{tag('Opis', 'Zakres')}<TNaglowek>{head}</TNaglowek>{rows}</Tabela></BlokDanych></Zalacznik>"
        )


_UNITS = "<JST>2</JST><GV>2</GV>"


def _identity(nip: str, name: str) -> str:
    return f"<DaneIdentyfikacyjne>{tag('NIP', nip)}{tag('Nazwa', name)}</DaneIdentyfikacyjne>"


def _account(name: str, number: str) -> str:
    return f"<{name}>{tag('NrRB', number)}{tag('NazwaBanku', 'Bank Zmyślony')}</{name}>"


def _optional(name: str, value: str) -> str:
    return tag(name, value) if value else ""

"""An invoice as a page of HTML shows it: the same facts as the print, read from its XML alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.model.fa import Fa
from liczydlo.fa3.model.faktura import Faktura
from liczydlo.fa3.model.platnosc import Platnosc
from liczydlo.fa3.model.podmioty import Podmiot1, Podmiot2
from liczydlo.fa3.model.wiersze import FaWiersz
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import read
from liczydlo.fa3.totals import RATES
from liczydlo.prints.values import show

Words = str | Promise
IN_WHOLE = 2  # ZnacznikZaplatyCzesciowej: paid in whole, in parts

KINDS: dict[str, Words] = {
    "VAT": _("Faktura"),
    "KOR": _("Faktura korygująca"),
    "ZAL": _("Faktura zaliczkowa"),
    "ROZ": _("Faktura rozliczeniowa"),
    "UPR": _("Faktura uproszczona"),
    "KOR_ZAL": _("Korekta faktury zaliczkowej"),
    "KOR_ROZ": _("Korekta faktury rozliczeniowej"),
}
PAYMENTS: dict[int, Words] = {
    1: _("gotówka"),
    2: _("karta"),
    3: _("bon"),
    4: _("czek"),
    5: _("kredyt"),
    6: _("przelew"),
    7: _("płatność mobilna"),
}
# (rate, net, tax, tax in PLN): the sums of FA(3) in the order of the form
SUMS: tuple[tuple[Words, str, str, str], ...] = (
    ("23% / 22%", "p_13_1", "p_14_1", "p_14_1w"),
    ("8% / 7%", "p_13_2", "p_14_2", "p_14_2w"),
    ("5%", "p_13_3", "p_14_3", "p_14_3w"),
    ("4% / 3%", "p_13_4", "p_14_4", "p_14_4w"),
    ("OSS", "p_13_5", "p_14_5", ""),
    ("0% KR", "p_13_6_1", "", ""),
    ("0% WDT", "p_13_6_2", "", ""),
    ("0% EX", "p_13_6_3", "", ""),
    (_("zwolnione"), "p_13_7", "", ""),
    (_("np. I"), "p_13_8", "", ""),
    (_("np. II"), "p_13_9", "", ""),
    (_("odwrotne obciążenie"), "p_13_10", "", ""),
    (_("marża"), "p_13_11", "", ""),
)
# What P_15 is where it is not the amount to pay.
RECEIVED: dict[str, Words] = {
    "ZAL": _("Otrzymana zapłata"),
    "KOR": _("Kwota korekty (różnica)"),
    "KOR_ZAL": _("Kwota korekty (różnica)"),
    "KOR_ROZ": _("Kwota korekty (różnica)"),
}
MARKS: tuple[tuple[str, Words], ...] = (
    ("p_16", _("metoda kasowa")),
    ("p_17", _("samofakturowanie")),
    ("p_18", _("odwrotne obciążenie")),
    ("p_18a", _("mechanizm podzielonej płatności")),
)


@dataclass(frozen=True, kw_only=True)
class Side:
    """A party."""

    name: str
    identifier: str
    address: tuple[str, ...]
    contact: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line; ``before`` when it shows the state before a correction."""

    number: int
    name: str
    quantity: Decimal | None
    unit: str
    price: Decimal | None
    is_gross: bool
    rate: str
    value: Decimal | None
    before: bool


@dataclass(frozen=True, kw_only=True)
class Sum:
    """The sum of a rate."""

    rate: Words
    net: Decimal
    tax: Decimal | None
    tax_pln: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Amount:
    """One of the amounts below the sums; the last of them is what is left to pay, and is shown large."""

    title: Words
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What stands on the page."""

    title: Words
    number: str
    issued: dt.date
    place: str
    sold: str | dt.date
    seller: Side
    buyer: Side
    currency: str
    lines: tuple[Line, ...]
    sums: tuple[Sum, ...]
    exchange: tuple[Decimal, ...]
    amounts: tuple[Amount, ...]
    marks: tuple[Words, ...]
    payment: tuple[tuple[Words, Words | dt.date], ...]
    corrects: tuple[str, ...]
    reason: str
    remarks: tuple[str, ...]


def of(xml: bytes) -> Paper | None:
    """The page of a document; None for one that is not FA(3) and can only be downloaded."""
    try:
        return paper(read(xml))
    except DocumentError:
        return None


def paper(faktura: Faktura) -> Paper:
    """The page of an invoice."""
    fa = faktura.fa
    return Paper(
        title=KINDS.get(fa.rodzaj_faktury, fa.rodzaj_faktury),
        number=fa.p_2,
        issued=fa.p_1,
        place=fa.p_1m or "",
        sold=_sold(fa),
        seller=_seller(faktura.podmiot1),
        buyer=_buyer(faktura.podmiot2),
        currency=fa.kod_waluty,
        lines=tuple(_line(row) for row in fa.fa_wiersz),
        sums=_sums(fa),
        exchange=_exchange(fa),
        amounts=_amounts(fa),
        marks=_marks(fa),
        payment=_payment(fa.platnosc),
        corrects=tuple(
            f"{one.nr_fa_korygowanej} ({one.data_wyst_fa_korygowanej:%d.%m.%Y})"
            for one in fa.dane_fa_korygowanej
        ),
        reason=fa.przyczyna_korekty or "",
        remarks=_remarks(faktura),
    )


def _sold(fa: Fa) -> str | dt.date:
    if fa.okres_fa is not None:
        return f"{fa.okres_fa.p_6_od:%d.%m.%Y} – {fa.okres_fa.p_6_do:%d.%m.%Y}"
    return fa.p_6 or ""


def _seller(party: Podmiot1) -> Side:
    identity, address = party.dane_identyfikacyjne, party.adres
    return Side(
        name=identity.nazwa,
        identifier=f"NIP {identity.nip}",
        address=tuple(part for part in (address.adres_l1, address.adres_l2) if part),
        contact=_contact(party),
    )


def _buyer(party: Podmiot2) -> Side:
    identity, address = party.dane_identyfikacyjne, party.adres
    if identity.nip:
        identifier = f"NIP {identity.nip}"
    elif identity.nr_vat_ue:
        identifier = f"VAT UE {identity.kod_ue or ''}{identity.nr_vat_ue}"
    else:
        identifier = " ".join(part for part in (identity.kod_kraju, identity.nr_id) if part)
    parts: tuple[str | None, ...] = ()
    if address is not None:
        abroad = address.kod_kraju if address.kod_kraju != "PL" else None
        parts = (address.adres_l1, address.adres_l2, abroad)
    return Side(
        name=identity.nazwa or "",
        identifier=identifier,
        address=tuple(part for part in parts if part),
        contact=_contact(party),
    )


def _contact(party: Podmiot1 | Podmiot2) -> tuple[str, ...]:
    return tuple(part for one in party.dane_kontaktowe for part in (one.email, one.telefon) if part)


def _line(row: FaWiersz) -> Line:
    return Line(
        number=row.nr_wiersza_fa,
        name=row.p_7 or "",
        quantity=row.p_8b,
        unit=row.p_8a or "",
        price=row.p_9a if row.p_9a is not None else row.p_9b,
        is_gross=row.p_9a is None and row.p_9b is not None,
        rate=f"{row.p_12}%" if (row.p_12 or "").isdigit() else row.p_12 or "",
        value=row.p_11 if row.p_11 is not None else row.p_11a,
        before=row.stan_przed == 1,
    )


def _sums(fa: Fa) -> tuple[Sum, ...]:
    found = []
    for rate, net, tax, tax_pln in SUMS:
        value = getattr(fa, net)
        if value is not None:
            found.append(
                Sum(
                    rate=_rates_of(fa, net) or rate,
                    net=value,
                    tax=getattr(fa, tax) if tax else None,
                    tax_pln=getattr(fa, tax_pln) if tax_pln else None,
                )
            )
    return tuple(found)


def _rates_of(fa: Fa, net: str) -> str:
    """The rates of the lines that make up a sum: it is one of two for several fields of the form."""
    known = (
        row.p_12 for row in fa.fa_wiersz if row.p_12 and RATES[row.p_12].net == net and row.p_12.isdigit()
    )
    return ", ".join(f"{rate}%" for rate in dict.fromkeys(known))


def _exchange(fa: Fa) -> tuple[Decimal, ...]:
    """PLN for one unit of the invoice's currency, as its lines or the advance say; each rate once."""
    rates = (fa.kurs_waluty_z, *(row.kurs_waluty for row in fa.fa_wiersz))
    return tuple(dict.fromkeys(rate for rate in rates if rate is not None))


def _amounts(fa: Fa) -> tuple[Amount, ...]:
    """The total, what is added to it or taken off, what was paid and what is left to pay."""
    if fa.rodzaj_faktury in RECEIVED:
        return (Amount(title=RECEIVED[fa.rodzaj_faktury], value=fa.p_15),)
    beside = fa.rozliczenie
    due = fa.p_15
    found = [Amount(title=_("Razem"), value=due)]
    if beside is not None:
        if beside.suma_obciazen is not None:
            found.append(Amount(title=_("Obciążenia"), value=beside.suma_obciazen))
        if beside.suma_odliczen is not None:
            found.append(Amount(title=_("Odliczenia"), value=-beside.suma_odliczen))
        if beside.do_rozliczenia is not None:
            return (*found, Amount(title=_("Nadpłata do rozliczenia"), value=beside.do_rozliczenia))
        due = beside.do_zaplaty if beside.do_zaplaty is not None else due
    paid = _paid(fa.platnosc, due)
    if paid:
        found.append(Amount(title=_("Zapłacono"), value=paid))
        return (*found, Amount(title=_("Pozostało do zapłaty"), value=due - paid))
    last = Amount(title=_("Razem do zapłaty"), value=due)
    return (*found, last) if len(found) > 1 else (last,)


def _paid(payment: Platnosc | None, due: Decimal) -> Decimal:
    if payment is None:
        return Decimal(0)
    if payment.zaplacono == 1 or payment.znacznik_zaplaty_czesciowej == IN_WHOLE:
        return due
    return sum((one.kwota_zaplaty_czesciowej for one in payment.zaplata_czesciowa), Decimal(0))


def _marks(fa: Fa) -> tuple[Words, ...]:
    marks: list[Words] = [words for name, words in MARKS if getattr(fa.adnotacje, name) == 1]
    exempt = fa.adnotacje.zwolnienie
    if exempt.p_19 == 1:
        marks.append(exempt.p_19a or exempt.p_19b or exempt.p_19c or _("zwolnienie z VAT"))
    return tuple(marks)


def _payment(payment: Platnosc | None) -> tuple[tuple[Words, Words | dt.date], ...]:
    if payment is None:
        return ()
    found: list[tuple[Words, Words | dt.date]] = []
    if payment.data_zaplaty is not None:
        found.append((_("Data zapłaty"), payment.data_zaplaty))
    found += [
        (_("Data zapłaty częściowej"), one.data_zaplaty_czesciowej) for one in payment.zaplata_czesciowa
    ]
    found += [(_("Termin płatności"), one.termin) for one in payment.termin_platnosci if one.termin]
    if payment.forma_platnosci is not None:
        found.append((_("Forma płatności"), PAYMENTS.get(payment.forma_platnosci, "")))
    elif payment.opis_platnosci:
        found.append((_("Forma płatności"), payment.opis_platnosci))
    found += [
        (_("Rachunek"), show("NrRB", one.nr_rb, "pl").replace(" ", "\u00a0"))
        for one in payment.rachunek_bankowy
    ]
    return tuple(found)


def _remarks(faktura: Faktura) -> tuple[str, ...]:
    described = [f"{one.klucz}: {one.wartosc}" for one in faktura.fa.dodatkowy_opis]
    foot = faktura.stopka.informacje if faktura.stopka else ()
    return (*described, *(one.stopka_faktury for one in foot if one.stopka_faktury))

"""Building ordinary invoices: what an issuer says, turned into the whole FA(3) document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from liczydlo.fa3 import money, totals
from liczydlo.fa3.model import (
    Adnotacje,
    DaneFaKorygowanej,
    DodatkowyOpis,
    Fa,
    Faktura,
    FakturaZaliczkowa,
    FaWiersz,
    Naglowek,
    Platnosc,
    PMarzy,
    Podmiot1,
    Podmiot2,
    RachunekBankowy,
    TerminPlatnosci,
    TozsamoscNabywcy,
    TozsamoscPodatnika,
    Zamowienie,
    ZamowienieWiersz,
    Zwolnienie,
)
from liczydlo.fa3.parts import TRANSFER, Correction, Line, Margin, Original, Party, Payment

__all__ = ["SYSTEM", "TRANSFER", "Correction", "Line", "Margin", "Original", "Party", "Payment", "sale"]

SYSTEM: Final = "Liczydło"
_MARGINS: Final[dict[Margin, PMarzy]] = {
    "travel": PMarzy(p_pmarzy=1, p_pmarzy_2=1),
    "second-hand": PMarzy(p_pmarzy=1, p_pmarzy_3_1=1),
    "art": PMarzy(p_pmarzy=1, p_pmarzy_3_2=1),
    "antiques": PMarzy(p_pmarzy=1, p_pmarzy_3_3=1),
}
_IN_UNION: Final = ("0 WDT", "np II")  # rates of what is sold under the number with PL (art. 97 ust. 10)
_BUYER_SETTLES: Final = ("oo", "np II")  # rates of what the buyer settles the tax of


def sale(
    *,
    seller: Party,
    buyer: Party,
    number: str,
    issue_date: date,
    created: datetime,
    lines: Sequence[Line],
    sale_date: date | None = None,
    place: str | None = None,
    currency: str = totals.PLN,
    exchange_rate: Decimal | None = None,
    payment: Payment | None = None,
    split_payment: bool = False,
    reverse_charge: bool = False,
    exemption: str | None = None,
    margin: Margin | None = None,
    remarks: Sequence[tuple[str, str]] = (),
    correction: Correction | None = None,
    advance: Decimal | None = None,
    settles: Sequence[Original] = (),
) -> Faktura:
    """The document of a sale.

    ``created`` is the moment of making it (aware). ``sale_date`` is left out where it is the day of issue, as P_6 says.
    ``exchange_rate`` is PLN for one unit of ``currency``. ``reverse_charge`` marks what the buyer settles the tax of;
    lines with ``oo`` or ``np II`` mark it by themselves. ``exemption`` is the legal basis in Polish law, needed for
    lines with ``zw``; ``margin`` is the procedure, needed for lines without a rate. ``remarks`` are pairs of key and
    value.

    At most one of: ``correction`` (lines are those after it); ``advance``, the gross amount paid towards an order of
    these lines; ``settles``, the advances that are taken off. Raises ValueError for what contradicts itself.
    """
    if sum((correction is not None, advance is not None, bool(settles))) > 1:
        raise ValueError("an invoice is one of: correction, advance, settlement")
    rate = exchange_rate if currency != totals.PLN else None
    after = [_line(index, line, rate) for index, line in enumerate(lines, 1)]
    described = [*lines, *correction.before] if correction is not None else lines
    marks = _marks(
        described,
        split_payment=split_payment,
        reverse_charge=reverse_charge,
        exemption=exemption,
        margin=margin,
    )
    rows = after
    kind = "VAT"
    if correction is not None:
        kind, rows = "KOR", _before_and_after(correction.before, lines, rate)
    shares = totals.shares(rows)
    if advance is not None:
        kind, rows, shares = "ZAL", [], _paid(shares, advance)
    elif settles:
        kind, shares = "ROZ", totals.minus(shares, *(_paid(shares, each.gross) for each in settles))
        if any(share.gross < 0 for share in shares):
            raise ValueError("the advances are more than the whole")
    sums: dict[str, Any] = dict(totals.fields(shares, currency=currency, exchange_rate=rate))
    fa = Fa(
        kod_waluty=currency,
        p_1=issue_date,
        p_1m=place,
        p_2=number,
        p_6=sale_date if sale_date != issue_date else None,
        **sums,
        kurs_waluty_z=rate if advance is not None else None,
        adnotacje=marks,
        rodzaj_faktury=kind,
        przyczyna_korekty=correction.reason if correction else None,
        typ_korekty=correction.effect if correction else None,
        dane_fa_korygowanej=(_corrected(correction.original),) if correction else (),
        dodatkowy_opis=tuple(DodatkowyOpis(klucz=key, wartosc=value) for key, value in remarks),
        faktura_zaliczkowa=tuple(map(_settled, settles)),
        fa_wiersz=tuple(rows),
        platnosc=_payment(payment) if payment else None,
        zamowienie=_order(after) if advance is not None else None,
    )
    return Faktura(
        naglowek=Naglowek(data_wytworzenia_fa=created.replace(microsecond=0), system_info=SYSTEM),
        podmiot1=_seller(seller, in_union=any(line.rate in _IN_UNION for line in described)),
        podmiot2=_buyer(buyer),
        fa=fa,
    )


def _paid(whole: list[totals.Share], gross: Decimal) -> list[totals.Share]:
    if not money.ZERO < gross <= money.total(share.gross for share in whole):
        raise ValueError("an advance is more than nothing and no more than the whole")
    return totals.of_part(whole, gross)


def _line(index: int, line: Line, exchange_rate: Decimal | None, *, before: bool = False) -> FaWiersz:
    if (line.net_price is None) == (line.gross_price is None):
        raise ValueError(f"line {index}: exactly one of net and gross price")
    if line.rate is not None and line.oss_rate is not None:
        raise ValueError(f"line {index}: a Polish rate or one under OSS")
    price = line.net_price if line.net_price is not None else line.gross_price
    assert price is not None
    worth = money.value(line.quantity, price, line.discount)
    is_net = line.net_price is not None
    return FaWiersz(
        nr_wiersza_fa=index,
        p_7=line.name,
        pkwiu=line.pkwiu,
        cn=line.cn,
        p_8a=line.unit or None,
        p_8b=line.quantity,
        p_9a=line.net_price,
        p_9b=line.gross_price,
        p_10=line.discount,
        p_11=worth if is_net else None,
        p_11a=None if is_net else worth,
        p_12=line.rate,
        p_12_xii=line.oss_rate,
        p_12_zal_15=1 if line.annex_15 else None,
        gtu=line.gtu,
        kurs_waluty=exchange_rate,
        stan_przed=1 if before else None,
    )


def _before_and_after(
    before: Sequence[Line], after: Sequence[Line], exchange_rate: Decimal | None
) -> list[FaWiersz]:
    rows = [_line(index, line, exchange_rate, before=True) for index, line in enumerate(before, 1)]
    return rows + [_line(index, line, exchange_rate) for index, line in enumerate(after, len(rows) + 1)]


def _marks(
    lines: Sequence[Line],
    *,
    split_payment: bool,
    reverse_charge: bool,
    exemption: str | None,
    margin: Margin | None,
) -> Adnotacje:
    exempt = any(line.rate == "zw" for line in lines)
    if exempt and not exemption:
        raise ValueError("an exempt line needs the legal basis of its exemption")
    if any(line.rate is None and line.oss_rate is None for line in lines) != (margin is not None):
        raise ValueError("a line without a rate goes with a margin procedure")
    return Adnotacje(
        p_18=1 if reverse_charge or any(line.rate in _BUYER_SETTLES for line in lines) else 2,
        p_18a=1 if split_payment else 2,
        zwolnienie=Zwolnienie(p_19=1, p_19a=exemption) if exempt else Zwolnienie(p_19n=1),
        pmarzy=_MARGINS[margin] if margin else PMarzy(p_pmarzy_n=1),
    )


def _seller(party: Party, *, in_union: bool) -> Podmiot1:
    if party.nip is None or party.adres is None:
        raise ValueError("a seller has a NIP and an address")
    return Podmiot1(
        prefiks_podatnika="PL" if in_union else None,
        dane_identyfikacyjne=TozsamoscPodatnika(nip=party.nip, nazwa=party.name),
        adres=party.adres,
    )


def _buyer(party: Party) -> Podmiot2:
    if party.nip is not None:
        identity = TozsamoscNabywcy(nip=party.nip, nazwa=party.name)
    elif party.vat_ue is not None:
        country = party.vat_ue_country or party.country
        identity = TozsamoscNabywcy(kod_ue=country, nr_vat_ue=party.vat_ue, nazwa=party.name)
    elif party.tax_id is not None:
        identity = TozsamoscNabywcy(kod_kraju=party.country, nr_id=party.tax_id, nazwa=party.name)
    else:
        identity = TozsamoscNabywcy(brak_id=1, nazwa=party.name)
    return Podmiot2(dane_identyfikacyjne=identity, adres=party.adres)


def _corrected(original: Original) -> DaneFaKorygowanej:
    outside = original.ksef_number is None
    return DaneFaKorygowanej(
        data_wyst_fa_korygowanej=original.issue_date,
        nr_fa_korygowanej=original.number,
        nr_ksef=None if outside else 1,
        nr_ksef_fa_korygowanej=original.ksef_number,
        nr_ksef_n=1 if outside else None,
    )


def _settled(original: Original) -> FakturaZaliczkowa:
    if original.ksef_number is not None:
        return FakturaZaliczkowa(nr_ksef_fa_zaliczkowej=original.ksef_number)
    return FakturaZaliczkowa(nr_ksef_zn=1, nr_fa_zaliczkowej=original.number)


def _payment(payment: Payment) -> Platnosc:
    return Platnosc(
        zaplacono=1 if payment.paid else None,
        data_zaplaty=payment.paid,
        termin_platnosci=(TerminPlatnosci(termin=payment.due),) if payment.due and not payment.paid else (),
        forma_platnosci=payment.form,
        rachunek_bankowy=(RachunekBankowy(nr_rb=payment.account),) if payment.account else (),
    )


def _order(rows: Sequence[FaWiersz]) -> Zamowienie:
    ordered = tuple(
        ZamowienieWiersz(
            nr_wiersza_zam=row.nr_wiersza_fa,
            p_7z=row.p_7,
            p_8az=row.p_8a,
            p_8bz=row.p_8b,
            p_9az=row.p_9a,
            p_11_netto_z=share.net,
            p_11_vat_z=share.tax,
            p_12z=row.p_12,
            p_12z_xii=row.p_12_xii,
            p_12z_zal_15=row.p_12_zal_15,
            gtuz=row.gtu,
        )
        for row in rows
        for share in totals.shares([row])
    )
    worth = money.total(
        part for row in ordered for part in (row.p_11_netto_z, row.p_11_vat_z) if part is not None
    )
    return Zamowienie(wartosc_zamowienia=worth, zamowienie_wiersz=ordered)

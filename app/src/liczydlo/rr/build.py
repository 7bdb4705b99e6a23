"""From what the buyer means to the document. Every amount is counted here, in grosze (art. 116 ust. 2 pkt 8–12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import money
from liczydlo.fa3.model.common import Adres, DaneKontaktowe
from liczydlo.fa3.write import write_as
from liczydlo.rr import wording
from liczydlo.rr.draft import Correction, Line, Party, RrDraft, ThirdParty
from liczydlo.rr.model import (
    DaneFaKorygowanej,
    DaneIdentyfikacyjne,
    DodatkowyOpis,
    DokumentZaplaty,
    Faktura,
    FakturaRR,
    FakturaRRWiersz,
    Informacje,
    Kwota,
    Naglowek,
    Platnosc,
    Podmiot1,
    Podmiot2,
    Podmiot3,
    RachunekBankowy,
    Rozliczenie,
    Stopka,
    TozsamoscTrzeciego,
)

NAMESPACE: Final = "http://crd.gov.pl/wzor/2026/03/06/14189/"
SYSTEM: Final = "Liczydło"
VAT_RR: Final = "VAT_RR"
KOR_VAT_RR: Final = "KOR_VAT_RR"
KINDS: Final = (VAT_RR, KOR_VAT_RR)
TRANSFER: Final = 1


def build(draft: RrDraft, *, created: datetime) -> Faktura:
    """The document of a draft; ``created`` is the moment at which it is made."""
    correction = draft.correction
    before = _rows(correction.before, before=True) if correction is not None else ()
    rows = (*before, *_rows(draft.lines))
    net, refund = total(rows, "p_8"), total(rows, "p_10")
    due = net + refund
    return Faktura(
        naglowek=Naglowek(data_wytworzenia_fa=created, system_info=SYSTEM),
        podmiot1=Podmiot1(
            dane_identyfikacyjne=_identity(draft.farmer),
            adres=_address(draft.farmer),
            dane_kontaktowe=_contact(draft.farmer),
            nr_kontrahenta=draft.farmer.supplier,
        ),
        podmiot2=Podmiot2(
            dane_identyfikacyjne=_identity(draft.buyer),
            adres=_address(draft.buyer),
            dane_kontaktowe=_contact(draft.buyer),
        ),
        podmiot3=tuple(map(_third, draft.third_parties)),
        faktura_rr=FakturaRR(
            p_1m=draft.place,
            p_4a=draft.purchase_date,
            p_4b=draft.issue_date,
            p_4c=draft.number,
            p_11_1=net,
            p_11_2=refund,
            p_12_1=due,
            p_12_2=in_words(due),
            rodzaj_faktury=VAT_RR if correction is None else KOR_VAT_RR,
            przyczyna_korekty=correction.reason if correction else None,
            typ_korekty=correction.effect if correction else None,
            dane_fa_korygowanej=(_original(correction),) if correction else (),
            dokument_zaplaty=tuple(
                DokumentZaplaty(nr_dokumentu=one.number, data_dokumentu=one.day) for one in draft.proofs
            ),
            dodatkowy_opis=_declaration() if draft.declares else (),
            faktura_rr_wiersz=rows,
            rozliczenie=_settlement(draft, due),
            platnosc=_payment(draft),
        ),
        stopka=Stopka(informacje=(Informacje(stopka_faktury=draft.note),)) if draft.note else None,
    )


def write(faktura: Faktura) -> bytes:
    """The XML of a document, in the namespace of FA_RR(1)."""
    return write_as(faktura, NAMESPACE)


def total(rows: Iterable[FakturaRRWiersz], field: str) -> Decimal:
    """The sum of a column; rows before a correction count below zero."""
    values = ((row.stan_przed, getattr(row, field)) for row in rows)
    return money.grosze(money.total(-value if before else value for before, value in values))


def in_words(value: Decimal, currency: str = "PLN") -> str:
    """P_12_2; of what words cannot say the figures, and ``check`` refuses the amount."""
    try:
        return wording.amount(value, currency)
    except ValueError:
        return f"{value:f}"


def _rows(lines: tuple[Line, ...], *, before: bool = False) -> tuple[FakturaRRWiersz, ...]:
    return tuple(_row(number, line, before=before) for number, line in enumerate(lines, 1))


def _row(number: int, line: Line, *, before: bool) -> FakturaRRWiersz:
    value = money.value(line.quantity, line.price)
    refund = money.tax_on_net(value, line.rate)
    return FakturaRRWiersz(
        nr_wiersza_fa=number,
        uu_id=line.uid,
        p_4aa=line.day,
        p_5=line.name,
        gtin=line.gtin,
        pkwiu=line.pkwiu,
        cn=line.cn,
        p_6a=line.unit,
        p_6b=line.quantity,
        p_6c=line.quality,
        p_7=line.price,
        p_8=value,
        p_9=line.rate,
        p_10=refund,
        p_11=value + refund,
        stan_przed=1 if before else None,
    )


def _third(party: ThirdParty) -> Podmiot3:
    numbered = party.nip is not None or party.internal_id is not None
    return Podmiot3(
        dane_identyfikacyjne=TozsamoscTrzeciego(
            nip=party.nip, id_wew=party.internal_id, brak_id=None if numbered else 1, nazwa=party.name
        ),
        adres=None
        if party.address_1 is None
        else Adres(kod_kraju=party.country, adres_l1=party.address_1, adres_l2=party.address_2),
        rola=party.role,
        rola_inna=None if party.other_role is None else 1,
        opis_roli=party.other_role,
    )


def _identity(party: Party) -> DaneIdentyfikacyjne:
    return DaneIdentyfikacyjne(nip=party.nip, nazwa=party.name)


def _address(party: Party) -> Adres:
    return Adres(kod_kraju=party.country, adres_l1=party.address_1, adres_l2=party.address_2)


def _contact(party: Party) -> tuple[DaneKontaktowe, ...]:
    if party.email is None and party.phone is None:
        return ()
    return (DaneKontaktowe(email=party.email, telefon=party.phone),)


def _original(correction: Correction) -> DaneFaKorygowanej:
    is_numbered = correction.ksef_number is not None
    return DaneFaKorygowanej(
        data_wyst_fa_korygowanej=correction.issue_date,
        nr_fa_korygowanej=correction.number,
        nr_ksef=1 if is_numbered else None,
        nr_ksef_fa_korygowanej=correction.ksef_number,
        nr_ksef_n=None if is_numbered else 1,
    )


def _declaration() -> tuple[DodatkowyOpis, ...]:
    return (DodatkowyOpis(klucz=wording.DECLARATION_KEY, wartosc=wording.DECLARATION),)


def _settlement(draft: RrDraft, due: Decimal) -> Rozliczenie | None:
    if not draft.deductions:
        return None
    deducted = money.total(one.amount for one in draft.deductions)
    return Rozliczenie(
        odliczenia=tuple(Kwota(kwota=one.amount, powod=one.reason) for one in draft.deductions),
        suma_odliczen=deducted,
        do_zaplaty=money.difference(due, deducted),
    )


def _payment(draft: RrDraft) -> Platnosc | None:
    if draft.account is None:
        return None
    account = RachunekBankowy(nr_rb=draft.account, nazwa_banku=draft.bank)
    return Platnosc(forma_platnosci=TRANSFER, rachunek_bankowy1=(account,))

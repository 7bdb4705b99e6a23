"""The way back: what an issuer meant by a document, to correct, copy or change it.

What follows from the facts is left for ``build`` to work out again; what the document says otherwise is stated in the
draft. What a draft cannot hold is named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, get_args

from liczydlo.fa3 import money, plan, reversed_parties, totals
from liczydlo.fa3.build import OF_ADVANCE, SYSTEM, amounts, build, marks, payments, vat, zal
from liczydlo.fa3.build import lines as rows_of
from liczydlo.fa3.draft import (
    Advance,
    Correction,
    Exemption,
    Group,
    InvoiceDraft,
    Kind,
    Line,
    Marks,
    Order,
    Original,
    Payment,
    Settlement,
    SettlementSums,
    Sum,
)
from liczydlo.fa3.model import (
    Adnotacje,
    DaneFaKorygowanej,
    Fa,
    Faktura,
    Platnosc,
    Rozliczenie,
    Zamowienie,
    Zwolnienie,
)
from liczydlo.fa3.totals import PLN

_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_GROUPS: Final[tuple[Group, ...]] = get_args(Group)
_AMOUNTS: Final = ("p_15", *(name for name in Fa.__dataclass_fields__ if name.startswith(("p_13_", "p_14_"))))


def reverse(faktura: Faktura) -> tuple[InvoiceDraft, tuple[str, ...]]:
    """The draft of a document, and the paths (``Fa/FaWiersz[2]/P_11``) of what ``build`` would not make of it again,
    except the moment and the program of its header. A document of another kind than FA(3) knows raises ValueError."""
    draft = _worked_out(_draft(faktura), faktura.fa)
    again = build(draft, created=faktura.naglowek.data_wytworzenia_fa)
    header = replace(
        faktura.naglowek, data_wytworzenia_fa=again.naglowek.data_wytworzenia_fa, system_info=SYSTEM
    )
    return draft, tuple(_differences("", replace(faktura, naglowek=header), again))


def _worked_out(draft: InvoiceDraft, fa: Fa) -> InvoiceDraft:
    """The draft with sums and total stated only as far as they do not follow from the rest."""
    rows = rows_of.rows(draft)
    stated = {name: amount for name in _AMOUNTS if (amount := getattr(fa, name)) is not None}
    for one in (draft, replace(draft, total=fa.p_15)):
        try:
            if amounts(one, rows) == stated:
                return one
        except ValueError:
            break
    sums = replace(draft, sums=tuple(_sums(fa)), advance=None)
    return sums if amounts(sums, rows)["p_15"] == fa.p_15 else replace(sums, total=fa.p_15)


def _sums(fa: Fa) -> Iterator[Sum]:
    for group in _GROUPS:
        net, tax, tax_pln = (
            getattr(fa, name, None) for name in (f"p_13_{group}", f"p_14_{group}", f"p_14_{group}w")
        )
        if net is not None or tax is not None or tax_pln is not None:
            yield Sum(group=group, net=net, tax=tax, tax_pln=tax_pln)


def _differences(path: str, held: Any, again: Any) -> Iterator[str]:
    if held == again:
        return
    if type(held) is not type(again) or not hasattr(held, "__dataclass_fields__"):
        yield path
        return
    model: Any = type(held)
    for item in plan.of(model):
        inner = f"{path}/{item.name}".lstrip("/")
        one, other = getattr(held, item.attribute), getattr(again, item.attribute)
        if not item.repeated:
            yield from _differences(inner, one, other)
            continue
        for index in range(max(len(one), len(other))):
            pair = (values[index] if index < len(values) else None for values in (one, other))
            yield from _differences(f"{inner}[{index + 1}]", *pair)


def _draft(faktura: Faktura) -> InvoiceDraft:
    fa, buyer = faktura.fa, faktura.podmiot2
    exchange_rate = _exchange_rate(fa)
    rates = {row.p_12 for row in fa.fa_wiersz}
    if fa.zamowienie is not None:
        rates |= {row.p_12z for row in fa.zamowienie.zamowienie_wiersz}
    draft = InvoiceDraft(
        kind=_kind(fa.rodzaj_faktury),
        number=fa.p_2,
        issue_date=fa.p_1,
        place=fa.p_1m,
        sale_date=fa.p_6,
        period=fa.okres_fa,
        currency=fa.kod_waluty,
        exchange_rate=exchange_rate,
        advance_rate=None if fa.kurs_waluty_z == exchange_rate and _is_of_advance(fa) else fa.kurs_waluty_z,
        seller=reversed_parties.seller(faktura.podmiot1, rates),
        seller_status=faktura.podmiot1.status_info_podatnika,
        buyer=reversed_parties.party(buyer),
        local_authority=buyer.jst == 1,
        vat_group=buyer.gv == 1,
        third_parties=tuple(map(reversed_parties.third, faktura.podmiot3)),
        authorised=faktura.podmiot_upowazniony,
        lines=_lines(fa, None if _is_of_advance(fa) else exchange_rate),
        marks=_marks(fa.adnotacje, rates),
        payment=_payment(fa.platnosc) if fa.platnosc is not None else None,
        settlement=_settlement(fa.rozliczenie, fa.p_15) if fa.rozliczenie is not None else None,
        correction=_correction(fa),
        order=_order(fa.zamowienie) if fa.zamowienie is not None else None,
        part_payments=fa.zaliczka_czesciowa,
        advances=tuple(
            Advance(ksef_number=one.nr_ksef_fa_zaliczkowej, number=one.nr_fa_zaliczkowej)
            for one in fa.faktura_zaliczkowa
        ),
        delivery_notes=fa.wz,
        to_receipt=fa.fp == 1,
        linked=fa.tp == 1,
        excise_refund=fa.zwrot_akcyzy == 1,
        remarks=fa.dodatkowy_opis,
        terms=fa.warunki_transakcji,
        footer=faktura.stopka,
        attachment=faktura.zalacznik,
    )
    return replace(draft, advance=_advance(draft, fa))


def _kind(name: str) -> Kind:
    for kind in _KINDS:
        if kind == name:
            return kind
    raise ValueError(f"no kind of FA(3): {name}")


def _exchange_rate(fa: Fa) -> Decimal | None:
    """The one rate of the whole document; None when lines differ, for each then has its own."""
    if fa.kod_waluty == PLN:
        return None
    if _is_of_advance(fa):
        return fa.kurs_waluty_z
    rates = {row.kurs_waluty for row in fa.fa_wiersz}
    return rates.pop() if len(rates) == 1 else None


def _is_of_advance(fa: Fa) -> bool:
    return fa.rodzaj_faktury in OF_ADVANCE


def _advance(draft: InvoiceDraft, fa: Fa) -> Decimal | None:
    """What was paid, as far as the amounts of the document say it."""
    if draft.kind == "ZAL":
        return fa.p_15
    if draft.kind == "KOR_ZAL":
        return None if fa.p_15zk is None else money.total((fa.p_15zk, fa.p_15))
    if draft.kind != "ROZ":
        return None
    try:
        whole = vat.shares(draft, rows_of.rows(draft))
    except ValueError:
        return None
    left = totals.gross({name: amount for name in _AMOUNTS if (amount := getattr(fa, name)) is not None})
    return money.difference(money.total(share.gross for share in whole), left) or None


def _lines(fa: Fa, exchange_rate: Decimal | None) -> tuple[Line, ...]:
    lines = (
        Line(
            name=row.p_7,
            rate=row.p_12,
            quantity=row.p_8b,
            unit=row.p_8a,
            net_price=row.p_9a,
            gross_price=row.p_9b,
            discount=row.p_10,
            net=row.p_11,
            gross=row.p_11a,
            vat=row.p_11_vat,
            before=row.stan_przed == 1,
            oss_rate=row.p_12_xii,
            annex_15=row.p_12_zal_15 == 1,
            excise=row.kwota_akcyzy,
            gtu=row.gtu,
            procedure=row.procedura,
            pkwiu=row.pkwiu,
            cn=row.cn,
            pkob=row.pkob,
            gtin=row.gtin,
            index=row.indeks,
            uu_id=row.uu_id,
            number=row.nr_wiersza_fa,
            sale_date=row.p_6a,
            exchange_rate=None if row.kurs_waluty == exchange_rate else row.kurs_waluty,
        )
        for row in fa.fa_wiersz
    )
    return tuple(_uncounted(lines, rows_of.worth))


def _order(order: Zamowienie) -> Order:
    lines = (
        Line(
            name=row.p_7z,
            rate=row.p_12z,
            quantity=row.p_8bz,
            unit=row.p_8az,
            net_price=row.p_9az,
            net=row.p_11_netto_z,
            vat=row.p_11_vat_z,
            before=row.stan_przed_z == 1,
            oss_rate=row.p_12z_xii,
            annex_15=row.p_12z_zal_15 == 1,
            excise=row.kwota_akcyzy_z,
            gtu=row.gtuz,
            procedure=row.procedura_z,
            pkwiu=row.pkwiuz,
            cn=row.cnz,
            pkob=row.pkobz,
            gtin=row.gtinz,
            index=row.indeks_z,
            uu_id=row.uu_idz,
            number=row.nr_wiersza_zam,
        )
        for row in order.zamowienie_wiersz
    )
    ordered = Order(lines=tuple(_uncounted(lines, zal.worth)))
    follows = zal.order(ordered).wartosc_zamowienia == order.wartosc_zamowienia
    return ordered if follows else replace(ordered, value=order.wartosc_zamowienia)


def _uncounted(lines: Iterable[Line], worth: Callable[[Line], rows_of.Worth]) -> Iterator[Line]:
    """Lines without the numbers and values that follow from their order and prices."""
    lines = list(lines)
    counted = rows_of.numbered([replace(line, number=None) for line in lines])
    for line, (number, plain) in zip(lines, counted, strict=True):
        named = plain if line.number == number else line
        stated = (line.net, line.gross, line.vat)
        free = replace(named, net=None, gross=None, vat=None)
        if worth(free) == stated:
            yield free
        else:
            yield replace(free, unvalued=True) if stated == (None, None, None) else named


def _marks(notes: Adnotacje, rates: Collection[str | None]) -> Marks:
    reverse_charge = notes.p_18 == 1
    follows = any(rate in rates for rate in marks.BUYER_SETTLES) == reverse_charge
    transport = notes.nowe_srodki_transportu
    return Marks(
        cash_accounting=notes.p_16 == 1,
        self_billing=notes.p_17 == 1,
        reverse_charge=None if follows else reverse_charge,
        split_payment=notes.p_18a == 1,
        exemption=_exemption(notes.zwolnienie),
        new_transport=transport.nowy_srodek_transportu,
        art_42_5=bool(transport.nowy_srodek_transportu) and transport.p_42_5 == 1,
        triangular=notes.p_23 == 1,
        margin=next((name for name, mark in marks.MARGINS.items() if mark == notes.pmarzy), None),
    )


def _exemption(exemption: Zwolnienie) -> Exemption | None:
    if exemption.p_19a is not None:
        return Exemption(text=exemption.p_19a)
    if exemption.p_19b is not None:
        return Exemption(text=exemption.p_19b, basis="directive")
    return Exemption(text=exemption.p_19c, basis="other") if exemption.p_19c is not None else None


def _payment(payment: Platnosc) -> Payment:
    return Payment(
        paid=payment.data_zaplaty,
        parts=payment.zaplata_czesciowa if payment.data_zaplaty is None else (),
        settled_in_parts=payment.znacznik_zaplaty_czesciowej == 2,
        terms=payment.termin_platnosci,
        form=payment.forma_platnosci,
        other_form=payment.opis_platnosci,
        accounts=payment.rachunek_bankowy,
        factor_accounts=payment.rachunek_bankowy_faktora,
        early=payment.skonto,
        link=payment.link_do_platnosci,
        ipksef=payment.ipksef,
    )


def _settlement(settlement: Rozliczenie, amount: Decimal) -> Settlement:
    states_due = settlement.do_zaplaty is not None or settlement.do_rozliczenia is not None
    free = Settlement(charges=settlement.obciazenia, deductions=settlement.odliczenia, states_due=states_due)
    if payments.settlement(free, amount) == settlement:
        return free
    sums = SettlementSums(
        charged=settlement.suma_obciazen,
        deducted=settlement.suma_odliczen,
        due=settlement.do_zaplaty,
        overpaid=settlement.do_rozliczenia,
    )
    return replace(free, sums=sums)


def _correction(fa: Fa) -> Correction | None:
    correction = Correction(
        originals=tuple(map(_original, fa.dane_fa_korygowanej)),
        reason=fa.przyczyna_korekty,
        effect=fa.typ_korekty,
        period=fa.okres_fa_korygowanej,
        right_number=fa.nr_fa_korygowany,
        seller=reversed_parties.seller_before(fa.podmiot1k) if fa.podmiot1k is not None else None,
        seller_prefix=reversed_parties.prefix_before(fa.podmiot1k),
        buyers=tuple(map(reversed_parties.party, fa.podmiot2k)),
        amount_before=fa.p_15zk,
        exchange_rate_before=fa.kurs_waluty_zk,
    )
    return None if correction == Correction() else correction


def _original(reference: DaneFaKorygowanej) -> Original:
    return Original(
        number=reference.nr_fa_korygowanej,
        issue_date=reference.data_wyst_fa_korygowanej,
        ksef_number=reference.nr_ksef_fa_korygowanej,
    )

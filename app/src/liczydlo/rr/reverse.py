"""From the document back to what the buyer means: ``reverse(build(draft)) == draft``."""

from __future__ import annotations

from liczydlo.rr import wording
from liczydlo.rr.draft import Correction, Deduction, Line, Party, Proof, RrDraft, ThirdParty
from liczydlo.rr.model import Faktura, FakturaRR, FakturaRRWiersz, Podmiot1, Podmiot2, Podmiot3


def reverse(faktura: Faktura) -> RrDraft:
    """The draft of a document that this program has made."""
    content = faktura.faktura_rr
    accounts = content.platnosc.rachunek_bankowy1 if content.platnosc is not None else ()
    account = accounts[0] if accounts else None
    deductions = content.rozliczenie.odliczenia if content.rozliczenie is not None else ()
    footer = faktura.stopka.informacje if faktura.stopka is not None else ()
    return RrDraft(
        farmer=_party(faktura.podmiot1),
        buyer=_party(faktura.podmiot2),
        number=content.p_4c,
        issue_date=content.p_4b,
        purchase_date=content.p_4a,
        place=content.p_1m,
        lines=tuple(_line(row) for row in content.faktura_rr_wiersz if not row.stan_przed),
        declares=any(one.klucz == wording.DECLARATION_KEY for one in content.dodatkowy_opis),
        account=account.nr_rb if account is not None else None,
        bank=account.nazwa_banku if account is not None else None,
        deductions=tuple(Deduction(amount=one.kwota, reason=one.powod) for one in deductions),
        proofs=tuple(
            Proof(number=one.nr_dokumentu, day=one.data_dokumentu) for one in content.dokument_zaplaty
        ),
        note=footer[0].stopka_faktury if footer else None,
        correction=_correction(content),
        third_parties=tuple(map(_third, faktura.podmiot3)),
    )


def _third(party: Podmiot3) -> ThirdParty:
    identity, place = party.dane_identyfikacyjne, party.adres
    return ThirdParty(
        name=identity.nazwa,
        role=party.rola,
        other_role=party.opis_roli,
        nip=identity.nip,
        internal_id=identity.id_wew,
        address_1=place.adres_l1 if place is not None else None,
        address_2=place.adres_l2 if place is not None else None,
        country=place.kod_kraju if place is not None else "PL",
    )


def _party(party: Podmiot1 | Podmiot2) -> Party:
    contact = party.dane_kontaktowe[0] if party.dane_kontaktowe else None
    return Party(
        nip=party.dane_identyfikacyjne.nip,
        name=party.dane_identyfikacyjne.nazwa,
        address_1=party.adres.adres_l1,
        address_2=party.adres.adres_l2,
        country=party.adres.kod_kraju,
        email=contact.email if contact is not None else None,
        phone=contact.telefon if contact is not None else None,
        supplier=party.nr_kontrahenta if isinstance(party, Podmiot1) else None,
    )


def _line(row: FakturaRRWiersz) -> Line:
    return Line(
        name=row.p_5,
        quality=row.p_6c,
        unit=row.p_6a,
        quantity=row.p_6b,
        price=row.p_7,
        rate=row.p_9,
        day=row.p_4aa,
        pkwiu=row.pkwiu,
        cn=row.cn,
        gtin=row.gtin,
        uid=row.uu_id,
    )


def _correction(content: FakturaRR) -> Correction | None:
    if not content.dane_fa_korygowanej:
        return None
    original = content.dane_fa_korygowanej[0]
    return Correction(
        number=original.nr_fa_korygowanej,
        issue_date=original.data_wyst_fa_korygowanej,
        ksef_number=original.nr_ksef_fa_korygowanej,
        before=tuple(_line(row) for row in content.faktura_rr_wiersz if row.stan_przed),
        reason=content.przyczyna_korekty,
        effect=content.typ_korekty,
    )

"""Drafts with all that the schema allows in the sections of the editor, for Hypothesis."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from liczydlo.fa3.draft import Address, Party, Payment, Settlement, ThirdParty
from liczydlo.fa3.model import (
    Adres,
    BlokDanych,
    DaneKontaktowe,
    DaneKontaktowePU,
    DodatkowyOpis,
    Informacja,
    Kolumna,
    KwotaZPowodem,
    MetaDane,
    MetaDaneTabeli,
    NaglowekTabeli,
    PodmiotUpowazniony,
    Przewoznik,
    RachunekBankowy,
    Rejestr,
    Skonto,
    Stopka,
    SumaTabeli,
    Tabela,
    Tekst,
    TerminOpis,
    TerminPlatnosci,
    TozsamoscNabywcy,
    TozsamoscPodatnika,
    Transport,
    Umowa,
    WarunkiTransakcji,
    WierszTabeli,
    Zalacznik,
    ZamowienieOdniesienie,
    ZaplataCzesciowa,
)

from app.tests.fa3.made import WORDS

ISSUED = dt.date(2026, 11, 20)


NAMES = WORDS.filter(bool)


DAYS = st.dates(dt.date(2006, 1, 1), dt.date(2049, 12, 31))


def some(one: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=most).map(tuple)


def maybe(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | one


def differing(one: Any) -> bool:
    return one != type(one)()


TERMS = st.builds(
    lambda rate, **more: WarunkiTransakcji(**more, **rate),
    umowy=some(st.builds(Umowa, data_umowy=maybe(DAYS), nr_umowy=maybe(NAMES)).filter(differing)),
    zamowienia=some(
        st.builds(ZamowienieOdniesienie, data_zamowienia=maybe(DAYS), nr_zamowienia=maybe(NAMES)).filter(differing)
    ),
    nr_partii_towaru=some(NAMES),
    warunki_dostawy=maybe(NAMES),
    podmiot_posredniczacy=st.sampled_from([None, 1]),
    transport=st.deferred(lambda: some(TRANSPORTS)),
    rate=st.just({})
    | st.fixed_dictionaries({"kurs_umowny": st.decimals("0.01", "99", places=4), "waluta_umowna": st.just("EUR")}),
)  # fmt: skip


FOOTERS = st.builds(
    Stopka,
    informacje=some(st.builds(Informacja, stopka_faktury=st.just("a\nb") | NAMES), most=3),
    rejestry=some(
        st.builds(
            Rejestr,
            pelna_nazwa=maybe(NAMES),
            krs=maybe(st.just("0000123456")),
            regon=maybe(st.just("012345678")),
            bdo=maybe(st.just("000123456")),
        ).filter(differing)
    ),
)


AMOUNTS = st.decimals("0.01", "99999", places=2)


ACCOUNTS = st.builds(
    RachunekBankowy,
    nr_rb=st.sampled_from(["61109010140000071219812874", "DE89370400440532013000"]),
    swift=maybe(st.just("BREXPLPWMBK")),
    rachunek_wlasny_banku=maybe(st.integers(1, 3)),
    nazwa_banku=maybe(NAMES),
    opis_rachunku=maybe(NAMES),
)


SAID = st.builds(TerminOpis, ilosc=st.integers(0, 99), jednostka=NAMES, zdarzenie_poczatkowe=NAMES)


OTHER_FORMS = st.sampled_from([{"form": one} for one in (None, 1, 2, 3, 4, 5, 6, 7)]) | st.fixed_dictionaries(
    {"form": st.none(), "other_form": NAMES}
)


PAID = st.fixed_dictionaries({"paid": maybe(DAYS)}) | st.fixed_dictionaries(
    {
        "parts": st.lists(
            st.builds(
                lambda form, **more: ZaplataCzesciowa(**more, **form),
                kwota_zaplaty_czesciowej=AMOUNTS,
                data_zaplaty_czesciowej=DAYS,
                form=st.sampled_from(
                    [{}, {"forma_platnosci": 3}, {"platnosc_inna": 1, "opis_platnosci": "barter"}]
                ),
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
        "settled_in_parts": st.booleans(),
    }
)


PAYMENTS = st.builds(
    lambda paid, form, **more: Payment(**paid, **form, **more),
    paid=PAID,
    form=OTHER_FORMS,
    terms=some(st.builds(TerminPlatnosci, termin=maybe(DAYS), termin_opis=maybe(SAID)).filter(differing)),
    accounts=some(ACCOUNTS),
    factor_accounts=some(ACCOUNTS),
    early=maybe(st.builds(Skonto, warunki_skonta=NAMES, wysokosc_skonta=NAMES)),
    link=maybe(st.just("https://pay.example.com/p?a=1&IPKSeF=123abcDEF7890#x")),
    ipksef=maybe(st.just("123abcDEF7890")),
).filter(lambda one: one != Payment(form=None))


CHARGES = some(st.builds(KwotaZPowodem, kwota=AMOUNTS, powod=NAMES))


PLACES = st.builds(
    Address,
    line1=NAMES,
    line2=maybe(NAMES),
    country=st.sampled_from(["PL", "DE"]),
    gln=maybe(st.just("5907654321098")),
)


MORE = {
    "post_address": maybe(PLACES),
    "eori": maybe(NAMES),
    "customer_number": maybe(NAMES),
    "buyer_id": maybe(NAMES),
}


CONTACTS = st.builds(DaneKontaktowe, email=maybe(st.just("a@example.com")), telefon=maybe(NAMES)).filter(
    differing
)


BUYERS = st.builds(
    lambda number, **more: Party(**more, **number),
    number=st.sampled_from(
        [
            {},
            {"nip": "8567346215"},
            {"vat_ue_country": "EL", "vat_ue": "094019245"},
            {"tax_country": "US", "tax_id": "12-3"},
        ]
    ),
    name=NAMES,
    address=PLACES,
    contacts=some(CONTACTS, most=3),
    **MORE,
)


THIRDS = st.builds(
    lambda number, role, **more: ThirdParty(party=Party(**number, **more), **role),
    number=st.sampled_from(
        [
            {},
            {"nip": "8567346215"},
            {"internal_id": "8567346215-00001"},
            {"vat_ue_country": "DE", "vat_ue": "136695976"},
            {"tax_country": "US", "tax_id": "12-3"},
            {"tax_id": "12-3"},
        ]
    ),
    role=st.sampled_from([*({"role": one} for one in range(1, 12)), {"other_role": "opiekun"}])
    | st.fixed_dictionaries({"role": st.just(4), "share": st.decimals(0, 100, places=2)}),
    name=NAMES,
    address=maybe(PLACES),
    contacts=some(CONTACTS, most=1),
    **MORE,
)


ADRESY = st.builds(
    Adres,
    kod_kraju=st.sampled_from(["PL", "CZ"]),
    adres_l1=NAMES,
    adres_l2=maybe(NAMES),
    gln=maybe(st.just("590")),
)


ISSUERS = st.builds(
    PodmiotUpowazniony,
    nr_eori=maybe(NAMES),
    dane_identyfikacyjne=st.builds(TozsamoscPodatnika, nip=st.just("8567346215"), nazwa=NAMES),
    adres=ADRESY,
    adres_koresp=maybe(ADRESY),
    dane_kontaktowe=some(
        st.builds(DaneKontaktowePU, email_pu=maybe(st.just("a@example.com")), telefon_pu=maybe(NAMES)).filter(
            differing
        )
    ),
    rola_pu=st.integers(1, 3),
)


MOMENTS = st.integers(0, 400_000_000).map(
    lambda seconds: dt.datetime(2026, 4, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds % 15_000_000)
)
"""In one summer: the hour that comes twice in autumn is not for the browser's field."""


TRANSPORTS = st.builds(
    lambda kind, cargo, times, **more: Transport(**more, **kind, **cargo, **times),
    kind=st.sampled_from(
        [
            {"rodzaj_transportu": 3},
            {"rodzaj_transportu": 8},
            {"transport_inny": 1, "opis_innego_transportu": "riksza"},
        ]
    ),
    cargo=st.sampled_from([{"opis_ladunku": 13}, {"ladunek_inny": 1, "opis_innego_ladunku": "luzem"}]),
    times=st.just({})
    | st.builds(
        lambda at: {"data_godz_rozp_transportu": at, "data_godz_zak_transportu": at + dt.timedelta(hours=7)},
        MOMENTS,
    ),
    przewoznik=maybe(
        st.builds(
            Przewoznik,
            dane_identyfikacyjne=st.sampled_from(
                [
                    TozsamoscNabywcy(nip="8567346215", nazwa="Wóz"),
                    TozsamoscNabywcy(kod_ue="DE", nr_vat_ue="136695976"),
                    TozsamoscNabywcy(kod_kraju="UA", nr_id="12-3", nazwa="Віз"),
                    TozsamoscNabywcy(brak_id=1, nazwa="Jan"),
                ]
            ),
            adres_przewoznika=ADRESY,
        )
    ),
    nr_zlecenia_transportu=maybe(NAMES),
    jednostka_opakowania=maybe(NAMES),
    wysylka_z=maybe(ADRESY),
    wysylka_przez=some(ADRESY),
    wysylka_do=maybe(ADRESY),
)


KEYS = NAMES.filter(lambda text: ":" not in text and text == " ".join(text.split()))


CELLS = st.sampled_from(["", "12", "1,50", "2026-11-02", "zużycie energii", "a\u00b2"])


TABLES = st.builds(
    Tabela,
    t_meta_dane=some(st.builds(MetaDaneTabeli, t_klucz=KEYS, t_wartosc=KEYS)),
    opis=maybe(NAMES),
    t_naglowek=st.just(
        NaglowekTabeli(kol=(Kolumna(n_kom="Dzień", typ="date"), Kolumna(n_kom="kWh", typ="dec")))
    ),
    wiersz=st.lists(st.builds(WierszTabeli, w_kom=st.tuples(CELLS, CELLS)), min_size=1, max_size=3).map(
        tuple
    ),
    suma=maybe(st.builds(SumaTabeli, s_kom=st.tuples(CELLS, CELLS))),
)


ATTACHMENTS = st.builds(
    Zalacznik,
    blok_danych=st.lists(
        st.builds(
            BlokDanych,
            z_naglowek=maybe(NAMES),
            meta_dane=st.lists(st.builds(MetaDane, z_klucz=KEYS, z_wartosc=KEYS), min_size=1, max_size=2).map(
                tuple
            ),
            tekst=maybe(st.builds(Tekst, akapit=st.lists(KEYS, min_size=1, max_size=2).map(tuple))),
            tabela=some(TABLES),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
)


PARTS: dict[str, st.SearchStrategy[Any]] = {
    "place": maybe(NAMES),
    "delivery_notes": some(NAMES),
    "terms": maybe(TERMS.filter(differing)),
    "remarks": some(
        st.builds(DodatkowyOpis, klucz=NAMES, wartosc=NAMES, nr_wiersza=maybe(st.integers(1, 9)))
    ),
    "seller_status": maybe(st.integers(1, 4)),
    "footer": maybe(FOOTERS.filter(differing)),
    "payment": maybe(PAYMENTS),
    "buyer": BUYERS,
    "third_parties": some(THIRDS),
    "local_authority": st.booleans(),
    "authorised": maybe(ISSUERS),
    "attachment": maybe(ATTACHMENTS),
    "settlement": maybe(
        st.builds(Settlement, charges=CHARGES, deductions=CHARGES, states_due=st.booleans()).filter(
            lambda one: bool(one.charges or one.deductions)
        )
    ),
}
"""Fields of a draft that the sections hold, with all that the schema allows in them."""

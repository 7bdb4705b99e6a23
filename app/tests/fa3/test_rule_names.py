"""Polish numbers outside their field, own numbers, numbers of lines, days of payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.fa3.identifiers import is_nip
from liczydlo.fa3.model import (
    Adres,
    DaneFaKorygowanej,
    Faktura,
    FakturaZaliczkowa,
    Platnosc,
    ZaliczkaCzesciowa,
    Zamowienie,
    ZamowienieWiersz,
    ZaplataCzesciowa,
)
from liczydlo.fa3.rules import check

from app.tests.fa3.cases import CORRECTED, PLAIN, TODAY, WRONG_KSEF_NUMBER, buyer_as, codes, third, with_fa
from app.tests.fa3.rows import fires, only, row, with_rows

NIP = "5252248481"
RIGHT_KSEF_NUMBER = "5261040828-20260801-010020140418-0D"
SPELLINGS = (NIP, f"PL{NIP}", "525-224-84-81", "525 224 84 81", "NIP 525-22-48-481", "PL 525-224-84-81")


def at(faktura: Faktura, country: str | None) -> Faktura:
    home = None if country is None else Adres(kod_kraju=country, adres_l1="ul. Lipowa 2")
    return replace(faktura, podmiot2=replace(faktura.podmiot2, adres=home))


class TestNipElsewhere:
    @pytest.mark.parametrize("spelling", SPELLINGS)
    @pytest.mark.parametrize(("country", "home"), [("PL", "PL"), ("PL", None), (None, "PL"), ("PL", "DE")])
    def test_as_another_number(self, spelling: str, country: str | None, home: str | None) -> None:
        value = at(buyer_as(PLAIN, kod_kraju=country, nr_id=spelling), home)
        assert only("nip-elsewhere", value) == [("Podmiot2/DaneIdentyfikacyjne/NrID", {"value": NIP})]

    @pytest.mark.parametrize(
        ("country", "number"), [("PL", NIP), ("PL", f"PL{NIP}"), ("DE", f"PL{NIP}"), ("PL", "5252248482")]
    )
    def test_as_a_number_of_the_union(self, country: str, number: str) -> None:
        (value,) = only("nip-elsewhere", buyer_as(PLAIN, kod_ue=country, nr_vat_ue=number))
        assert value == ("Podmiot2/DaneIdentyfikacyjne/NrVatUE", {"value": number.removeprefix("PL")})

    @pytest.mark.parametrize(
        "text",
        [
            f"Sklep, NIP {NIP}",
            "Sklep NIP: 525-224-84-81",
            f"Sklep nip PL{NIP}",
            f"Sklep (PL{NIP})",
            "NIP:525 224 84 81",
        ],
    )
    def test_in_a_name_or_an_address(self, text: str) -> None:
        value = buyer_as(PLAIN, brak_id=1, nazwa=text)
        assert ("Podmiot2/DaneIdentyfikacyjne/Nazwa", {"value": NIP}) in only("nip-elsewhere", value)
        plain = buyer_as(PLAIN, brak_id=1)
        home = Adres(kod_kraju="PL", adres_l1="ul. Lipowa 2", adres_l2=text)
        value = replace(plain, podmiot2=replace(plain.podmiot2, adres=home))
        assert only("nip-elsewhere", value) == [("Podmiot2/Adres/AdresL2", {"value": NIP})]

    def test_of_a_third_party(self) -> None:
        parties = (third(2), third(2, kod_kraju="PL", nr_id=NIP), third(2, kod_ue="PL", nr_vat_ue=NIP))
        assert [path for path, _ in only("nip-elsewhere", replace(PLAIN, podmiot3=parties))] == [
            "Podmiot3[2]/DaneIdentyfikacyjne/NrID",
            "Podmiot3[3]/DaneIdentyfikacyjne/NrVatUE",
        ]
        inside = third(2, id_wew=f"{NIP}-00001")
        assert not fires("nip-elsewhere", replace(PLAIN, podmiot3=(inside,)))

    @pytest.mark.parametrize(
        ("country", "number", "home"),
        [
            ("DE", NIP, "DE"),  # ten digits of another country's
            (None, NIP, "DE"),
            ("PL", "44051401359", "PL"),  # a PESEL
            ("PL", "5252248482", "PL"),  # no NIP: another register's
            ("PL", "AB1234567", "PL"),  # a passport
            ("PL", "123456785", "PL"),  # a REGON
        ],
    )
    def test_other_numbers_are_nobodys_nip(self, country: str | None, number: str, home: str) -> None:
        assert not fires("nip-elsewhere", at(buyer_as(PLAIN, kod_kraju=country, nr_id=number), home))

    @pytest.mark.parametrize(
        "text", ["Sklep", f"tel. {NIP}", "NIP 5252248482", f"konto PL{NIP}1234", "Snip 12"]
    )
    def test_other_digits_of_a_name(self, text: str) -> None:
        assert not fires("nip-elsewhere", buyer_as(PLAIN, brak_id=1, nazwa=text))

    def test_beside_a_nip_nothing_is_hidden(self) -> None:
        named = replace(PLAIN.podmiot2.dane_identyfikacyjne, nazwa=f"Sklep NIP {NIP}")
        assert not fires(
            "nip-elsewhere", replace(PLAIN, podmiot2=replace(PLAIN.podmiot2, dane_identyfikacyjne=named))
        )

    @given(st.integers(10**9, 10**10 - 1).map(str))
    @settings(max_examples=100)
    def test_exactly_a_nip(self, digits: str) -> None:
        assert fires("nip-elsewhere", buyer_as(PLAIN, kod_kraju="PL", nr_id=digits)) == is_nip(digits)


class TestSellerIsBuyer:
    SELLER = PLAIN.podmiot1.dane_identyfikacyjne.nip

    def test_by_nip_and_wherever_it_stands(self) -> None:
        identity = replace(PLAIN.podmiot2.dane_identyfikacyjne, nip=self.SELLER)
        same = replace(PLAIN, podmiot2=replace(PLAIN.podmiot2, dane_identyfikacyjne=identity))
        for faktura, place in (
            (same, "NIP"),
            (buyer_as(PLAIN, kod_ue="PL", nr_vat_ue=self.SELLER), "NrVatUE"),
            (buyer_as(PLAIN, kod_kraju="PL", nr_id=self.SELLER), "NrID"),
        ):
            assert only("seller-is-buyer", faktura) == [
                (f"Podmiot2/DaneIdentyfikacyjne/{place}", {"value": self.SELLER})
            ]
        assert not fires("seller-is-buyer", PLAIN)
        assert not fires("seller-is-buyer", buyer_as(PLAIN, brak_id=1))


def correcting(*numbers: str, outside: bool = True) -> Faktura:
    originals = tuple(
        DaneFaKorygowanej(
            data_wyst_fa_korygowanej=TODAY,
            nr_fa_korygowanej=number,
            nr_ksef_n=1 if outside else None,
            nr_ksef=None if outside else 1,
            nr_ksef_fa_korygowanej=None if outside else RIGHT_KSEF_NUMBER,
        )
        for number in numbers
    )
    return with_fa(CORRECTED, dane_fa_korygowanej=originals)


class TestOtherInvoices:
    def test_a_correction_of_its_own_number(self) -> None:
        own = CORRECTED.fa.p_2
        assert only("names-itself", correcting("FV/9", own)) == [
            ("Fa/DaneFaKorygowanej[2]/NrFaKorygowanej", {"value": own})
        ]
        assert not fires("names-itself", correcting(own + "/K", own[:-1]))
        settled = (FakturaZaliczkowa(nr_ksef_zn=1, nr_fa_zaliczkowej=PLAIN.fa.p_2),)
        assert fires("names-itself", with_fa(PLAIN, rodzaj_faktury="ROZ", faktura_zaliczkowa=settled))

    @pytest.mark.parametrize("number", [RIGHT_KSEF_NUMBER, WRONG_KSEF_NUMBER])
    def test_what_is_outside_ksef_has_no_ksef_number(self, number: str) -> None:
        assert only("outside-ksef", correcting("FV/9", number)) == [
            ("Fa/DaneFaKorygowanej[2]/NrFaKorygowanej", {"value": number})
        ]
        assert not fires("outside-ksef", correcting(number, outside=False))
        advance = (FakturaZaliczkowa(nr_ksef_zn=1, nr_fa_zaliczkowej=number),)
        value = with_fa(PLAIN, rodzaj_faktury="ROZ", faktura_zaliczkowa=advance)
        assert only("outside-ksef", value) == [("Fa/FakturaZaliczkowa[1]/NrFaZaliczkowej", {"value": number})]
        for other in ("FV/1/2026", number[:-1], number.lower(), "5261040828-20260801"):
            assert not fires("outside-ksef", correcting(other))


class TestLineNumbers:
    @given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from([1, None])), max_size=6))
    @settings(max_examples=80)
    def test_one_number_once_in_each_state(self, rows: list[tuple[int, int | None]]) -> None:
        lines = tuple(
            replace(row(p_11="1"), nr_wiersza_fa=number, stan_przed=state) for number, state in rows
        )
        again = [at for at, one in enumerate(rows, 1) if one in rows[: at - 1]]
        assert [path for path, _ in only("line-number-twice", with_rows(*lines))] == [
            f"Fa/FaWiersz[{at}]/NrWierszaFa" for at in again
        ]
        order = Zamowienie(
            wartosc_zamowienia=Decimal(1),
            zamowienie_wiersz=tuple(
                ZamowienieWiersz(nr_wiersza_zam=number, stan_przed_z=state) for number, state in rows
            ),
        )
        assert [path for path, _ in only("line-number-twice", with_fa(PLAIN, zamowienie=order))] == [
            f"Fa/Zamowienie/ZamowienieWiersz[{at}]/NrWierszaZam" for at in again
        ]


class TestPayments:
    def paid(self, day: date, kind: str = "VAT") -> list[tuple[str, Faktura]]:
        """The invoice with one payment on a day, in each place that has one."""
        part = ZaplataCzesciowa(kwota_zaplaty_czesciowej=Decimal(1), data_zaplaty_czesciowej=day)
        plain = with_fa(PLAIN, rodzaj_faktury=kind)
        advance = (ZaliczkaCzesciowa(p_6z=day, p_15z=Decimal(1)),)
        return [
            ("Fa/Platnosc/DataZaplaty", with_fa(plain, platnosc=Platnosc(zaplacono=1, data_zaplaty=day))),
            (
                "Fa/Platnosc/ZaplataCzesciowa[1]/DataZaplatyCzesciowej",
                with_fa(plain, platnosc=Platnosc(znacznik_zaplaty_czesciowej=1, zaplata_czesciowa=(part,))),
            ),
            ("Fa/ZaliczkaCzesciowa[1]/P_6Z", with_fa(plain, zaliczka_czesciowa=advance)),
        ]

    def test_a_payment_of_tomorrow(self) -> None:
        tomorrow = TODAY + timedelta(days=1)
        for path, faktura in self.paid(tomorrow):
            assert only("paid-in-future", faktura) == [
                (path, {"value": tomorrow.isoformat(), "latest": TODAY.isoformat()})
            ]
        for day in (TODAY, TODAY - timedelta(days=400)):
            for _, faktura in self.paid(day):
                assert not fires("paid-in-future", faktura)

    @pytest.mark.parametrize(("kind", "expected"), [("ZAL", True), ("KOR_ZAL", True), ("VAT", False)])
    def test_the_day_of_an_advance_is_the_day_of_its_payment(self, kind: str, expected: bool) -> None:
        value = with_fa(PLAIN, rodzaj_faktury=kind, p_6=TODAY + timedelta(days=1))
        assert fires("paid-in-future", value) == expected

    def test_an_old_invoice_cannot_know_of_a_later_payment(self) -> None:
        """Whenever it is looked at: it tells of a payment that was to come."""
        later = TODAY + timedelta(days=30)
        for path, faktura in self.paid(TODAY + timedelta(days=3)):
            assert (("paid-in-future"), path) in codes(faktura, today=later)
            made = replace(faktura.naglowek, data_wytworzenia_fa=datetime(2026, 11, 26, 9, tzinfo=UTC))
            assert "paid-in-future" not in {
                code for code, _ in codes(replace(faktura, naglowek=made), today=later)
            }

    def test_the_file_of_a_late_evening_is_of_the_polish_day(self) -> None:
        late = replace(PLAIN.naglowek, data_wytworzenia_fa=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
        for _, faktura in self.paid(date(2026, 11, 24)):
            value = check(replace(faktura, naglowek=late), today=date(2026, 11, 24))
            assert "paid-in-future" not in {item.code for item in value}

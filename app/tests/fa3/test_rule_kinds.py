"""Where the rules of kinds, marks and parties begin and end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from liczydlo.fa3.draft import Line, Order
from liczydlo.fa3.model import (
    Adres,
    DaneFaKorygowanej,
    Faktura,
    FakturaZaliczkowa,
    OkresFa,
    Platnosc,
    PMarzy,
    PodmiotUpowazniony,
    RachunekBankowy,
    TerminPlatnosci,
    TozsamoscPodatnika,
    Zwolnienie,
)
from liczydlo.fa3.rules import check

from app.tests.fa3.cases import (
    CORRECTED,
    EXEMPT,
    EXEMPTION,
    PLAIN,
    POT,
    TODAY,
    UNION,
    WRONG_KSEF_NUMBER,
    codes,
    make,
    nip_of,
    third,
    with_fa,
    with_marks,
)
from app.tests.fa3.rows import KINDS, fires, only, row, with_rows

FACTOR = "61109010140000071219812874"


class TestKinds:
    @pytest.mark.parametrize("kind", KINDS)
    def test_what_a_kind_must_name(self, kind: str) -> None:
        bare = with_fa(PLAIN, rodzaj_faktury=kind)
        assert fires("correction-of-what", bare) == kind.startswith("KOR")
        assert fires("advance-of-what", bare) == (kind == "ZAL")
        assert fires("settlement-of-what", bare) == (kind == "ROZ")

    def test_what_is_corrected_is_not_later(self) -> None:
        def corrected(*days: date) -> Faktura:
            originals = tuple(
                DaneFaKorygowanej(data_wyst_fa_korygowanej=day, nr_fa_korygowanej="1", nr_ksef_n=1)
                for day in days
            )
            return with_fa(CORRECTED, dane_fa_korygowanej=originals)

        tomorrow = date(2026, 11, 24)
        assert codes(corrected(TODAY)) == []
        assert only("corrected-later", corrected(TODAY, tomorrow)) == [
            ("Fa/DaneFaKorygowanej[2]/DataWystFaKorygowanej", {"value": "2026-11-24"})
        ]

    @pytest.mark.parametrize(("currency", "limit"), [("PLN", "450"), ("EUR", "100")])
    def test_a_simplified_invoice_is_a_small_one(self, currency: str, limit: str) -> None:
        def simplified(amount: str, currency: str = currency, kind: str = "UPR") -> Faktura:
            return with_rows(p_15=Decimal(amount), kod_waluty=currency, rodzaj_faktury=kind)

        assert not fires("simplified-limit", simplified(limit))
        assert only("simplified-limit", simplified(f"{limit}.01")) == [
            ("Fa/P_15", {"value": f"{limit}.01", "limit": f"{limit} {currency}"})
        ]
        assert not fires("simplified-limit", simplified("9999", currency="USD"))
        assert not fires("simplified-limit", simplified("9999", kind="VAT"))

    @pytest.mark.parametrize(
        ("number", "right"),
        [
            (WRONG_KSEF_NUMBER, False),
            ("9999999999-20230231-8BEF280C8D35-4D", False),  # a day that does not exist
            ("5265877635-20250826-0100001AF629-AF", True),
            ("5265877635-20250826-0100001AF629AF", True),  # of KSeF 1.0
            (None, True),
        ],
    )
    def test_a_ksef_number_of_another_document(self, number: str | None, right: bool) -> None:
        good = "5265877635-20250826-0100001AF629-AF"
        originals = tuple(
            DaneFaKorygowanej(
                data_wyst_fa_korygowanej=TODAY, nr_fa_korygowanej="1", nr_ksef=1, nr_ksef_fa_korygowanej=item
            )
            for item in (good, number)
        )
        advances = tuple(FakturaZaliczkowa(nr_ksef_fa_zaliczkowej=item) for item in (good, number))
        expected = [] if right else [{"value": number}]
        for result, path in (
            (
                with_fa(CORRECTED, dane_fa_korygowanej=originals),
                "Fa/DaneFaKorygowanej[2]/NrKSeFFaKorygowanej",
            ),
            (with_fa(PLAIN, faktura_zaliczkowa=advances), "Fa/FakturaZaliczkowa[2]/NrKSeFFaZaliczkowej"),
        ):
            assert only("ksef-number", result) == [(path, params) for params in expected]

    def test_a_period_ends_after_it_begins(self) -> None:
        def period(begins: int, ends: int) -> Faktura:
            return with_fa(
                PLAIN, okres_fa=OkresFa(p_6_od=date(2026, 11, begins), p_6_do=date(2026, 11, ends))
            )

        assert not fires("period-backwards", period(1, 30))
        assert only("period-backwards", period(2, 1)) == [
            ("Fa/OkresFa", {"begins": "2026-11-02", "ends": "2026-11-01"})
        ]

    def test_a_term_of_payment_is_not_before_the_issue(self) -> None:
        yesterday = date(2026, 11, 22)
        terms = Platnosc(
            termin_platnosci=tuple(TerminPlatnosci(termin=day) for day in (TODAY, None, yesterday))
        )
        late = with_fa(PLAIN, platnosc=terms)
        assert only("due-before-issue", late) == [
            ("Fa/Platnosc/TerminPlatnosci[3]/Termin", {"value": "2026-11-22"})
        ]
        for kind in KINDS[1:]:
            assert not fires("due-before-issue", with_fa(late, rodzaj_faktury=kind)), (
                "the term of the original"
            )

    def test_tomorrow_is_too_early(self) -> None:
        for day, expected in ((22, 1), (23, 0), (24, 0)):
            result = [
                item for item in check(PLAIN, today=date(2026, 11, day)) if item.code == "issue-date-future"
            ]
            assert [item.params for item in result] == [
                {"value": "2026-11-23", "today": "2026-11-22"}
            ] * expected


class TestMarks:
    @pytest.mark.parametrize(
        "rate", ["23", "22", "8", "7", "5", "4", "3", "0 KR", "0 WDT", "0 EX", "zw", "np I"]
    )
    def test_who_settles_the_tax_himself(self, rate: str) -> None:
        line = row(p_11="1", p_12=rate)
        assert not fires("reverse-charge-mark", with_rows(line))
        marked = with_marks(with_rows(line), p_18=1)
        assert fires("reverse-charge-taxed", marked) == rate.isdigit()

    def test_a_mixed_invoice_is_marked(self) -> None:
        mixed = with_rows(row(p_11="1", p_12="oo"), row(p_11="1"))
        assert only("reverse-charge-mark", mixed) == [("Fa/Adnotacje/P_18", {"rate": "oo"})]
        assert not fires("reverse-charge-taxed", with_marks(mixed, p_18=1))
        assert not fires("reverse-charge-mark", with_marks(mixed, p_18=1))
        assert not fires("reverse-charge-taxed", with_marks(with_rows(), p_18=1)), "no line says anything"
        every = with_rows(*(row(p_11="1", p_12=rate) for rate in ("23", "22", "8", "7", "5", "4", "3")))
        assert fires("reverse-charge-taxed", with_marks(every, p_18=1))
        beside_words = with_rows(row(p_11="1"), row(p_12=None))
        assert fires("reverse-charge-taxed", with_marks(beside_words, p_18=1))
        both = with_rows(row(p_11="1", p_12="oo"), row(p_11="1", p_12="np II"))
        assert [params for _, params in only("reverse-charge-mark", both)] == [{"rate": "np II"}]

    def test_the_rates_of_an_order_count_too(self) -> None:
        reverse = Line(name="X", net_price=Decimal(1), rate="oo")
        order = make(kind="ZAL", order=Order(lines=(reverse,)), advance=Decimal(1))
        assert fires("reverse-charge-mark", with_marks(order, p_18=2))

    def test_an_exemption_of_nothing(self) -> None:
        basis = Zwolnienie(p_19=1, p_19a="art. 113")
        assert fires("exemption-of-nothing", with_marks(PLAIN, zwolnienie=basis))
        assert not fires("exemption-of-nothing", with_marks(with_rows(), zwolnienie=basis))
        stated = with_fa(with_marks(PLAIN, zwolnienie=basis), p_13_7=Decimal(0))
        assert not fires("exemption-of-nothing", stated)
        mixed = make(EXEMPT, POT, marks=EXEMPTION)
        assert codes(mixed) == []
        assert not fires("exemption-of-nothing", with_fa(mixed, p_13_7=None))

    def test_a_margin_of_nothing(self) -> None:
        marked = with_marks(PLAIN, pmarzy=PMarzy(p_pmarzy=1, p_pmarzy_2=1))
        for kind in KINDS:
            result = fires("margin-of-nothing", with_fa(marked, rodzaj_faktury=kind))
            assert result == (not kind.startswith("KOR")), "a correction may leave the margin as it was"
        assert not fires("margin-of-nothing", with_fa(marked, p_13_11=Decimal(0)))
        assert not fires("margin-mark", with_fa(PLAIN, p_13_11=Decimal(0)))
        assert fires("margin-mark", with_fa(PLAIN, p_13_11=Decimal("0.01")))

    def test_split_payment_above_fifteen_thousand_of_annex_15(self) -> None:
        def dear(amount: str, annex: int | None = 1, currency: str = "PLN", mark: int = 2) -> Faktura:
            rows = (row(p_11="1"), row(p_11="1", p_12_zal_15=annex))
            return with_marks(with_rows(*rows, p_15=Decimal(amount), kod_waluty=currency), p_18a=mark)

        assert not fires("split-payment-mark", dear("15000.00"))
        assert fires("split-payment-mark", dear("15000.01"))
        assert not fires("split-payment-mark", dear("15000.01", mark=1))
        assert not fires("split-payment-mark", dear("15000.01", annex=None))
        assert not fires("split-payment-mark", dear("15000.01", currency="EUR"))

    def test_split_payment_in_another_currency_and_not_to_a_consumer(self) -> None:
        def dear(amount: str, rate: str) -> Faktura:
            rows = row(p_11="1", p_12_zal_15=1, kurs_waluty=Decimal(rate))
            return with_rows(rows, p_15=Decimal(amount), kod_waluty="EUR")

        assert fires("split-payment-mark", dear("3500.00", "4.3"))
        assert not fires("split-payment-mark", dear("3000.00", "4.3"))
        sold = dear("3500.00", "4.3")
        nobody = replace(sold.podmiot2.dane_identyfikacyjne, nip=None, brak_id=1)
        consumer = replace(sold, podmiot2=replace(sold.podmiot2, dane_identyfikacyjne=nobody))
        assert not fires("split-payment-mark", consumer)


class TestParties:
    def test_every_nip_is_checked(self) -> None:
        wrong = "5265877634"
        seller = replace(PLAIN.podmiot1.dane_identyfikacyjne, nip=wrong)
        authorised = PodmiotUpowazniony(
            dane_identyfikacyjne=TozsamoscPodatnika(nip=wrong, nazwa="Komornik"),
            adres=Adres(kod_kraju="PL", adres_l1="x"),
            rola_pu=2,
        )
        for path, faktura in {
            "Podmiot1/DaneIdentyfikacyjne/NIP": replace(
                PLAIN, podmiot1=replace(PLAIN.podmiot1, dane_identyfikacyjne=seller)
            ),
            "Podmiot2/DaneIdentyfikacyjne/NIP": nip_of(PLAIN, wrong),
            "Podmiot3[2]/DaneIdentyfikacyjne/NIP": replace(PLAIN, podmiot3=(third(2), third(2, nip=wrong))),
            "Podmiot3[1]/DaneIdentyfikacyjne/IDWew": replace(
                PLAIN, podmiot3=(third(2, id_wew=f"{wrong}-00001"),)
            ),
            "PodmiotUpowazniony/DaneIdentyfikacyjne/NIP": replace(PLAIN, podmiot_upowazniony=authorised),
        }.items():
            assert only("nip-checksum", faktura) == [(path, {"value": wrong})]
        right = replace(authorised, dane_identyfikacyjne=TozsamoscPodatnika(nip="5265877635", nazwa="x"))
        good = replace(PLAIN, podmiot3=(third(2, id_wew="5265877635-00001"),), podmiot_upowazniony=right)
        assert codes(good) == []

    @pytest.mark.parametrize(
        ("field", "role", "code"), [("jst", 8, "local-authority-unit"), ("gv", 10, "vat-group-member")]
    )
    def test_who_stands_behind_the_buyer(self, field: str, role: int, code: str) -> None:
        marked = replace(PLAIN, podmiot2=replace(PLAIN.podmiot2, **{field: 1}))
        for roles in ((), (role,), (2, role), (18 - role,), (9, None)):
            faktura = replace(marked, podmiot3=tuple(third(item, nip="1111111111") for item in roles))
            assert fires(code, faktura) == (role not in roles)
            assert not fires(code, replace(faktura, podmiot2=replace(faktura.podmiot2, **{field: 2})))

    @pytest.mark.parametrize("rate", ["0 WDT", "np II"])
    def test_trade_in_the_union_is_between_european_numbers(self, rate: str) -> None:
        line = row(p_11="1", p_12=rate)
        bare = with_marks(with_rows(line), p_18=1)
        assert only("eu-prefix", bare) == [("Podmiot1", {})]
        assert only("eu-buyer", bare) == [("Podmiot2/DaneIdentyfikacyjne", {})]
        simplified = with_fa(bare, rodzaj_faktury="UPR")
        assert not fires("eu-prefix", simplified)
        assert not fires("eu-buyer", simplified)
        assert not fires("eu-prefix", with_rows(row(p_11="1", p_12="0 EX")))
        prefixed = replace(
            bare, podmiot1=replace(bare.podmiot1, prefiks_podatnika="PL"), podmiot2=UNION.podmiot2
        )
        assert not fires("eu-prefix", prefixed)
        assert not fires("eu-buyer", prefixed)

    @pytest.mark.parametrize(
        ("account", "right"),
        [
            (FACTOR, True),
            (f"PL{FACTOR}", True),
            ("PL61 1090 1014 0000 0712 1981 2874", True),
            (FACTOR[:-1] + "5", False),
            ("16" + FACTOR[2:], False),
            (f"PL{FACTOR[:-1]}5", False),
            ("61 1090 1014 0000 0712 1981 2875", False),
            ("DE89370400440532013001", True),  # of another country: not ours to judge
            (FACTOR + "0", True),
        ],
    )
    def test_a_polish_account_has_check_digits(self, account: str, right: bool) -> None:
        both = tuple(RachunekBankowy(nr_rb=item) for item in (FACTOR, account))
        for name in ("RachunekBankowy", "RachunekBankowyFaktora"):
            field = {"RachunekBankowy": "rachunek_bankowy"}.get(name, "rachunek_bankowy_faktora")
            result = only("account-checksum", with_fa(PLAIN, platnosc=Platnosc(**{field: both})))
            assert result == ([] if right else [(f"Fa/Platnosc/{name}[2]/NrRB", {"value": account})])

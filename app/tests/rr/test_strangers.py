"""Files FA_RR(1) that other programs wrote: every element of the schema, other spellings, what the schema refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from ksef_emulator.intake.refusals import Refusal
from ksef_emulator.intake.schemas import FA_RR, Schemas
from liczydlo.fa3.model.common import Adres, DaneKontaktowe
from liczydlo.rr import document, wording
from liczydlo.rr.build import build, write
from liczydlo.rr.model import (
    DaneIdentyfikacyjne,
    Faktura,
    Kwota,
    Podmiot3,
    PodmiotK,
    RachunekBankowy,
    Rejestry,
    Stopka,
    TozsamoscTrzeciego,
)
from lxml import etree

from .drafts import DAY, PLAIN
from .test_document import CORRECTED, MADE, OFFICIAL, of_file, shared

WHERE = Adres(kod_kraju="PL", adres_l1="Leśna 2", gln="5901234123457")
REACHED = (DaneKontaktowe(email="biuro@example.com", telefon="600700800"), DaneKontaktowe())
ACCOUNT = RachunekBankowy(
    nr_rb="61109010140000071219812874", swift="WBKPPLPP", nazwa_banku="B", opis_rachunku="Skup"
)


def whole(faktura: Faktura) -> Faktura:
    """With all that the schema lets be there and this program does not write by itself."""
    content = faktura.faktura_rr
    settlement = content.rozliczenie
    assert content.platnosc is not None
    if settlement is not None:
        charge = (Kwota(kwota=Decimal("2.00"), powod="Skrzynki"),)
        left = Decimal("1658.95")
        settlement = replace(settlement, obciazenia=charge, suma_obciazen=Decimal("2.00"), do_zaplaty=left)
    payment = replace(
        content.platnosc,
        forma_platnosci=None,
        platnosc_inna=1,
        opis_platnosci="Kompensata",
        rachunek_bankowy1=(ACCOUNT,),
        rachunek_bankowy2=(ACCOUNT,),
        ip_ksef="123abcDEF4567",
        link_do_platnosci="https://bank.example.pl/p?x=1&IPKSeF=123abcDEF4567",
    )
    rows = tuple(replace(row, kurs_waluty=Decimal("4.25")) for row in content.faktura_rr_wiersz)
    return replace(
        faktura,
        podmiot1=replace(faktura.podmiot1, adres_koresp=WHERE, dane_kontaktowe=REACHED, nr_kontrahenta="R7"),
        podmiot2=replace(faktura.podmiot2, adres_koresp=WHERE, status_info_podatnika=2),
        podmiot3=(
            Podmiot3(dane_identyfikacyjne=TozsamoscTrzeciego(nip="1111111111", nazwa="Faktor"), rola=1),
            Podmiot3(
                dane_identyfikacyjne=TozsamoscTrzeciego(id_wew="5265877635-00001", nazwa="Oddział"),
                adres=WHERE,
                adres_koresp=WHERE,
                dane_kontaktowe=REACHED,
                rola_inna=1,
                opis_roli="Punkt skupu",
            ),
            Podmiot3(dane_identyfikacyjne=TozsamoscTrzeciego(brak_id=1, nazwa="Jan"), rola=11),
        ),
        faktura_rr=replace(
            content,
            p_11_1w=Decimal("1"),
            p_11_2w=Decimal("2"),
            p_12_1w=Decimal("3"),
            faktura_rr_wiersz=rows,
            rozliczenie=settlement,
            platnosc=payment,
        ),
        stopka=Stopka(
            rejestry=(Rejestry(pelna_nazwa="Skup", krs="0000000001", regon="012345678", bdo="000000001"),)
        ),
    )


INVOICE = write(whole(build(PLAIN, created=MADE)))
_NAMED = PodmiotK(dane_identyfikacyjne=DaneIdentyfikacyjne(nip="8567346215", nazwa="Jan"), adres=WHERE)
_CORRECTION = whole(build(CORRECTED, created=MADE))
CORRECTION = write(
    replace(
        _CORRECTION,
        faktura_rr=replace(
            _CORRECTION.faktura_rr, nr_fa_korygowany="RR/1", podmiot1k=_NAMED, podmiot2k=_NAMED
        ),
    )
)


@pytest.mark.parametrize("content", [INVOICE, CORRECTION])
def test_every_element_is_read(content: bytes) -> None:
    assert write(document.read(content)) == content
    assert document.inspect(content, today=DAY).warnings == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<Faktura xmlns="', b'<Faktura  xmlns="'),
        (b"</Faktura>", b"\n</Faktura>\n<!-- koniec -->"),
        (b"<P_8>1550.00<", b"<P_8> 1550.0 <"),
        (b"<P_12_2>tysi", b"<P_12_2>jeden tysi"),
        (
            b' xmlns="',
            b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" xmlns="',
        ),
    ],
)
def test_another_spelling_of_the_same(old: bytes, new: bytes) -> None:
    content = INVOICE.replace(old, new)
    assert content != INVOICE
    assert document.is_rr(content) and document.inspect(content, today=DAY).warnings == ()


def test_with_a_prefix() -> None:
    root = etree.fromstring(INVOICE)
    mapped = etree.Element(root.tag, nsmap={"rr": root.nsmap[None]})
    mapped.extend(list(root))
    content = etree.tostring(mapped, encoding="UTF-8", xml_declaration=True)
    assert b"<rr:Faktura" in content
    assert document.is_rr(content) and document.read(content) == document.read(INVOICE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a",
        b"{}",
        b'<?xml version="1.0"?><a>http://crd.gov.pl/wzor/2026/03/06/14189/</a>',
        b"\xff\xfe<\x00",
    ],
)
def test_what_is_none(content: bytes) -> None:
    assert not document.is_rr(content)


CHANGES = [
    (b"<NIP>1111111111</NIP>", b""),
    (b"<Rola>1</Rola>", b"<Rola>4</Rola>"),
    (b"<Rola>1</Rola>", b""),
    (b"<Rola>1</Rola>", b"<Rola>1</Rola><RolaInna>1</RolaInna><OpisRoli>x</OpisRoli>"),
    (b"<OpisRoli>Punkt skupu</OpisRoli>", b""),
    (b"5265877635-00001", b"5265877635-0001"),
    (b"<BrakID>1", b"<BrakID>2"),
    (b"<GLN>5901234123457", b"<GLN>59012341234578"),
    (b"<StatusInfoPodatnika>2", b"<StatusInfoPodatnika>5"),
    (b"<SWIFT>WBKPPLPP", b"<SWIFT>wbkpplpp"),
    (b"<PlatnoscInna>1</PlatnoscInna>", b"<FormaPlatnosci>1</FormaPlatnosci><PlatnoscInna>1</PlatnoscInna>"),
    (b"<OpisPlatnosci>Kompensata</OpisPlatnosci>", b""),
    (b"<IPKSeF>123abcDEF4567</", b"<IPKSeF>12abcDEF4567</"),
    (b"?x=1&amp;IPKSeF=", b"?x=1&amp;ip="),
    (b"<KRS>0000000001", b"<KRS>1"),
    (b"<REGON>012345678", b"<REGON>01234567"),
    (b"<BDO>000000001", b"<BDO>0000000011"),
    (b"<P_9>7<", b"<P_9>8<"),
    (b"<P_8>1550.00", b"<P_8>+1550.00"),
    (b"<P_8>1550.00", b"<P_8>01550.00"),
    (b"<P_8>1550.00", b"<P_8>1550."),
    (b"<P_8>1550.00", b"<P_8>1550.001"),
    (b"<NrWierszaFa>1", b"<NrWierszaFa>0"),
    (b"<RodzajFaktury>VAT_RR", b"<RodzajFaktury>VAT"),
    (b"<KodWaluty>PLN", b"<KodWaluty>pln"),
    (b"<Naglowek>", b"<Naglowek>tekst"),
    (b"<P_1M>", b"<P_1M x='1'>"),
    (b"<P_5>Jab\xc5\x82ka</P_5>", b"<P_5>Jab\xc5\x82ka</P_5><P_5>Jab\xc5\x82ka</P_5>"),
    (b"<P_5>Jab\xc5\x82ka</P_5>", b"<P_5x>Jab\xc5\x82ka</P_5x>"),
    (b"<WariantFormularza>1", b"<WariantFormularza>2"),
    (b'wersjaSchemy="1-1E"', b'wersjaSchemy="1-0E"'),
    (b"2026-11-27T09:00:00Z", b"2025-11-27T09:00:00Z"),
    (b"<DoZaplaty>1658.95</DoZaplaty>", b"<DoZaplaty>1658.95</DoZaplaty><DoRozliczenia>1</DoRozliczenia>"),
    (
        b"<P_4B>2026-11-27</P_4B><P_4C>RR/2026/11/001</P_4C>",
        b"<P_4C>RR/2026/11/001</P_4C><P_4B>2026-11-27</P_4B>",
    ),
    (
        b"<RodzajFaktury>VAT_RR</RodzajFaktury>",
        b"<RodzajFaktury>VAT_RR</RodzajFaktury><TypKorekty>1</TypKorekty>",
    ),
    (b"<Telefon>600700800</Telefon></DaneKontaktowe>", b"</DaneKontaktowe>" + b"<DaneKontaktowe/>" * 3),
]


@pytest.mark.parametrize(("old", "new"), CHANGES)
class TestAChange:
    def test_is_refused(self, old: bytes, new: bytes) -> None:
        source = INVOICE if b"P_1M" not in old else write(build(replace(PLAIN, place="Grójec"), created=MADE))
        content = source.replace(old, new, 1)
        assert content != source
        result = of_file(content)
        assert result and all(code.startswith("schema-") for code in result), result

    @pytest.mark.shared
    @pytest.mark.skipif(not OFFICIAL.exists(), reason="the official schemas are not beside the repository")
    def test_is_refused_by_the_schema_too(self, old: bytes, new: bytes) -> None:
        source = INVOICE if b"P_1M" not in old else write(build(replace(PLAIN, place="Grójec"), created=MADE))
        with pytest.raises(Refusal):
            Schemas(OFFICIAL).check(etree.fromstring(source.replace(old, new, 1)), FA_RR)


class TestWithTheSchema:
    pytestmark = shared

    @pytest.mark.parametrize("content", [INVOICE, CORRECTION])
    def test_what_is_read_is_valid(self, content: bytes) -> None:
        Schemas(OFFICIAL).check(etree.fromstring(content), FA_RR)


@pytest.mark.parametrize(
    ("text", "is_match"),
    [
        ("tysiąc siedem złotych 05/100", True),
        ("Jeden tysiąc siedem złotych, pięć groszy", True),
        ("tysiąc siedem zł 5/100", True),
        ("tysiąc osiem złotych 05/100", False),
        ("1007,05", False),
    ],
)
def test_words_of_others(text: str, is_match: bool) -> None:
    assert wording.matches(text, Decimal("1007.05")) is is_match


def test_a_correction_by_differences() -> None:
    """Rows of differences go below zero, and one of the farmer's data alone has none."""
    faktura = build(CORRECTED, created=MADE)
    content = faktura.faktura_rr
    after = content.faktura_rr_wiersz[1]
    less = replace(after, p_6b=Decimal("-10"), p_7=Decimal("5"), p_8=Decimal("-50.00"), p_10=Decimal("-3.50"))
    rows = (replace(less, p_11=Decimal("-53.50")),)
    result = document.inspect(
        write(replace(faktura, faktura_rr=replace(content, faktura_rr_wiersz=rows))), today=DAY
    )
    assert result.warnings == ()
    zero = {name: Decimal("0.00") for name in ("p_11_1", "p_11_2", "p_12_1")}
    none = replace(content, faktura_rr_wiersz=(), podmiot1k=_NAMED, p_12_2=wording.amount(Decimal(0)), **zero)
    assert document.inspect(write(replace(faktura, faktura_rr=none)), today=date(2026, 12, 1)).warnings == ()

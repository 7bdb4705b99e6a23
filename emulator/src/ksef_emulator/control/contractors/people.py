"""Who the contractors are and what they sell: all of it made up, their NIPs with right checksums."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Good:
    """Something sold: net price in grosze from ``least`` to ``most``, up to ``many`` of it in a line; ``rate`` is its
    own VAT rate where it is not the seller's, ``quality`` the class that an invoice VAT RR must name."""

    name: str
    unit: str
    least: int
    most: int
    many: int = 1
    rate: str = ""
    quality: str = ""


@dataclass(frozen=True, kw_only=True)
class Seller:
    """A contractor. ``numbers`` is how it numbers invoices: ``{n}``, ``{month}``, ``{year}``; ``days`` the term of
    payment; ``rate`` in per cent the VAT rate of what it sells (P_12 of FA), of a farmer the flat-rate refund; ``rest``
    what an amount is rounded up with."""

    nip: str
    name: str
    street: str
    town: str
    goods: tuple[Good, ...]
    numbers: str = "FV/{year}/{month:02d}/{n:04d}"
    days: int = 14
    rate: str = "23"
    rest: str = "Usługi dodatkowe według zestawienia"


_ANYTHING = (
    Good(name="Towar według zamówienia", unit="szt.", least=2_500, most=90_000, many=10),
    Good(name="Usługa według umowy", unit="usł.", least=20_000, most=450_000),
    Good(name="Dostawa", unit="usł.", least=1_900, most=9_900),
)
SELLERS: tuple[Seller, ...] = (
    Seller(
        nip="9943180316",
        name="Papirus Artykuły Biurowe sp. z o.o.",
        street="ul. Ołówkowa 7",
        town="00-950 Warszawa",
        goods=(
            Good(name="Papier ksero A4 80 g, ryza", unit="ryza", least=1_690, most=2_450, many=40),
            Good(name="Toner czarny do drukarki laserowej", unit="szt.", least=18_900, most=34_900, many=4),
            Good(name="Segregator A4 75 mm", unit="szt.", least=790, most=1_290, many=30),
            Good(name="Długopis żelowy niebieski", unit="szt.", least=290, most=690, many=50),
        ),
        numbers="FV {n}/{month:02d}/{year}",
        rest="Dostawa i drobne artykuły biurowe",
    ),
    Seller(
        nip="9927562508",
        name="Zielony Kurier Bronisława Maj",
        street="ul. Przesyłkowa 12/3",
        town="31-999 Kraków",
        goods=(
            Good(name="Przesyłka krajowa do 30 kg", unit="szt.", least=1_450, most=2_290, many=25),
            Good(name="Przesyłka paletowa", unit="szt.", least=11_900, most=18_900, many=3),
            Good(name="Dopłata paliwowa", unit="usł.", least=350, most=2_900),
        ),
        numbers="{n:05d}/{year}",
        days=7,
    ),
    Seller(
        nip="9975021408",
        name="Bajt i Syn Usługi Informatyczne s.c.",
        street="al. Kodu 101",
        town="80-900 Gdańsk",
        goods=(
            Good(name="Opieka nad serwerami, abonament miesięczny", unit="mies.", least=89_000, most=240_000),
            Good(name="Prace programistyczne", unit="godz.", least=16_000, most=24_000, many=40),
            Good(name="Licencja programu na stanowisko", unit="szt.", least=4_900, most=29_900, many=12),
        ),
        numbers="F/{year}/{n:03d}",
    ),
    Seller(
        nip="9930944763",
        name="Elektrownia Wiatrak Obrót sp. z o.o.",
        street="ul. Turbinowa 1",
        town="72-990 Świnoujście",
        goods=(
            Good(name="Energia elektryczna", unit="kWh", least=62, most=98, many=2_500),
            Good(name="Opłata sieciowa stała", unit="mies.", least=3_900, most=14_900),
        ),
        numbers="E/{n:06d}/{year}",
        days=21,
        rest="Opłata handlowa i mocowa",
    ),
    Seller(
        nip="9920207796",
        name="Księgarnia Pod Kotem Żaneta Wąż",
        street="Rynek 9",
        town="50-995 Wrocław",
        goods=(
            Good(name="Książka „Podatki bez łez”", unit="egz.", least=3_900, most=7_900, many=5),
            Good(name="Komentarz do ustawy o VAT", unit="egz.", least=14_900, most=24_900, many=2),
            Good(name="Atlas dróg Polski", unit="egz.", least=2_900, most=4_900, many=3),
        ),
        numbers="{n}/K/{year}",
        rate="5",
        rest="Książki według wykazu",
    ),
    Seller(
        nip="9975760896",
        name="Taksówki Bursztyn sp. j. Łęcki i Wspólnicy",
        street="ul. Postojowa 44",
        town="81-990 Gdynia",
        goods=(
            Good(name="Przewóz osób", unit="kurs", least=2_400, most=11_500, many=6),
            Good(name="Przewóz na lotnisko", unit="kurs", least=6_900, most=12_900, many=2),
        ),
        numbers="T-{n:04d}/{month:02d}/{year}",
        days=7,
        rate="8",
        rest="Przewóz osób według zestawienia kursów",
    ),
    Seller(
        nip="9912327089",
        name="Śnieżka Czystość i Porządek Grażyna Ćwikła",
        street="ul. Mydlana 3",
        town="58-995 Karpacz",
        goods=(
            Good(name="Sprzątanie biura, abonament", unit="mies.", least=48_000, most=160_000),
            Good(name="Mycie okien", unit="m²", least=650, most=1_100, many=120),
        ),
    ),
    Seller(
        nip="9995627491",
        name="Stal-Mont Konstrukcje sp. z o.o. sp.k.",
        street="ul. Hutnicza 250",
        town="41-990 Katowice",
        goods=(
            Good(name="Regał magazynowy 200 × 100 cm", unit="szt.", least=39_900, most=74_900, many=8),
            Good(name="Montaż konstrukcji", unit="rbh", least=9_500, most=14_000, many=32),
            Good(name="Profil stalowy 40 × 40", unit="m", least=2_350, most=3_990, many=60),
        ),
        days=30,
    ),
    Seller(
        nip="9962901225",
        name="Telefon Polny Telekomunikacja S.A.",
        street="pl. Zasięgu 5",
        town="60-995 Poznań",
        goods=(
            Good(name="Abonament telefoniczny", unit="mies.", least=2_900, most=6_900, many=9),
            Good(name="Internet światłowodowy 1 Gb/s", unit="mies.", least=6_900, most=12_900),
        ),
        numbers="{year}{month:02d}{n:06d}",
    ),
    Seller(
        nip="9938670377",
        name="Warsztat Gaźnik Zdzisław Źrebak",
        street="ul. Kanałowa 18",
        town="20-995 Lublin",
        goods=(
            Good(name="Wymiana oleju z filtrem", unit="usł.", least=18_000, most=32_000),
            Good(name="Opona całoroczna 205/55 R16", unit="szt.", least=24_900, most=41_900, many=4),
            Good(name="Robocizna", unit="rbh", least=15_000, most=22_000, many=6),
        ),
        numbers="FS-{n}/{year}",
    ),
)

FARMERS: tuple[Seller, ...] = (
    Seller(
        nip="9917340025",
        name="Gospodarstwo Rolne Maciej Kłosek",
        street="Zboże 14",
        town="88-995 Kłosowo",
        goods=(
            Good(
                name="Pszenica konsumpcyjna", unit="t", least=82_000, most=98_000, many=24, quality="klasa A"
            ),
            Good(name="Rzepak ozimy", unit="t", least=198_000, most=224_000, many=12, quality="klasa I"),
        ),
        numbers="RR/{n}/{month:02d}/{year}",
        rate="7",
        rest="Słoma w belach",
    ),
    Seller(
        nip="9948120537",
        name="Gospodarstwo Mleczne Halina Ćwiek",
        street="Łąki 3",
        town="18-995 Mleczewo",
        goods=(
            Good(name="Mleko surowe", unit="l", least=185, most=245, many=9_000, quality="klasa ekstra"),
            Good(name="Bydło rzeźne", unit="kg", least=1_180, most=1_420, many=640, quality="klasa R3"),
        ),
        numbers="RR {n}/{year}",
        rate="7",
        rest="Obornik",
    ),
)
"""Flat-rate farmers: who buys from them issues their invoices VAT RR (ustawa o VAT art. 116)."""
MIXED: tuple[Good, ...] = (
    Good(name="Catering na szkolenie", unit="porcja", least=2_900, most=5_400, many=20, rate="8"),
    Good(name="Podręcznik do szkolenia", unit="egz.", least=3_900, most=8_900, many=10, rate="5"),
    Good(name="Szkolenie zawodowe pracowników", unit="os.", least=24_000, most=69_000, many=3, rate="zw"),
)
"""What anybody may sell beside its own, at other rates."""
MADE_UP = frozenset(person.nip for person in (*SELLERS, *FARMERS))
"""NIPs of those for whom the emulator decides: they grant what somebody who issues for them needs."""


def anyone(nip: str, name: str) -> Seller:
    """A contractor of whom only this is known."""
    return Seller(nip=nip, name=name, street="ul. Testowa 1", town="00-999 Warszawa", goods=_ANYTHING)


def by_nip(nip: str) -> Seller | None:
    """The made-up contractor with this NIP."""
    return next((seller for seller in (*SELLERS, *FARMERS) if seller.nip == nip), None)

"""„JPK_FA" and „Urząd skarbowy": which invoices are in the file, whose pages these are, what is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import tracemalloc
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from liczydlo.audit.actions import Action
from liczydlo.audit.models import Entry
from liczydlo.books import jpk_fa, offices
from liczydlo.books.models import Taxpayer, of
from liczydlo.books.wording import TEXTS
from liczydlo.documents import index
from liczydlo.documents.models import Document, IndexEntry
from liczydlo.fa3.read import read
from liczydlo.jpk import fitting
from liczydlo.jpk.writing import Sums
from liczydlo.sales import services
from liczydlo.web import zips
from lxml import etree

from app.tests.conftest import NIP
from app.tests.jpk.schema import OFFICIAL, checked, texts
from app.tests.sales.world import document

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 15)
CREATED = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
PERIOD = {"first": "2026-09-01", "last": "2026-09-30"}
DATA = {
    "office": "1435",
    "country": "PL",
    "voivodeship": "mazowieckie",
    "county": "m.st. Warszawa",
    "municipality": "Warszawa",
    "street": "Kręta",
    "house": "3",
    "flat": "",
    "postcode": "00-001",
    "town": "Warszawa",
}
SUGGESTED = {
    **dict.fromkeys(DATA, ""),
    "country": "PL",
    "street": "Kręta",
    "house": "3",
    "postcode": "00-001",
}
SUGGESTED["town"] = "Warszawa"


def sold(company: Any, number: str = "", *, issued: dt.date = DAY, **columns: Any) -> IndexEntry:
    """An invoice that was issued, without its life: the books do not look at it."""
    xml = columns.pop("xml", None) or document(company.nip, number=number, issued=issued)
    row, _made = Document.objects.get_or_create(
        company=company, sha256=hashlib.sha256(xml).hexdigest(), defaults={"xml": xml}
    )
    plain = document(company.nip, number=number, issued=issued)
    message = {**index.of_fa3(company, read(plain)), **columns}
    return IndexEntry.objects.create(company=company, document=row, **message)


@pytest.fixture
def page(company: Any) -> str:
    return reverse("books:jpk_fa", args=[company.pk])


@pytest.fixture
def settings_page(company: Any) -> str:
    return reverse("books:taxpayer", args=[company.pk])


@pytest.fixture
def taxpayer(company: Any) -> Taxpayer:
    return Taxpayer.objects.create(company=company, **DATA)


def save(client: Any, page: str, *, shown: dict[str, str] = SUGGESTED, **fields: str) -> Any:
    typed = {**DATA, **fields}
    return client.post(page, {**typed, **{f"shown-{name}": value for name, value in shown.items()}})


def unpacked(answer: Any) -> dict[str, bytes]:
    assert answer["Content-Type"] == "application/zip", answer.content.decode()
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def numbers(files: dict[str, bytes]) -> list[str]:
    (xml,) = (content for name, content in files.items() if name.endswith(".xml"))
    return texts(checked(xml), "./Faktura/P_2A")


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_what_is_missing_is_typed_once(
    browse: Any, owner: Any, company: Any, page: str, settings_page: str
) -> None:
    """The address on invoices suggests the street, the postcode and the town."""
    sold(company, "FV/1")
    client = browse(owner)
    assert "Do pliku brakuje: urząd skarbowy, województwo, powiat, gmina." in text(client.get(page))
    refused = client.post(page, PERIOD)
    assert refused.status_code == 302 and refused["Location"] == settings_page
    shown = text(client.get(settings_page))
    assert 'value="00-001"' in shown and 'value="Kręta"' in shown
    assert save(client, settings_page)["Location"] == page
    row = of(company)
    assert (row.office, row.street, row.town, row.missing()) == ("1435", "Kręta", "Warszawa", [])
    assert "Do pliku brakuje" not in text(client.get(page))
    assert numbers(unpacked(client.post(page, PERIOD))) == ["FV/1"]


def test_the_file_says_who_and_when(browse: Any, owner: Any, company: Any, page: str, taxpayer: Any) -> None:
    sold(company, "FV/1")
    files = unpacked(browse(owner).post(page, PERIOD))
    assert list(files) == [f"JPK_FA-{NIP}-2026-09-01-2026-09-30.xml"]
    root = checked(*files.values())
    assert texts(root, "./Naglowek/KodUrzedu") == ["1435"]
    assert texts(root, "./Naglowek/DataOd") + texts(root, "./Naglowek/DataDo") == ["2026-09-01", "2026-09-30"]
    assert texts(root, "./Podmiot1/IdentyfikatorPodmiotu/PelnaNazwa") == [company.name]
    assert texts(root, "./FakturaCtrl/WartoscFaktur") == ["177.00"]
    assert texts(root, "./FakturaWierszCtrl/WartoscWierszyFaktur") == ["150.00"]
    entry = Entry.objects.get(action=Action.JPK_FA_MADE)
    assert entry.details == {"period": "2026-09-01 – 2026-09-30", "invoices": "1"}


def test_which_invoices(
    browse: Any, owner: Any, company: Any, stranger: Any, page: str, taxpayer: Any
) -> None:
    """Those of the period and the firm, in the order of their days; no draft, nothing rejected, no other KSeF's."""
    sold(company, "FV/2", issued=dt.date(2026, 9, 30), ksef_number=f"{NIP}-20260930-0123456789AB-00")
    sold(company, "FV/1", issued=dt.date(2026, 9, 1))
    sold(company, "AUG", issued=dt.date(2026, 8, 31))
    sold(company, "OCT", issued=dt.date(2026, 10, 1))
    sold(company, "REJECTED", rejected=True)
    sold(company, "TEST", environment="TEST")
    sold(company, "RR", direction="self")
    sold(company, "BOUGHT", direction="purchase")
    sold(company, "BEHALF", seller_nip="1111111111")
    sold(stranger.companies.get(), "FOREIGN")
    services.save_draft(company, document(NIP, number="DRAFT", issued=DAY), draft=None)
    client = browse(owner)
    assert numbers(unpacked(client.post(page, PERIOD))) == ["FV/1", "FV/2"]
    assert numbers(unpacked(client.post(page, {**PERIOD, "outside": "on"}))) == ["FV/1"]


def test_what_the_file_cannot_say_is_listed(
    browse: Any, owner: Any, company: Any, page: str, taxpayer: Any
) -> None:
    good = document(NIP, number="FV/1", issued=DAY, **{"liczydło dębowe": "ż" * 300})
    sold(company, "FV/1", xml=good)
    sold(company, "ZEPSUTA", xml=b"<Faktura")
    sold(company, "XCG", xml=document(NIP, number="XCG", issued=DAY, PLN="XCG"))
    client = browse(owner)
    files = unpacked(client.post(page, PERIOD))
    assert numbers(files) == ["FV/1"]
    said = files["UWAGI.txt"].decode("utf-8-sig")
    assert "ZEPSUTA: dokumentu nie da się odczytać" in said and "XCG: waluty XCG nie ma" in said
    assert "FV/1: P_7 skrócono" in said
    assert said.index("ZEPSUTA") < said.index("Faktury, o których plik mówi inaczej") < said.index("FV/1")
    english = unpacked(browse(owner, language="en").post(page, PERIOD))["UWAGI.txt"].decode("utf-8-sig")
    assert "Invoices that are not in the file:" in english and "FV/1: P_7 was cut" in english
    sold(company, "OCT", xml=b"<Faktur/>", issued=dt.date(2026, 10, 1))
    later = {"first": "2026-10-01", "last": "2026-10-31"}
    assert list(unpacked(client.post(page, later))) == ["UWAGI.txt"]


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ({"first": "2026-09-30", "last": "2026-09-01"}, "Okres kończy się przed swoim początkiem."),
        ({"first": "2016-06-30", "last": "2016-07-31"}, "od 1 lipca 2016"),
        ({"first": "2029-12-01", "last": "2030-01-02"}, "do 1 stycznia 2030"),
        ({"first": "wczoraj", "last": "2026-09-30"}, "Wpisz poprawną datę."),
        ({"first": "", "last": ""}, "To pole jest wymagane."),
        ({"first": "2026-01-01", "last": "2026-01-31"}, "W tym okresie nie ma faktur sprzedaży."),
    ],
)
def test_a_period_that_makes_no_file(
    browse: Any, owner: Any, company: Any, page: str, taxpayer: Any, period: dict[str, str], words: str
) -> None:
    sold(company, "FV/1")
    answer = browse(owner).post(page, period)
    assert answer.status_code == 200 and words in text(answer)
    assert not Entry.objects.exists()


def test_too_many_are_refused(
    browse: Any, owner: Any, company: Any, page: str, taxpayer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jpk_fa, "MOST", 1)
    sold(company, "FV/1")
    sold(company, "FV/2")
    assert "najwyżej 1 faktur, a w tym okresie jest ich 2" in text(browse(owner).post(page, PERIOD))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"office": "9999"}, "Wybierz poprawną"),
        ({"office": ""}, "To pole jest wymagane."),
        ({"voivodeship": ""}, "To pole jest wymagane."),
        ({"voivodeship": "Bawaria"}, "Wybierz poprawną"),
        ({"county": " \u200b "}, "To pole jest wymagane."),
        ({"municipality": "x" * 37}, "36"),
        ({"postcode": "ABC"}, "Kod pocztowy ma pięć cyfr"),
        ({"country": "XX"}, "Wybierz poprawną"),
        ({"town": ""}, "To pole jest wymagane."),
    ],
)
def test_data_that_the_file_would_not_take(
    browse: Any, owner: Any, settings_page: str, fields: dict[str, str], words: str
) -> None:
    answer = save(browse(owner), settings_page, **fields)
    assert answer.status_code == 200 and words in text(answer)
    assert not Taxpayer.objects.exists()


def test_a_firm_registered_abroad_needs_less(
    browse: Any, owner: Any, company: Any, page: str, settings_page: str
) -> None:
    sold(company, "FV/1")
    client = browse(owner)
    empty = dict.fromkeys(("voivodeship", "county", "municipality", "street", "house", "postcode"), "")
    assert save(client, settings_page, country="DE", town="Berlin", **empty).status_code == 302
    root = checked(*unpacked(client.post(page, PERIOD)).values())
    assert len(root.findall(".//{*}AdresPodmiotu2")) == 1 and "Berlin" in root.xpath("string()")


def test_what_cannot_be_seen_is_left_out(browse: Any, owner: Any, company: Any, settings_page: str) -> None:
    save(browse(owner), settings_page, county="m.st.\x01\u202e  Warszawa", postcode="00950")
    assert (of(company).county, of(company).postcode) == ("m.st. Warszawa", "00-950")


def test_two_people_change_two_things(browse: Any, owner: Any, company: Any, settings_page: str) -> None:
    client = browse(owner)
    save(client, settings_page)
    save(client, settings_page, shown=DATA, house="5")
    save(client, settings_page, shown=DATA, flat="7")
    assert (of(company).house, of(company).flat) == ("5", "7")
    answer = save(client, settings_page, shown=DATA, house="9")
    assert "ktoś zmienił te same dane" in text(answer) and of(company).house == "5"


@pytest.mark.parametrize(
    ("line1", "line2", "expected"),
    [
        ("ul. Prosta 1", "30-001 Kraków", ("Prosta", "1", "", "30-001", "Kraków")),
        (
            "al. Jana Pawła II 12A/4",
            "00-950 Nowa Wieś",
            ("al. Jana Pawła II", "12A", "4", "00-950", "Nowa Wieś"),
        ),
        ("Rynek 3 lok. 2", "", ("Rynek", "3", "2", "", "")),
        ("Kowalewo", "dawniej Kowal", ("", "", "", "", "")),
        ("x" * 70 + " 3", "00-001 " + "y" * 60, ("", "3", "", "00-001", "")),
    ],
)
def test_parts_of_the_address_on_invoices(
    company: Any, line1: str, line2: str, expected: tuple[str, ...]
) -> None:
    company.line1, company.line2 = line1, line2
    row = of(company)
    assert (row.street, row.house, row.flat, row.postcode, row.town) == expected


def test_whose_pages_they_are(
    browse: Any, member: Any, stranger: Any, company: Any, page: str, settings_page: str, taxpayer: Any
) -> None:
    sold(company, "FV/1")
    for person, status in ((member("viewer"), 403), (member("issuer"), 403), (stranger, 404)):
        client = browse(person)
        assert client.get(page).status_code == client.post(page, PERIOD).status_code == status
        assert client.get(settings_page).status_code == save(client, settings_page).status_code == status
    accountant = browse(member("accountant"))
    assert numbers(unpacked(accountant.post(page, PERIOD))) == ["FV/1"]
    assert accountant.get(settings_page).status_code == 200
    assert browse().get(page).status_code == 302


def test_the_list_of_sales_leads_there(browse: Any, owner: Any, member: Any, company: Any, page: str) -> None:
    services.save_draft(company, document(NIP, number="DRAFT", issued=DAY), draft=None)
    listed = reverse("sales:list", args=[company.pk])
    for person, expected in ((owner, True), (member("accountant"), True), (member("viewer"), False)):
        assert (page in browse(person).get(listed).content.decode()) is expected


def test_numbers_of_advances_come_from_the_list(
    browse: Any, owner: Any, company: Any, page: str, taxpayer: Any
) -> None:
    advance = f"{NIP}-20260901-0123456789AB-00"
    sold(company, "ZAL/1", issued=dt.date(2026, 8, 1), ksef_number=advance)
    tag = f"<FakturaZaliczkowa><NrKSeFFaZaliczkowej>{advance}</NrKSeFFaZaliczkowej></FakturaZaliczkowa>"
    changes = {"<RodzajFaktury>VAT</RodzajFaktury>": f"<RodzajFaktury>ROZ</RodzajFaktury>{tag}"}
    sold(company, "ROZ/1", xml=document(NIP, number="ROZ/1", issued=DAY, **changes))
    (xml,) = unpacked(browse(owner).post(page, PERIOD)).values()
    assert texts(checked(xml), "./Faktura/NrFaZaliczkowej") == ["ZAL/1"]


def test_thousands_do_not_stand_in_memory(company: Any, taxpayer: Any) -> None:
    """Four times as many invoices take no more memory than a chunk, and the sums are right to the grosz."""
    rows, documents = [], []
    for number in range(1200):
        xml = document(NIP, number=f"FV/{number}", issued=DAY, **{"177.00": f"{number}.{number % 100:02}"})
        documents.append(Document(company=company, sha256=hashlib.sha256(xml).hexdigest(), xml=xml))
    made = Document.objects.bulk_create(documents)
    message = index.of_fa3(company, read(document(NIP, issued=DAY)))
    rows = [
        IndexEntry(company=company, document=one, **{**message, "number": f"FV/{number}"})
        for number, one in enumerate(made)
    ]
    IndexEntry.objects.bulk_create(rows)
    del documents, made, rows
    period = jpk_fa.Period(first=DAY, last=DAY)
    peaks = []
    for only in (300, 1200):
        ids = list(jpk_fa.entries(company, period).values_list("pk", flat=True)[:only])
        files = jpk_fa._files(company, taxpayer, period, ids, CREATED)
        tracemalloc.start()
        size = sum(map(len, zips.stream(files, moment=CREATED)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert size > 1000
    assert peaks[1] < peaks[0] * 1.5, peaks
    (_name, content), *others = jpk_fa.files(company, taxpayer, period, created=CREATED)
    root = checked(b"".join(content))
    expected = sum(Decimal(f"{number}.{number % 100:02}") for number in range(1200))
    assert texts(root, "./FakturaCtrl/WartoscFaktur") == [f"{expected:f}"] and not others
    assert texts(root, "./FakturaWierszCtrl/LiczbaWierszyFaktur") == ["2400"]


def test_every_remark_has_words() -> None:
    from typing import get_args

    assert set(TEXTS) == set(get_args(fitting.Code))
    assert Sums().invoices == 0


@pytest.mark.shared
def test_offices_are_the_ministrys() -> None:
    path: Path = OFFICIAL / "jpk" / "KodyUrzedowSkarbowych_v8-0E.xsd"
    if not path.exists():
        pytest.skip("the official schemas are not beside the repository")
    xsd = "{http://www.w3.org/2001/XMLSchema}"
    official = {
        element.get("value"): element.findtext(f".//{xsd}documentation")
        for element in etree.parse(str(path)).iter(f"{xsd}enumeration")
    }
    assert {code: name.upper() for code, name in offices.offices().items()} == official
    assert sum(len(some) for _name, some in offices.grouped()) == len(official)

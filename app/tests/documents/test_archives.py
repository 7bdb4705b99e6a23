"""Files of many invoices in one ZIP, and the sums under the lists."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.documents import archives, sums
from liczydlo.documents.models import Direction, Document, IndexEntry
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.sales.models import Invoice
from liczydlo.web import times

from app.tests.documents.test_kinds import PDF
from app.tests.purchases.test_attachments import attached
from app.tests.purchases.test_pages import address, bought, text_of

pytestmark = pytest.mark.django_db


def unpacked(answer: Any) -> dict[str, bytes]:
    assert answer["Content-Type"] == "application/zip", answer
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = archive.namelist()
        assert len({name.casefold() for name in names}) == len(names)
        assert not any(sign in name for name in names for sign in '/\\:*?"<>|')
        return {name: archive.read(name) for name in names}


def test_files_of_selected_purchases(ala: Client, company: Any, owner: Any) -> None:
    rows = [bought(company, number=number) for number in ("FV/1/2026", "fv-1-2026", "../../etc")]
    left = bought(company, number="INNA/9")
    attached(rows[0], owner, name="umowa najmu.pdf")
    chosen = {"id": [row.pk for row in rows], "co": ["xml", "others"], "query": "stan=new"}
    answer = ala.post(address("archive", company), chosen)
    assert company.nip in answer["Content-Disposition"]
    files = unpacked(answer)
    assert {content for name, content in files.items() if name.endswith(".xml")} == {
        row.entry.xml for row in rows
    }
    (scan,) = (name for name in files if name.endswith(".pdf"))
    assert "umowa-najmu" in scan and files[scan] == PDF and len(files) == 4
    assert not any("INNA" in name for name in files), left
    every = unpacked(ala.post(address("archive", company), {"all": "1", "co": "xml", "query": "q=INNA"}))
    assert list(every.values()) == [left.entry.xml]
    printed = unpacked(ala.post(address("archive", company), {"id": left.pk, "co": "pdf"}))
    assert [content[:5] for content in printed.values()] == [b"%PDF-"]


def test_what_is_broken_is_named_and_takes_nothing_along(ala: Client, company: Any) -> None:
    note = b"<Notatka/>"
    damaged = Document.objects.create(company=company, sha256="0" * 64, xml=b"<Faktura")
    good, other = bought(company, number="DOBRA/1"), bought(company, note, number="INNY/3")
    number = "8567346215-20261123-00000000000A-00"
    broken = bought(company, b"<a/>", number="ZEPSUTA/2", document=damaged, ksef_number=number)
    chosen = {"id": [row.pk for row in (good, broken, other)], "co": "pdf"}
    files = unpacked(ala.post(address("archive", company), chosen))
    said = files.pop("BRAKI.txt").decode("utf-8-sig")
    assert sorted(name.rpartition(".")[2] for name in files) == ["pdf", "xml", "xml"]
    assert {b"<Faktura", note} < set(files.values())
    assert "ZEPSUTA/2" in said and "skrót się nie zgadza" in said and "INNY/3" in said and "DOBRA" not in said


def test_the_list_of_what_is_missing_is_in_the_readers_language(
    browse: Any, owner: Any, company: Any
) -> None:
    """Archives are sent when the request is over, and its language with it."""
    row = bought(company, b"<Notatka/>", number="INNY/3")
    client = browse(owner, language="en")
    chosen = {"id": [row.pk], "co": "pdf"}
    said = unpacked(client.post(address("archive", company), chosen))["BRAKI.txt"].decode("utf-8-sig")
    assert said.startswith("Invoices with missing files"), said


def test_a_limit_and_nothing_chosen_are_said(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST", 1)
    for number in "12":
        bought(company, number=number)
    answer = ala.post(address("archive", company), {"all": "1", "co": "xml"}, follow=True)
    assert "najwyżej 1 faktur, a wybrano 2" in text_of(answer)
    for nothing in ({"co": "xml"}, {"all": "1"}, {"all": "1", "co": "xml", "query": "q=żyrafa"}):
        answer = ala.post(address("archive", company), nothing, follow=True)
        assert "Wybierz faktury" in text_of(answer), nothing


def test_nobody_else_gets_any(ala: Client, company: Any, stranger: Any, browse: Any) -> None:
    mine, theirs = bought(company, number="MOJA"), bought(stranger.companies.get(), number="CUDZA")
    wish = {"id": [mine.pk, theirs.pk], "co": "xml"}
    for name in ("purchases:archive", "sales:archive"):
        assert browse(stranger).post(reverse(name, args=[company.pk]), wish).status_code == 404
    assert list(unpacked(ala.post(address("archive", company), wish)).values()) == [mine.entry.xml]
    assert ala.get(address("archive", company)).status_code == 405


def sold(company: Any, **columns: Any) -> Invoice:
    """A sale that another program issued, and that is here."""
    row = bought(company, direction=Direction.SALE, **columns)
    entry = row.entry
    ReceivedInvoice.objects.filter(pk=row.pk).delete()
    return Invoice.objects.create(
        company=company, environment=entry.environment, entry_id=entry.pk, state="accepted", mode="online"
    )


def test_files_of_sales(ala: Client, company: Any) -> None:
    row = sold(company, number="S/1")
    page = text_of(ala.get(reverse("sales:list", args=[company.pk])))
    assert "Pobierz pliki" in page and "177,00" in page
    files = unpacked(ala.post(reverse("sales:archive", args=[company.pk]), {"co": ["xml", "pdf", "others"]}))
    assert sorted(name.rpartition(".")[2] for name in files) == ["pdf", "xml"]
    assert row.entry.xml in files.values()


def test_sums_of_the_page_of_all_and_of_the_month(ala: Client, company: Any) -> None:
    for number in range(51):
        bought(company, number=f"P/{number}", net=Decimal("0.10"), vat=Decimal("0.02"), gross=Decimal("0.12"))
    bought(company, number="E/1", currency="EUR", net=None, vat=None, gross=Decimal("-5.05"))
    old = times.today().replace(year=times.today().year - 1)
    hidden = bought(company, number="U/1", gross=Decimal(1_000_000))
    ReceivedInvoice.objects.filter(pk=hidden.pk).update(state="hidden")
    bought(
        company, number="DAWNA", gross=Decimal("77.70"), net=Decimal("70.70"), vat=Decimal(7), issue_date=old
    )
    page = text_of(ala.get(address("list", company)))
    assert "Ta strona listy" in page and "Cała lista" not in page and "suma=1" in page
    whole = ala.get(address("list", company), {"suma": "1"}).context["sums"]
    assert [(one.currency, one.number, one.net, one.vat, one.gross) for one in whole.whole] == [
        ("EUR", 1, Decimal(0), Decimal(0), Decimal("-5.05")),
        ("PLN", 52, Decimal("75.80"), Decimal("8.02"), Decimal("83.82")),
    ]
    assert [(one.currency, one.gross) for one in whole.month] == [
        ("EUR", Decimal("-5.05")),
        ("PLN", Decimal("6.12")),
    ]
    few = text_of(ala.get(address("list", company), {"q": "DAWNA"}))
    assert "Cała lista" in few and "77,70" in few


def test_amounts_of_any_size_are_added_up_exactly(company: Any) -> None:
    great = Decimal("9999999999999.99")
    for number in range(3):
        bought(company, number=str(number), gross=great, net=-great, vat=Decimal("0.01"))
    rows = IndexEntry.objects.of(company)
    assert sums.of_query(rows) == sums.of_rows(rows)
    assert sums.of_query(rows)[0].gross == 3 * great

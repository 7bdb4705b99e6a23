"""Rows of older programs: from the first one on, on a database of the test's own, by the migrations as they are run."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from liczydlo import guards
from liczydlo.companies.models import Company
from liczydlo.documents.models import Document, IndexEntry
from liczydlo.fa3.build import build
from liczydlo.fa3.draft import Address, InvoiceDraft, Line, Marks, Party, Payment
from liczydlo.fa3.model import Informacja, RachunekBankowy, Stopka, TerminPlatnosci
from liczydlo.fa3.write import write
from liczydlo.sales import services
from liczydlo.sales.delivery.tables import BuyerLetter
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.receivables import Receivable

from app.tests.sales.world import document
from app.tests.tables import Tables, described, parts
from tests.processes import migrated, migrated_postgresql

NIP, OTHER_NIP = "5265877635", "1111111111"
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)

Made = dict[tuple[str, str], int]
"""Direction and number → row of the index."""


def of_a_new_installation() -> Tables:
    """What an empty database is given at once (``migrate``)."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(migrated() / "liczydlo.sqlite3")) as other:
            return described(other.cursor())
    server = os.environ["DATABASE_URL"]
    name = migrated_postgresql(server)
    with psycopg.connect(server.removesuffix("/postgres") + "/" + name) as other:
        return described(other.cursor())


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def migrate(*targets: tuple[str, str]) -> Any:
    """The models as they were then."""
    return MigrationExecutor(connection).migrate(list(targets)).apps


def put_old_guards() -> None:
    """The triggers of the program before, which name columns that go."""
    for table, column, name in (
        ("sales_invoice", "document_id", "sales_invoice_stays_issued"),
        ("sales_document", "sha256", "sales_document_no_update"),
    ):
        if connection.vendor == "postgresql":
            run(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN (OLD.{column} <> NEW.{column}) "
                "EXECUTE FUNCTION suppress_redundant_updates_trigger()"
            )
        else:
            run(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN OLD.{column} <> NEW.{column} "
                "BEGIN SELECT RAISE(ABORT, 'old'); END"
            )


TYPED = {
    "number": "FV/7", "issue_date": "2026-11-02", "sale_date": "", "currency": "EUR", "exchange_rate": "4,25",
    "buyer_kind": "nip", "buyer_nip": "PL 111-111-11-11", "buyer_eu_country": "", "buyer_country": "",
    "buyer_tax_number": "", "buyer_name": "Sklep", "buyer_line1": "ul. Sklepowa 7", "buyer_line2": "",
    "payment": "6", "due_date": "2026-11-16", "account": "61 1090 1014 0000 0712 1981 2874", "paid": "",
    "split_payment": "on", "exemption": "", "remarks": "Pierwsza linia\r\nDruga linia",
    "lines": [{"name": "Kubek", "quantity": "1 200,5", "unit": "szt.", "price": "39,90", "rate": "23"}],
}  # fmt: skip
"""What a form's draft held before: POST strings, of which composing made the document beside them."""
MEANT = InvoiceDraft(
    number="FV/7",
    issue_date=date(2026, 11, 2),
    currency="EUR",
    exchange_rate=Decimal("4.25"),
    buyer=Party(name="Sklep", nip="1111111111", address=Address(line1="ul. Sklepowa 7")),
    lines=(Line(name="Kubek", quantity=Decimal("1200.5"), net_price=Decimal("39.90"), rate="23"),),
    marks=Marks(split_payment=True),
    payment=Payment(
        terms=(TerminPlatnosci(termin=date(2026, 11, 16)),),
        accounts=(RachunekBankowy(nr_rb="61109010140000071219812874"),),
    ),
    footer=Stopka(informacje=(Informacja(stopka_faktury="Pierwsza linia\r\nDruga linia"),)),
)


def issue_as_the_buyer(apps: Any) -> Made:
    """VAT RR, and files in a supplier's name, which were sales that somebody seemed to owe for; of another firm."""
    company = apps.get_model("companies", "Company").objects.create(nip=OTHER_NIP, name="Łódź")
    own = {"company": company, "environment": "EMULATOR", "currency": "PLN"}
    made = {}
    for number, direction, seller in (
        ("FV/1", "sale", OTHER_NIP),
        ("SF/1", "sale", "8567346215"),
        ("RR/1", "farm", "8567346215"),
        ("SF/1", "purchase", "8567346215"),
    ):
        values = {
            "number": number,
            "direction": direction,
            "kind": "VAT",
            "issue_date": NOW.date(),
            "gross": 177,
        }
        entry = apps.get_model("documents", "IndexEntry").objects.create(
            **own, **values, seller_nip=seller, seller_name="Świt", buyer_name="Łódź", words=f"{number} łódź"
        )
        made[direction, number] = entry.pk
        if direction == "sale":
            apps.get_model("sales", "Receivable").objects.create(**own, entry=entry, payable=177)
    return made


def stands_together(made: Made) -> None:
    """What was issued as the buyer has a direction of its own, and nobody owes for it."""
    rows = {row.pk: row for row in IndexEntry.objects.filter(company__nip=OTHER_NIP)}
    directions = {key: rows[pk].direction for key, pk in made.items()}
    assert directions == {
        ("sale", "FV/1"): "sale",
        ("sale", "SF/1"): "self",
        ("farm", "RR/1"): "self",
        ("purchase", "SF/1"): "purchase",
    }
    assert rows[made["sale", "SF/1"]].words == "sf 1 swit"
    owed = Receivable.objects.filter(company__nip=OTHER_NIP)
    assert list(owed.values_list("entry", flat=True)) == [made["sale", "FV/1"]]


def test_rows_of_older_programs_come_along(empty_database: None, caplog: pytest.LogCaptureFixture) -> None:
    """One walk from the first program on, with stops where rows are made: it takes half a minute of a processor."""
    caplog.set_level(logging.WARNING)
    apps = migrate(("sales", "0001_initial"), ("purchases", "0001_initial"), ("companies", "0001_initial"))
    company = apps.get_model("companies", "Company").objects.create(nip=NIP, name="Łódź")
    own = {"company": company, "environment": "EMULATOR"}

    def kept(xml: bytes) -> Any:
        values = {"company": company, "sha256": hashlib.sha256(xml).hexdigest(), "xml": xml}
        return apps.get_model("sales", "Document").objects.create(**values)

    def sold(number: str, xml: bytes | None, **fields: Any) -> int:
        held = None if xml is None else kept(xml)
        values = {
            **own, "document": held, "sha256": held.sha256 if held else "", "number": number, "kind": "VAT",
            "issue_date": NOW.date(), "seller_nip": NIP, "buyer_nip": "8567346215", "buyer_name": "Źdźbło",
            "currency": "PLN", "gross": 177, "words": f"{number} źdźbło", "state": "queued" if held else "draft",
        }  # fmt: skip
        return apps.get_model("sales", "Invoice").objects.create(**values | fields).pk  # type: ignore[no-any-return]

    drafts = [sold("FV/1", None) for _ in range(2)]
    nine = sold("FV/9", None)
    second = sold("FV/1 (2)", document(NIP, number="FV/1 (2)"))
    ksef_number = "5265877635-20261123-0123456789AB-C1"
    first = sold("FV/1", document(NIP, number="FV/1"), ksef_number=ksef_number, acquired_at=NOW)
    refused = sold("FV/1", b"<unreadable/>", state="rejected")
    for at, kind in enumerate(("Vat", "KorZal"), 1):
        apps.get_model("purchases", "ReceivedInvoice").objects.create(
            **own, document=kept(b"<a/>" * at), ksef_number=f"8567346215-20261123-00000000000{at}-00", number=f"D/{at}",
            kind=kind, issue_date=NOW.date(), acquired_at=NOW, stored_at=NOW, seller_nip="8567346215",
            seller_name="Świt", buyer_name="Łódź", currency="PLN", net=150, vat=27, gross=177, mode="Online",
            words=f"d/{at} świt", opened_at=NOW if at == 1 else None,
        )  # fmt: skip

    apps = migrate(("sales", "0004_looks"), ("purchases", "0002_fold_words"))
    meant = replace(MEANT, seller=Party(nip=NIP, name="Łódź", address=Address(line1="ul. Garncarska 3")))
    xml = write(build(meant, created=NOW))
    for invoice, form, content in ((drafts[0], TYPED, xml), (drafts[1], TYPED, b"<no/>"), (nine, None, xml)):
        apps.get_model("sales", "Draft").objects.create(
            company_id=company.pk, invoice_id=invoice, form=form, xml=content
        )
    put_old_guards()

    apps = migrate(("sales", "0036_unfinished"))
    letter = apps.get_model("sales", "BuyerLetter").objects.create(
        company_id=company.pk, invoice_id=second, key="form:0", address="a@b.pl", language="pl", subject="{numer}",
        text="t", state="sent", ended_at=NOW,
    )  # fmt: skip
    apps.get_model("sales", "PublicLink").objects.create(
        company_id=company.pk, letter=letter, invoice_id=second, digest="0" * 64, expires_at=NOW
    )

    as_the_buyer = issue_as_the_buyer(migrate(("documents", "0008_farm"), ("sales", "0038_returned_letters")))

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        came, new = described(cursor), of_a_new_installation()
    assert came.keys() == new.keys()
    assert {kind: set(came[kind]) ^ set(new[kind]) for kind in new if came[kind] != new[kind]} == {}
    stands_together(as_the_buyer)
    rows = {row.pk: row for row in Invoice.objects.select_related("entry__document")}
    assert {row.entry.number: row.state for row in rows.values() if row.pk != refused} == {
        "FV/1": "queued",
        "FV/1 (2)": "queued",
        "FV/1 (3)": "draft",
        "FV/1 (4)": "draft",
        "FV/9": "draft",
    }
    entry = rows[first].entry
    assert (entry.environment, entry.direction, entry.rejected) == ("EMULATOR", "sale", False)
    assert (entry.net, entry.vat, entry.gross) == (Decimal(150), Decimal(27), Decimal(177))
    assert (entry.seller_name, entry.words) == ("Żółta Łódź – Jan Gęśl", "fv 1 zdzblo")
    assert (entry.ksef_number, entry.acquired_at, b"FV/1<" in entry.xml) == (ksef_number, NOW, True)
    unread = rows[refused].entry
    assert (unread.rejected, unread.net, unread.vat, unread.xml) == (True, None, None, b"<unreadable/>")
    assert f"sales invoice {refused}," in caplog.text
    assert rows[drafts[0]].entry.vat == Decimal("46822.21"), "in PLN"
    bought = {one.number: one for one in IndexEntry.objects.filter(direction="purchase", company__nip=NIP)}
    assert {
        number: (one.kind, one.net, one.purchase.is_new, one.words) for number, one in bought.items()
    } == {
        "D/1": ("VAT", Decimal(150), False, "d 1 swit"),
        "D/2": ("KOR_ZAL", Decimal(150), True, "d 2 swit"),
    }
    assert (bought["D/2"].xml, bought["D/2"].buyer_nip) == (b"<a/>" * 2, NIP)

    written = BuyerLetter.objects.select_related("link").get()
    assert (written.invoice_id, written.kind, written.state) == (second, "invoice", "sent")
    assert written.link.digest == "0" * 64 and not hasattr(written, "enclosure")

    said = [services.draft_of(rows[row]).invoice_draft for row in (*drafts, nine)]
    assert said == [meant, None, None]
    assert guards.missing(connection) == []
    for sql in (
        "UPDATE documents_document SET sha256 = '1'",
        f"UPDATE documents_indexentry SET number = 'FV/1' WHERE id = {rows[second].entry_id}",
        f"UPDATE documents_indexentry SET number = 'FV/1' WHERE id = {rows[nine].entry_id}",
        f"UPDATE sales_invoice SET state = 'draft' WHERE id = {second}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            run(sql)
    last = IndexEntry.objects.latest("pk").pk
    assert services.issue(Company.objects.get(nip=NIP), document(NIP, number="FV/10")).entry_id > last
    assert Document.objects.count() == 6


def test_the_comparison_of_tables_sees_a_difference() -> None:
    assert parts("CREATE TABLE a (b text DEFAULT 'x,(', CHECK (b > 1, 2))") == [
        "CHECK (b > 1, 2)",
        "b text DEFAULT 'x,('",
    ]
    assert parts("CREATE TABLE a (b text NOT NULL)") != parts("CREATE TABLE a (b text)")

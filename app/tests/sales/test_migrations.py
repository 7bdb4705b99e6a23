"""Rows of older installations: doubled numbers are told apart, drafts of the form say what was meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from liczydlo.fa3.draft import Address, InvoiceDraft, Line, Marks, Party, Payment
from liczydlo.fa3.model import Informacja, RachunekBankowy, Stopka, TerminPlatnosci
from liczydlo.sales import services
from liczydlo.sales.models import Draft, Invoice

from app.tests.sales.world import document

pytestmark = pytest.mark.django_db

CONSTRAINT = next(one for one in Invoice._meta.constraints if one.name == "one_invoice_per_number")


def test_of_doubled_numbers_the_issued_invoice_keeps_it(company: Any) -> None:
    migration = import_module("liczydlo.sales.migrations.0002_one_invoice_per_number")
    editor = connection.schema_editor()
    execute("DROP INDEX one_invoice_per_number")
    drafts = [services.save_draft(company, document(company.nip, number=f"FV/{n}")) for n in (5, 6)]
    services.save_draft(company, document(company.nip, number="FV/9"))
    services.issue(company, document(company.nip, number="FV/1 (2)"))
    services.issue(company, document(company.nip, number="FV/1"))
    Invoice.objects.filter(pk__in=[row.pk for row in drafts]).update(number="FV/1")
    migration.number_the_doubles(apps, editor)
    connection.check_constraints()  # PostgreSQL makes no index while this transaction's inserts wait for their checks
    execute(str(CONSTRAINT.create_sql(Invoice, editor)))
    assert {row.number: row.state for row in Invoice.objects.all()} == {
        "FV/1": "queued",
        "FV/1 (2)": "queued",
        "FV/1 (3)": "draft",
        "FV/1 (4)": "draft",
        "FV/9": "draft",
    }


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


def test_strings_of_the_form_become_what_was_meant(company: Any) -> None:
    migration = import_module("liczydlo.sales.migrations.0005_invoice_draft")
    seller = Party(nip=company.nip, name=company.name, address=Address(line1="ul. Garncarska 3"))
    meant = replace(MEANT, seller=seller)
    made = services.save_draft(company, meant)
    broken = services.save_draft(company, replace(meant, number="FV/8"))
    ready = services.save_draft(company, document(company.nip, number="FV/9"))
    Draft.objects.filter(invoice__in=[made, broken]).update(draft_json=TYPED)
    Draft.objects.filter(invoice=broken).update(xml=b"<no/>")
    before = {draft.pk: draft.digest for draft in Draft.objects.all()}
    migration.mean(apps, connection.schema_editor())
    assert services.draft_of(made).invoice_draft == meant
    assert services.draft_of(broken).invoice_draft is None
    assert services.draft_of(ready).invoice_draft is None
    assert {draft.pk: draft.digest for draft in Draft.objects.all()} == before
    migration.forget(apps, connection.schema_editor())
    assert not Draft.objects.filter(draft_json__isnull=False).exists()


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)

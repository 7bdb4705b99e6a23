"""An installation from before the constraint: its doubled numbers are told apart, and nothing else changes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from liczydlo.sales import services
from liczydlo.sales.models import Invoice

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


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)

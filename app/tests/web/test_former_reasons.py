"""Rows of older versions, with their finished texts, become codes and params that say the same."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from liczydlo import guards
from liczydlo.connection.models import ReadinessReport
from liczydlo.connection.readiness.findings import Finding
from liczydlo.jobs.models import Job
from liczydlo.sales import services
from liczydlo.sales.models import Event, Invoice
from liczydlo.web.former_reasons import former, renewed, text_of

from app.tests.sales.world import document

SMALL = {"ksef_code": "", "reference": "", "details": []}


def old(code: str, pl: str, en: str, **small: Any) -> dict[str, Any]:
    return {"code": code, "pl": pl, "en": en, **SMALL, **small}


ROWS = [
    (
        old("never-arrived",
            "Połączenie urwało się w trakcie wysyłania. KSeF sprawdzony: faktury tam nie ma, zostanie"
            " wysłana jeszcze raz.",
            "The connection broke while sending. KSeF has been asked: the invoice is not there; it will be sent"
            " again."),
        "never-arrived", {},
    ),
    (
        old("duplicate", "KSeF ma już inną fakturę tego sprzedawcy o tym samym numerze i rodzaju (FV/1 (2)). Wystaw"
            " fakturę z innym numerem.", "KSeF already holds another invoice of this seller with the same number and"
            " kind (FV/1 (2)). Issue the invoice under another number.", ksef_code="440", details=["Duplikat"]),
        "duplicate", {"number": "FV/1 (2)"},
    ),
    (
        old("certificate-expired", "Certyfikat uwierzytelniający wygasł 05.11.2026. Pobierz nowy w Aplikacji Podatnika"
            " KSeF i dodaj go: Dane i ustawienia → KSeF.", "The authentication certificate expired on 05.11.2026. Get a"
            " new one in the KSeF taxpayer's portal and add it: Data and settings → KSeF."),
        "certificate-expired", {"date": "2026-11-05"},
    ),
    (
        old("ksef", "KSeF odrzucił dane żądania. KSeF podaje: pole a", "KSeF rejected the request's data. KSeF says:"
            " pole a", ksef_code="21405", reference="R-1", details=["pole a"]),
        "ksef", {"operation": "", "description": ""},
    ),
    (
        old("ksef", "Zalogowanie zostało unieważnione.", "The login was invalidated.", ksef_code="425"),
        "ksef", {"operation": "login", "description": ""},
    ),
    (
        old("ksef", "KSeF odmówił: Nowość a", "KSeF refused (its words are Polish): Nowość a", ksef_code="9",
            details=["a"]),
        "ksef", {"operation": "", "description": "Nowość"},
    ),
    (
        old("ksef", "Wykorzystano limit zapytań do KSeF. Następna próba za 11 s.",
            "The limit of requests to KSeF is used up. Next attempt in 11 s.", ksef_code="429"),
        "ksef", {"seconds": 11},
    ),
    (
        old("missing-permissions", "Brakuje uprawnienia: wystawianie faktur albo X. Nada je właściciel firmy albo osoba"
            " zarządzająca uprawnieniami; potem trzeba zalogować się ponownie.", "A permission is missing: issuing"
            " invoices or X. The company's owner or whoever manages its permissions can grant it; log in again"
            " afterwards."),
        "missing-permissions", {"permissions": ["InvoiceWrite", "X"]},
    ),
    (
        old("timeout", "KSeF nie odpowiedział na czas. Żądanie mogło dotrzeć, więc najpierw trzeba sprawdzić w KSeF, co"
            " przyjął.", "KSeF did not answer in time. The request may have arrived, so KSeF must first be asked what"
            " it accepted."),
        "timeout", {"answer_lost": True},
    ),
    (
        old("ksef-refused", "Nie udało się zalogować do KSeF. KSeF nie uznał tokena.",
            "Logging in to KSeF did not succeed. KSeF did not accept the token."),
        "ksef-refused",
        {"said": {"code": "verbatim",
                  "params": {"pl": "KSeF nie uznał tokena.", "en": "KSeF did not accept the token."}}},
    ),
    (
        old("sign-again", "KSeF zakończył zalogowanie osoby, która podpisała dokument, zanim wydał certyfikaty. Pobierz"
            " nowy dokument i podpisz go; złożone wnioski nie przepadły.", "KSeF ended the login of whoever signed the"
            " document before it issued the certificates. Download a new document and sign it; requests that were made"
            " are not lost."),
        "login-over", {},
    ),
    (
        old("wrong-password", "Hasło nie pasuje do klucza. Podaj hasło ustawione przy składaniu wniosku o certyfikat;"
            " nie jest to hasło do Profilu Zaufanego.", "The password does not fit the key. Enter the one set when the"
            " certificate was requested; it is not the password of the trusted profile."),
        "credential:wrong-password", {},
    ),
    (old("gone", "Tak mówiono dawniej.", "So it was once."), "verbatim",
     {"pl": "Tak mówiono dawniej.", "en": "So it was once."}),
    (old("never-arrived", "Inne słowa.", "Other words."), "verbatim", {"pl": "Inne słowa.", "en": "Other words."}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "code", "params"), ROWS)
def test_a_row_says_what_it_said(row: dict[str, Any], code: str, params: dict[str, Any]) -> None:
    new = renewed(row)
    assert (new["code"], new["params"]) == (code, params)
    assert [text_of(new, language) for language in ("pl", "en")] == [row["pl"], row["en"]]
    assert {name: new[name] for name in SMALL} == {name: row[name] for name in SMALL}
    assert renewed(new) == new
    back = former(new)
    assert {**back, "code": ""} == {**row, "code": ""}


@pytest.mark.django_db
def test_rows_of_invoices_events_and_jobs_are_moved_there_and_back(company: Any) -> None:
    first, second = (row for row, *_ in ROWS[:2])
    invoice = services.issue(company, document(company.nip))
    quiet = services.issue(company, document(company.nip, number="FV/2"))
    guards.remove(connection, "sales_event")
    Invoice.objects.filter(pk=invoice.pk).update(reason_json=first)
    Event.objects.filter(invoice_id=invoice.pk).update(reason_json=second)
    guards.install(connection)
    Job.objects.update(reason_json=first)
    connection.check_constraints()  # PostgreSQL drops no trigger while this transaction's inserts wait for their checks
    migrations = [
        import_module(f"liczydlo.{app}")
        for app in ("sales.migrations.0010_reasons", "jobs.migrations.0003_reasons")
    ]

    for migration in migrations:
        migration.forwards(apps, connection.schema_editor())
    invoice.refresh_from_db()
    event = Event.objects.filter(invoice_id=invoice.pk).first()
    assert invoice.reason.code == "never-arrived" and invoice.reason.text("en") == first["en"]
    assert event.reason.params == {"number": "FV/1 (2)"}
    assert str(Job.objects.get().reason) == first["pl"]
    assert not Invoice.objects.get(pk=quiet.pk).reason

    for migration in migrations:
        migration.backwards(apps, connection.schema_editor())
    invoice.refresh_from_db()
    assert invoice.reason_json == Job.objects.get().reason_json == first
    guards.install(connection)


@pytest.mark.django_db
def test_the_rows_of_a_connection_are_moved(company: Any) -> None:
    migration = import_module("liczydlo.connection.migrations.0008_reasons")
    finding = Finding(check="login", state="bad", code="login-refused").to_json()
    result = [finding | {"said": ["Nie.", "No."]}, finding | {"said": ["", ""]}]
    report = ReadinessReport.objects.create(
        company=company, environment="EMULATOR", findings=result, at=timezone.now()
    )
    migration.forwards(apps, connection.schema_editor())
    report.refresh_from_db()
    message, silent = (Finding.from_json(one) for one in report.findings)
    assert message.said == {"code": "verbatim", "params": {"pl": "Nie.", "en": "No."}}
    assert silent.said is None
    migration.backwards(apps, connection.schema_editor())
    report.refresh_from_db()
    assert report.findings == result

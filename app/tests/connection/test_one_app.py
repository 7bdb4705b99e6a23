"""The rows of the nine apps that the connection was before come along, whatever refers to them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = [("connection", "0005_refused_login")], [("connection", "0006_one_app")]
MOVES = {
    one.name: one.old_table
    for one in import_module("liczydlo.connection.migrations.0006_one_app").Migration.operations
}


def migrate(*targets: tuple[str, str]) -> Apps:
    """Bring the database there; the models as they were then."""
    state: Apps = MigrationExecutor(connection).migrate(list(targets)).apps
    return state


def rows(then: Apps) -> dict[str, list[Any]]:
    return {name: list(then.get_model("connection", name).objects.order_by("pk").values()) for name in MOVES}


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def make(then: Apps) -> None:
    """A row in each of the tables, of one firm and one person."""

    def add(model: str, pk: int, /, **fields: Any) -> Any:
        return then.get_model("connection", model).objects.create(pk=pk, **fields)

    owner = then.get_model("companies", "User").objects.create(email="ala@example.com", name="Ala Nowak")
    company = then.get_model("companies", "Company").objects.create(nip="5265877635", name="Żółta Łódź")
    now, here = timezone.now(), {"company": company, "environment": "TEST"}
    whole = {"company": company, "set_by": owner, "open_until": now}
    lock = add("Passphrase", 31, **whole, salt=b"salt", public_key=b"public")
    add("Tries", 32, company=company, passphrase=lock, person=owner, count=3, until=now)
    add("ReadinessReport", 33, **here, findings=[{"code": "żółw"}], at=now, by=owner)
    by = {"by": owner, "valid_until": now}
    add("SignIn", 34, **here, **by, document=b"<xml/>", sealed_signed=b"sealed", submitted=True)
    add("ZawFa", 35, **here, state="filed", person="Ala Łoś", filed_on=now.date())
    add(
        "Enrollment",
        36,
        **here,
        purpose="Offline",
        name="a name",
        subject="0" * 64,
        csr=b"csr",
        sealed_key=b"key",
    )
    add("ExpiryNotice", 37, company=company, fingerprint="F" * 64, days=30)


def test_an_old_installation_keeps_every_row(empty_database: None) -> None:
    then = migrate(*AFTER, ("contenttypes", "0002_remove_content_type_name"))
    make(then)
    expected = rows(then)
    assert all(len(one) == 1 for one in expected.values()), "each table has something to lose"
    for name, table in MOVES.items():
        copied = then.get_model("connection", name)._meta.db_table
        execute(f"CREATE TABLE {table} AS SELECT * FROM {copied}")
    kinds = then.get_model("contenttypes", "ContentType").objects
    kinds.create(app_label="ksef_certificates", model="certificaterequest")
    migrate(*BEFORE)
    assert "connection_signin" not in connection.introspection.table_names()
    execute("CREATE UNIQUE INDEX one_passphrase_per_company ON ksef_passphrase_passphrase (company_id)")
    assert rows(migrate(*AFTER)) == expected
    assert not set(MOVES.values()) & set(connection.introspection.table_names())
    assert kinds.filter(app_label="connection", model="enrollment").exists()
    assert not kinds.filter(app_label="ksef_certificates").exists()

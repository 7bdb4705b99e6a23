"""The rows of the nine apps that the connection was before come along, whatever refers to them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from liczydlo import guards
from liczydlo.connection import models

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = [("connection", "0005_refused_login")], [("connection", "0006_one_app")]
MOVES = {
    one.name: one.old_table
    for one in import_module("liczydlo.connection.migrations.0006_one_app").Migration.operations
}


def rows() -> dict[str, list[Any]]:
    return {name: list(getattr(models, name).objects.order_by("pk").values()) for name in MOVES}


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(autouse=True)
def up_to_date(transactional_db: None) -> Iterator[None]:
    """Other tests of the worker find every migration applied again."""
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def make(company: Any, owner: Any) -> None:
    now, here = timezone.now(), {"company": company, "environment": "TEST"}
    lock = models.Passphrase.objects.create(
        pk=31, company=company, salt=b"salt", public_key=b"public", open_until=now, set_by=owner
    )
    models.Tries.objects.create(pk=32, company=company, passphrase=lock, person=owner, count=3, until=now)
    models.ReadinessReport.objects.create(pk=33, **here, findings=[{"code": "żółw"}], at=now, by=owner)
    models.SignIn.objects.create(
        pk=34, **here, document=b"<xml/>", valid_until=now, sealed_signed=b"sealed", submitted=True, by=owner
    )
    models.ZawFa.objects.create(pk=35, **here, state="filed", person="Ala Łoś", filed_on=now.date())
    models.Enrollment.objects.create(
        pk=36, **here, purpose="Offline", name="a name", subject="0" * 64, csr=b"csr", sealed_key=b"key"
    )
    models.ExpiryNotice.objects.create(pk=37, company=company, fingerprint="F" * 64, days=30)


def test_an_old_installation_keeps_every_row(company: Any, owner: Any) -> None:
    make(company, owner)
    expected = rows()
    assert all(len(one) == 1 for one in expected.values()), "each table has something to lose"
    state = MigrationExecutor(connection).loader.project_state(AFTER).apps
    for name, table in MOVES.items():
        copied = state.get_model("connection", name)._meta.db_table
        execute(f"CREATE TABLE {table} AS SELECT * FROM {copied}")
    ContentType.objects.filter(app_label="connection", model="enrollment").update(
        app_label="ksef_certificates", model="certificaterequest"
    )
    guards.remove(connection)  # as ``migrate`` does
    MigrationExecutor(connection).migrate(BEFORE)
    assert "connection_signin" not in connection.introspection.table_names()
    execute("CREATE UNIQUE INDEX one_passphrase_per_company ON ksef_passphrase_passphrase (company_id)")
    MigrationExecutor(connection).migrate(AFTER)
    assert rows() == expected
    assert not set(MOVES.values()) & set(connection.introspection.table_names())
    assert ContentType.objects.filter(app_label="connection", model="enrollment").exists()
    assert not ContentType.objects.filter(app_label="ksef_certificates").exists()

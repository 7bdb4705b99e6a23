"""Search words without diacritics: rows from before are folded anew."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from liczydlo.web.search import fold

AT_ONCE = 2000  # rows


def refold(apps: Any, schema_editor: Any) -> None:
    """``words`` of every row, as ``fold`` makes them now."""
    rows = apps.get_model("sales", "Invoice").objects.using(schema_editor.connection.alias)
    changed = []
    for row in rows.only("number", "buyer_name", "words").order_by("pk").iterator(chunk_size=AT_ONCE):
        row.words = fold(f"{row.number} {row.buyer_name}")
        changed.append(row)
        if len(changed) == AT_ONCE:
            rows.bulk_update(changed, ["words"])
            changed = []
    rows.bulk_update(changed, ["words"])


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("sales", "0002_one_invoice_per_number")]

    operations = [
        migrations.RunPython(refold, migrations.RunPython.noop),
    ]

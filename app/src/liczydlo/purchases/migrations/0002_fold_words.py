"""Search words without diacritics: rows from before are folded anew."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from liczydlo.web.search import fold

AT_ONCE = 2000  # rows


def refold(apps: Any, schema_editor: Any) -> None:
    """``words`` of every row, as ``fold`` makes them now."""
    rows = apps.get_model("purchases", "ReceivedInvoice").objects.using(schema_editor.connection.alias)
    changed = []
    for row in rows.only("number", "seller_name", "words").order_by("pk").iterator(chunk_size=AT_ONCE):
        row.words = fold(f"{row.number} {row.seller_name}")
        changed.append(row)
        if len(changed) == AT_ONCE:
            rows.bulk_update(changed, ["words"])
            changed = []
    rows.bulk_update(changed, ["words"])


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("purchases", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="receivedinvoice",
            index=models.Index(
                condition=models.Q(("opened_at__isnull", True)),
                fields=["company", "environment", "-id"],
                name="received_new",
            ),
        ),
        migrations.RunPython(refold, migrations.RunPython.noop),
    ]

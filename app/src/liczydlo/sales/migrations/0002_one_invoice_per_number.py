"""One invoice per seller, kind and number; whole rows are never saved again."""

from django.db import migrations, models
from django.db.models import Count, Q


def number_the_doubles(apps, schema_editor):
    """Before the constraint: of several rows with one number the issued, then the oldest one keeps it.

    KSeF accepts only one of them. The others get „ (2)", „ (3)" behind the number in this index, and their documents
    stay as they are; a draft takes its number from its document again when it is issued, and is refused then.
    """
    Invoice = apps.get_model("sales", "Invoice")
    key = ("company_id", "environment", "seller_nip", "kind", "number")
    rows = Invoice.objects.exclude(state="rejected")
    for group in rows.values(*key).annotate(count=Count("id")).filter(count__gt=1).order_by():
        group.pop("count")
        doubles = sorted(rows.filter(**group), key=lambda row: (row.document_id is None, row.pk))
        suffix = 2
        for row in doubles[1:]:
            while rows.filter(**group | {"number": (changed := f"{row.number[:240]} ({suffix})")}).exists():
                suffix += 1
            Invoice.objects.filter(pk=row.pk).update(number=changed)


class Migration(migrations.Migration):

    dependencies = [
        ("sales", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(number_the_doubles, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=Q(("state", "rejected"), _negated=True),
                fields=("company", "environment", "seller_nip", "kind", "number"),
                name="one_invoice_per_number",
            ),
        ),
    ]

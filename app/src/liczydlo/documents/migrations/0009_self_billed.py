"""What the company issues as the buyer stands together: VAT RR, and invoices in a supplier's name, which were sales."""

from django.db import migrations, models
from django.db.models import F

from liczydlo.web.search import fold


def forwards(apps, schema_editor):
    rows = apps.get_model("documents", "IndexEntry").objects
    rows.filter(direction="farm").update(direction="self")
    for row in rows.filter(direction="sale").exclude(seller_nip=F("company__nip")).exclude(seller_nip=""):
        words = fold(f"{row.number} {row.seller_name}")
        rows.filter(pk=row.pk).update(direction="self", words=words)


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_undo_seconds'),
        ('documents', '0008_farm'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='indexentry',
            name='one_farm_invoice_per_document',
        ),
        migrations.RemoveConstraint(
            model_name='indexentry',
            name='one_farm_invoice_per_number',
        ),
        migrations.RunPython(forwards),
        migrations.AlterField(
            model_name='indexentry',
            name='direction',
            field=models.CharField(choices=[('sale', 'Sale'), ('purchase', 'Purchase'), ('self', 'Self Billed')], max_length=8),
        ),
        migrations.AddConstraint(
            model_name='indexentry',
            constraint=models.UniqueConstraint(condition=models.Q(('direction', 'self')), fields=('document', 'environment'), name='one_self_billed_per_document'),
        ),
        migrations.AddConstraint(
            model_name='indexentry',
            constraint=models.UniqueConstraint(condition=models.Q(('direction', 'self'), ('rejected', False)), fields=('company', 'environment', 'seller_nip', 'kind', 'number'), name='one_self_billed_per_number'),
        ),
    ]

"""Invoices VAT RR, which the company issues as the buyer."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('documents', '0007_sorted_with_id'),
    ]

    operations = [
        migrations.AlterField(
            model_name='indexentry',
            name='direction',
            field=models.CharField(choices=[('sale', 'Sale'), ('purchase', 'Purchase'), ('farm', 'Farm')], max_length=8),
        ),
        migrations.AddConstraint(
            model_name='indexentry',
            constraint=models.UniqueConstraint(condition=models.Q(('direction', 'farm')), fields=('document', 'environment'), name='one_farm_invoice_per_document'),
        ),
        migrations.AddConstraint(
            model_name='indexentry',
            constraint=models.UniqueConstraint(condition=models.Q(('direction', 'farm'), ('rejected', False)), fields=('company', 'environment', 'seller_nip', 'kind', 'number'), name='one_farm_invoice_per_number'),
        ),
    ]

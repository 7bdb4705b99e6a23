"""Costs outside KSeF: sellers without NIP, purchases without a KSeF number."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('documents', '0005_files'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='indexentry',
            name='one_purchase_per_ksef_number',
        ),
        migrations.AddField(
            model_name='indexentry',
            name='seller_id',
            field=models.CharField(blank=True, default='', max_length=60),
        ),
        migrations.AlterField(
            model_name='indexentry',
            name='seller_nip',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddConstraint(
            model_name='indexentry',
            constraint=models.UniqueConstraint(condition=models.Q(('direction', 'purchase'), models.Q(('ksef_number', ''), _negated=True)), fields=('company', 'environment', 'ksef_number'), name='one_purchase_per_ksef_number'),
        ),
    ]

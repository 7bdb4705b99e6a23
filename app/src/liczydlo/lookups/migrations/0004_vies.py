"""VIES is one more service to switch on."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lookups', '0003_exchange_rates'),
    ]

    operations = [
        migrations.AlterField(
            model_name='answer',
            name='service',
            field=models.CharField(choices=[('white-list', 'Biała lista (wykaz podatników VAT)'), ('nbp', 'Kursy walut NBP'), ('vies', 'VIES (numery VAT UE)')], max_length=20),
        ),
        migrations.AlterField(
            model_name='choice',
            name='service',
            field=models.CharField(choices=[('white-list', 'Biała lista (wykaz podatników VAT)'), ('nbp', 'Kursy walut NBP'), ('vies', 'VIES (numery VAT UE)')], max_length=20),
        ),
    ]

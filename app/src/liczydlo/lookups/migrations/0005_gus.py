"""GUS is one more service to switch on, with a key of the firm's own, sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lookups', '0004_vies'),
    ]

    operations = [
        migrations.AddField(
            model_name='choice',
            name='sealed_key',
            field=models.BinaryField(default=b''),
        ),
        migrations.AlterField(
            model_name='answer',
            name='service',
            field=models.CharField(choices=[('white-list', 'Biała lista (wykaz podatników VAT)'), ('nbp', 'Kursy walut NBP'), ('vies', 'VIES (numery VAT UE)'), ('gus', 'GUS (rejestr REGON)')], max_length=20),
        ),
        migrations.AlterField(
            model_name='choice',
            name='service',
            field=models.CharField(choices=[('white-list', 'Biała lista (wykaz podatników VAT)'), ('nbp', 'Kursy walut NBP'), ('vies', 'VIES (numery VAT UE)'), ('gus', 'GUS (rejestr REGON)')], max_length=20),
        ),
    ]

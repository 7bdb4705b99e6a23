"""The form of a session, and the numbers of invoices VAT RR."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0033_leaving'),
    ]

    operations = [
        migrations.AddField(
            model_name='numberpatterns',
            name='farm',
            field=models.CharField(blank=True, default='RR/{rrrr}/{mm}/{nnn}', max_length=256, verbose_name='VAT RR'),
        ),
        migrations.AddField(
            model_name='session',
            name='form',
            field=models.CharField(default='FA (3)', max_length=10),
        ),
    ]

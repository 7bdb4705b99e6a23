"""Received invoices are fetched by themselves, as often as the firm says."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0007_language'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='fetch_every',
            field=models.PositiveSmallIntegerField(choices=[(0, 'tylko na żądanie'), (15, 'co 15 minut'), (30, 'co pół godziny'), (60, 'co godzinę'), (240, 'co 4 godziny')], default=15, verbose_name='pobieranie zakupów'),
        ),
    ]

"""Costs outside KSeF: the seller's account, steps of adding and editing."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('purchases', '0014_warnings'),
    ]

    operations = [
        migrations.AddField(
            model_name='receivedinvoice',
            name='account',
            field=models.CharField(blank=True, default='', max_length=34),
        ),
        migrations.AlterField(
            model_name='event',
            name='step',
            field=models.CharField(choices=[('check', 'Sprawdzono'), ('book', 'Zaksięgowano'), ('reopen', 'Cofnięto do nowych'), ('hide', 'Ukryto'), ('show', 'Przywrócono z ukrytych'), ('payment', 'Zmieniono zapłatę'), ('describe', 'Zmieniono opis'), ('read-paid', 'Zapłatę odczytano z faktury'), ('add', 'Dodano koszt spoza KSeF'), ('edit', 'Zmieniono dane kosztu'), ('attach', 'Dodano plik'), ('detach', 'Usunięto plik'), ('settle', 'Sprawdzono ostrzeżenie'), ('report', 'Zgłoszono nadużycie'), ('unreport', 'Cofnięto oznaczenie nadużycia')], max_length=10),
        ),
        migrations.AlterField(
            model_name='receivedinvoice',
            name='mode',
            field=models.CharField(blank=True, max_length=16),
        ),
    ]

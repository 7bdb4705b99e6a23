"""What people say of a purchase: its category, whom it concerns, a note."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('purchases', '0011_visits_and_letters'),
    ]

    operations = [
        migrations.AddField(
            model_name='receivedinvoice',
            name='category',
            field=models.CharField(blank=True, default='', max_length=60),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='concerns',
            field=models.CharField(blank=True, default='', max_length=100),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='note',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AlterField(
            model_name='event',
            name='step',
            field=models.CharField(choices=[('check', 'Sprawdzono'), ('book', 'Zaksięgowano'), ('reopen', 'Cofnięto do nowych'), ('hide', 'Ukryto'), ('show', 'Przywrócono z ukrytych'), ('payment', 'Zmieniono zapłatę'), ('describe', 'Zmieniono opis'), ('read-paid', 'Zapłatę odczytano z faktury')], max_length=10),
        ),
    ]

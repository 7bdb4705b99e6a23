"""Costs outside KSeF that may have come through KSeF too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('purchases', '0015_outside'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='step',
            field=models.CharField(choices=[('check', 'Sprawdzono'), ('book', 'Zaksięgowano'), ('reopen', 'Cofnięto do nowych'), ('hide', 'Ukryto'), ('show', 'Przywrócono z ukrytych'), ('payment', 'Zmieniono zapłatę'), ('describe', 'Zmieniono opis'), ('read-paid', 'Zapłatę odczytano z faktury'), ('add', 'Dodano koszt spoza KSeF'), ('edit', 'Zmieniono dane kosztu'), ('attach', 'Dodano plik'), ('detach', 'Usunięto plik'), ('settle', 'Sprawdzono ostrzeżenie'), ('report', 'Zgłoszono nadużycie'), ('unreport', 'Cofnięto oznaczenie nadużycia'), ('join', 'Połączono z kosztem spoza KSeF'), ('differ', 'Uznano za inną fakturę niż')], max_length=10),
        ),
        migrations.CreateModel(
            name='PossibleDouble',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('same_number', models.BooleanField()),
                ('dismissed_at', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('dismissed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='doubles_outside', to='purchases.receivedinvoice')),
                ('outside', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='doubles_in_ksef', to='purchases.receivedinvoice')),
            ],
            options={
                'ordering': ('-same_number', 'id'),
                'constraints': [models.UniqueConstraint(fields=('outside', 'invoice'), name='one_double_of_a_pair')],
            },
        ),
    ]

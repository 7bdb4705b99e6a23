"""States of the inbox, payments and events. What somebody had opened counts as checked."""

import django.db.models.deletion
import liczydlo.web.times
from django.conf import settings
from django.db import migrations, models


def check_opened(apps, schema_editor):
    apps.get_model('purchases', 'ReceivedInvoice').objects.filter(opened_at__isnull=False).update(state='checked')


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('documents', '0004_sorting'),
        ('purchases', '0009_order_purpose'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=liczydlo.web.times.now)),
                ('step', models.CharField(choices=[('check', 'Sprawdzono'), ('book', 'Zaksięgowano'), ('reopen', 'Cofnięto do nowych'), ('hide', 'Ukryto'), ('show', 'Przywrócono z ukrytych'), ('payment', 'Zmieniono zapłatę'), ('read-paid', 'Zapłatę odczytano z faktury')], max_length=10)),
                ('details', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='paid_amount',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='paid_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='payment',
            field=models.CharField(choices=[('due', 'Do zapłaty'), ('part', 'Zapłacono część'), ('paid', 'Zapłacono')], default='due', max_length=8),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='state',
            field=models.CharField(choices=[('new', 'Nowa'), ('checked', 'Sprawdzona'), ('booked', 'Zaksięgowana'), ('hidden', 'Ukryta')], default='new', max_length=8),
        ),
        migrations.RunPython(check_opened, migrations.RunPython.noop),
        migrations.RemoveIndex(
            model_name='receivedinvoice',
            name='received_new',
        ),
        migrations.RemoveField(
            model_name='receivedinvoice',
            name='opened_at',
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(fields=['company', 'environment', 'state', 'entry'], name='received_state'),
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(fields=['company', 'environment', 'payment', 'entry'], name='received_payment'),
        ),
        migrations.AddField(
            model_name='event',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='event',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='event',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='purchases.receivedinvoice'),
        ),
    ]

"""Sellers as their invoices show them, warnings on purchases, and what people decided."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('documents', '0004_sorting'),
        ('purchases', '0013_attachments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('params', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='Seller',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('nip', models.CharField(max_length=10)),
                ('name', models.CharField(blank=True, default='', max_length=512)),
                ('name_key', models.CharField(blank=True, default='', max_length=60)),
                ('since', models.DateTimeField(blank=True, null=True)),
                ('latest', models.DateTimeField(blank=True, null=True)),
                ('invoices', models.PositiveIntegerField(default=0)),
                ('amounts', models.JSONField(default=dict)),
                ('trusted_at', models.DateTimeField(blank=True, null=True)),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SellerAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=34)),
                ('is_factor', models.BooleanField(default=False)),
                ('since', models.DateTimeField()),
                ('doubted', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ('since', 'id'),
            },
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='judged_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='open_warnings',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='reported_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='reported_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='event',
            name='step',
            field=models.CharField(choices=[('check', 'Sprawdzono'), ('book', 'Zaksięgowano'), ('reopen', 'Cofnięto do nowych'), ('hide', 'Ukryto'), ('show', 'Przywrócono z ukrytych'), ('payment', 'Zmieniono zapłatę'), ('describe', 'Zmieniono opis'), ('read-paid', 'Zapłatę odczytano z faktury'), ('attach', 'Dodano plik'), ('detach', 'Usunięto plik'), ('settle', 'Sprawdzono ostrzeżenie'), ('report', 'Zgłoszono nadużycie'), ('unreport', 'Cofnięto oznaczenie nadużycia')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(condition=models.Q(('judged_at__isnull', True)), fields=['company'], name='received_unjudged'),
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(condition=models.Q(('open_warnings__gt', 0)), fields=['company', 'environment', 'entry'], name='received_warned'),
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(condition=models.Q(('reported_at__isnull', False)), fields=['company', 'environment', 'entry'], name='received_reported'),
        ),
        migrations.AddField(
            model_name='accountuse',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='accountuse',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='accounts', to='documents.indexentry'),
        ),
        migrations.AddField(
            model_name='invoicewarning',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='invoicewarning',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='warnings', to='purchases.receivedinvoice'),
        ),
        migrations.AddField(
            model_name='invoicewarning',
            name='settled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='seller',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='seller',
            name='hidden_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='seller',
            name='trusted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='selleraccount',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='selleraccount',
            name='seller',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='accounts', to='purchases.seller'),
        ),
        migrations.AddField(
            model_name='accountuse',
            name='account',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='purchases.selleraccount'),
        ),
        migrations.AddConstraint(
            model_name='invoicewarning',
            constraint=models.UniqueConstraint(fields=('invoice', 'code'), name='one_warning_of_a_kind'),
        ),
        migrations.AddIndex(
            model_name='seller',
            index=models.Index(fields=['company', 'environment', 'name_key'], name='seller_name_key'),
        ),
        migrations.AddConstraint(
            model_name='seller',
            constraint=models.UniqueConstraint(fields=('company', 'environment', 'nip'), name='one_seller_per_nip'),
        ),
        migrations.AddConstraint(
            model_name='selleraccount',
            constraint=models.UniqueConstraint(fields=('seller', 'number'), name='one_account_per_seller'),
        ),
        migrations.AddConstraint(
            model_name='accountuse',
            constraint=models.UniqueConstraint(fields=('account', 'entry'), name='one_use_per_entry'),
        ),
    ]

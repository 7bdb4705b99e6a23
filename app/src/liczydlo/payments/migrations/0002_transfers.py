"""Orders of transfers and what each pays."""

import django.db.models.deletion
import liczydlo.web.times
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('payments', '0001_initial'),
        ('purchases', '0012_description'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TransferOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('state', models.CharField(choices=[('prepared', 'Przygotowane'), ('downloaded', 'Plik pobrany'), ('paid', 'Zapłacone'), ('cancelled', 'Anulowane')], default='prepared', max_length=10)),
                ('day', models.DateField()),
                ('message_id', models.CharField(max_length=35, unique=True)),
                ('payer_name', models.CharField(max_length=512)),
                ('payer_street', models.CharField(blank=True, max_length=70)),
                ('payer_postcode', models.CharField(blank=True, max_length=16)),
                ('payer_town', models.CharField(max_length=35)),
                ('iban', models.CharField(max_length=34)),
                ('currency', models.CharField(max_length=3)),
                ('file_format', models.CharField(choices=[('pain.001.001.09', 'ISO 20022: pain.001.001.09 (nowszy)'), ('elixir-0', 'Elixir-0 (starszy, tylko złote)')], max_length=16)),
                ('encoding', models.CharField(choices=[('cp1250', 'Windows-1250'), ('iso8859-2', 'ISO-8859-2'), ('cp852', 'CP852'), ('utf-8', 'UTF-8')], max_length=10)),
                ('with_numbers', models.BooleanField(default=False)),
                ('content', models.BinaryField(default=b'')),
                ('made_at', models.DateTimeField(default=liczydlo.web.times.now)),
                ('changed_at', models.DateTimeField(default=liczydlo.web.times.now)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='payments.bankaccount')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('reference', models.CharField(max_length=35, unique=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18)),
                ('name', models.CharField(max_length=512)),
                ('street', models.CharField(blank=True, max_length=70)),
                ('postcode', models.CharField(blank=True, max_length=16)),
                ('town', models.CharField(max_length=35)),
                ('country', models.CharField(max_length=2)),
                ('iban', models.CharField(max_length=34)),
                ('bic', models.CharField(blank=True, max_length=11)),
                ('account_source', models.CharField(choices=[('document', 'z faktury'), ('factor', 'faktora, z faktury'), ('person', 'wpisany ręcznie')], max_length=8)),
                ('title', models.CharField(max_length=140)),
                ('is_split', models.BooleanField(default=False)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transfers', to='payments.transferorder')),
            ],
            options={
                'ordering': ('position',),
            },
        ),
        migrations.CreateModel(
            name='TransferItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18)),
                ('is_whole', models.BooleanField()),
                ('is_open', models.BooleanField(default=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('purchase', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transfer_items', to='purchases.receivedinvoice')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='payments.transfer')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('purchase',), name='one_open_transfer_per_purchase')],
            },
        ),
        migrations.AddIndex(
            model_name='transferorder',
            index=models.Index(fields=['company', 'environment', '-id'], name='transfer_orders'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(fields=('order', 'position'), name='one_transfer_per_position'),
        ),
    ]

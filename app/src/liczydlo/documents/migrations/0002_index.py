"""One index over invoices issued and received. ``sales`` and ``purchases`` bring their rows, 0003 what finds them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0001_initial'),
        ('documents', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='IndexEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('direction', models.CharField(choices=[('sale', 'Sale'), ('purchase', 'Purchase')], max_length=8)),
                ('rejected', models.BooleanField(default=False)),
                ('number', models.CharField(blank=True, default='', max_length=256)),
                ('kind', models.CharField(max_length=16)),
                ('issue_date', models.DateField()),
                ('seller_nip', models.CharField(max_length=10)),
                ('seller_name', models.CharField(blank=True, default='', max_length=512)),
                ('buyer_nip', models.CharField(blank=True, default='', max_length=10)),
                ('buyer_id', models.CharField(blank=True, default='', max_length=60)),
                ('buyer_name', models.CharField(blank=True, default='', max_length=512)),
                ('currency', models.CharField(max_length=3)),
                ('net', models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ('vat', models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ('gross', models.DecimalField(decimal_places=2, max_digits=18)),
                ('has_attachment', models.BooleanField(default=False)),
                ('ksef_number', models.CharField(blank=True, default='', max_length=36)),
                ('acquired_at', models.DateTimeField(blank=True, null=True)),
                ('words', models.TextField(blank=True, default='')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
    ]

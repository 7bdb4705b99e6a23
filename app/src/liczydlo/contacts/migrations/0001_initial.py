"""Contractors and their addresses."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('companies', '0009_saved_filters'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contractor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('nip', 'Firma z Polski (NIP)'), ('eu', 'Firma z UE (VAT UE)'), ('abroad', 'Firma spoza UE'), ('person', 'Osoba prywatna')], max_length=6)),
                ('country', models.CharField(blank=True, default='', max_length=2)),
                ('number', models.CharField(blank=True, default='', max_length=50)),
                ('key', models.CharField(max_length=80)),
                ('name', models.CharField(max_length=512, verbose_name='nazwa')),
                ('name_key', models.CharField(max_length=512)),
                ('words', models.TextField()),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
                ('payment_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('payment_form', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('language', models.CharField(blank=True, choices=[('pl', 'polski'), ('en', 'angielski')], default='', max_length=2)),
                ('local_authority', models.BooleanField(default=False)),
                ('vat_group', models.BooleanField(default=False)),
                ('note', models.TextField(blank=True, default='')),
                ('is_hidden', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'ordering': ('name_key', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(blank=True, default='', max_length=60)),
                ('line1', models.CharField(max_length=512)),
                ('line2', models.CharField(blank=True, default='', max_length=512)),
                ('country', models.CharField(default='PL', max_length=2)),
                ('is_default', models.BooleanField(default=False)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('contractor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='contacts.contractor')),
            ],
            options={
                'ordering': ('-is_default', 'id'),
            },
        ),
        migrations.AddIndex(
            model_name='contractor',
            index=models.Index(fields=['company', 'is_hidden', 'name_key'], name='contractor_list'),
        ),
        migrations.AddConstraint(
            model_name='contractor',
            constraint=models.UniqueConstraint(fields=('company', 'key'), name='one_contractor_per_number'),
        ),
        migrations.AddConstraint(
            model_name='address',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('contractor',), name='one_default_address'),
        ),
    ]

"""Time lines of roles, exports that are being packed, late documents, months compared, and KSeF's limits."""

import datetime
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('purchases', '0006_role'),
    ]

    operations = [
        migrations.AddField(
            model_name='checkpoint',
            name='covered_json',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='checkpoint',
            name='hwm',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='checkpoint',
            name='since',
            field=models.DateTimeField(default=datetime.datetime(2026, 1, 31, 23, 0, tzinfo=datetime.timezone.utc)),
        ),
        migrations.CreateModel(
            name='KsefRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('operation', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('refused_until', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'environment', 'operation', 'at'], name='ksef_request_window')],
            },
        ),
        migrations.CreateModel(
            name='LateDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('subject', models.CharField(max_length=20)),
                ('ksef_number', models.CharField(max_length=36)),
                ('stored_at', models.DateTimeField()),
                ('noticed_at', models.DateTimeField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'ordering': ('-noticed_at', '-id'),
                'constraints': [models.UniqueConstraint(fields=('company', 'environment', 'ksef_number'), name='one_row_per_late_document')],
            },
        ),
        migrations.CreateModel(
            name='MonthCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('subject', models.CharField(max_length=20)),
                ('month', models.DateField()),
                ('listed', models.PositiveIntegerField(default=0)),
                ('here', models.PositiveIntegerField(default=0)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('requested_at', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'ordering': ('-month', 'subject'),
                'constraints': [models.UniqueConstraint(fields=('company', 'environment', 'subject', 'month'), name='one_check_per_month_and_role')],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('subject', models.CharField(max_length=20)),
                ('start', models.DateTimeField()),
                ('end', models.DateTimeField(blank=True, null=True)),
                ('reference', models.CharField(max_length=36)),
                ('sealed_key', models.BinaryField()),
                ('placed_at', models.DateTimeField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'environment', 'subject'), name='one_export_per_role')],
            },
        ),
    ]

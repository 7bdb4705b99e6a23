"""The tables of nine apps come together; an installation from before has them under the names of those apps."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from liczydlo.table_moves import MoveModel


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0005_connected_are_proved'),
        ('connection', '0005_refused_login'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        MoveModel(
            'Passphrase',
            old_table='ksef_passphrase_passphrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('salt', models.BinaryField()),
                ('public_key', models.BinaryField()),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('sealed_open', models.BinaryField(default=b'')),
                ('open_until', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company',), name='one_passphrase_per_company')],
            },
        ),
        MoveModel(
            'ReadinessReport',
            old_table='ksef_readiness_report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('findings', models.JSONField(default=list)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'environment'), name='one_readiness_report')],
            },
        ),
        MoveModel(
            'SignIn',
            old_table='ksef_enrolment_enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('state', models.CharField(choices=[('signing', 'Do podpisu'), ('working', 'W toku'), ('done', 'Zakończono'), ('failed', 'Nie udało się')], default='signing', max_length=10)),
                ('document', models.BinaryField()),
                ('valid_until', models.DateTimeField()),
                ('signer', models.CharField(blank=True, default='', max_length=512)),
                ('sealed_signed', models.BinaryField(default=b'')),
                ('submitted', models.BooleanField(default=False)),
                ('sealed_operation', models.BinaryField(default=b'')),
                ('sealed_tokens', models.BinaryField(default=b'')),
                ('reason_json', models.JSONField(null=True)),
                ('address', models.CharField(blank=True, default='', max_length=45)),
                ('began_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('ended_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['signing', 'working'])), fields=('company', 'environment'), name='one_sign_in_at_a_time')],
            },
        ),
        MoveModel(
            'Tries',
            old_table='ksef_passphrase_tries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.PositiveSmallIntegerField(default=0)),
                ('until', models.DateTimeField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('passphrase', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='connection.passphrase')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('passphrase', 'person'), name='one_count_of_tries_per_person')],
            },
        ),
        MoveModel(
            'ZawFa',
            old_table='ksef_zawfa_zawfa',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('state', models.CharField(choices=[('to-file', 'do złożenia'), ('filed', 'złożone, czeka na urząd'), ('accepted', 'przyjęte przez urząd')], default='to-file', max_length=10)),
                ('person', models.CharField(blank=True, max_length=160)),
                ('filed_on', models.DateField(null=True)),
                ('accepted_on', models.DateField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'environment'), name='one_zawfa_per_environment')],
            },
        ),
        MoveModel(
            'Enrollment',
            old_table='ksef_certificates_certificaterequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('purpose', models.CharField(choices=[('Authentication', 'Certyfikat uwierzytelniający'), ('Offline', 'Certyfikat offline')], max_length=14)),
                ('state', models.CharField(choices=[('prepared', 'Przygotowany'), ('sent', 'W realizacji'), ('issued', 'Wydany'), ('in-use', 'W użyciu'), ('refused', 'Odrzucony'), ('given-up', 'Porzucony')], default='prepared', max_length=10)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('subject', models.CharField(max_length=64)),
                ('csr', models.BinaryField()),
                ('sealed_key', models.BinaryField(default=b'')),
                ('asked_at', models.DateTimeField(null=True)),
                ('remaining_before', models.PositiveIntegerField(null=True)),
                ('reference', models.CharField(blank=True, default='', max_length=40)),
                ('serial', models.CharField(blank=True, default='', max_length=64)),
                ('certificate', models.BinaryField(default=b'')),
                ('reason_json', models.JSONField(null=True)),
                ('renewal', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['prepared', 'sent', 'issued'])), fields=('company', 'environment', 'purpose'), name='one_open_enrollment_per_purpose')],
            },
        ),
        MoveModel(
            'ExpiryNotice',
            old_table='ksef_certificates_warned',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64)),
                ('days', models.PositiveSmallIntegerField()),
                ('sent_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'fingerprint', 'days'), name='one_expiry_notice_of_a_kind')],
            },
        ),
    ]

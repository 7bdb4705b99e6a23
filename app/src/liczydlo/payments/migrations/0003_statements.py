"""Bank statements and what their lines pay."""

import django.db.models.deletion
import liczydlo.web.times
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('documents', '0004_sorting'),
        ('payments', '0002_transfers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('format', models.CharField(max_length=10)),
                ('file_name', models.CharField(blank=True, default='', max_length=255)),
                ('number', models.CharField(blank=True, default='', max_length=35)),
                ('opened_on', models.DateField()),
                ('closed_on', models.DateField()),
                ('opening', models.DecimalField(decimal_places=2, max_digits=18)),
                ('closing', models.DecimalField(decimal_places=2, max_digits=18)),
                ('line_count', models.PositiveIntegerField()),
                ('known_count', models.PositiveIntegerField(default=0)),
                ('read_at', models.DateTimeField(default=liczydlo.web.times.now)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='payments.bankaccount')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='StatementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('position', models.PositiveIntegerField()),
                ('booked_on', models.DateField()),
                ('value_on', models.DateField(blank=True, null=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18)),
                ('title', models.TextField(blank=True, default='')),
                ('party_name', models.CharField(blank=True, default='', max_length=512)),
                ('party_account', models.CharField(blank=True, default='', max_length=34)),
                ('party_nip', models.CharField(blank=True, default='', max_length=10)),
                ('bank_reference', models.CharField(blank=True, default='', max_length=64)),
                ('is_reversal', models.BooleanField(default=False)),
                ('matched', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18)),
                ('is_aside', models.BooleanField(default=False)),
                ('aside', models.CharField(blank=True, default='', max_length=200)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.bankaccount')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.statement')),
            ],
            options={
                'ordering': ('position', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18)),
                ('applied', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18)),
                ('paid_on', models.DateField()),
                ('reason', models.CharField(max_length=20)),
                ('at', models.DateTimeField(default=liczydlo.web.times.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='documents.indexentry')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='payments.statementline')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='PaymentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('matched', 'Dopasowano wpłatę'), ('undone', 'Cofnięto dopasowanie'), ('aside', 'Odłożono: nie dotyczy faktury'), ('resumed', 'Przywrócono do dopasowania'), ('said', 'Wpisano zapłatę'), ('taken-back', 'Usunięto wpisaną zapłatę')], max_length=10)),
                ('details', models.JSONField(default=dict)),
                ('at', models.DateTimeField(default=liczydlo.web.times.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='documents.indexentry')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='payments.statementline')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['company', '-id'], name='statement_list'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(fields=('account', 'digest'), name='one_row_per_statement'),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(fields=['statement', 'position'], name='line_of_statement'),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(condition=models.Q(('is_aside', False), models.Q(('matched', models.F('amount')), _negated=True)), fields=['statement'], name='line_open'),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(fields=['company', 'party_account'], name='line_party_account'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.UniqueConstraint(fields=('account', 'key'), name='one_row_per_line'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(('matched', 0), models.Q(('amount__gt', 0), ('matched__gte', 0), ('matched__lte', models.F('amount'))), models.Q(('amount__lt', 0), ('matched__gte', models.F('amount')), ('matched__lte', 0)), _connector='OR'), name='line_pays_no_more_than_it_is'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(('is_aside', False), ('matched', 0), _connector='OR'), name='line_aside_pays_nothing'),
        ),
        migrations.AddIndex(
            model_name='settlement',
            index=models.Index(fields=['company', 'environment', 'entry'], name='settlement_of_entry'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.UniqueConstraint(fields=('line', 'entry'), name='one_settlement_per_line_and_invoice'),
        ),
    ]

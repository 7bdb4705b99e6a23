"""Notes of interest, what they ask for, and rates that are newer than this program."""

import django.db.models.deletion
import liczydlo.web.times
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('contacts', '0007_no_reminders'),
        ('documents', '0007_sorted_with_id'),
        ('payments', '0008_receivables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InterestNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('year', models.PositiveSmallIntegerField()),
                ('place', models.PositiveIntegerField()),
                ('day', models.DateField()),
                ('kind', models.CharField(choices=[('trade', 'transakcje handlowe (dłużnik nie jest publicznym podmiotem leczniczym)'), ('medical', 'transakcje handlowe, publiczny podmiot leczniczy'), ('civil', 'Kodeks cywilny (konsument)')], max_length=8)),
                ('interest', models.DecimalField(decimal_places=2, max_digits=18)),
                ('compensation', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18)),
                ('content', models.JSONField()),
                ('at', models.DateTimeField(default=liczydlo.web.times.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('contractor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='interest_notes', to='contacts.contractor')),
            ],
            options={
                'ordering': ('-year', '-place'),
            },
        ),
        migrations.CreateModel(
            name='InterestNoteItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField()),
                ('has_compensation', models.BooleanField(default=False)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.indexentry')),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='payments.interestnote')),
            ],
        ),
        migrations.CreateModel(
            name='InterestRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('trade', 'transakcje handlowe (dłużnik nie jest publicznym podmiotem leczniczym)'), ('medical', 'transakcje handlowe, publiczny podmiot leczniczy'), ('civil', 'Kodeks cywilny (konsument)')], max_length=8)),
                ('since', models.DateField()),
                ('until', models.DateField()),
                ('percent', models.DecimalField(decimal_places=2, max_digits=5)),
                ('source', models.CharField(max_length=60)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'ordering': ('kind', 'since'),
            },
        ),
        migrations.AddConstraint(
            model_name='interestnote',
            constraint=models.UniqueConstraint(fields=('company', 'environment', 'year', 'place'), name='one_interest_note_per_number'),
        ),
        migrations.AddConstraint(
            model_name='interestnoteitem',
            constraint=models.UniqueConstraint(fields=('entry', 'until'), name='one_interest_note_per_day'),
        ),
        migrations.AddConstraint(
            model_name='interestnoteitem',
            constraint=models.UniqueConstraint(condition=models.Q(('has_compensation', True)), fields=('entry',), name='one_compensation_per_invoice'),
        ),
        migrations.AddConstraint(
            model_name='interestrate',
            constraint=models.UniqueConstraint(fields=('company', 'kind', 'since'), name='one_interest_rate_of_a_day'),
        ),
    ]

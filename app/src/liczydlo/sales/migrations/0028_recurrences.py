"""How templates recur, and what became of each day."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('sales', '0027_templates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('every', models.PositiveSmallIntegerField(default=1)),
                ('unit', models.CharField(choices=[('week', 'tydzień'), ('month', 'miesiąc'), ('quarter', 'kwartał'), ('year', 'rok')], default='month', max_length=7)),
                ('day', models.PositiveSmallIntegerField(default=1)),
                ('shift', models.CharField(choices=[('none', 'bez zmiany'), ('before', 'dzień roboczy przed nim'), ('after', 'dzień roboczy po nim')], default='none', max_length=6)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField(blank=True, null=True)),
                ('count', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('which', models.CharField(choices=[('this', 'okres, w którym jest ten dzień'), ('previous', 'poprzedni okres')], default='this', max_length=8)),
                ('delivery', models.CharField(choices=[('issue', 'dzień wystawienia'), ('period-end', 'ostatni dzień okresu')], default='issue', max_length=10)),
                ('done_until', models.DateField(blank=True, null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('reason_json', models.JSONField(blank=True, null=True)),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('set_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('template', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='recurrence', to='sales.invoicetemplate')),
            ],
        ),
        migrations.CreateModel(
            name='Occurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nominal', models.DateField()),
                ('planned', models.DateField()),
                ('made_on', models.DateField()),
                ('outcome', models.CharField(choices=[('drafted', 'Szkic do zatwierdzenia'), ('held', 'Czeka na człowieka'), ('skipped', 'Pominięta')], max_length=7)),
                ('reason_json', models.JSONField(blank=True, null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('invoice', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='occurrence', to='sales.invoice')),
                ('recurrence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occurrences', to='sales.recurrence')),
            ],
        ),
        migrations.AddIndex(
            model_name='recurrence',
            index=models.Index(condition=models.Q(('is_active', True)), fields=['company'], name='recurrence_active'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.UniqueConstraint(fields=('recurrence', 'nominal'), name='one_occurrence_per_day'),
        ),
    ]

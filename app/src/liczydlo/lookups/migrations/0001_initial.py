"""Which public services a firm has switched on, what was asked, what they answered."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('companies', '0008_fetch_every'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base', models.CharField(max_length=200)),
                ('operation', models.CharField(max_length=20)),
                ('until', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('base', 'operation'), name='one_pause_per_operation')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('service', models.CharField(choices=[('white-list', 'Biała lista (wykaz podatników VAT)')], max_length=20)),
                ('question', models.CharField(max_length=80)),
                ('day', models.DateField()),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('request_id', models.CharField(blank=True, default='', max_length=60)),
                ('said', models.JSONField(default=dict)),
                ('error', models.CharField(blank=True, default='', max_length=20)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['company', 'environment', 'service', 'question', 'day'], name='answer_question'), models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['company', 'service'], name='answer_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at', None)), fields=('company', 'environment', 'service', 'question', 'day'), name='one_open_question_of_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.CharField(choices=[('white-list', 'Biała lista (wykaz podatników VAT)')], max_length=20)),
                ('is_on', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'service'), name='one_choice_per_service')],
            },
        ),
    ]

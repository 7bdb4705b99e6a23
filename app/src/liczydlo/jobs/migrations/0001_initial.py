"""The rows of background work; an installation from before has them in the table of the app ``work``."""

import django.db.models.deletion
from django.db import migrations, models

from liczydlo.table_moves import MoveModel


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('companies', '0001_initial'),
    ]

    operations = [
        MoveModel(
            'Job',
            old_table='work_errand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('wakes', models.PositiveBigIntegerField(default=0)),
                ('queued_until', models.DateTimeField(blank=True, null=True)),
                ('blocked_until', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('holder', models.CharField(blank=True, default='', max_length=64)),
                ('token', models.CharField(blank=True, default='', max_length=32)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('deaths', models.PositiveIntegerField(default=0)),
                ('reason_json', models.JSONField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='job_due')],
                'constraints': [models.UniqueConstraint(fields=('company', 'name'), name='one_job_of_a_kind')],
            },
        ),
    ]

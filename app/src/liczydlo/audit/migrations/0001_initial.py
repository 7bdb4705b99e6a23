"""The audit log; an installation from before has it in the table of the app ``trail``."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from liczydlo.table_moves import MoveModel


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('companies', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        MoveModel(
            'Entry',
            old_table='trail_entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField()),
                ('at', models.DateTimeField()),
                ('action', models.CharField(max_length=40)),
                ('environment', models.CharField(max_length=10)),
                ('who', models.CharField(blank=True, max_length=512)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('reference', models.CharField(blank=True, max_length=100)),
                ('details', models.JSONField(default=dict)),
                ('previous', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'number'), name='one_audit_entry_per_number')],
            },
        ),
    ]

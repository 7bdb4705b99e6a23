"""Reasons are kept as codes and params, no longer as finished texts."""

from django.db import migrations

from liczydlo.web.former_reasons import former, renew, renewed


def forwards(apps, schema_editor):
    renew(apps.get_model('jobs', 'Job').objects, 'reason_json', renewed)


def backwards(apps, schema_editor):
    renew(apps.get_model('jobs', 'Job').objects, 'reason_json', former)


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0002_scope'),
    ]

    operations = [
        migrations.RunPython(forwards, backwards),
    ]

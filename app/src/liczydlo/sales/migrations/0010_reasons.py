"""Reasons are kept as codes and params, no longer as finished texts."""

from django.db import migrations

from liczydlo import guards
from liczydlo.web.former_reasons import former, renew, renewed


def change(apps, schema_editor, how):
    """The timeline's guard, which lets nobody change an event, comes back when the migrations are through."""
    guards.remove(schema_editor.connection, 'sales_event')
    for model in ('Event', 'Invoice'):
        renew(apps.get_model('sales', model).objects, 'reason_json', how)


def forwards(apps, schema_editor):
    change(apps, schema_editor, renewed)


def backwards(apps, schema_editor):
    change(apps, schema_editor, former)


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0009_batches'),
    ]

    operations = [
        migrations.RunPython(forwards, backwards),
    ]

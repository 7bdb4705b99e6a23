"""Reasons are kept as codes and params, no longer as finished texts."""

from django.db import migrations

from liczydlo.web.former_reasons import former, renew, renewed


def said(finding):
    """What was a Polish and an English text, or two empty ones, is a reason or nothing."""
    pair = finding.get('said')
    if not isinstance(pair, list):
        return finding
    return finding | {'said': {'code': 'verbatim', 'params': dict(zip(('pl', 'en'), pair))} if pair[0] else None}


def pair(finding):
    """As an older version reads it."""
    kept = finding.get('said')
    texts = former(kept) if kept else {'pl': '', 'en': ''}
    return finding | {'said': [texts['pl'], texts['en']]}


def change(apps, reason, finding):
    for model in ('Enrollment', 'SignIn', 'RemoteChange'):
        renew(apps.get_model('connection', model).objects, 'reason_json', reason)
    reports = apps.get_model('connection', 'ReadinessReport').objects
    renew(reports, 'findings', lambda findings: [finding(one) for one in findings])


def forwards(apps, schema_editor):
    change(apps, renewed, said)


def backwards(apps, schema_editor):
    change(apps, former, pair)


class Migration(migrations.Migration):

    dependencies = [
        ('connection', '0007_remote_changes'),
    ]

    operations = [
        migrations.RunPython(forwards, backwards),
    ]

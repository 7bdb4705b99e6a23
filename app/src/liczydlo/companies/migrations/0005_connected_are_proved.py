"""What is connected has logged in: its NIP is its own. NIPs were unique until now, so no two companies meet here."""

from django.db import migrations


def prove_connected(apps, schema_editor):
    """Companies with an authentication certificate or a token, in each environment that they have one in."""
    certificates = apps.get_model("connection", "StoredCertificate").objects.filter(purpose="Authentication")
    tokens = apps.get_model("connection", "StoredToken").objects
    connected = set(certificates.values_list("company_id", "company__nip", "environment"))
    connected |= set(tokens.values_list("company_id", "company__nip", "environment"))
    proved = apps.get_model("companies", "ProvedNip")
    proved.objects.bulk_create(
        [proved(company_id=company, nip=nip, environment=environment) for company, nip, environment in sorted(connected)]
    )


class Migration(migrations.Migration):

    dependencies = [
        ("companies", "0004_proved_nips"),
        ("connection", "0004_passphrase"),
    ]

    operations = [migrations.RunPython(prove_connected, migrations.RunPython.noop, elidable=True)]

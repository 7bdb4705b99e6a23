"""The first account's address is confirmed by the installation, so that two-factor login can be switched on there too."""

from django.conf import settings
from django.db import migrations


def confirm_first(apps, schema_editor):
    """The first superuser, else the first account; an address that another account has confirmed stays theirs."""
    users = apps.get_model("companies", "User").objects.order_by("-is_superuser", "pk")
    addresses = apps.get_model("account", "EmailAddress").objects
    first = users.first()
    if first is None or addresses.filter(email=first.email, verified=True).exclude(user=first).exists():
        return
    addresses.filter(user=first, primary=True).exclude(email=first.email).update(primary=False)
    addresses.update_or_create(
        user=first, email=first.email, defaults={"verified": True, "primary": True}
    )


class Migration(migrations.Migration):

    dependencies = [
        ("companies", "0002_invitations"),
        ("account", "0009_emailaddress_unique_primary_email"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(confirm_first, migrations.RunPython.noop, elidable=True)]

"""The index learns which purchases are hidden; from now on the database keeps it in step."""

from django.db import migrations


def fill(apps, schema_editor):
    """As the rows say at this moment."""
    hidden = apps.get_model('purchases', 'ReceivedInvoice').objects.filter(state='hidden')
    apps.get_model('documents', 'IndexEntry').objects.filter(pk__in=hidden.values('entry')).update(hidden=True)


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0010_hidden'),
        ('purchases', '0018_due'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

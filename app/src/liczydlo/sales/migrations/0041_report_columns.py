"""Columns of a file's report named by what they hold: a line's content, and the state of the list of invoices."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0040_import_reports'),
    ]

    operations = [
        migrations.RenameField(model_name='report', old_name='seen', new_name='list_state'),
        migrations.RenameField(model_name='reportline', old_name='said', new_name='content'),
    ]

"""What a service answered is the row's content."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('lookups', '0005_gus'),
    ]

    operations = [
        migrations.RenameField(model_name='answer', old_name='said', new_name='content'),
    ]

"""The change by which a collective identifier is made."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connection', '0012_collective'),
        ('payments', '0003_statements'),
    ]

    operations = [
        migrations.AddField(
            model_name='transfer',
            name='change',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='connection.remotechange'),
        ),
    ]

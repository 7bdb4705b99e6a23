"""The default of moments is the application's clock. Defaults live in Python: the tables stay as they are."""

import liczydlo.web.times
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("offline", "0002_latarnia"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="outage",
                    name="changed_at",
                    field=models.DateTimeField(default=liczydlo.web.times.now),
                ),
            ],
        ),
    ]

"""The default of moments is the application's clock. Defaults live in Python: the tables stay as they are."""

import liczydlo.web.times
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("sales", "0011_modes_and_deadlines"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="event",
                    name="at",
                    field=models.DateTimeField(default=liczydlo.web.times.now),
                ),
                migrations.AlterField(
                    model_name="invoice",
                    name="changed_at",
                    field=models.DateTimeField(default=liczydlo.web.times.now),
                ),
                migrations.AlterField(
                    model_name="receipt",
                    name="received_at",
                    field=models.DateTimeField(default=liczydlo.web.times.now),
                ),
            ],
        ),
    ]

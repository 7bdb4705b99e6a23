"""Whether a good or a service is of annex 15 to ustawa o VAT."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0009_stopped_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="item",
            name="annex_15",
            field=models.BooleanField(default=False),
        ),
    ]

"""Whether a contractor is reminded of payments."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0006_invoice_letters'),
    ]

    operations = [
        migrations.AddField(
            model_name='contractor',
            name='no_reminders',
            field=models.BooleanField(default=False),
        ),
    ]

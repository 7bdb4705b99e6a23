"""What Biała lista said of the account of a transfer when its file was made."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0006_execution'),
    ]

    operations = [
        migrations.AddField(
            model_name='transfer',
            name='checked',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]

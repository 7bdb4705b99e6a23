"""Which purchases are hidden, in the index that lists ask."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0009_self_billed'),
    ]

    operations = [
        migrations.AddField(
            model_name='indexentry',
            name='hidden',
            field=models.BooleanField(default=False),
        ),
    ]

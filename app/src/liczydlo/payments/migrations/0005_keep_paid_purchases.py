"""A purchase that stands in a transfer is not deleted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0004_collective'),
        ('purchases', '0016_doubles'),
    ]

    operations = [
        migrations.AlterField(
            model_name='transferitem',
            name='purchase',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfer_items', to='purchases.receivedinvoice'),
        ),
    ]

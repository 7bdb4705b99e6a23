"""Documents that came in a comparison of a month that was interrupted: they had been missing, too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('purchases', '0020_failed_packages'),
    ]

    operations = [
        migrations.AddField(
            model_name='monthcheck',
            name='came',
            field=models.PositiveIntegerField(default=0),
        ),
    ]

"""How many packages of a role failed one after another: from a second one on its documents come one by one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('purchases', '0019_hidden'),
    ]

    operations = [
        migrations.AddField(
            model_name='checkpoint',
            name='failed_packages',
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]

"""An export for a month that is compared stands beside the one for what is new."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('purchases', '0008_reading'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='order',
            name='one_export_per_role',
        ),
        migrations.AddField(
            model_name='order',
            name='purpose',
            field=models.CharField(default='new', max_length=5),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(fields=('company', 'environment', 'subject', 'purpose'), name='one_export_per_role_and_purpose'),
        ),
    ]

"""Where a list of a session's invoices goes on."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0022_issued_elsewhere'),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='list_token',
            field=models.TextField(blank=True, default=''),
        ),
    ]

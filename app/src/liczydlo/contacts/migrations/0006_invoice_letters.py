"""Whether invoices go to a contractor by themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0005_item_symbols'),
    ]

    operations = [
        migrations.AddField(
            model_name='contractor',
            name='invoice_letters',
            field=models.CharField(blank=True, choices=[('', 'jak w ustawieniach firmy'), ('on', 'tak'), ('off', 'nie')], default='', max_length=3),
        ),
    ]

"""A symbol of each item, the firm's own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('contacts', '0004_uploads'),
    ]

    operations = [
        migrations.AddField(
            model_name='item',
            name='symbol',
            field=models.CharField(blank=True, default='', max_length=50),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(condition=models.Q(('symbol', ''), _negated=True), fields=('company', 'symbol', 'currency'), name='one_item_per_symbol'),
        ),
    ]

"""What lists sort by: the day of payment, the folded name of the seller, and an index for each column."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('documents', '0003_index_is_unique'),
    ]

    operations = [
        migrations.AddField(
            model_name='indexentry',
            name='payment_due',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='indexentry',
            name='seller_key',
            field=models.CharField(blank=True, default='', max_length=512),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'number'], name='entry_number'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'seller_key'], name='entry_seller_key'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'net'], name='entry_net'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'vat'], name='entry_vat'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'payment_due'], name='entry_due'),
        ),
    ]

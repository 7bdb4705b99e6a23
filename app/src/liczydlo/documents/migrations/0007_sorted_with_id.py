"""Indexes of sorted lists end with the id, by which equal rows are sorted: SQLite adds it by itself, PostgreSQL does not."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('documents', '0006_outside'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_date',
        ),
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_gross',
        ),
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_number',
        ),
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_seller_key',
        ),
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_net',
        ),
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_vat',
        ),
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_due',
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'issue_date', 'id'], name='entry_date'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'gross', 'id'], name='entry_gross'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'number', 'id'], name='entry_number'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'seller_key', 'id'], name='entry_seller_key'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'net', 'id'], name='entry_net'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'vat', 'id'], name='entry_vat'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'payment_due', 'id'], name='entry_due'),
        ),
    ]

"""Indexes of lists know what is hidden, so that a page reads what it shows and no more."""

import liczydlo.documents.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_undo_seconds'),
        ('documents', '0010_hidden'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_list',
        ),
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_ksef_number',
        ),
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_words',
        ),
        migrations.RemoveIndex(
            model_name='indexentry',
            name='entry_gross',
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
            index=models.Index(fields=['company', 'environment', 'direction', 'hidden', '-id'], name='entry_list'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'ksef_number', 'hidden'], name='entry_ksef_number'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'hidden', 'seller_key', 'id'], name='entry_seller_key'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'hidden', 'net', 'id'], name='entry_net'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'hidden', 'vat', 'id'], name='entry_vat'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'hidden', 'gross', 'id'], name='entry_gross'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=models.Index(fields=['company', 'environment', 'direction', 'hidden', 'payment_due', 'id'], name='entry_due'),
        ),
        migrations.AddIndex(
            model_name='indexentry',
            index=liczydlo.documents.indexes.SearchIndex(listed=('company', 'environment', 'direction', 'hidden', '-id'), name='entry_words'),
        ),
    ]

"""What holds and finds index entries, after the rows of older programs have come in."""

from django.db import migrations, models

from liczydlo.documents.indexes import SearchIndex


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_index'),
        ('sales', '0008_index'),
        ('purchases', '0004_index'),
    ]

    operations = [
        *(
            migrations.AddConstraint('indexentry', constraint)
            for constraint in (
                models.UniqueConstraint(condition=models.Q(('direction', 'sale')), fields=('document', 'environment'), name='one_invoice_per_document'),
                models.UniqueConstraint(condition=models.Q(('direction', 'sale'), ('rejected', False)), fields=('company', 'environment', 'seller_nip', 'kind', 'number'), name='one_invoice_per_number'),
                models.UniqueConstraint(condition=models.Q(('direction', 'purchase')), fields=('company', 'environment', 'ksef_number'), name='one_purchase_per_ksef_number'),
            )
        ),
        *(
            migrations.AddIndex('indexentry', index)
            for index in (
                models.Index(fields=['company', 'environment', 'direction', '-id'], name='entry_list'),
                models.Index(fields=['company', 'environment', 'direction', 'issue_date'], name='entry_date'),
                models.Index(fields=['company', 'environment', 'direction', 'gross'], name='entry_gross'),
                models.Index(fields=['company', 'environment', 'direction', 'ksef_number'], name='entry_ksef_number'),
                models.Index(fields=['company', 'environment', 'direction', 'buyer_nip', '-id'], name='entry_buyer'),
                models.Index(fields=['company', 'environment', 'direction', 'seller_nip', '-id'], name='entry_seller'),
                SearchIndex(name='entry_words'),
            )
        ),
    ]

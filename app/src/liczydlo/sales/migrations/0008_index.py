"""What an invoice says moves to its index entry; net, VAT and the seller's name are read from its document."""

import logging

import django.db.models.deletion
from django.core.management.color import no_style
from django.db import migrations, models

from liczydlo.fa3 import totals
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import read

AT_ONCE = 500  # documents
MOVED = (
    'company_id', 'environment', 'document_id', 'number', 'kind', 'issue_date', 'seller_nip', 'buyer_nip', 'buyer_name',
    'currency', 'gross', 'has_attachment', 'ksef_number', 'acquired_at', 'words',
)

log = logging.getLogger(__name__)


def drop_old_guards(apps, schema_editor):
    """They name columns that go; ``migrate`` ends with the present ones in their place."""
    on = ' ON sales_invoice' if schema_editor.connection.vendor == 'postgresql' else ''
    for name in ('stays_issued', 'stays_accepted', 'no_delete'):
        schema_editor.execute(f'DROP TRIGGER IF EXISTS sales_invoice_{name}{on}')


def index(apps, schema_editor):
    """Each invoice's entry gets the invoice's id: the table is new."""
    connection = schema_editor.connection
    columns = ', '.join(MOVED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO documents_indexentry (id, direction, rejected, seller_name, buyer_id, {columns}) "
            f"SELECT id, 'sale', state = 'rejected', '', '', {columns} FROM sales_invoice"
        )
        cursor.execute('UPDATE sales_invoice SET entry_id = id')
        Entry = apps.get_model('documents', 'IndexEntry')
        for statement in connection.ops.sequence_reset_sql(no_style(), [Entry]):
            cursor.execute(statement)
    read_documents(apps)
    connection.check_constraints()  # PostgreSQL alters no table while checks of its rows are put off


def read_documents(apps):
    """The columns that older programs did not keep. A document that cannot be read leaves them empty."""
    Entry, Draft = apps.get_model('documents', 'IndexEntry'), apps.get_model('sales', 'Draft')
    ids = list(Entry.objects.order_by('id').values_list('id', flat=True))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        xmls = dict(Draft.objects.filter(invoice_id__in=some).values_list('invoice_id', 'xml'))
        xmls |= dict(Entry.objects.filter(id__in=some, document__isnull=False).values_list('id', 'document__xml'))
        for entry, xml in xmls.items():
            try:
                faktura = read(bytes(xml or b''))
            except (DocumentError, ValueError) as error:
                log.warning('no net and VAT of the sales invoice %s, whose document cannot be read: %s', entry, error)
                continue
            buyer = faktura.podmiot2.dane_identyfikacyjne
            Entry.objects.filter(id=entry).update(
                net=totals.net(faktura.fa),
                vat=totals.tax_pln(faktura.fa),
                seller_name=faktura.podmiot1.dane_identyfikacyjne.nazwa,
                buyer_id=f"{buyer.kod_ue or buyer.kod_kraju or ''}{buyer.nr_vat_ue or buyer.nr_id or ''}",
            )


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_index'),
        ('sales', '0007_document_moves'),
    ]

    operations = [
        migrations.RunPython(drop_old_guards, migrations.RunPython.noop),
        migrations.AddField(
            model_name='invoice',
            name='entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sale', to='documents.indexentry'),
        ),
        migrations.RunPython(index, migrations.RunPython.noop),
        *(
            migrations.RemoveConstraint('invoice', name)
            for name in ('issued_means_frozen', 'one_invoice_per_document', 'one_invoice_per_number')
        ),
        *(
            migrations.RemoveIndex('invoice', name)
            for name in ('invoice_list', 'invoice_state', 'invoice_number', 'invoice_ksef_number', 'invoice_buyer')
        ),
        *(
            migrations.RemoveField('invoice', name.removesuffix('_id'))
            for name in (*MOVED[2:], 'sha256')
        ),
        migrations.AlterField(
            model_name='invoice',
            name='entry',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sale', to='documents.indexentry'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['company', 'environment', 'state'], name='invoice_state'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('due_date__isnull', False)), fields=['company', 'environment', 'due_date'], name='invoice_due'),
        ),
    ]

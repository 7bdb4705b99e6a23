"""What a received invoice says moves to its index entry."""

import django.db.models.deletion
from django.core.management.color import no_style
from django.db import migrations, models

from liczydlo.documents.index import kind

MOVED = (
    'company_id', 'environment', 'document_id', 'number', 'kind', 'issue_date', 'seller_nip', 'seller_name',
    'buyer_name', 'currency', 'net', 'vat', 'gross', 'has_attachment', 'ksef_number', 'acquired_at', 'words',
)


def index(apps, schema_editor):
    """The entries come after those of sales. The company is the buyer, so that its NIP is the buyer's."""
    connection = schema_editor.connection
    Entry = apps.get_model('documents', 'IndexEntry')
    last = Entry.objects.aggregate(last=models.Max('id'))['last'] or 0
    columns = ', '.join(MOVED)
    theirs = ', '.join(f'r.{column}' for column in MOVED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO documents_indexentry (id, direction, rejected, buyer_nip, buyer_id, {columns}) "
            f"SELECT r.id + %s, 'purchase', FALSE, c.nip, '', {theirs} "
            "FROM purchases_receivedinvoice r JOIN companies_company c ON c.id = r.company_id",
            [last],
        )
        cursor.execute('UPDATE purchases_receivedinvoice SET entry_id = id + %s', [last])
        for statement in connection.ops.sequence_reset_sql(no_style(), [Entry]):
            cursor.execute(statement)
    bought = Entry.objects.filter(direction='purchase')
    for listed in set(bought.values_list('kind', flat=True)):
        bought.filter(kind=listed).update(kind=kind(listed))
    connection.check_constraints()  # PostgreSQL alters no table while checks of its rows are put off


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0001_initial'),
        ('documents', '0002_index'),
        ('purchases', '0003_document_moves'),
        ('sales', '0008_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='receivedinvoice',
            name='entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='purchase', to='documents.indexentry'),
        ),
        migrations.RunPython(index, migrations.RunPython.noop),
        migrations.RemoveConstraint('receivedinvoice', 'one_row_per_ksef_number'),
        *(
            migrations.RemoveIndex('receivedinvoice', name)
            for name in ('received_list', 'received_seller', 'received_number', 'received_new')
        ),
        *(migrations.RemoveField('receivedinvoice', name.removesuffix('_id')) for name in MOVED[2:]),
        migrations.AlterField(
            model_name='receivedinvoice',
            name='entry',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='purchase', to='documents.indexentry'),
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(condition=models.Q(('opened_at__isnull', True)), fields=['company', 'environment', 'entry'], name='received_new'),
        ),
    ]

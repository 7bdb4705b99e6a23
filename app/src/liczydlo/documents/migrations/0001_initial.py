"""Documents leave ``sales``: the table comes along as it is, however many gigabytes it holds."""

import django.db.models.deletion
from django.db import migrations, models

from liczydlo.table_moves import TakeTable


def drop_old_guards(apps, schema_editor):
    """The triggers came along with the table; ``migrate`` ends with ours in their place."""
    on = ' ON documents_document' if schema_editor.connection.vendor == 'postgresql' else ''
    for verb in ('update', 'delete', 'truncate'):
        schema_editor.execute(f'DROP TRIGGER IF EXISTS sales_document_no_{verb}{on}')


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('companies', '0001_initial'),
        ('sales', '0006_modes'),
        ('purchases', '0002_fold_words'),
    ]

    operations = [
        TakeTable(
            'Document',
            old_table='sales_document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('xml', models.BinaryField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'sha256'), name='one_document_per_digest')],
            },
        ),
        migrations.RunPython(drop_old_guards, migrations.RunPython.noop),
    ]

"""The document belongs to ``documents``, whose first migration has taken its table over."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
        ('purchases', '0003_document_moves'),
        ('sales', '0006_modes'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='invoice',
                    name='document',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document'),
                ),
                migrations.DeleteModel('Document'),
            ],
        ),
    ]

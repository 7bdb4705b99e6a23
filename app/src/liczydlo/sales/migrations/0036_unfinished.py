"""What is typed into the editor and not saved yet."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_undo_seconds'),
        ('sales', '0035_imported_sales'),
    ]

    operations = [
        migrations.CreateModel(
            name='Unfinished',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(editable=False, max_length=16)),
                ('about', models.PositiveBigIntegerField(default=0, editable=False)),
                ('fields', models.JSONField()),
                ('tab', models.CharField(editable=False, max_length=32)),
                ('saved_at', models.DateTimeField(db_index=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('draft', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sales.draft')),
                ('member', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.membership')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('member', 'kind', 'about'), name='one_unfinished_per_page')],
            },
        ),
    ]

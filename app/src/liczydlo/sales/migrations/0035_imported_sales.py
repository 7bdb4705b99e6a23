"""Which sales were read in from a file."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('sales', '0034_forms'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportedSale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('key', models.CharField(max_length=64)),
                ('order', models.CharField(blank=True, default='', max_length=256)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('invoice', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='imported', to='sales.invoice')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'environment', 'order'], name='imported_order')],
                'constraints': [models.UniqueConstraint(fields=('company', 'environment', 'key'), name='one_invoice_per_rows')],
            },
        ),
    ]

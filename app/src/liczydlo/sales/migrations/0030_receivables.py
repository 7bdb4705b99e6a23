"""What is still to be paid of each sale; ``payments`` fills it in for those that are here already."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('documents', '0006_outside'),
        ('sales', '0029_recurrence_automatic'),
    ]

    operations = [
        migrations.CreateModel(
            name='Receivable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('currency', models.CharField(max_length=3)),
                ('payment_due', models.DateField(blank=True, null=True)),
                ('payable', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18)),
                ('settled', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18)),
                ('paid', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=18)),
                ('left', models.GeneratedField(db_persist=True, expression=django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('payable'), '-', models.F('paid')), 2), output_field=models.DecimalField(decimal_places=2, max_digits=18))),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='receivable', to='documents.indexentry')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('left', Decimal('0')), _negated=True), fields=['company', 'environment', 'currency', 'payment_due', 'left', 'paid', 'entry'], name='receivable_open')],
            },
        ),
    ]

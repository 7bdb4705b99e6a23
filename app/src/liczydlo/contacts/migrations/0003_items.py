"""Goods and services."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('contacts', '0002_recipients'),
    ]

    operations = [
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=512)),
                ('name_key', models.CharField(max_length=512)),
                ('unit', models.CharField(blank=True, default='', max_length=256)),
                ('net_price', models.DecimalField(blank=True, decimal_places=8, max_digits=18, null=True)),
                ('currency', models.CharField(default='PLN', max_length=3)),
                ('rate', models.CharField(choices=[('23', '23%'), ('8', '8%'), ('5', '5%'), ('0 KR', '0% krajowa'), ('0 WDT', '0% WDT'), ('0 EX', '0% eksport'), ('zw', 'zwolniona'), ('oo', 'odwrotne obc.'), ('np I', 'np. I'), ('np II', 'np. II')], max_length=6)),
                ('gtu', models.CharField(blank=True, default='', max_length=6)),
                ('pkwiu', models.CharField(blank=True, default='', max_length=50)),
                ('cn', models.CharField(blank=True, default='', max_length=50)),
                ('is_hidden', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'ordering': ('name_key', 'id'),
                'indexes': [models.Index(fields=['company', 'is_hidden', 'name_key'], name='item_list')],
                'constraints': [models.UniqueConstraint(fields=('company', 'name_key', 'currency'), name='one_item_per_name')],
            },
        ),
    ]

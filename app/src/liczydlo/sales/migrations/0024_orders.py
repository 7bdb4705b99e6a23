"""Which invoices belong to the order of an advance."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('sales', '0023_list_token'),
    ]

    operations = [
        migrations.CreateModel(
            name='OrderLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='order_links', to='sales.invoice')),
                ('invoice', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='order_link', to='sales.invoice')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]

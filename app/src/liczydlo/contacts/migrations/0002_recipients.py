"""Recipients of contractors."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('contacts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=512)),
                ('number', models.CharField(blank=True, default='', max_length=20)),
                ('line1', models.CharField(blank=True, default='', max_length=512)),
                ('line2', models.CharField(blank=True, default='', max_length=512)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('contractor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recipients', to='contacts.contractor')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
    ]

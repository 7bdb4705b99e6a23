"""The firm's bank accounts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('companies', '0008_fetch_every'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('iban', models.CharField(max_length=34)),
                ('name', models.CharField(max_length=60)),
                ('currency', models.CharField(default='PLN', max_length=3)),
                ('is_default', models.BooleanField(default=False)),
                ('file_format', models.CharField(choices=[('pain.001.001.09', 'ISO 20022: pain.001.001.09 (nowszy)'), ('elixir-0', 'Elixir-0 (starszy, tylko złote)')], default='pain.001.001.09', max_length=16)),
                ('encoding', models.CharField(choices=[('cp1250', 'Windows-1250'), ('iso8859-2', 'ISO-8859-2'), ('cp852', 'CP852'), ('utf-8', 'UTF-8')], default='cp1250', max_length=10)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'ordering': ('-is_default', 'name', 'id'),
                'constraints': [models.UniqueConstraint(fields=('company', 'iban', 'currency'), name='one_row_per_bank_account'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('company',), name='one_default_bank_account')],
            },
        ),
    ]

"""Files that wait to be stored, and the columns that people chose for their headers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('contacts', '0003_items'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('contractors', 'Kontrahenci'), ('items', 'Towary i usługi')], max_length=12)),
                ('name', models.CharField(max_length=200)),
                ('content', models.BinaryField()),
                ('columns', models.JSONField(null=True)),
                ('kept_at', models.DateTimeField(db_index=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='ColumnChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('contractors', 'Kontrahenci'), ('items', 'Towary i usługi')], max_length=12)),
                ('header', models.CharField(max_length=64)),
                ('columns', models.JSONField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'kind', 'header'), name='one_choice_of_columns_per_header')],
            },
        ),
    ]

"""Patterns of numbers of a firm, and room for long periods."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('sales', '0025_print_settings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='series',
            name='period',
            field=models.CharField(max_length=300),
        ),
        migrations.CreateModel(
            name='NumberPatterns',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sales', models.CharField(default='FV/{rrrr}/{mm}/{nnn}', max_length=256, verbose_name='faktury')),
                ('corrections', models.CharField(default='KOR/{rrrr}/{mm}/{nnn}', max_length=256, verbose_name='korekty')),
                ('advances', models.CharField(default='ZAL/{rrrr}/{mm}/{nnn}', max_length=256, verbose_name='zaliczki')),
                ('settlements', models.CharField(blank=True, default='', max_length=256, verbose_name='rozliczenia')),
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='number_patterns', to='companies.company')),
            ],
        ),
    ]

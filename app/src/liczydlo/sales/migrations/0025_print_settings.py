"""How a firm's own invoices are printed."""

import django.core.validators
import django.db.models.deletion
import re
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('sales', '0024_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='PrintSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('pl', 'polski'), ('en', 'angielski'), ('both', 'polski i angielski')], default='pl', max_length=4, verbose_name='język wydruku')),
                ('window', models.CharField(blank=True, choices=[('', 'bez okienka'), ('left', 'okienko po lewej (DIN 5008)'), ('right', 'okienko po prawej (DL)')], default='', max_length=5, verbose_name='koperta')),
                ('accent', models.CharField(default='#0f766e', max_length=7, validators=[django.core.validators.RegexValidator(re.compile('\\A#[0-9a-f]{6}\\Z'))], verbose_name='kolor')),
                ('note', models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(500)], verbose_name='notatka pod kwotami')),
                ('logo', models.BinaryField(blank=True, default=b'')),
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='print_settings', to='companies.company')),
            ],
        ),
    ]

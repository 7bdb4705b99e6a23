"""What JPK files say of a firm: its tax office, its address in parts."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('companies', '0010_undo_seconds'),
    ]

    operations = [
        migrations.CreateModel(
            name='Taxpayer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('office', models.CharField(blank=True, max_length=4, validators=[django.core.validators.RegexValidator('\\A\\d{4}\\Z')], verbose_name='urząd skarbowy')),
                ('country', models.CharField(default='PL', max_length=2, verbose_name='kraj')),
                ('voivodeship', models.CharField(blank=True, choices=[('dolnośląskie', 'dolnośląskie'), ('kujawsko-pomorskie', 'kujawsko-pomorskie'), ('lubelskie', 'lubelskie'), ('lubuskie', 'lubuskie'), ('łódzkie', 'łódzkie'), ('małopolskie', 'małopolskie'), ('mazowieckie', 'mazowieckie'), ('opolskie', 'opolskie'), ('podkarpackie', 'podkarpackie'), ('podlaskie', 'podlaskie'), ('pomorskie', 'pomorskie'), ('śląskie', 'śląskie'), ('świętokrzyskie', 'świętokrzyskie'), ('warmińsko-mazurskie', 'warmińsko-mazurskie'), ('wielkopolskie', 'wielkopolskie'), ('zachodniopomorskie', 'zachodniopomorskie')], max_length=36, verbose_name='województwo')),
                ('county', models.CharField(blank=True, max_length=36, verbose_name='powiat')),
                ('municipality', models.CharField(blank=True, max_length=36, verbose_name='gmina')),
                ('street', models.CharField(blank=True, max_length=65, verbose_name='ulica')),
                ('house', models.CharField(blank=True, max_length=9, verbose_name='numer domu')),
                ('flat', models.CharField(blank=True, max_length=10, verbose_name='numer lokalu')),
                ('town', models.CharField(blank=True, max_length=56, verbose_name='miejscowość')),
                ('postcode', models.CharField(blank=True, max_length=8, verbose_name='kod pocztowy')),
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='taxpayer', to='companies.company')),
            ],
        ),
    ]

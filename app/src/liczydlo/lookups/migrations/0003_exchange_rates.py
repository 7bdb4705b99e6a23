"""Rates of exchange that NBP has answered; it is one more service to switch on."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lookups', '0002_pause_failures'),
    ]

    operations = [
        migrations.AlterField(
            model_name='answer',
            name='service',
            field=models.CharField(choices=[('white-list', 'Biała lista (wykaz podatników VAT)'), ('nbp', 'Kursy walut NBP')], max_length=20),
        ),
        migrations.AlterField(
            model_name='choice',
            name='service',
            field=models.CharField(choices=[('white-list', 'Biała lista (wykaz podatników VAT)'), ('nbp', 'Kursy walut NBP')], max_length=20),
        ),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base', models.CharField(max_length=200)),
                ('currency', models.CharField(max_length=3)),
                ('day', models.DateField()),
                ('number', models.CharField(max_length=20)),
                ('mid', models.DecimalField(decimal_places=8, max_digits=14)),
                ('answered_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('base', 'currency', 'day'), name='one_rate_of_a_day')],
            },
        ),
    ]

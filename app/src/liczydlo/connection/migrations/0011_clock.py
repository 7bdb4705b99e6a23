"""How far the machine's clock is from KSeF's."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connection', '0010_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='KsefClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10, unique=True)),
                ('ahead', models.DurationField()),
                ('read_at', models.DateTimeField()),
            ],
        ),
    ]

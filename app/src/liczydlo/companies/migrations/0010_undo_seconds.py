"""For how long an invoice can be taken back after „Wyślij do KSeF" is the firm's to say; nobody could until now."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='undo_seconds',
            field=models.PositiveSmallIntegerField(choices=[(0, 'od razu'), (15, 'po 15 sekundach'), (30, 'po 30 sekundach'), (60, 'po minucie'), (120, 'po 2 minutach')], default=0, verbose_name='czas na cofnięcie wysłania'),
        ),
    ]

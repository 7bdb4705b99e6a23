"""How long an invoice issued offline waits is the firm's to say; until now it was an hour for everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0005_connected_are_proved'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='offline_pause',
            field=models.PositiveSmallIntegerField(choices=[(0, 'od razu, gdy KSeF odpowiada'), (15, 'po 15 minutach'), (60, 'po godzinie'), (240, 'po 4 godzinach'), (1440, 'po 24 godzinach, przed terminem')], default=60, verbose_name='wysyłka faktur offline'),
        ),
    ]

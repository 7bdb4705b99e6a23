"""How often in a row a service has not answered: its pauses grow."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lookups', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='pause',
            name='failures',
            field=models.PositiveIntegerField(default=0),
        ),
    ]

"""In which role the company was named: so far it was always the buyer."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('purchases', '0005_set_aside'),
    ]

    operations = [
        migrations.AddField(
            model_name='receivedinvoice',
            name='role',
            field=models.CharField(default='Subject2', max_length=20),
        ),
        migrations.AddField(
            model_name='setaside',
            name='role',
            field=models.CharField(default='Subject2', max_length=20),
        ),
    ]

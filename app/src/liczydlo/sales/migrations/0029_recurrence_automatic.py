"""Recurring invoices that need nobody's approval."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0028_recurrences'),
    ]

    operations = [
        migrations.AddField(
            model_name='recurrence',
            name='automatic',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='occurrence',
            name='outcome',
            field=models.CharField(choices=[('drafted', 'Szkic do zatwierdzenia'), ('issued', 'Wystawiona przez program'), ('held', 'Czeka na człowieka'), ('skipped', 'Pominięta')], max_length=7),
        ),
    ]

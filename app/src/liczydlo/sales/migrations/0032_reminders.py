"""Reminders of payment."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('contacts', '0007_no_reminders'),
        ('sales', '0031_buyer_letters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='buyerletter',
            name='one_automatic_letter_per_invoice',
        ),
        migrations.AddField(
            model_name='buyerletter',
            name='kind',
            field=models.CharField(choices=[('invoice', 'Faktura'), ('before', 'Przypomnienie przed terminem'), ('after', 'Przypomnienie po terminie')], default='invoice', max_length=7),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='remind_after',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='remind_before',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='reminder_subject_en',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='reminder_subject_pl',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='reminder_text_en',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='reminder_text_pl',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='reminders_since',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='buyerletter',
            constraint=models.UniqueConstraint(condition=models.Q(('automatic', True)), fields=('invoice', 'kind'), name='one_automatic_letter_of_a_kind'),
        ),
    ]

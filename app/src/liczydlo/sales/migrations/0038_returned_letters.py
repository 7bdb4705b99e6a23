"""Letters that came back: by which Message-ID they are known, when, and how far the mailbox is read."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_undo_seconds'),
        ('contacts', '0008_invoice_files'),
        ('sales', '0037_letter_matters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BounceMailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=500, unique=True)),
                ('validity', models.PositiveBigIntegerField(default=0)),
                ('last_uid', models.PositiveBigIntegerField(default=0)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='buyerletter',
            name='message_id',
            field=models.CharField(blank=True, default='', max_length=255),
        ),
        migrations.AddField(
            model_name='buyerletter',
            name='noticed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='buyerletter',
            name='returned_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='buyerletter',
            name='state',
            field=models.CharField(choices=[('waiting', 'Czeka na wysłanie'), ('sending', 'Wysyłanie'), ('sent', 'Przyjęty przez serwer poczty'), ('refused', 'Niewysłany'), ('doubt', 'Nie wiadomo, czy wysłany'), ('returned', 'Zwrócony')], default='waiting', max_length=8),
        ),
        migrations.AddIndex(
            model_name='buyerletter',
            index=models.Index(condition=models.Q(('noticed_at', None), ('state', 'returned')), fields=['company', 'id'], name='buyer_letter_returned'),
        ),
        migrations.AddIndex(
            model_name='buyerletter',
            index=models.Index(condition=models.Q(('message_id', ''), _negated=True), fields=['message_id'], name='buyer_letter_message'),
        ),
    ]

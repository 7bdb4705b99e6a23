"""What is not judged yet, in the order in which KSeF stored it."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('documents', '0006_outside'),
        ('purchases', '0016_doubles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='receivedinvoice',
            name='received_unjudged',
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(condition=models.Q(('judged_at', None)), fields=['company', 'stored_at'], name='received_unjudged'),
        ),
    ]

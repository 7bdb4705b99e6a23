"""Collective identifiers among changes at KSeF."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connection', '0011_clock'),
    ]

    operations = [
        migrations.AlterField(
            model_name='remotechange',
            name='kind',
            field=models.CharField(choices=[('grant', 'Nadanie uprawnień'), ('revoke-permission', 'Odebranie uprawnienia'), ('make-token', 'Nowy token'), ('revoke-token', 'Unieważnienie tokena'), ('end-login', 'Zakończenie sesji logowania'), ('revoke-certificate', 'Unieważnienie certyfikatu'), ('collective', 'Identyfikator zbiorczy')], max_length=20),
        ),
    ]

"""An invoice that leaves in a moment and can still be taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0032_reminders'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='step',
            field=models.CharField(choices=[('issue', 'Wystawiono'), ('await', 'Wystawiono; czeka na numer KSeF faktury, do której się odnosi'), ('fill', 'Wpisano numer KSeF faktury, do której się odnosi'), ('take-back', 'Wróciła do szkiców'), ('pause', 'Wysłano; jeszcze można cofnąć'), ('go', 'Czas na cofnięcie minął'), ('hold', 'Wstrzymano'), ('queue', 'Dodano do kolejki wysyłki'), ('wait', 'Wystawiono offline; czeka na wysłanie'), ('send', 'Rozpoczęto wysyłanie'), ('arrive', 'KSeF przyjął plik do przetwarzania'), ('return', 'Wraca do kolejki'), ('accept', 'KSeF nadał numer'), ('reject', 'KSeF odrzucił fakturę'), ('leave', 'Awaria całkowita: faktura zostaje poza KSeF'), ('correct', 'Wysłano korektę techniczną'), ('offline', 'Wystawiono jednak offline'), ('adopt', 'Do KSeF przesłał ją inny program; numer pobrano z KSeF'), ('import', 'Wystawiona poza programem; pobrano ją z KSeF')], max_length=10),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='state',
            field=models.CharField(choices=[('draft', 'Szkic'), ('awaiting', 'Czeka na numer faktury pierwotnej'), ('leaving', 'Zaraz się wyśle'), ('issued', 'Wystawiona'), ('waiting', 'Offline, do wysłania'), ('queued', 'W kolejce'), ('sending', 'Wysyłanie'), ('processing', 'Przetwarzanie w KSeF'), ('accepted', 'Przyjęta'), ('rejected', 'Odrzucona'), ('outside', 'Poza KSeF'), ('corrected', 'Skorygowana technicznie')], max_length=10, verbose_name='stan'),
        ),
    ]

"""A mark for sales that another program issued, and the two steps by which they come in."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0021_corrections'),
    ]

    operations = [
        migrations.AddField(
            model_name='invoice',
            name='issued_elsewhere',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='event',
            name='step',
            field=models.CharField(choices=[('issue', 'Wystawiono'), ('await', 'Wystawiono; czeka na numer KSeF faktury, do której się odnosi'), ('fill', 'Wpisano numer KSeF faktury, do której się odnosi'), ('take-back', 'Wróciła do szkiców'), ('hold', 'Wstrzymano'), ('queue', 'Dodano do kolejki wysyłki'), ('wait', 'Wystawiono offline; czeka na wysłanie'), ('send', 'Rozpoczęto wysyłanie'), ('arrive', 'KSeF przyjął plik do przetwarzania'), ('return', 'Wraca do kolejki'), ('accept', 'KSeF nadał numer'), ('reject', 'KSeF odrzucił fakturę'), ('leave', 'Awaria całkowita: faktura zostaje poza KSeF'), ('correct', 'Wysłano korektę techniczną'), ('offline', 'Wystawiono jednak offline'), ('adopt', 'Do KSeF przesłał ją inny program; numer pobrano z KSeF'), ('import', 'Wystawiona poza programem; pobrano ją z KSeF')], max_length=10),
        ),
    ]

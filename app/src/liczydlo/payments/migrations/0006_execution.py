"""Which line of a statement shows a part of an order carried out."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0005_keep_paid_purchases'),
    ]

    operations = [
        migrations.AddField(
            model_name='paymentevent',
            name='order',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='payments.transferorder'),
        ),
        migrations.AddField(
            model_name='transferitem',
            name='settlement',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='transfer_item', to='payments.settlement'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='step',
            field=models.CharField(choices=[('matched', 'Dopasowano wpłatę'), ('undone', 'Cofnięto dopasowanie'), ('aside', 'Odłożono: nie dotyczy faktury'), ('resumed', 'Przywrócono do dopasowania'), ('said', 'Wpisano zapłatę'), ('taken-back', 'Usunięto wpisaną zapłatę'), ('executed', 'Zlecenie zapłacone według wyciągu'), ('reopened', 'Zlecenie znów otwarte: cofnięto dopasowanie')], max_length=10),
        ),
    ]

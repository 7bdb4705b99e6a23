"""Files of invoices, and what people choose for a file besides its columns."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0007_no_reminders'),
    ]

    operations = [
        migrations.AddField(
            model_name='columnchoice',
            name='options',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='upload',
            name='options',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='columnchoice',
            name='kind',
            field=models.CharField(choices=[('contractors', 'Kontrahenci'), ('items', 'Towary i usługi'), ('invoices', 'Faktury sprzedaży')], max_length=12),
        ),
        migrations.AlterField(
            model_name='upload',
            name='kind',
            field=models.CharField(choices=[('contractors', 'Kontrahenci'), ('items', 'Towary i usługi'), ('invoices', 'Faktury sprzedaży')], max_length=12),
        ),
    ]

"""Files attached to purchases."""

import django.db.models.deletion
import liczydlo.web.times
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('documents', '0005_files'),
        ('purchases', '0012_description'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='step',
            field=models.CharField(choices=[('check', 'Sprawdzono'), ('book', 'Zaksięgowano'), ('reopen', 'Cofnięto do nowych'), ('hide', 'Ukryto'), ('show', 'Przywrócono z ukrytych'), ('payment', 'Zmieniono zapłatę'), ('describe', 'Zmieniono opis'), ('read-paid', 'Zapłatę odczytano z faktury'), ('attach', 'Dodano plik'), ('detach', 'Usunięto plik')], max_length=10),
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('at', models.DateTimeField(default=liczydlo.web.times.now)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='documents.storedfile')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='purchases.receivedinvoice')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('invoice', 'file'), name='one_attachment_per_file')],
            },
        ),
    ]

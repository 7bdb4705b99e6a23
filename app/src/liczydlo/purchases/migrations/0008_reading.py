"""What is read out of received documents: references to other invoices, words of lines. All are read anew."""

import django.db.models.deletion
import liczydlo.documents.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('documents', '0004_sorting'),
        ('purchases', '0007_coverage'),
    ]

    operations = [
        migrations.CreateModel(
            name='LineWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('word', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='Reference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(choices=[('EMULATOR', 'Emulator'), ('TEST', 'Test'), ('DEMO', 'Demo'), ('PRODUKCJA', 'Produkcja')], max_length=10)),
                ('kind', models.CharField(choices=[('correction', 'Correction'), ('settlement', 'Settlement')], max_length=10)),
                ('ksef_number', models.CharField(max_length=36)),
            ],
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='read_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['company'], name='received_unread'),
        ),
        migrations.AddField(
            model_name='lineword',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='lineword',
            name='entry',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='documents.indexentry'),
        ),
        migrations.AddField(
            model_name='reference',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='reference',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='references', to='documents.indexentry'),
        ),
        migrations.AddIndex(
            model_name='lineword',
            index=liczydlo.documents.indexes.WordIndex(name='line_words'),
        ),
        migrations.AddConstraint(
            model_name='lineword',
            constraint=models.UniqueConstraint(fields=('entry', 'word'), name='one_row_per_word'),
        ),
        migrations.AddIndex(
            model_name='reference',
            index=models.Index(fields=['company', 'environment', 'ksef_number'], name='reference_named'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.UniqueConstraint(fields=('entry', 'kind', 'ksef_number'), name='one_reference_of_a_kind'),
        ),
    ]

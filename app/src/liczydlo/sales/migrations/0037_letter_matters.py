"""Letters about notes of interest and statements, with what they enclose; a link leads to what its letter is about."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_undo_seconds'),
        ('contacts', '0008_invoice_files'),
        ('sales', '0036_unfinished'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Enclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('name', models.CharField(max_length=120)),
                ('content', models.BinaryField()),
                ('values', models.JSONField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveField(
            model_name='publiclink',
            name='invoice',
        ),
        migrations.AddField(
            model_name='buyerletter',
            name='about',
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='note_subject_en',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='note_subject_pl',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='note_text_en',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='note_text_pl',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='statement_subject_en',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='statement_subject_pl',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='statement_text_en',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='lettersettings',
            name='statement_text_pl',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AlterField(
            model_name='buyerletter',
            name='invoice',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='sales.invoice'),
        ),
        migrations.AlterField(
            model_name='buyerletter',
            name='kind',
            field=models.CharField(choices=[('invoice', 'Faktura'), ('before', 'Przypomnienie przed terminem'), ('after', 'Przypomnienie po terminie'), ('note', 'Nota odsetkowa'), ('statement', 'Wyciąg rozrachunków')], default='invoice', max_length=9),
        ),
        migrations.AddConstraint(
            model_name='buyerletter',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['note', 'statement']), ('invoice__isnull', False), _connector='XOR'), name='buyer_letter_has_its_matter'),
        ),
        migrations.AddField(
            model_name='enclosure',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='enclosure',
            name='letter',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='enclosure', to='sales.buyerletter'),
        ),
    ]

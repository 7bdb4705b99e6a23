"""Letters to buyers, the links in them, and how a firm writes."""

import django.db.models.deletion
import liczydlo.web.times
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0009_saved_filters'),
        ('contacts', '0006_invoice_letters'),
        ('sales', '0030_receivables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BuyerLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('automatic', models.BooleanField(default=False)),
                ('key', models.CharField(max_length=80)),
                ('address', models.EmailField(max_length=254)),
                ('language', models.CharField(choices=[('pl', 'polski'), ('en', 'angielski')], max_length=2)),
                ('subject', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('as_link', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('waiting', 'Czeka na wysłanie'), ('sending', 'Wysyłanie'), ('sent', 'Przyjęty przez serwer poczty'), ('refused', 'Niewysłany'), ('doubt', 'Nie wiadomo, czy wysłany')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('reason_json', models.JSONField(blank=True, null=True)),
                ('made_at', models.DateTimeField(default=liczydlo.web.times.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('contractor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='letters', to='contacts.contractor')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='sales.invoice')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='LetterSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('automatic', models.BooleanField(default=False)),
                ('as_link', models.BooleanField(default=False)),
                ('link_days', models.PositiveSmallIntegerField(default=30)),
                ('reply_to', models.EmailField(blank=True, default='', max_length=254)),
                ('subject_pl', models.CharField(blank=True, default='', max_length=200)),
                ('text_pl', models.TextField(blank=True, default='')),
                ('subject_en', models.CharField(blank=True, default='', max_length=200)),
                ('text_en', models.TextField(blank=True, default='')),
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='letter_settings', to='companies.company')),
            ],
        ),
        migrations.CreateModel(
            name='PublicLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(default=liczydlo.web.times.now)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('opened', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='public_links', to='sales.invoice')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='link', to='sales.buyerletter')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='buyerletter',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['company', 'id'], name='buyer_letter_open'),
        ),
        migrations.AddConstraint(
            model_name='buyerletter',
            constraint=models.UniqueConstraint(condition=models.Q(('automatic', True)), fields=('invoice',), name='one_automatic_letter_per_invoice'),
        ),
        migrations.AddConstraint(
            model_name='buyerletter',
            constraint=models.UniqueConstraint(fields=('company', 'key'), name='one_buyer_letter_per_key'),
        ),
    ]

"""How far files of invoices have been checked, and what their invoices would become."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_undo_seconds'),
        ('contacts', '0008_invoice_files'),
        ('sales', '0039_self_billed_numbers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=10)),
                ('key', models.CharField(max_length=64)),
                ('seen', models.CharField(max_length=64)),
                ('header', models.PositiveIntegerField()),
                ('places', models.JSONField()),
                ('options', models.JSONField()),
                ('total', models.PositiveIntegerField()),
                ('done', models.PositiveIntegerField(default=0)),
                ('digest', models.CharField(blank=True, default='', max_length=64)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='contacts.upload')),
            ],
        ),
        migrations.CreateModel(
            name='ReportLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('outcome', models.CharField(choices=[('refused', 'refused'), ('changed', 'changed'), ('new', 'new'), ('same', 'same')], max_length=8)),
                ('said', models.JSONField()),
                ('key', models.CharField(max_length=64)),
                ('order', models.CharField(blank=True, default='', max_length=256)),
                ('number', models.CharField(blank=True, default='', max_length=256)),
                ('is_ours', models.BooleanField(default=False)),
                ('is_known', models.BooleanField(default=False)),
                ('draft', models.JSONField(null=True)),
                ('entry', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ('xml', models.BinaryField(default=b'')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='sales.report')),
            ],
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(fields=('upload', 'language'), name='one_report_per_language'),
        ),
        migrations.AddIndex(
            model_name='reportline',
            index=models.Index(fields=['report', 'outcome', 'position'], name='report_outcome'),
        ),
        migrations.AddConstraint(
            model_name='reportline',
            constraint=models.UniqueConstraint(fields=('report', 'position'), name='one_line_per_position'),
        ),
    ]

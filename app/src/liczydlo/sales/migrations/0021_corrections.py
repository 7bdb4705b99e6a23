"""Which invoice corrects which, read from the corrections that are here."""

import logging

import django.db.models.deletion
from django.db import migrations, models

from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import read

KINDS = ('KOR', 'KOR_ZAL', 'KOR_ROZ')

log = logging.getLogger(__name__)


def link(apps, schema_editor):
    """Originals by their KSeF number, or by number and day; a document that cannot be read is left out."""
    Invoice, Draft = apps.get_model('sales', 'Invoice'), apps.get_model('sales', 'Draft')
    Link = apps.get_model('sales', 'CorrectionLink')
    rows = Invoice.objects.filter(entry__kind__in=KINDS).select_related('entry__document').order_by('pk')
    for row in rows.iterator(chunk_size=200):
        document = row.entry.document
        draft = None if document else Draft.objects.filter(invoice=row).first()
        xml = document.xml if document else draft.xml if draft else None
        try:
            named = read(bytes(xml or b'')).fa.dane_fa_korygowanej
        except (DocumentError, ValueError) as error:
            log.warning('the correction %s is tied to no invoice, for it cannot be read: %s', row.pk, error)
            continue
        here = Invoice.objects.filter(
            company_id=row.company_id, environment=row.environment, entry__seller_nip=row.entry.seller_nip,
            entry__rejected=False,
        ).exclude(state='corrected').exclude(pk=row.pk)
        found = set()
        for one in named:
            if one.nr_ksef_fa_korygowanej:
                same = here.filter(entry__ksef_number=one.nr_ksef_fa_korygowanej)
            else:
                same = here.filter(
                    entry__number=one.nr_fa_korygowanej, entry__issue_date=one.data_wyst_fa_korygowanej
                )
            found.update(same.values_list('pk', flat=True))
        found.update(Link.objects.filter(correction_id__in=found).values_list('original_id', flat=True))
        Link.objects.bulk_create(
            Link(company_id=row.company_id, correction=row, original_id=pk, collective=len(named) > 1)
            for pk in sorted(found - {row.pk})
        )


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('sales', '0020_confirmed_signer'),
    ]

    operations = [
        migrations.CreateModel(
            name='CorrectionLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('collective', models.BooleanField(default=False)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links_to_originals', to='sales.invoice')),
                ('original', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links_to_corrections', to='sales.invoice')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('correction', 'original'), name='one_link_per_original')],
            },
        ),
        migrations.RunPython(link, migrations.RunPython.noop),
    ]

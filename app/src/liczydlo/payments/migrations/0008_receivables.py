"""What is left of the sales that an earlier program issued: with their corrections and what was settled of them."""

from decimal import Decimal

from django.db import migrations
from django.db.models import Sum

from liczydlo.documents import facts

CORRECTIONS = ('KOR', 'KOR_ZAL', 'KOR_ROZ')
CHUNK = 500


def fill(apps, schema_editor):
    """Rows of all documents, then those that count with another one, then what was paid."""
    Entry = apps.get_model('documents', 'IndexEntry')
    Receivable = apps.get_model('sales', 'Receivable')
    Link = apps.get_model('sales', 'CorrectionLink')
    Settlement = apps.get_model('payments', 'Settlement')
    rows = Entry.objects.filter(direction='sale', document__isnull=False, sale__isnull=False)
    columns = ('pk', 'company_id', 'environment', 'currency', 'kind', 'gross', 'sale__state', 'payment_due', 'document__xml')
    made = []

    def store():
        Receivable.objects.bulk_create(made)
        for row in made:
            if row.payment_due is not None:
                Entry.objects.filter(pk=row.entry_id).update(payment_due=row.payment_due)
        made.clear()

    for pk, company, environment, currency, kind, gross, state, _due, xml in (
        rows.order_by('pk').values_list(*columns).iterator(chunk_size=CHUNK)
    ):
        known = facts.of(bytes(xml))
        counts = state not in ('draft', 'awaiting', 'rejected', 'corrected')
        payable = facts.payable(gross, known) if counts else Decimal(0)
        made.append(Receivable(
            company_id=company, environment=environment, entry_id=pk, currency=currency, payable=payable,
            payment_due=known.payment_due,
            paid=facts.stated(kind, payable, known) if counts else Decimal(0),
        ))
        if len(made) == CHUNK:
            store()
    store()
    settled = dict(
        Settlement.objects.filter(entry__direction='sale').order_by().values_list('entry').annotate(total=Sum('amount'))
    )
    links = Link.objects.filter(collective=False).exclude(original__entry__kind__in=CORRECTIONS)
    roots = dict(links.order_by('-original_id').values_list('correction__entry', 'original__entry'))
    refused = set(rows.filter(sale__state__in=('rejected', 'corrected')).values_list('pk', flat=True))
    totals = {}
    for pk, amount in settled.items():
        Receivable.objects.filter(entry=pk).update(settled=amount)
        if pk in refused:
            continue
        totals[roots.get(pk, pk)] = totals.get(roots.get(pk, pk), Decimal(0)) + amount
    for correction, root in roots.items():
        own, other = Receivable.objects.filter(entry=correction), Receivable.objects.filter(entry=root).first()
        row = own.first()
        if row is None or other is None:
            continue
        Receivable.objects.filter(entry=root).update(payable=other.payable + row.payable, paid=other.paid + row.paid)
        own.update(payable=0, paid=0)
    for pk, amount in totals.items():
        row = Receivable.objects.filter(entry=pk).first()
        if row is not None and abs(amount) > abs(row.paid):
            Receivable.objects.filter(entry=pk).update(paid=amount)


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0007_checked'),
        ('purchases', '0018_due'),
        ('sales', '0030_receivables'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

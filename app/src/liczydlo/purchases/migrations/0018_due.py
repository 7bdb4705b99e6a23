"""What is left to pay of each purchase, in the row with its payment; of unpaid ones as their documents ask for."""

import re
from decimal import Decimal, InvalidOperation

import django.db.models.functions.comparison
import django.db.models.functions.math
from django.conf import settings
from django.db import migrations, models

# Rozliczenie/DoZaplaty of FA, PayableAmount of PEF
NAMED = re.compile(rb'<(?:[A-Za-z0-9]+:)?(?:DoZaplaty|PayableAmount)(?:\s[^>]*)?>\s*([0-9.-]+)\s*<')


def fill(apps, schema_editor):
    """Gross amounts at once, the few other ones by reading the documents that are not paid yet."""
    Entry = apps.get_model('documents', 'IndexEntry')
    Received = apps.get_model('purchases', 'ReceivedInvoice')
    entry = Entry.objects.filter(pk=models.OuterRef('entry'))
    Received.objects.update(
        payable=models.Subquery(entry.values('gross')[:1]),
        currency=models.Subquery(entry.values('currency')[:1]),
        payment_due=models.Subquery(entry.values('payment_due')[:1]),
    )
    rows = Received.objects.exclude(payment='paid').filter(entry__document__isnull=False, read_at__isnull=False)
    for pk, gross, xml in rows.values_list('pk', 'payable', 'entry__document__xml').iterator(chunk_size=200):
        named = NAMED.search(bytes(xml))
        try:
            payable = Decimal(named[1].decode()) if named else gross
        except InvalidOperation:
            continue
        if payable != gross and payable * gross >= 0 and abs(payable) < 10**16:
            Received.objects.filter(pk=pk).update(payable=payable)


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_fetch_every'),
        ('documents', '0006_outside'),
        ('purchases', '0017_judging_order'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='receivedinvoice',
            name='payable',
            field=models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=18),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='currency',
            field=models.CharField(default='', max_length=3),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='receivedinvoice',
            name='payment_due',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddField(
            model_name='receivedinvoice',
            name='left',
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(payment='paid', then=models.Value(Decimal(0))),
                    default=django.db.models.functions.math.Round(
                        models.F('payable')
                        - django.db.models.functions.comparison.Coalesce(
                            models.F('paid_amount'), models.Value(Decimal(0))
                        ),
                        2,
                    ),
                ),
                output_field=models.DecimalField(decimal_places=2, max_digits=18),
            ),
        ),
        migrations.AddIndex(
            model_name='receivedinvoice',
            index=models.Index(
                condition=models.Q(('payment', 'paid'), _negated=True),
                fields=['company', 'environment', 'payment_due', 'id', 'left', 'state', 'currency'],
                name='received_due',
            ),
        ),
    ]

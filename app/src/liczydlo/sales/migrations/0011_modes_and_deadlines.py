"""Why an invoice was issued in its mode, and at which moment: both decide the deadline, and the mark in JPK_V7."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from liczydlo.ksef.deadlines import next_business_day

WISH = {"code": "mode-wish", "params": {}, "ksef_code": "", "reference": "", "details": []}
ONLINE = {**WISH, "code": "mode-online"}


def tell(apps, schema_editor):
    """Until now an offline mode was the issuer's wish, the moment of issue stood in the timeline, online had no day."""
    invoices = apps.get_model("sales", "Invoice").objects.exclude(state="draft")
    events = apps.get_model("sales", "Event").objects
    issue = events.filter(invoice=OuterRef("pk"), step="issue").order_by("id")
    invoices.update(issued_at=Subquery(issue.values("at")[:1]))
    invoices.filter(mode="online").update(mode_reason_json=ONLINE)
    invoices.exclude(mode="online").update(mode_reason_json=WISH)
    unsent = invoices.filter(mode="online", due_date=None, state__in=["issued", "queued", "sending"])
    for pk, day in unsent.values_list("pk", "entry__issue_date"):
        invoices.filter(pk=pk).update(due_date=next_business_day(day))


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0010_reasons'),
        ('companies', '0006_offline_pause'),
    ]

    operations = [
        migrations.AddField(
            model_name='invoice',
            name='issued_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='invoice',
            name='mode_reason_json',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='event',
            name='step',
            field=models.CharField(choices=[('issue', 'Wystawiono'), ('hold', 'Wstrzymano'), ('queue', 'Dodano do kolejki wysyłki'), ('wait', 'Wystawiono offline; czeka na wysłanie'), ('send', 'Rozpoczęto wysyłanie'), ('arrive', 'KSeF przyjął plik do przetwarzania'), ('return', 'Wraca do kolejki'), ('accept', 'KSeF nadał numer'), ('reject', 'KSeF odrzucił fakturę'), ('leave', 'Awaria całkowita: faktura zostaje poza KSeF'), ('correct', 'Wysłano korektę techniczną'), ('offline', 'Wystawiono jednak offline')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('mode__in', ['offline', 'awaryjny', 'awaria-calkowita'])), fields=['company', 'environment'], name='invoice_of_outage'),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]

"""What tests do inside the application, as a process of its own: ``python tests/driver.py <a function below> …``.

The environment says which data folder and which emulator; Django is set up as the application does it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django


def migrate() -> None:
    """Bring the data folder's database up to date."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def connect(control: str) -> None:
    """Make a person and a firm, get its certificates from the emulator and connect it in both tabs."""
    from django.conf import settings
    from liczydlo.companies.models import User
    from liczydlo.demo import firms
    from liczydlo.ksef import environments

    owner = User.objects.create_user("ala@example.com", "Kwiecień-plecień 2026", name="Ala Nowak")
    ministry = firms.Ministry(
        environment=environments.emulator(settings.LICZYDLO_EMULATOR_URL), control=control
    )
    firms.finish(firms.begin(firms.COMPANY, ministry, owner))


def files(control: str, folder: str) -> None:
    """Get both certificates of the firm from the emulator and leave them as a user's downloads; no database."""
    from django.conf import settings
    from liczydlo.demo import firms
    from liczydlo.ksef import environments
    from liczydlo.ksef.client import Client
    from liczydlo.ksef.context import Context

    here = environments.emulator(settings.LICZYDLO_EMULATOR_URL)
    signature = firms.Ministry(environment=here, control=control).signature(firms.COMPANY)
    with Client(
        here, trust_env=False, credential=signature, context=Context(value=firms.COMPANY.nip)
    ) as ksef:
        for purpose in ("Authentication", "Offline"):
            made = firms.enrol(ksef, purpose)
            (Path(folder) / f"{purpose}.key").write_bytes(made.key)
            (Path(folder) / f"{purpose}.crt").write_bytes(made.certificate)
            (Path(folder) / f"{purpose}.password").write_text(made.password)


def supply(control: str) -> None:
    """The other demo firm sends the connected one its basic example, straight to KSeF."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from django.conf import settings
    from liczydlo.demo import firms
    from liczydlo.demo.samples import faktura_of, samples
    from liczydlo.fa3.write import write
    from liczydlo.ksef import environments

    here = environments.emulator(settings.LICZYDLO_EMULATOR_URL)
    ministry, supplier = firms.Ministry(environment=here, control=control), firms.SOLE_PROPRIETOR
    ministry.introduce(supplier)
    today = datetime.now(ZoneInfo("Europe/Warsaw")).date()
    draft = samples(supplier.party, firms.COMPANY.party, today)["several-rates"]
    ministry.send_elsewhere(supplier, write(faktura_of(draft)))


def ask_white_list(control: str) -> None:
    """The connected firm lets Biała lista be asked, and an invoice with an account comes in; nobody has asked yet."""
    from django.utils import timezone
    from liczydlo.companies.models import Company
    from liczydlo.lookups.models import Choice, Service
    from liczydlo.purchases import services as purchases

    company = Company.objects.get()
    Choice.objects.create(company=company, service=Service.WHITE_LIST, is_on=True, changed_at=timezone.now())
    supply(control)
    purchases.synchronise(company)


def set_aside(_control: str) -> None:
    """What KSeF lists for the firm could not be taken over."""
    import datetime as dt

    from liczydlo.companies.models import Company
    from liczydlo.connection import clients
    from liczydlo.purchases import set_aside as aside
    from liczydlo.web import times
    from liczydlo.web.reasons import Reason

    company, now = Company.objects.get(), times.now()
    with clients.client(company) as ksef:
        for listed in ksef.query_metadata("Subject2", now - dt.timedelta(hours=1), None, until_hwm=True):
            reason = Reason.of(aside.DocumentFails(listed.ksef_number))
            aside.keep(company, listed, reason, now=now)


def issue(path: str, mode: str = "online") -> None:
    """Issue a ready file in the firm's name; prints its row and digest."""
    from liczydlo.companies.models import Company
    from liczydlo.sales import services

    invoice = services.issue(Company.objects.get(), Path(path).read_bytes(), mode=mode)  # type: ignore[arg-type]
    print(json.dumps({"id": invoice.pk, "sha256": invoice.entry.sha256}))


def recur(prefix: str) -> None:
    """Let an invoice of the firm recur without approval, every week from today on; a worker makes it.

    Its number begins with ``prefix``.
    """
    import datetime as dt
    from decimal import Decimal

    from liczydlo.companies.models import Company, User
    from liczydlo.demo import firms
    from liczydlo.fa3.draft import InvoiceDraft, Line
    from liczydlo.jobs import registry
    from liczydlo.sales.number_patterns import NumberPatterns
    from liczydlo.sales.repeating import making, templates
    from liczydlo.sales.repeating.tables import Recurrence
    from liczydlo.web import times

    company, today = Company.objects.get(), times.today()
    NumberPatterns.objects.create(company=company, sales=prefix + "/{rrrr}/{mm}/{nnn}")
    line = Line(name="Abonament {okres}", rate="23", net_price=Decimal(100))
    draft = InvoiceDraft(
        seller=firms.COMPANY.party, buyer=firms.SOLE_PROPRIETOR.party, issue_date=today, lines=(line,)
    )
    Recurrence.objects.create(
        company=company,
        template=templates.keep(company, draft),
        unit=Recurrence.Unit.WEEK,
        first_day=today,
        done_until=today - dt.timedelta(days=1),
        automatic=True,
        set_by=User.objects.get(),
    )
    registry.enqueue(company.pk, making.JOB)


def sign_in(control: str) -> None:
    """Begin the short way for the firm and hand in the document, signed with its seal; a worker does the rest."""
    from django.conf import settings
    from django.utils import timezone
    from liczydlo.companies.models import Company
    from liczydlo.connection.signin import services
    from liczydlo.demo import firms
    from liczydlo.ksef import environments, xades

    ministry = firms.Ministry(
        environment=environments.emulator(settings.LICZYDLO_EMULATOR_URL), control=control
    )
    company = Company.objects.get()
    row = services.begin(company, by=None)
    signed = xades.sign(bytes(row.document), ministry.signature(firms.COMPANY), signing_time=timezone.now())
    services.take(company, row, signed, by=None)


def working(control: str) -> None:
    """A firm at work: connected, with invoices that it issued and one that it received."""
    connect(control)
    supply(control)
    examples()


def examples() -> None:
    """The firm issues three of the project's examples."""
    from django.utils import timezone
    from liczydlo.companies.models import Company, User
    from liczydlo.demo import firms
    from liczydlo.demo.samples import faktura_of, samples
    from liczydlo.fa3.write import write
    from liczydlo.purchases import services as purchases
    from liczydlo.sales import services

    company = Company.objects.get()
    made = samples(firms.COMPANY.party, firms.SOLE_PROPRIETOR.party, timezone.localdate())
    for name in ("several-rates", "foreign-currency", "correction"):
        services.issue(company, write(faktura_of(made[name])), by=User.objects.get())
    purchases.synchronise(company)


def queue(control: str) -> None:
    """A connected firm whose KSeF is away: one invoice late, one due today, one with time, a correction that waits."""
    import datetime as dt
    from dataclasses import replace

    from django.utils import timezone
    from liczydlo.companies.models import Company
    from liczydlo.demo import firms
    from liczydlo.demo.samples import faktura_of, samples
    from liczydlo.fa3.draft import Original
    from liczydlo.fa3.write import write
    from liczydlo.sales import services
    from liczydlo.sales.models import Invoice

    connect(control)
    company, today = Company.objects.get(), timezone.localdate()
    made = samples(firms.COMPANY.party, firms.SOLE_PROPRIETOR.party, today)
    for name, days in (("several-rates", -1), ("foreign-currency", 0), ("correction", 5)):
        row = services.issue(company, write(faktura_of(made[name])))
        Invoice.objects.filter(pk=row.pk).update(due_date=today + dt.timedelta(days))
    first, correction = made["several-rates"], made["correction"]
    assert first.number and first.issue_date and correction.correction
    original = Original(number=first.number, issue_date=first.issue_date)
    meant = replace(correction.correction, originals=(original,))
    services.issue(company, write(faktura_of(replace(correction, number="FK/999", correction=meant))))


def small_parts() -> None:
    """A worker for which three invoices are many, and which cuts their package into a dozen parts."""
    from liczydlo.__main__ import cli
    from liczydlo.ksef import packing
    from liczydlo.sales.sending import batches

    packing.PART_SIZE = 150  # type: ignore[misc]
    batches.WORTHWHILE = 3  # type: ignore[misc]
    cli(["worker"])


if __name__ == "__main__":
    django.setup()
    COMMANDS = (
        small_parts,
        ask_white_list,
        set_aside,
        migrate,
        connect,
        working,
        files,
        supply,
        sign_in,
        issue,
        recur,
        queue,
    )
    {command.__name__: command for command in COMMANDS}[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]

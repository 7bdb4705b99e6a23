"""Lists and the dashboard of a firm with many invoices, by turns with those of a firm with ten in the same database.

The firm with ten is the floor: what the page costs whatever there is to find. SQLite in a temporary folder with
100 000 invoices issued and as many received, or the PostgreSQL of ``--database`` with 1 000 000: an empty one, or one
that an earlier run filled. Pages are asked for in this process, without a network. Ends with 1 when over the budget of
shared/DESIGN.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "app/src"))

P95 = 100.0  # milliseconds
TIMES = 3.0  # the floor
PAGES = {  # each asks for other words and numbers of the same frequency, which no cache remembers
    "dashboard": ("home:dashboard", ""),
    "sales": ("sales:list", ""),
    "sales, deep": ("sales:list", "po={middle}"),
    "sales, common word": ("sales:list", "q=gaźnik"),
    "sales, one number": ("sales:list", "q=FV/{middle}/2026"),
    "sales, amount": ("sales:list", "q={middle},17"),
    "sales, nothing": ("sales:list", "q=żyrafa {turn}"),
    "sales, short nothing": ("sales:list", "q=żż"),
    "sales, NIP": ("sales:list", "q=5260001246"),
    "sales, KSeF number": ("sales:list", "q=5265877635-20261123-00000000000A-00"),
    "sales, days": ("sales:list", "od=2026-03-01&do=2026-03-03"),
    "sales, days of nothing": ("sales:list", "od=2031-03-01&do=2031-03-03"),
    "sales, moving": ("sales:list", "stan=moving"),
    "sales, accepted": ("sales:list", "stan=accepted"),
    "sales, overdue": ("sales:list", "stan=overdue"),
    "sales, drafts of a word": ("sales:list", "stan=draft&q=gaźnik"),
    "sales, accepted, nothing": ("sales:list", "stan=accepted&q=żyrafa {turn}"),
    "sales, unpaid": ("sales:list", "platnosc=unpaid"),
    "sales, payment overdue": ("sales:list", "platnosc=overdue"),
    "sales, unpaid, by due": ("sales:list", "platnosc=unpaid&sort=due"),
    "sales, paid": ("sales:list", "platnosc=paid"),
    "sales, to be refunded": ("sales:list", "platnosc=return"),
    "sales, by due": ("sales:list", "sort=due"),
    "sales, by gross, deep": ("sales:list", "sort=-gross&po={middle}"),
    "purchases": ("purchases:list", ""),
    "purchases, common word": ("purchases:list", "q=gaźnik"),
    "purchases, nothing": ("purchases:list", "q=żyrafa {turn}"),
    "purchases, new": ("purchases:list", "stan=new"),
    "purchases, deep": ("purchases:list", "po={middle}"),
    "purchases, line text": ("purchases:list", "q=gazn"),
    "purchases, two words of lines": ("purchases:list", "q=zawleczka nr{turn}"),
    "purchases, amount": ("purchases:list", "q={middle},17"),
    **{
        f"purchases, by {column}": ("purchases:list", f"sort={column}")
        for column in (
            "seller",
            "number",
            "-issued",
            "net",
            "-vat",
            "-gross",
            "due",
            "-due",
            "state",
            "-payment",
        )
    },
    "purchases, booked": ("purchases:list", "stan=booked"),
    "purchases, hidden": ("purchases:list", "stan=hidden"),
    "purchases, hidden, by seller": ("purchases:list", "stan=hidden&sort=seller"),
    "purchases, to pay": ("purchases:list", "platnosc=due"),
    "purchases, overdue": ("purchases:list", "platnosc=overdue"),
    "purchases, to pay, by due": ("purchases:list", "platnosc=due&sort=due"),
    "purchases, by state, deep": ("purchases:list", "sort=state&po={middle}"),
    "purchases, by due, deep": ("purchases:list", "sort=due&po={middle}"),
    "purchases, by seller, deep": ("purchases:list", "sort=seller&po={middle}"),
    "purchases, by gross, common": ("purchases:list", "sort=gross&q=gaźnik"),
    "purchases, by gross, nothing": ("purchases:list", "sort=gross&q=żyrafa {turn}"),
    "purchases, by due, line text": ("purchases:list", "sort=-due&q=zawleczka"),
    "purchases, by seller, new": ("purchases:list", "sort=seller&stan=new"),
    "due list": ("payments:due", ""),
    "due list, deep": ("payments:due", "po={middle}"),
    "due list, common word": ("payments:due", "q=gaźnik"),
    "due list, amount and day": ("payments:due", "kwota_od=5000&do=2026-06-01"),
    "purchases, by number, days": ("purchases:list", "sort=number&od=2026-03-01&do=2026-03-03"),
}
STATES = (
    "rejected",
    "draft",
    "issued",
    "waiting",
    "queued",
    "sending",
    "processing",
    "rejected",
    "draft",
    "waiting",
)
NAMES = (
    "Huta Szkła „Łęg” sp. z o.o.",
    "Gaźnik i Syn",
    "Piekarnia Świt",
    "Zakład Ślusarski Brzęk",
    "Drukarnia",
)


def fill(company_id: int, number: int) -> None:
    """Invoices issued and received: one in a hundred is not accepted, one in five hundred is new, one in
    twenty is hidden, the oldest, and one in ten not paid."""
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from liczydlo.documents.models import Document, IndexEntry
    from liczydlo.purchases.models import LineWord, ReceivedInvoice
    from liczydlo.sales.models import Invoice
    from liczydlo.sales.models.receivables import Receivable
    from liczydlo.web.search import fold

    postgresql = connection.vendor == "postgresql"
    digest = "lpad(to_hex(i), 64, '0')" if postgresql else "printf('%064x', i)"
    ksef = f"'5265877635-20261123-' || substr({digest}, 53) || '-00'"
    day = (
        "DATE '2026-01-01' + CAST(i % 330 AS integer)"
        if postgresql
        else "date('2026-01-01', (i % 330) || ' days')"
    )
    name = "CASE i % 5 " + " ".join(f"WHEN {at} THEN '{one}'" for at, one in enumerate(NAMES)) + " END"
    folded = (
        "CASE i % 5 " + " ".join(f"WHEN {at} THEN '{fold(one)}'" for at, one in enumerate(NAMES)) + " END"
    )
    state = "CASE i / 2 % 1000 " + " ".join(f"WHEN {at} THEN '{one}'" for at, one in enumerate(STATES))
    state += " ELSE 'accepted' END"
    xml = "'<a/>'::bytea" if postgresql else "x'3c612f3e'"
    with transaction.atomic(), connection.cursor() as cursor:
        if postgresql:  # ten million foreign keys are right and need no check each
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT coalesce(max(id), 0) FROM documents_document")
        first = cursor.fetchone()[0] + 1
        last = first + 2 * number - 1
        rows = f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
        own: dict[str, str] = {"company_id": str(company_id), "environment": "'EMULATOR'"}
        lines = (f"substr({folded}, 1, 6)", "'zawleczka'", "'nr' || i % 1000", "'stal' || i")
        for model, columns, source in (
            (Document, {"id": "i", "company_id": str(company_id), "sha256": digest, "xml": xml}, "n"),
            (
                IndexEntry,
                own
                | {
                    "id": "i",
                    "direction": "d",
                    "document_id": "CASE WHEN s = 'draft' THEN NULL ELSE i END",
                    "rejected": "s = 'rejected'",
                    "number": "'FV/' || i || '/2026'",
                    "kind": "'VAT'",
                    "issue_date": day,
                    "seller_nip": "'5265877635'",
                    "seller_name": name,
                    "buyer_nip": "CASE i % 100 WHEN 0 THEN '5260001246' ELSE '8567346215' END",
                    "buyer_name": name,
                    "currency": "'PLN'",
                    "net": "i",
                    "vat": "0",
                    "gross": "i + 0.17",
                    "ksef_number": f"CASE WHEN s = 'accepted' THEN {ksef} ELSE '' END",
                    "words": f"'fv ' || i || ' 2026 ' || {folded}",
                    "seller_key": folded,
                    "payment_due": f"CASE WHEN i % 3 > 0 THEN {day} END",
                    "hidden": f"d = 'purchase' AND i / 2 % 500 > 0 AND i < {first} + {number} / 10",
                },
                f"(SELECT i, CASE i % 2 WHEN 0 THEN 'sale' ELSE 'purchase' END d, "
                f"CASE i % 2 WHEN 0 THEN {state} ELSE 'accepted' END s FROM n) AS m",
            ),
            (
                Invoice,
                own
                | {
                    "id": "i",
                    "entry_id": "i",
                    "state": state,
                    "mode": "'online'",
                    "due_date": f"CASE WHEN i / 2 % 1000 = 3 THEN {day} END",
                },
                "n WHERE i % 2 = 0",
            ),
            (
                Receivable,
                own
                | {
                    "id": "i",
                    "entry_id": "i",
                    "currency": "'PLN'",
                    "payment_due": f"CASE WHEN i % 3 > 0 THEN {day} END",
                    "payable": "i + 0.17",
                    "settled": "0",
                    "paid": "CASE i / 2 % 10 WHEN 1 THEN 0 ELSE i + 0.17 END",
                },
                "n WHERE i % 2 = 0",
            ),
            (
                ReceivedInvoice,
                own
                | {
                    "id": "i",
                    "entry_id": "i",
                    "role": "'Subject2'",
                    "mode": "'Online'",
                    "stored_at": "CURRENT_TIMESTAMP",
                    "read_at": "CURRENT_TIMESTAMP",
                    "judged_at": "CURRENT_TIMESTAMP",
                    "payable": "i + 0.17",
                    "currency": "'PLN'",
                    "payment_due": f"CASE WHEN i % 3 > 0 THEN {day} END",
                    "state": "CASE WHEN i / 2 % 500 = 0 THEN 'new' "
                    f"WHEN i < {first} + {number} / 10 THEN 'hidden' ELSE 'booked' END",
                    "payment": "CASE i % 20 WHEN 1 THEN 'due' ELSE 'paid' END",
                },
                "n WHERE i % 2 = 1",
            ),
            *((LineWord, own | {"entry_id": "i", "word": word}, "n WHERE i % 2 = 1") for word in lines),
        ):
            values = columns | defaults(model, columns)
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(values)}) {rows} "
                f"SELECT {', '.join(values.values())} FROM {source}"
            )
        models = [Document, IndexEntry, Invoice, Receivable, ReceivedInvoice, LineWord]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def defaults(model: Any, columns: Iterable[str]) -> dict[str, str]:
    """What Django would put into the other columns, as SQL: a column that comes to a model needs nothing here."""
    others = [
        field
        for field in model._meta.concrete_fields
        if field.column not in columns
        and not (field.primary_key or field.generated or field.has_db_default())
    ]
    return {field.column: literal(field.get_default()) for field in others}


def literal(value: Any) -> str:
    """A default as SQL."""
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case dt.datetime():
            return "CURRENT_TIMESTAMP"
        case str():
            return f"'{value}'"
        case _:
            raise TypeError(f"a default of {type(value)}")


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="postgresql://… of a database of its own")
    parser.add_argument("--rows", type=int, help="invoices issued, and as many received")
    parser.add_argument("--turns", type=int, default=60, help="of twenty, p95 is all but the greatest")
    parser.add_argument("--pages", default="", help="a part of the names of the pages to ask for")
    flags = parser.parse_args()
    number = flags.rows or (1_000_000 if flags.database else 100_000)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "liczydlo.settings",
            "DATABASE_URL": flags.database or f"sqlite:///{folder}/pages.sqlite3",
            "LICZYDLO_DATA": folder,
            "DJANGO_LOG_LEVEL": "ERROR",
        }
        return measure(number, flags.turns, flags.pages)


def measure(number: int, turns: int, pages: str) -> int:
    """Fill the database, ask for every page by turns, print."""
    import django

    django.setup()
    import liczydlo.wsgi  # noqa: F401 - garbage is collected as in the server
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.urls import reverse
    from liczydlo.companies.models import Company, Membership, Role
    from liczydlo.companies.users import User

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    person, _ = User.objects.get_or_create(email="ala@example.pl")
    firms = {}
    for rows in (number, 10):
        firm, is_new = Company.objects.get_or_create(nip="5265877635", name=f"Garncarnia {rows}")
        firms[rows] = firm
        if not is_new:
            continue
        Membership.objects.create(user=person, company=firm, role=Role.OWNER)
        started = time.perf_counter()
        fill(firm.pk, rows)
        print(
            f"{rows} invoices issued and as many received in {time.perf_counter() - started:.0f} s",
            flush=True,
        )
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "SELECT 1")
    client = Client()
    client.force_login(person)
    print(
        f"{connection.vendor}, milliseconds of {turns} turns; floor: the median of the same page of a firm with ten"
    )
    print(f"{'':28}{'first':>8}{'median':>8}{'p95':>8}{'floor':>8}{'times':>7}")
    over = False
    for page, (name, query) in PAGES.items():
        if pages not in page:
            continue
        took: dict[int, list[float]] = {rows: [] for rows in firms}
        for turn in range(turns + 1):
            for rows, firm in firms.items():
                address = (
                    reverse(name, args=[firm.pk]) + "?" + query.format(middle=number // 2 + turn, turn=turn)
                )
                start = time.perf_counter()
                answer = client.get(address)
                took[rows].append((time.perf_counter() - start) * 1000)
                assert answer.status_code == 200, (address, answer.status_code)
        first, warm = took[number][0], took[number][1:]
        median, p95 = statistics.median(warm), statistics.quantiles(warm, n=20)[18]
        floor = statistics.median(took[10][1:])
        is_over = p95 > P95 or median > TIMES * floor
        over = over or is_over
        mark = "  over" if is_over else ""
        print(
            f"{page:28}{first:8.1f}{median:8.1f}{p95:8.1f}{floor:8.1f}{median / floor:7.1f}{mark}", flush=True
        )
    print(f"budget: p95 of {P95:.0f} ms and {TIMES:.0f} times the floor; {'over' if over else 'held'}")
    return int(over)


if __name__ == "__main__":
    sys.exit(main())

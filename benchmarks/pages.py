"""Lists and the dashboard of a firm with many invoices, by turns with those of a firm with ten in the same database.

The firm with ten is the floor: what the page costs whatever there is to find. SQLite in a temporary folder with
100 000 invoices issued and as many received, or the PostgreSQL of ``--database``, an empty one, with 1 000 000. Pages
are asked for in this process, without a network. Ends with 1 when over the budget of shared/DESIGN.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

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
    "purchases": ("purchases:list", ""),
    "purchases, common word": ("purchases:list", "q=gaźnik"),
    "purchases, nothing": ("purchases:list", "q=żyrafa {turn}"),
    "purchases, new": ("purchases:list", "stan=new"),
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
    """Invoices issued and received: one in a hundred is not accepted, one in five hundred not seen yet."""
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from liczydlo.documents.models import Document, IndexEntry
    from liczydlo.purchases.models import ReceivedInvoice
    from liczydlo.sales.models import Invoice
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
    own = "company_id, environment"
    values = f"{company_id}, 'EMULATOR'"
    with transaction.atomic(), connection.cursor() as cursor:
        if postgresql:  # ten million foreign keys are right and need no check each
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT coalesce(max(id), 0) FROM documents_document")
        first = cursor.fetchone()[0] + 1
        last = first + 2 * number - 1
        rows = f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
        for statement in (
            f"INSERT INTO documents_document (id, company_id, sha256, xml) {rows} "
            f"SELECT i, {company_id}, {digest}, {xml} FROM n",
            f"INSERT INTO documents_indexentry (id, {own}, direction, document_id, rejected, number, kind, issue_date, "
            "seller_nip, seller_name, buyer_nip, buyer_id, buyer_name, currency, net, vat, gross, has_attachment, "
            f"ksef_number, words) {rows} SELECT i, {values}, d, CASE WHEN s = 'draft' THEN NULL ELSE i END, "
            f"s = 'rejected', 'FV/' || i || '/2026', 'VAT', {day}, '5265877635', {name}, "
            f"CASE i % 100 WHEN 0 THEN '5260001246' ELSE '8567346215' END, '', {name}, 'PLN', i, 0, i + 0.17, FALSE, "
            f"CASE WHEN s = 'accepted' THEN {ksef} ELSE '' END, 'fv ' || i || ' 2026 ' || {folded} "
            f"FROM (SELECT i, CASE i % 2 WHEN 0 THEN 'sale' ELSE 'purchase' END d, "
            f"CASE i % 2 WHEN 0 THEN {state} ELSE 'accepted' END s FROM n) AS m",
            f"INSERT INTO sales_invoice ({own}, entry_id, state, mode, kod_2, attempts, looks, session_reference, "
            f"invoice_reference, upo_pending, changed_at, due_date) {rows} SELECT {values}, i, {state}, 'online', '', "
            f"0, 0, '', '', FALSE, CURRENT_TIMESTAMP, CASE WHEN i / 2 % 1000 = 3 THEN {day} END FROM n WHERE i % 2 = 0",
            f"INSERT INTO purchases_receivedinvoice ({own}, entry_id, mode, stored_at, opened_at) {rows} "
            f"SELECT {values}, i, 'Online', CURRENT_TIMESTAMP, "
            "CASE WHEN i / 2 % 500 > 0 THEN CURRENT_TIMESTAMP END FROM n WHERE i % 2 = 1",
            *connection.ops.sequence_reset_sql(no_style(), [Document, IndexEntry, Invoice, ReceivedInvoice]),
        ):
            cursor.execute(statement)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="postgresql://… of an empty database")
    parser.add_argument("--rows", type=int, help="invoices issued, and as many received")
    parser.add_argument("--turns", type=int, default=20)
    flags = parser.parse_args()
    number = flags.rows or (1_000_000 if flags.database else 100_000)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "liczydlo.settings",
            "DATABASE_URL": flags.database or f"sqlite:///{folder}/pages.sqlite3",
            "LICZYDLO_DATA": folder,
            "DJANGO_LOG_LEVEL": "ERROR",
        }
        return measure(number, flags.turns)


def measure(number: int, turns: int) -> int:
    """Fill the database, ask for every page by turns, print."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.urls import reverse
    from liczydlo.companies.models import Company, Membership, Role
    from liczydlo.companies.users import User

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    call_command(
        "migrate", "documents", "0002", verbosity=0
    )  # its indexes are quicker made of rows that are there
    person = User.objects.create(email="ala@example.pl")
    firms = {}
    for rows in (number, 10):
        firm = Company.objects.create(nip="5265877635", name="Garncarnia")
        Membership.objects.create(user=person, company=firm, role=Role.OWNER)
        started = time.perf_counter()
        fill(firm.pk, rows)
        firms[rows] = firm
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

"""10 000 invoices of a contractor from KSeF into SQLite: the export unpacked, documents and index stored, then read for
lists, search, ties and warnings.

The emulator runs beside; each turn begins with an empty database in a process of its own, and its processor time is
what counts: documents in a second of it, and the growth of its memory. Medians. Each turn ends with a floor, in the
same minute on the same machine: the same bytes parsed by lxml and written by a bare ``executemany``. ``--profile``
prints where the time of one turn goes. Ends with 1 when over the budget of shared/DESIGN.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "app/src"), str(ROOT / "emulator/src")]

RATE = 1000.0  # documents in a second of the processor
MEMORY = 200.0  # megabytes of growth
CHUNK = 500  # documents per transaction of the floor
TURN = 600.0  # seconds of the emulator's clock: what is stored comes below the high-water mark


def receive() -> dict[str, float]:
    """Take everything in, in this process; what it cost."""
    from liczydlo.companies.models import Company
    from liczydlo.documents.models import Document
    from liczydlo.jobs import registry
    from liczydlo.jobs.models import Job
    from liczydlo.purchases import reading, services
    from liczydlo.purchases.models import ReceivedInvoice

    company = Company.objects.get()

    def store() -> None:
        while True:
            result = services.synchronise(company)
            if result.again_at is None and not result.more:
                return
            time.sleep(0.2)  # KSeF packs

    def read() -> None:
        registry.enqueue(company.pk, reading.READ_JOB)
        job = Job.objects.get(company=company, name=reading.READ_JOB)
        while ReceivedInvoice.objects.filter(read_at=None).exists():
            registry.run(job.pk)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cost = {"store": seconds(store), "read": seconds(read), "new": float(ReceivedInvoice.objects.count())}
    cost["memory"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    documents = [(row.sha256, bytes(row.xml)) for row in Document.objects.order_by("pk")]
    cost["floor"] = seconds(lambda: floor(documents))
    return cost


def floor(documents: list[tuple[str, bytes]]) -> None:
    """Parse every document, and write them into a table of their own as they are."""
    from lxml import etree

    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "floor.sqlite3")
        database.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE d (sha256 TEXT UNIQUE, xml BLOB)"
        )
        for at in range(0, len(documents), CHUNK):
            several = documents[at : at + CHUNK]
            for _, xml in several:
                etree.fromstring(xml)
            with database:
                database.executemany("INSERT INTO d VALUES (?, ?)", several)
        database.close()


def seconds(work: Callable[[], None]) -> float:
    """Processor time of the work."""
    began = time.process_time()
    work()
    return time.process_time() - began


def turn(profile: bool) -> None:
    """A turn's process: prints what it cost."""
    import django

    django.setup()
    if profile:
        import cProfile
        import pstats

        profiler = cProfile.Profile()
        cost = profiler.runcall(receive)
        for order in ("tottime", "cumulative"):
            pstats.Stats(profiler, stream=sys.stderr).sort_stats(order).print_stats(45)
    else:
        cost = receive()
    print(json.dumps(cost))


def main() -> int:
    """Measure, print, compare with the budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="one turn, and where its time goes")
    parser.add_argument("--turn", action="store_true", help=argparse.SUPPRESS)
    wish = parser.parse_args()
    if wish.turn:
        turn(wish.profile)
        return 0
    import httpx2
    from ksef_emulator.config import Config
    from ksef_emulator.testing import running_emulator

    from tests.crash.purchases import AT_ONCE, SELLER
    from tests.processes import Application, environment, migrated

    costs: list[dict[str, Any]] = []
    with running_emulator(Config(rate_limits="off")) as ksef, tempfile.TemporaryDirectory() as temporary:
        template = Application(folder=Path(temporary) / "template", emulator=ksef.url)
        shutil.copytree(migrated(), template.folder)
        done = template.drive("connect", ksef.control_url)
        assert done.returncode == 0, done.stderr
        ((nip,),) = template.rows("SELECT nip FROM companies_company")
        with httpx2.Client(base_url=ksef.control_url, trust_env=False, timeout=600) as control:
            for at in range(0, wish.invoices, AT_ONCE):
                count = min(AT_ONCE, wish.invoices - at)
                answer = control.post("/invoices", json={"buyer": nip, "seller": SELLER, "count": count})
                assert not answer.raise_for_status().json()["refused"]
            control.post("/clock", json={"move": TURN}).raise_for_status()
        for number in range(1 if wish.profile else wish.rounds):
            folder = Path(temporary) / str(number)
            shutil.copytree(template.folder, folder)
            here = environment(folder, ksef.url, LICZYDLO_EMULATOR_CLOCK=ksef.control_url)
            command = [sys.executable, __file__, "--turn", *(["--profile"] if wish.profile else [])]
            answer = subprocess.run(
                command, env=os.environ | here, stdout=subprocess.PIPE, text=True, check=True
            )
            costs.append(json.loads(answer.stdout.splitlines()[-1]))
            assert costs[-1]["new"] == wish.invoices, costs[-1]
    new = wish.invoices
    rates = {
        "stored": statistics.median(new / one["store"] for one in costs),
        "read": statistics.median(new / one["read"] for one in costs),
        "together": statistics.median(new / (one["store"] + one["read"]) for one in costs),
    }
    memory = statistics.median(one["memory"] for one in costs)
    shown = ", ".join(f"{name} {rate:.0f}/s" for name, rate in rates.items())
    print(f"{new} invoices: {shown} of the processor (budget {RATE:.0f}/s together)")
    times = statistics.median((one["store"] + one["read"]) / one["floor"] for one in costs)
    print(f"{times:.1f} times the floor")
    print(f"memory grew by {memory:.0f} MB (budget {MEMORY:.0f} MB)")
    return int(rates["together"] < RATE or memory > MEMORY)


if __name__ == "__main__":
    sys.exit(main())

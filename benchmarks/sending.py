"""Sending one by one, as the program does it: from the queue to a KSeF number and a verified receipt.

A fresh installation on SQLite with a few connected firms whose invoices are queued; then worker processes carry them to
an emulator in a process of its own. The processor time of the workers over the invoices is what one costs; their speed
is taken from one worker and from two, each on an installation of its own. Ends with 1 when over the budget
(DESIGN, „Budgets").
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _emulator import ROOT, Running, emulator

BUDGET_MS = 12.0  # milliseconds of processor time an invoice
BUDGET_RATIO = 1.6  # two workers against one
PATIENCE = 300.0  # seconds until a round is given up
TICKS = os.sysconf("SC_CLK_TCK")
LEFT = "SELECT count(*) FROM sales_invoice WHERE state <> 'accepted' OR upo_pending"

SETUP = """
import sys
from dataclasses import replace
import django
django.setup()
from django.core.management import call_command
from django.utils import timezone
from liczydlo.companies.models import Company, User
from liczydlo.demo import firms
from liczydlo.demo.samples import faktura_of, samples
from liczydlo.fa3.write import write
from liczydlo.ksef import environments
from liczydlo.sales import services

control, address, many, *nips = sys.argv[1:]
call_command("migrate", interactive=False, verbosity=0)
owner = User.objects.create_user("ala@example.com", "Kwiecien-plecien 2026", name="Ala")
ministry = firms.Ministry(environment=environments.emulator(address), control=control)
for nip in nips:
    firm = replace(firms.COMPANY, nip=nip)
    firms.finish(firms.begin(firm, ministry, owner))
    Company.objects.filter(nip=nip).update(fetch_every=0)  # sending alone is measured
    company = Company.objects.get(nip=nip)
    draft = samples(firm.party, firms.SOLE_PROPRIETOR.party, timezone.localdate())["several-rates"]
    for index in range(int(many)):
        services.issue(company, write(faktura_of(replace(draft, number=f"FV/{nip}/{index}"))))
"""


def nips(many: int) -> list[str]:
    """Different NIPs with the right check digit (ustawa o zasadach ewidencji, weights of the last digit)."""
    found, stem = [], 526000000
    while len(found) < many:
        stem += 7919
        check = sum(w * int(d) for w, d in zip((6, 5, 7, 2, 3, 4, 5, 6, 7), str(stem), strict=True)) % 11
        if check < 10:
            found.append(f"{stem}{check}")
    return found


def processor(process: int) -> float:
    """Seconds of processor time that a process has used, its threads included (``/proc/…/stat``)."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def left(folder: str) -> int:
    """Invoices without number or receipt."""
    with sqlite3.connect(f"{folder}/liczydlo.sqlite3", timeout=30) as database:
        return int(database.execute(LEFT).fetchone()[0])


def send(ksef: Running, workers: int, firms: list[str], invoices: int) -> tuple[float, float]:
    """One installation: invoices a second from the first to the last, milliseconds of processor time an invoice."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "liczydlo.settings",
            "LICZYDLO_DATA": folder,
            "LICZYDLO_EMULATOR_URL": ksef.base,
            "LICZYDLO_WORKER": "off",
            "PYTHONPATH": str(ROOT / "app/src"),
        }
        setup = [sys.executable, "-c", SETUP, ksef.control, ksef.base, str(invoices), *firms]
        subprocess.run(setup, env=environment, check=True)
        total = left(folder)
        with Path(folder, "log").open("w", encoding="utf-8") as log:
            command = [sys.executable, "-m", "liczydlo", "worker"]
            processes = [subprocess.Popen(command, env=environment, stderr=log) for _ in range(workers)]
            try:
                while (begun := left(folder)) == total:
                    time.sleep(0.02)
                began, used = time.monotonic(), sum(processor(process.pid) for process in processes)
                while left(folder):
                    time.sleep(0.05)
                    if time.monotonic() - began > PATIENCE:
                        raise SystemExit(f"{left(folder)} invoices are still under way")
                taken = time.monotonic() - began
                used = sum(processor(process.pid) for process in processes) - used
            finally:
                for process in processes:
                    process.terminate()
                for process in processes:
                    process.wait()
    return begun / taken, 1000 * used / begun


def main() -> int:
    """Run; print speed and cost of both rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=4)
    parser.add_argument("--invoices", type=int, default=50, help="of each firm")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    flags = parser.parse_args()
    numbers = nips(flags.firms * len(flags.workers))
    speeds, costs = [], []
    with emulator() as ksef:
        for index, workers in enumerate(flags.workers):
            firms = numbers[index * flags.firms :][: flags.firms]
            speed, cost = send(ksef, workers, firms, flags.invoices)
            speeds.append(speed)
            costs.append(cost)
            print(
                f"  {workers} worker(s): {speed:.1f} invoices/s, {cost:.1f} ms of our processor time an invoice"
            )
    ratio = speeds[-1] / speeds[0]
    print(f"sending: {costs[0]:.1f} ms an invoice (budget {BUDGET_MS:.0f}),", end=" ")
    print(f"{flags.workers[-1]} workers {ratio:.2f} × {flags.workers[0]} (budget {BUDGET_RATIO})")
    return int(costs[0] > BUDGET_MS or (len(speeds) > 1 and ratio < BUDGET_RATIO))


if __name__ == "__main__":
    sys.exit(main())

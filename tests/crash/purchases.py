"""Purchases under fire, by hand: ``.venv/bin/python -m tests.crash.purchases --invoices 10000 --kills 10``.

The emulator's contractors issue so many documents, a quarter for each of the firm's four roles. First one process takes
all of them in and is measured. Then, from nothing again and under production's limits, workers do, killed at random
(SIGKILL) while the emulator's clock is turned on. Afterwards every document is here, once, in its role, and the sums
are KSeF's. Ends with 1 when anything differs or a budget of shared/DESIGN.md is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
from ksef_emulator.config import Config
from ksef_emulator.testing import Running, running_emulator

from tests.processes import Application, environment, migrated, warm

RATE = 1000.0  # documents in a second into SQLite
MEMORY = 200.0  # MB
AT_ONCE = 1000  # of a request to the control panel
TURN = 600.0  # seconds of the emulator's clock in a step
REST = 600.0  # seconds after the last kill within which everything has to be there
OTHER = "7771234567"
SELLER = {"nip": "1111111111", "name": "Hurtownia Burza sp. z o.o."}


def roles(nip: str) -> dict[str, dict[str, Any]]:
    """What a contractor is asked for so that the firm sees it in each role."""
    return {
        "Subject1": {"buyer": OTHER, "seller": {"nip": nip, "name": "Firma własna"}},
        "Subject2": {"buyer": nip, "seller": SELLER},
        "Subject3": {"buyer": OTHER, "seller": SELLER, "thirdParty": nip},
        "SubjectAuthorized": {"buyer": OTHER, "seller": SELLER, "authorised": nip},
    }


def deliver(control: httpx2.Client, nip: str, invoices: int) -> dict[str, tuple[str, Decimal]]:
    """KSeF numbers, with the role and the gross amount of each."""
    made: dict[str, tuple[str, Decimal]] = {}
    for role, wish in roles(nip).items():
        left = invoices // 4
        while left:
            count = min(left, AT_ONCE)
            answer = control.post("/invoices", json={**wish, "count": count}).raise_for_status().json()
            assert not answer["refused"], answer["refused"][:3]
            made |= {one["ksefNumber"]: (role, Decimal(one["gross"])) for one in answer["invoices"]}
            left -= count
    return made


def measure() -> None:
    """In a process of its own: take everything in, and print what it cost."""
    import django

    django.setup()
    from liczydlo.companies.models import Company
    from liczydlo.purchases import services

    company = Company.objects.get()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begin, processor, new = time.monotonic(), time.process_time(), 0
    while True:
        result = services.synchronise(company)
        new += result.new
        if result.again_at is None and not result.more:
            break
        time.sleep(0.2)  # KSeF packs
    print(
        json.dumps(
            {
                "new": new,
                "seconds": time.monotonic() - begin,
                "processor": time.process_time() - processor,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before,
            }
        )
    )


def wrong(application: Application, sent: dict[str, tuple[str, Decimal]]) -> list[str]:
    """What is not as it must be."""
    rows = application.rows(
        "SELECT e.ksef_number, CASE WHEN e.direction = 'sale' THEN 'Subject1' ELSE r.role END, e.gross "
        "FROM documents_indexentry e LEFT JOIN purchases_receivedinvoice r ON r.entry_id = e.id"
    )
    here = {str(number): (str(role), Decimal(str(gross))) for number, role, gross in rows}
    made = []
    if len(rows) != len(here):
        made.append(f"{len(rows) - len(here)} documents are here twice")
    made += [f"missing: {number} of {sent[number]}" for number in list(sent.keys() - here.keys())[:5]]
    made += [f"of nobody: {number}" for number in list(here.keys() - sent.keys())[:5]]
    made += [
        f"{one}: {here[one]}, not {sent[one]}" for one in here.keys() & sent.keys() if here[one] != sent[one]
    ][:5]
    for table in ("purchases_setaside", "purchases_order"):
        made += [
            f"{table}: {count}" for (count,) in application.rows(f"SELECT count(*) FROM {table}") if count
        ]
    return made


def complete(application: Application) -> bool:
    """Whether every role has been looked through to its end, and nothing that was ordered is under way."""
    rows = application.rows(
        "SELECT (SELECT count(*) FROM purchases_checkpoint WHERE looked_at IS NOT NULL),"
        " (SELECT count(*) FROM purchases_order)"  # at night months are compared
    )
    return rows == [(4, 0)]


class Workers:
    """Two of them, killed and started again."""

    def __init__(self, application: Application, clock: str, seed: int) -> None:
        self._application, self._clock, self._random = application, clock, random.Random(seed)
        self._processes: list[Any] = []
        self.kills = 0

    def start(self) -> None:
        """One more."""
        here = environment(
            self._application.folder, self._application.emulator, LICZYDLO_EMULATOR_CLOCK=self._clock
        )
        with (self._application.folder / "worker.log").open("ab") as log:
            self._processes.append(
                warm().start(["-m", "liczydlo", "worker"], here, log.fileno(), log.fileno())
            )

    def kill_one(self) -> None:
        """SIGKILL, and another in its place."""
        victim = self._processes.pop(self._random.randrange(len(self._processes)))
        victim.kill()
        victim.wait()
        self.kills += 1
        self.start()

    def stop(self) -> None:
        """End them in order."""
        for process in self._processes:
            process.terminate()
            process.wait()


def storm(application: Application, ksef: Running, kills: int, seed: int) -> float | None:
    """Seconds from the last kill until everything is there, or None."""
    control = httpx2.Client(base_url=ksef.control_url, trust_env=False, timeout=60)
    control.put("/rate-limits", json={"profile": "production"}).raise_for_status()
    workers, dice = Workers(application, ksef.control_url, seed), random.Random(seed)
    try:
        for _ in range(2):
            workers.start()
        while workers.kills < kills:
            time.sleep(0.3 + 2 * dice.random())  # the moment itself is what is tried
            workers.kill_one()
            control.post("/clock", json={"move": TURN}).raise_for_status()
        begin = time.monotonic()
        while time.monotonic() - begin < REST:
            if complete(application):
                return time.monotonic() - begin
            control.post("/clock", json={"move": TURN}).raise_for_status()
            time.sleep(1)  # workers are other processes
        return None
    finally:
        workers.stop()


def main() -> int:
    """Run it and say how it ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    wish = parser.parse_args()
    if wish.measure:
        measure()
        return 0
    with running_emulator(Config(rate_limits="off")) as ksef, tempfile.TemporaryDirectory() as temporary:
        template = Application(folder=Path(temporary) / "template", emulator=ksef.url)
        shutil.copytree(migrated(), template.folder)
        done = template.drive("connect", ksef.control_url)
        assert done.returncode == 0, done.stderr
        ((nip,),) = template.rows("SELECT nip FROM companies_company")
        with httpx2.Client(base_url=ksef.control_url, trust_env=False, timeout=600) as control:
            begin = time.monotonic()
            sent = deliver(control, str(nip), wish.invoices)
            control.post("/clock", json={"move": TURN}).raise_for_status()
        print(
            f"{len(sent)} documents, {Counter(role for role, _ in sent.values())}, {time.monotonic() - begin:.0f} s"
        )

        first = Application(folder=Path(temporary) / "first", emulator=ksef.url)
        shutil.copytree(template.folder, first.folder)
        here = environment(first.folder, ksef.url, LICZYDLO_EMULATOR_CLOCK=ksef.control_url)
        command = [sys.executable, "-m", "tests.crash.purchases", "--measure"]
        answer = subprocess.run(command, env=os.environ | here, capture_output=True, text=True, check=True)
        cost = json.loads(answer.stdout.splitlines()[-1])
        by_clock, by_processor = cost["new"] / cost["seconds"], cost["new"] / cost["processor"]
        print(
            f"one process: {by_clock:.0f}/s by the clock, {by_processor:.0f}/s of its processor, "
            f"memory grew by {cost['memory']:.0f} MB (budgets {RATE:g}/s, {MEMORY:g} MB)"
        )
        faults = [f"measured: {fault}" for fault in wrong(first, sent)]
        if by_processor < RATE or cost["memory"] > MEMORY:
            faults.append("over budget")

        second = Application(folder=Path(temporary) / "second", emulator=ksef.url)
        shutil.copytree(template.folder, second.folder)
        rest = storm(second, ksef, wish.kills, wish.seed)
        faults += wrong(second, sent)
        count = second.rows("SELECT count(*) FROM purchases_ksefrequest WHERE refused_until IS NOT NULL")[0][
            0
        ]
        print(
            f"{wish.kills} kills; complete after {rest and round(rest, 1)} s; refused by KSeF's limits lately: {count}"
        )
        print("\n".join(faults) or "all there, once, sums right")
    return 0 if rest is not None and not faults else 1


if __name__ == "__main__":
    sys.exit(main())

"""A storm over several firms, by hand: ``.venv/bin/python -m tests.crash.storm --invoices 2000 --seconds 300``.

Workers are killed at random (SIGKILL) while KSeF answers badly and a failure is announced in the middle; invoices are
issued all the time, one by one, offline and in heaps that go as packages. Afterwards each invoice has exactly one KSeF
number and one receipt, KSeF holds each once, and all is at rest within a minute. Ends with 1 when anything differs.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
from ksef_emulator.testing import Running, running_emulator

from tests.processes import Application, environment, migrated, warm

WORKERS = 4
REST = 60.0  # seconds after the last fault within which nothing may be left
FAULTS: dict[str, dict[str, float]] = {
    "server-error": {"probability": 0.3, "seed": 1},
    "cut": {"probability": 0.2, "seed": 2},
    "answer-lost": {"probability": 0.2, "seed": 3},
    "session-unavailable": {"probability": 0.1, "seed": 4},
    "bad-gateway": {"probability": 0.05, "seed": 5},
}
LEFT = "SELECT count(*) FROM sales_invoice WHERE state NOT IN ('accepted', 'outside') OR upo_pending"


def nips(many: int) -> list[str]:
    """NIPs with the right check digit."""
    made, stem = [], 526000000
    while len(made) < many:
        stem += 7919
        check = sum(w * int(d) for w, d in zip((6, 5, 7, 2, 3, 4, 5, 6, 7), str(stem), strict=True)) % 11
        if check < 10:
            made.append(f"{stem}{check}")
    return made


class Storm:
    """One storm: the installation, the emulator's control panel, and what was issued."""

    def __init__(self, application: Application, control: str, seed: int) -> None:
        self.application = application
        self.control = httpx2.Client(base_url=control, trust_env=False, timeout=30)
        self.random = random.Random(seed)
        self.workers: list[Any] = []
        self.kills = 0
        self.issued: Counter[str] = Counter()
        self.numbers: dict[str, list[str]] = {}
        self.corrections: dict[str, str] = {}

    def connect(self, firms_: int, emulator: str) -> list[Any]:
        """Companies with both certificates."""
        from liczydlo.companies.models import Company, User
        from liczydlo.demo import firms
        from liczydlo.ksef import environments

        owner = User.objects.create_user("ala@example.com", "Kwiecień-plecień 2026", name="Ala Nowak")
        here = environments.emulator(emulator)
        ministry = firms.Ministry(environment=here, control=str(self.control.base_url))
        made = []
        for nip in nips(firms_):
            firms.finish(firms.begin(replace(firms.COMPANY, nip=nip), ministry, owner))
            made.append(Company.objects.get(nip=nip))
        return made

    def fault(self, name: str, **settings: float) -> None:
        """Set a fault of the emulator's."""
        self.control.put(f"/faults/{name}", json=settings).raise_for_status()

    def start(self) -> None:
        """One more worker process."""
        with (self.application.folder / "worker.log").open("ab") as log:
            surroundings = environment(self.application.folder, self.application.emulator)
            self.workers.append(
                warm().start(["-m", "liczydlo", "worker"], surroundings, log.fileno(), log.fileno())
            )

    def kill_one(self) -> None:
        """SIGKILL for a worker, and another in its place."""
        victim = self.workers.pop(self.random.randrange(len(self.workers)))
        victim.kill()
        victim.wait()
        self.kills += 1
        self.start()

    def issue(self, company: Any, kind: str) -> None:
        """One invoice: „online", „offline", „heap", or a „correction" of one that was issued before."""
        from liczydlo.demo import firms
        from liczydlo.demo.samples import faktura_of, samples
        from liczydlo.fa3.draft import Original
        from liczydlo.fa3.write import write
        from liczydlo.ksef.modes import Mode
        from liczydlo.sales import modes, services
        from liczydlo.web import times

        party = replace(firms.COMPANY, nip=company.nip).party
        examples = samples(party, firms.SOLE_PROPRIETOR.party, times.today())
        number = f"BURZA/{company.nip}/{sum(self.issued.values())}"
        draft = replace(examples["several-rates"], number=number)
        if kind == "correction":
            original = self.random.choice(self.numbers[company.nip][-20:])
            self.corrections[number] = original
            example = examples["correction"]
            assert example.correction is not None
            named = (Original(number=original, issue_date=times.today()),)
            draft = replace(example, number=number, correction=replace(example.correction, originals=named))
        else:
            self.numbers.setdefault(company.nip, []).append(number)
        xml = write(faktura_of(draft))
        mode = Mode.ONLINE
        if kind == "offline":
            first = modes.offers(company, times.today(), now=times.now())[0].mode
            mode = first if first == Mode.EMERGENCY else Mode.OFFLINE24
        services.issue(company, xml, mode=mode, send_after=times.now() if kind == "offline" else None)
        self.issued[kind] += 1

    def states(self) -> dict[object, object]:
        """How many invoices are in each state."""
        return dict(self.application.rows("SELECT state, count(*) FROM sales_invoice GROUP BY state"))  # type: ignore[arg-type]

    def rage(self, companies: list[Any], invoices: int, seconds: float) -> None:
        """Faults, kills, an outage in the middle; the last quarter is nothing but 502."""
        for name, settings in FAULTS.items():
            self.fault(name, **settings)
        heap = int(invoices * 0.15)  # at once, of one firm: goes as packages
        for _ in range(heap):
            self.issue(companies[0], "heap")
        for _ in range(WORKERS):
            self.start()
        begin, next_kill, event = time.monotonic(), 5.0, ""
        while (gone := time.monotonic() - begin) < seconds:
            if sum(self.issued.values()) < invoices * min(1.0, 0.2 + gone / seconds):
                company = self.random.choice(companies)
                kinds = ("online", "offline", "correction") if company.nip in self.numbers else ("online",)
                self.issue(company, self.random.choices(kinds, (6, 2, 1)[: len(kinds)])[0])
            else:
                time.sleep(0.05)  # the storm's own pace
            if gone > next_kill:
                self.kill_one()
                next_kill = gone + 3 + self.random.random() * 3
            if not event and gone > seconds / 3:
                answer = self.control.post("/latarnia/failures", json={}).raise_for_status().json()
                event = str(answer.get("event", answer.get("eventId", "1")))
            if event and event != "over" and gone > seconds / 2:
                self.control.post(f"/latarnia/failures/{event}/end", json={}).raise_for_status()
                event = "over"
            if gone > seconds * 3 / 4:
                self.fault("bad-gateway", probability=1.0, seed=9)

    def calm(self) -> float | None:
        """Seconds from the last fault to rest, or None."""
        self.control.delete("/faults").raise_for_status()
        begin = time.monotonic()
        while time.monotonic() - begin < 5 * REST:
            if self.application.rows(LEFT)[0][0] == 0:
                return time.monotonic() - begin
            time.sleep(0.2)  # other processes work
        return None

    def wrong(self, ksef: Running) -> list[str]:
        """What is not as it must be."""
        count = sum(self.issued.values())
        made = []
        checks = {
            "accepted": self.states().get("accepted", 0),
            "receipts": self.application.rows("SELECT count(*) FROM sales_receipt")[0][0],
            "numbers": self.application.rows(
                "SELECT count(DISTINCT ksef_number) FROM documents_indexentry WHERE ksef_number <> ''"
            )[0][0],
        }
        with ksef.emulator.store.transaction() as db:
            row = db.execute("SELECT count(*), count(DISTINCT number) FROM register").fetchone()
            checks["KSeF's documents"], checks["KSeF's numbers"] = row[0], row[1]
        made += [f"{name}: {number} of {count}" for name, number in checks.items() if number != count]
        made += self._out_of_order()
        rejected = self.application.rows("SELECT reason_json FROM sales_invoice WHERE state = 'rejected'")
        made += [f"rejected: {json.loads(str(reason))['code']}" for (reason,) in rejected[:5]]
        return made

    def _out_of_order(self) -> list[str]:
        """Corrections that do not name their original's KSeF number, or were in KSeF before it."""
        result = self.application.rows(
            "SELECT e.number, e.ksef_number, e.acquired_at, d.xml FROM documents_indexentry e "
            "JOIN documents_document d ON d.id = e.document_id"
        )
        rows = {str(number): (str(ksef), str(at), bytes(xml)) for number, ksef, at, xml in result}  # type: ignore[call-overload]
        made = []
        for correction, original in self.corrections.items():
            (_, at, xml), (ksef, original_at, _) = rows[correction], rows[original]
            if f"<NrKSeFFaKorygowanej>{ksef}<".encode() not in xml or at < original_at:
                made.append(f"{correction} did not wait for {original}")
        return made


def main() -> int:
    """Run one storm and say how it ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=5)
    parser.add_argument("--invoices", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    wish = parser.parse_args()
    with running_emulator() as ksef, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        shutil.copytree(migrated(), folder)
        application = Application(folder=folder, emulator=ksef.url)
        os.environ.update(environment(folder, ksef.url))
        import django

        django.setup()
        logging.disable(logging.INFO)
        storm = Storm(application, ksef.control_url, wish.seed)
        companies = storm.connect(wish.firms, ksef.url)
        storm.rage(companies, wish.invoices, wish.seconds)
        print(f"{dict(storm.issued)}, {storm.kills} kills, {storm.states()}", flush=True)
        rest = storm.calm()
        wrong = storm.wrong(ksef)
        sessions = application.rows("SELECT kind, count(*), sum(sent) FROM sales_session GROUP BY kind")
        print(
            f"at rest after {rest and round(rest, 1)} s (limit {REST:g}); {storm.states()}; sessions {sessions}"
        )
        print("\n".join(wrong) or "nothing lost, nothing doubled")
        for worker in storm.workers:
            worker.terminate()
            worker.wait()
    return 0 if rest is not None and rest <= REST and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())

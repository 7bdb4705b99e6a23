"""A process that is killed in the middle of its work, and the next one on the same data directory: whatever was
answered is still there, and whatever was under way comes to its end."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from ..batch.conftest import Sender, package, zipped
from ..certificates.requests import Client
from ..invoicing.conftest import Firm, fa3, yesterday
from ..login.conftest import Door, code, new_nip, self_signed

SOURCES = Path(__file__).resolve().parents[2] / "src"
PESEL = "85041212344"
BATCH = 30


@dataclass
class Answered:
    """What clients were told. Each list only grows, and only by what an answer said."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)
    enrolled: list[tuple[Client, str]] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    grants: list[tuple[str, Any]] = field(default_factory=list)

    def __len__(self) -> int:
        told = (self.sent, self.numbers, self.closed, self.batches, self.enrolled, self.persons, self.grants)
        return sum(map(len, told))


@dataclass
class Place:
    """A data directory and the address of whoever serves it."""

    directory: Path
    ports: tuple[int, int]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    def start(self) -> None:
        flags = ["--port", str(self.ports[0]), "--control-port", str(self.ports[1])]
        flags += ["--data-dir", str(self.directory), "--progress", "seconds:0.05", "--rate-limits", "off"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ksef_emulator", *flags],
            env={**os.environ, "PYTHONPATH": str(SOURCES), "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        while b"ready" not in (line := self.process.stdout.readline()):
            assert line, "it ended before it was ready"

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def door(self, http: httpx2.Client) -> Door:
        return Door(running=SimpleNamespace(url=self.url), http=http)  # type: ignore[arg-type]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        ports = one.getsockname()[1], two.getsockname()[1]
    made = Place(tmp_path, ports)
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.kill()


@pytest.fixture(autouse=True)
def faults() -> None:
    """Nobody's: the emulator of this module is another process."""


def until(check: Callable[[], Any], seconds: float = 10.0) -> Any:
    """What ``check`` gives once it is something."""
    end = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < end, "it does not come to its end"
        time.sleep(0.03)
    return found


def login(door: Door, identity: Any, nip: str) -> str:
    submitted = door.submit(identity, ("Nip", nip))
    assert submitted.status_code == 202, submitted.text
    until(lambda: door.status(submitted)["code"] != 100)
    return str(door.redeem(submitted).json()["accessToken"]["token"])


class Clients:
    """Four clients at work until the connection fails them: invoices one by one and in batches, certificates,
    registers."""

    def __init__(self, place: Place, firm_nip: str, token: str, answered: Answered) -> None:
        self.place, self.nip, self.token, self.answered = place, firm_nip, token, answered
        self.errors: list[Exception] = []

    def work(self, enough: int) -> None:
        """Begin, kill the emulator when so much was answered, and wait for the clients to notice."""
        goal = len(self.answered) + enough
        jobs = (self.send, self.send_batch, self.enrol, self.register)
        threads = [threading.Thread(target=self._run, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        with contextlib.suppress(AssertionError):
            until(lambda: len(self.answered) >= goal or self.errors, seconds=30)
        self.place.kill()
        for thread in threads:
            thread.join(timeout=30)
        assert not self.errors, self.errors
        assert len(self.answered) >= goal

    def _run(self, job: Callable[[Door], None]) -> None:
        with httpx2.Client(trust_env=False, timeout=20) as http:
            try:
                while True:
                    job(self.place.door(http))
            except httpx2.TransportError:
                pass
            except (AssertionError, LookupError) as error:
                self.errors.append(error)

    def send(self, door: Door) -> None:
        firm = Firm(door=door, nip=self.nip, token=self.token)
        session = firm.open()
        for _ in range(4):
            xml = fa3(seller=self.nip, day=yesterday(), number=f"{time.monotonic_ns()}")
            sent = firm.send(session, xml)
            self.answered.sent.append((session, sent))
            status = firm.status(session, sent)
            if status["status"]["code"] == 200:
                self.answered.numbers[sent] = status["ksefNumber"]
        firm.close(session)
        self.answered.closed.append(session)

    def send_batch(self, door: Door) -> None:
        sender = Sender(firm=Firm(door=door, nip=self.nip, token=self.token))
        files = {
            f"{number}.xml": fa3(seller=self.nip, day=yesterday(), number=f"{time.monotonic_ns()}-{number}")
            for number in range(BATCH)
        }
        self.answered.batches.append(sender.send(package(zipped(files), parts=2)))

    def enrol(self, door: Door) -> None:
        nip = new_nip()
        identity = self_signed(serial_number=f"TINPL-{nip}")
        client = Client(door=door, token=login(door, identity, nip), identity=identity, nip=nip)
        for _ in range(2):
            answer = client.enrol()
            assert answer.status_code == 202, answer.text
            self.answered.enrolled.append((client, answer.json()["referenceNumber"]))

    def register(self, door: Door) -> None:
        nip = new_nip()
        person = {"nip": nip, "pesel": PESEL, "isBailiff": False, "description": "JDG testowa"}
        assert door.call("POST", "/testdata/person", json=person).is_success
        self.answered.persons.append(nip)
        friend = new_nip()
        grant = {
            "contextIdentifier": {"type": "Nip", "value": nip},
            "authorizedIdentifier": {"type": "Nip", "value": friend},
            "permissions": [{"permissionType": "InvoiceRead", "description": "Odczyt"}],
        }
        assert door.call("POST", "/testdata/permissions", json=grant).is_success
        self.answered.grants.append((nip, self_signed(serial_number=f"TINPL-{friend}")))


def test_killed_again_and_again_nothing_is_lost(place: Place) -> None:
    place.start()
    answered = Answered()
    nip = new_nip()
    with httpx2.Client(trust_env=False, timeout=20) as http:
        door = place.door(http)
        token = login(door, self_signed(serial_number=f"TINPL-{nip}"), nip)
        keys = door.call("GET", "/security/public-key-certificates").json()
        for enough in (4, 24):
            Clients(place, nip, token, answered).work(enough)
            place.start()
            assert door.call("GET", "/security/public-key-certificates").json() == keys
            firm = Firm(door=door, nip=nip, token=token)
            everything_is_there(firm, answered)
            registers_are_there(door, answered)


def everything_is_there(firm: Firm, answered: Answered) -> None:
    for session, sent in answered.sent:
        status = until(lambda session=session, sent=sent: _done(firm.status(session, sent)))
        assert status["status"]["code"] == 200, status
        told = answered.numbers.setdefault(sent, status["ksefNumber"])
        assert status["ksefNumber"] == told
    assert len(set(answered.numbers.values())) == len(answered.numbers)
    for session in answered.closed:
        found = until(lambda session=session: _done(firm.get(f"/sessions/{session}").json()))
        assert (found["status"]["code"], found["successfulInvoiceCount"]) == (200, 4)
        page = firm.get(f"/sessions/{session}/upo/{found['upo']['pages'][0]['referenceNumber']}")
        assert page.is_success
    sender = Sender(firm=firm)
    for session in answered.batches:
        ended = sender.end(session)
        assert (ended["status"]["code"], ended["successfulInvoiceCount"]) == (200, BATCH)
        assert len({each["ksefNumber"] for each in sender.documents(session)}) == BATCH
    listed = firm.get("/sessions?sessionType=Batch&pageSize=1000").json()["sessions"]
    for found in listed:
        if found["status"]["code"] == 150:
            assert sender.end(found["referenceNumber"])["status"]["code"] == 200, (
                "closed, but nobody was told"
            )
    if answered.numbers:
        number = next(reversed(answered.numbers.values()))
        assert firm.get(f"/invoices/ksef/{number}").is_success
    listed = firm.get("/sessions?sessionType=Online&pageSize=1000").json()["sessions"]
    assert {session for session, _ in answered.sent} <= {each["referenceNumber"] for each in listed}


def registers_are_there(door: Door, answered: Answered) -> None:
    for client, reference in answered.enrolled:
        client.door = door
        found = until(lambda client=client, reference=reference: _done(client.status(reference)))
        assert found["status"]["code"] == 200
        assert client.retrieve(found["certificateSerialNumber"])
    for nip in answered.persons:
        person = {"nip": nip, "pesel": PESEL, "isBailiff": False, "description": "JDG testowa"}
        assert code(door.call("POST", "/testdata/person", json=person)) == 30001
    for nip, friend in itertools.islice(reversed(answered.grants), 2):
        assert login(door, friend, nip)


def _done(found: dict[str, Any]) -> dict[str, Any] | None:
    return found if found["status"]["code"] >= 200 else None

"""What tests of sales and purchases share: documents, a wire that can fail, a worker that is run by hand."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any
from xml.sax.saxutils import escape

import httpx2
import pytest
from django.db import transaction
from django.utils import timezone
from liczydlo import ksef
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.sales.models import Invoice

from app.tests.builders import new_nip

__all__ = ["new_nip"]
_numbers = itertools.count(1)


def document(
    seller: str,
    buyer: str = "8567346215",
    *,
    number: str = "",
    issued: dt.date | None = None,
    **replaced: str,
) -> bytes:
    """A basic FA(3): two lines, two rates. ``replaced`` are texts put in the place of others."""
    day = issued or timezone.localdate()
    number = number or f"T/{next(_numbers)}/{random.randint(1, 10**9)}"
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/">
  <Naglowek>
    <KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza>
    <WariantFormularza>3</WariantFormularza>
    <DataWytworzeniaFa>{day}T08:00:00Z</DataWytworzeniaFa>
  </Naglowek>
  <Podmiot1>
    <DaneIdentyfikacyjne><NIP>{seller}</NIP><Nazwa>Żółta Łódź – Jan Gęśl</Nazwa></DaneIdentyfikacyjne>
    <Adres><KodKraju>PL</KodKraju><AdresL1>ul. Kręta 3</AdresL1><AdresL2>00-001 Warszawa</AdresL2></Adres>
  </Podmiot1>
  <Podmiot2>
    <DaneIdentyfikacyjne><NIP>{buyer}</NIP><Nazwa>Kupiec „Świt” sp. z o.o.</Nazwa></DaneIdentyfikacyjne>
    <Adres><KodKraju>PL</KodKraju><AdresL1>ul. Prosta 1</AdresL1><AdresL2>30-001 Kraków</AdresL2></Adres>
    <JST>2</JST><GV>2</GV>
  </Podmiot2>
  <Fa>
    <KodWaluty>PLN</KodWaluty>
    <P_1>{day}</P_1>
    <P_2>{escape(number)}</P_2>
    <P_13_1>100.00</P_13_1><P_14_1>23.00</P_14_1>
    <P_13_2>50.00</P_13_2><P_14_2>4.00</P_14_2>
    <P_15>177.00</P_15>
    <Adnotacje>
      <P_16>2</P_16><P_17>2</P_17><P_18>2</P_18><P_18A>2</P_18A>
      <Zwolnienie><P_19N>1</P_19N></Zwolnienie>
      <NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu>
      <P_23>2</P_23>
      <PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy>
    </Adnotacje>
    <RodzajFaktury>VAT</RodzajFaktury>
    <FaWiersz><NrWierszaFa>1</NrWierszaFa><P_7>liczydło dębowe</P_7><P_8A>szt.</P_8A><P_8B>2</P_8B>
      <P_9A>50.00</P_9A><P_11>100.00</P_11><P_12>23</P_12></FaWiersz>
    <FaWiersz><NrWierszaFa>2</NrWierszaFa><P_7>nauka rachunków</P_7><P_8A>godz.</P_8A><P_8B>1</P_8B>
      <P_9A>50.00</P_9A><P_11>50.00</P_11><P_12>8</P_12></FaWiersz>
  </Fa>
</Faktura>
"""
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text.encode()


class Clock:
    """The machine's time and however much it has been moved on; it can be stopped, where waits are measured."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta(0)
        self._stopped: dt.datetime | None = None

    def __call__(self) -> dt.datetime:
        return (self._stopped or timezone.now()) + self.ahead

    def move_to(self, moment: dt.datetime) -> None:
        self.ahead = max(self.ahead, moment - (self._stopped or timezone.now()))

    def stop(self) -> None:
        self._stopped = timezone.now()


Rule = Callable[[httpx2.Request], Any]


class Wire(httpx2.BaseTransport):
    """The real network with faults: a rule may answer itself, cut the line, or lose KSeF's answer."""

    def __init__(self) -> None:
        self.real = httpx2.HTTPTransport(trust_env=False)
        self.rules: list[Rule] = []
        self.seen: list[tuple[str, str]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append((request.method, request.url.path))
        for rule in self.rules:
            outcome = rule(request)
            if outcome == "lose":
                answer = self.real.handle_request(request)
                answer.read()
                answer.close()
                raise httpx2.ReadError("the answer was lost")
            if isinstance(outcome, Exception):
                raise outcome
            if outcome is not None:
                return outcome  # type: ignore[no-any-return]
        return self.real.handle_request(request)

    def count(self, method: str, ending: str) -> int:
        return sum(seen == method and path.endswith(ending) for seen, path in self.seen)


def once(method: str, ending: str, outcome: Any) -> Rule:
    """A fault that happens to the first such request only."""
    left = [outcome]

    def rule(request: httpx2.Request) -> Any:
        if left and request.method == method and request.url.path.endswith(ending):
            return left.pop()
        return None

    return rule


def always(outcome: Callable[[], Any]) -> Rule:
    """A fault of every request."""
    return lambda _request: outcome()


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Everything the application says to KSeF goes through it."""
    from liczydlo.connection import clients
    from liczydlo.ksef import transport

    made = Wire()
    client = httpx2.Client(
        transport=made,
        timeout=transport.TIMEOUT,
        headers={"User-Agent": "liczydlo", "X-Error-Format": "problem-details"},
    )
    monkeypatch.setattr(clients, "_http", lambda **_options: client)
    monkeypatch.setattr(transport, "FIRST_WAIT", 0.0)
    yield made
    client.close()
    made.real.close()


@pytest.fixture
def firm(use_emulator: Any, owner: Any) -> Any:
    """A company that no other test knows, not connected yet; it fetches when it is told to."""
    from liczydlo.companies.models import Company, Membership, Role

    made = Company.objects.create(
        nip=new_nip(),
        name="Żółta Łódź – Jan Gęśl",
        line1="ul. Kręta 3",
        line2="00-001 Warszawa",
        fetch_every=0,
    )
    Membership.objects.create(user=owner, company=made, role=Role.OWNER)
    return made


def connect(company: Any, ksef_files: Any, *purposes: str) -> None:
    """Connect a company with KSeF by certificates obtained from the emulator."""
    from liczydlo.connection.credentials import storing
    from liczydlo.connection.models import Purpose

    for purpose in purposes or ("Authentication",):
        files = ksef_files(company, purpose)
        store = storing.store_authentication if purpose == Purpose.AUTHENTICATION else storing.store_offline
        store(company, files.key, files.certificate, files.password, None)


def let_issue(buyer: Any, seller: Any, permission: Any) -> None:
    """A connected seller lets the buyer issue invoices in its name, by the seller's own login to KSeF."""
    from liczydlo.connection import clients

    with clients.client(seller) as client:
        subject = ksef.Identifier(kind="Nip", value=buyer.nip)
        request = ksef.GrantRequest.authorization(subject, buyer.name, permission, "Umowa 7")
        client.wait_for_permission(client.grant(request))


def let_in(company: Any, ksef_files: Any, emulator: Any) -> None:
    """Leave what `connect` leaves of a company's first certificate, in less than half of its time: no request is made.

    KSeF's side of the login is made in the emulator itself, and files are neither written nor read. What is connecting
    in a test goes through `connect`; `test_world` holds the two against each other.
    """
    from liczydlo.connection import vault
    from liczydlo.connection.credentials import storing
    from liczydlo.connection.models import KsefLogin, Purpose, StoredCertificate
    from liczydlo.connection.signals import connected as signal
    from liczydlo.web import times

    credential = ksef_files(company).credential
    tokens = log_in(emulator, company, credential)
    row = KsefLogin(company=company, environment=company.environment, fingerprint=credential.fingerprint)
    row.sealed_tokens = vault.seal(tokens.to_json().encode(), **row.label)
    row.refresh_valid_until, row.updated_at = tokens.refresh_valid_until, times.now()
    with transaction.atomic():
        storing.keep(company, credential, Purpose.AUTHENTICATION, None, proved_at=times.now())
        row.save(force_insert=True)
    signal.send(sender=StoredCertificate, company=company)


def log_in(emulator: Any, company: Any, credential: ksef.Credential) -> ksef.Tokens:
    """A login of the company with KSeF, without a request: the steps of ``/auth`` are called in the emulator."""
    from ksef_emulator.login.token_request import Policy, TokenRequest
    from ksef_emulator.model.identity.contexts import Context

    auth = emulator.emulator.auth
    challenge, _ = auth.challenges.new()
    asked = TokenRequest(
        challenge=challenge, context=Context.of_nip(company.nip), by_fingerprint=False, policy=Policy()
    )
    digest = base64.b64encode(hashlib.sha256(challenge.encode()).digest()).decode()
    begun, _ = auth.begin(asked, credential.certificate, document_hash=digest)
    login = auth.poll(begun.reference)
    assert login.code == 200, login
    access, refresh = auth.redeem(login)
    return ksef.Tokens(
        access=access.text,
        access_valid_until=access.valid_until,
        refresh=refresh.text,
        refresh_valid_until=refresh.valid_until,
    )


@pytest.fixture
def connected(firm: Any, ksef_files: Any, wire: Wire, emulator: Any) -> Any:
    """The company with its authentication certificate; nothing has been asked through the wire."""
    let_in(firm, ksef_files, emulator)
    return firm


class Worker:
    """Does a company's work of a kind, as a worker process would, until nothing of it is due for a while."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.clock = Clock()

    def run(self, company: Any) -> bool:
        """One run, if it is due."""
        job = Job.objects.get(company=company, name=self.name)
        return registry.run(job.pk, clock=self.clock)

    def until(self, company: Any, done: Callable[[], bool], *, runs: int = 200) -> None:
        """Run after run, each at the time at which it is due."""
        for _ in range(runs):
            if done():
                return
            job = Job.objects.get(company=company, name=self.name)
            assert job.due_at is not None, f"nothing is due, and yet it is not done ({job.reason})"
            self.clock.move_to(max(job.due_at, job.blocked_until or job.due_at))
            self.run(company)
        raise AssertionError(f"not done after {runs} runs")


def fresh(invoice: Invoice) -> Invoice:
    """The row as the database has it now, with its entry, document and company."""
    return Invoice.objects.select_related("entry__document", "company").get(pk=invoice.pk)  # type: ignore[no-any-return]


def settled(invoice: Invoice) -> bool:
    """Whether KSeF has decided and the receipt is here."""
    row = fresh(invoice)
    return row.state in ("accepted", "rejected") and not row.upo_pending


def issue(company: Any, draft: Any) -> Invoice:
    """Save a draft (``InvoiceDraft`` or ``RrDraft``) and issue it."""
    from liczydlo.sales import services

    row = services.save_draft(company, draft)
    return services.issue(company, services.draft_of(row).content, draft=row)


@pytest.fixture
def sender() -> Worker:
    return Worker("sales.send")


@pytest.fixture
def receiver() -> Worker:
    return Worker("purchases.receive")

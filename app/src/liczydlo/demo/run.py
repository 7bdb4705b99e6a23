"""The demo's two programmes: our own firms and examples, or anybody's files."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.db import close_old_connections

from liczydlo.companies.models import Company, Kind, User
from liczydlo.demo import firms, folder, screen
from liczydlo.demo.firms import COMPANY, SOLE_PROPRIETOR, Firm, Ministry
from liczydlo.demo.parcels import Parcel
from liczydlo.demo.samples import faktura_of, samples, unfinished
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.document import inspect
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.write import write
from liczydlo.ksef.modes import Mode
from liczydlo.purchases import services as purchases
from liczydlo.sales import services as sales
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import State
from liczydlo.web import times
from liczydlo.web.reasons import Reason

PATIENCE = 120.0  # seconds without any change of any document
_PAUSE = 0.2  # seconds between two looks at the rows
_OFFLINE: Final = "offline24"  # the mode, and the name of the example that goes out in it


@dataclass(kw_only=True)
class Run:
    """One run: who logs in, where the results go, and what has been sent."""

    ministry: Ministry
    owner: User
    out: Path
    parcels: list[Parcel] = field(default_factory=list)
    received: dict[str, int] = field(default_factory=dict)
    doomed: list[Invoice] = field(default_factory=list)  # what KSeF is to refuse
    complete: bool = True  # every firm received what was sent to it

    @property
    def succeeded(self) -> bool:
        """Whether every document has its number, its verified receipt and a print with the right codes."""
        return bool(self.parcels) and self.complete and all(parcel.arrived for parcel in self.parcels)

    def examples(self) -> None:
        """Two firms invoice each other with the project's own examples, and each receives what the other sent."""
        today = times.today()
        pairs = ((SOLE_PROPRIETOR, COMPANY), (COMPANY, SOLE_PROPRIETOR))
        companies = {firm.nip: self._begin(firm) for firm, _ in pairs}
        self._finish(companies.values())
        others = {firm.nip: {self.ministry.stranger_invoices(firm)} for firm, _ in pairs}
        others[COMPANY.nip] |= self.ministry.contractors_invoice(COMPANY)
        for firm, other in pairs:
            prefix = "sole" if firm is SOLE_PROPRIETOR else "company"
            for name, draft in samples(firm.party, other.party, today).items():
                self._add(f"{prefix}-{name}.xml", write(faktura_of(draft)), companies[firm.nip])
        offline = self._issue_one_offline()
        self._watch_until([parcel for parcel in self.parcels if parcel is not offline])
        for firm, other in pairs:
            drafts = unfinished(firm.party, other.party, today)
            self._leave_something_to_do(firm, companies[firm.nip], drafts)
        screen.say("Sending the invoice that was issued offline …")
        if offline.invoice is not None:
            sales.send(offline.invoice, by=self.owner)
        self._watch_until(self.parcels)
        for company in companies.values():
            self._receive(company, others[company.nip])
        self._await_refusals()

    def files(self, paths: list[Path], *, renumber: bool) -> None:
        """Anybody's FA(3) files: a test firm for every seller in them, and everything is sent."""
        run, companies = secrets.token_hex(4), dict[str, Company]()
        for path in paths:
            xml = path.read_bytes()
            if renumber:
                xml = folder.renumbered(xml, folder.ending(path.name, run))
            parcel = self._add(path.name, xml, None)
            try:
                document = inspect(xml, today=times.today())
            except DocumentError as error:
                parcel.refuse(error)
                continue
            nip = document.seller_nip
            if nip not in companies:
                name = document.faktura.podmiot1.dane_identyfikacyjne.nazwa
                firm = Firm(nip=nip, name=name, kind=Kind.COMPANY, line1="–", line2="")
                companies[nip] = self._begin(firm)
            parcel.company = companies[nip]
        self._finish(companies.values())
        self._issue(parcel for parcel in self.parcels if parcel.company is not None)
        self._watch_until(self.parcels)

    def write_results(self) -> Path:
        """``results.json`` beside the documents, for scripts."""
        path = self.out / "results.json"
        entries = [parcel.result(self.out) for parcel in self.parcels]
        path.write_text(json.dumps(entries, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return path

    def _begin(self, firm: Firm) -> Company:
        screen.say(
            f"{firm.name} (NIP {firm.nip}): signature → login → key and request → certificates → connection"
        )
        self.ministry.introduce(firm)
        return firms.begin(firm, self.ministry, self.owner)

    def _finish(self, companies: Iterable[Company]) -> None:
        """Wait until all are connected, which happens side by side."""
        for company in companies:
            firms.finish(company)

    def _add(self, file: str, xml: bytes, company: Company | None) -> Parcel:
        stem = re.sub(r"[^\w.-]+", "_", Path(file).stem)
        if any(parcel.stem.lower() == stem.lower() for parcel in self.parcels):
            stem = f"{stem}-{len(self.parcels) + 1}"
        parcel = Parcel(file=file, stem=stem, xml=xml, company=company)
        self.parcels.append(parcel)
        return parcel

    def _issue(self, parcels: Iterable[Parcel]) -> None:
        """Issue in order; the same bytes a second time are not a second invoice."""
        first: dict[int, Parcel] = {}
        for parcel in parcels:
            parcel.issue(self.owner)
            if parcel.invoice is None:
                continue
            earlier = first.setdefault(parcel.invoice.pk, parcel)
            if earlier is not parcel:
                parcel.invoice = None
                parcel.refusal = Reason("same-document", {"file": earlier.file})

    def _issue_one_offline(self) -> Parcel:
        """Issue all, one of them offline: printed with both codes now, sent later."""
        offline = next(parcel for parcel in self.parcels if _OFFLINE in parcel.file)
        self._issue(parcel for parcel in self.parcels if parcel is not offline)
        offline.issue(self.owner, mode=Mode.OFFLINE24, send_after=times.now() + dt.timedelta(days=1))
        if offline.invoice is not None:
            offline.record_offline(self.out)
            due = offline.invoice.due_date
            screen.say(f"{offline.file} is issued offline, printed with two codes, to be sent by {due}")
        return offline

    def _watch_until(self, parcels: Sequence[Parcel]) -> None:
        """Show the rows until nothing moves any more, writing each document as soon as its receipt is there."""
        with screen.live(self.parcels) as live:
            before, since = "", time.monotonic()
            while not all(parcel.settled for parcel in parcels) and time.monotonic() - since < PATIENCE:
                time.sleep(_PAUSE)
                close_old_connections()
                for parcel in parcels:
                    parcel.look()
                    parcel.record(self.out)
                now = " ".join(f"{parcel.state}{parcel.recorded}" for parcel in parcels)
                if now != before:
                    before, since = now, time.monotonic()
                    live.update(screen.table(self.parcels), refresh=True)
            live.update(screen.table(self.parcels), refresh=True)
        screen.end_of_table()

    def _leave_something_to_do(self, firm: Firm, company: Company, drafts: dict[str, InvoiceDraft]) -> None:
        """A draft, an invoice that waits offline, one that goes out late, and one that KSeF refuses: a new installation
        has something on its dashboard. They are no part of the results."""
        sales.save_draft(company, drafts["draft"])
        tomorrow = times.now() + dt.timedelta(days=1)
        for name in ("waiting", "late"):
            sales.issue(
                company,
                write(faktura_of(drafts[name])),
                mode=Mode.OFFLINE24,
                by=self.owner,
                send_after=tomorrow,
            )
        self.ministry.send_elsewhere(firm, write(faktura_of(drafts["elsewhere"])))
        self.doomed.append(sales.issue(company, write(faktura_of(drafts["refused"])), by=self.owner))

    def _await_refusals(self) -> None:
        """Until KSeF has refused what it has to refuse."""
        deadline = time.monotonic() + PATIENCE
        ids = [invoice.pk for invoice in self.doomed]
        rows = Invoice.objects.filter(pk__in=ids, state=State.REJECTED)
        while rows.count() < len(ids) and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        self.complete = self.complete and rows.count() == len(ids)
        screen.say(
            "Left to do in each firm: a refused invoice, one offline, a draft, a new sender. One was sent late."
        )
        screen.say(f"Among the purchases of {COMPANY.name}: a correction, an advance, euro, and three scams.")

    def _receive(self, company: Company, others: set[str]) -> None:
        """„Pobierz z KSeF" until everything that was sent to this firm has come in, ``others`` (KSeF numbers) too."""
        expected = others | {
            parcel.invoice.entry.ksef_number
            for parcel in self.parcels
            if parcel.invoice
            and parcel.invoice.entry.ksef_number
            and parcel.invoice.entry.buyer_nip == company.nip
        }
        here: set[str] = set()
        deadline = time.monotonic() + PATIENCE
        while not expected <= here and time.monotonic() < deadline:
            purchases.synchronise(company)
            rows = IndexEntry.objects.of(company).filter(
                direction=Direction.PURCHASE, ksef_number__in=expected
            )
            here = set(rows.values_list("ksef_number", flat=True))
            if not expected <= here:
                time.sleep(_PAUSE)  # KSeF shows an invoice only once it is stored for good
        self.received[company.name] = len(here)
        self.complete = self.complete and expected <= here
        screen.say(f"{company.name} received {len(here)} of {len(expected)} invoices from KSeF")

"""One document on its way through the demo, from a file to its number, receipt and print."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from liczydlo.companies.models import Company, User
from liczydlo.demo import proofs
from liczydlo.documents import files
from liczydlo.fa3.problems import DocumentError
from liczydlo.ksef.modes import Mode
from liczydlo.ksef.upo import UpoError
from liczydlo.sales import services
from liczydlo.sales.models import Invoice, Receipt
from liczydlo.sales.states import State
from liczydlo.web.reasons import Language, Reason


@dataclass(kw_only=True)
class Parcel:
    """``file`` names it in the table, ``stem`` its files; ``faults`` are what went wrong with its proofs."""

    file: str
    stem: str
    xml: bytes = field(repr=False)
    company: Company | None = None
    invoice: Invoice | None = None
    refusal: Reason | None = None
    line: int | None = None  # of the file, to which the refusal belongs
    paths: dict[str, Path] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    recorded: bool = False

    @property
    def state(self) -> str:
        """A word for the table and ``results.json``; ``held`` is issued but kept back, ``refused`` never issued."""
        if self.invoice is None:
            return "refused" if self.refusal else "new"
        return str(self.invoice.chip) if self.invoice.state == State.ISSUED else str(self.invoice.state)

    @property
    def reason(self) -> Reason | None:
        """Why it is not accepted, or waits."""
        return self.refusal if self.invoice is None else self.invoice.reason

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        if self.invoice is None:
            return self.refusal is not None
        if self.invoice.state == State.ACCEPTED:
            return self.recorded
        return self.invoice.state in (State.REJECTED, State.ISSUED)

    @property
    def arrived(self) -> bool:
        """Whether it has its number, a receipt that verifies and a print with the right codes."""
        return self.state == State.ACCEPTED and self.recorded and not self.faults

    def issue(self, by: User, *, send_after: dt.datetime | None = None, mode: Mode = Mode.ONLINE) -> None:
        """Issue it in its company's name; what the application refuses is kept as the refusal."""
        assert self.company is not None
        try:
            self.invoice = services.issue(self.company, self.xml, mode=mode, by=by, send_after=send_after)
        except DocumentError as error:
            self.refuse(error)
        except services.NotIssued as error:
            self.refusal = error.reason

    def refuse(self, error: DocumentError) -> None:
        """Keep the first problem of the document as the refusal."""
        self.refusal, self.line = Reason.of(error), error.problems[0].line

    def explanation(self, language: Language) -> str | None:
        """Its reason in words, after the line that it belongs to."""
        if self.reason is None:
            return None
        line = f"{'wiersz' if language == 'pl' else 'line'} {self.line}: " if self.line else ""
        return line + self.reason.text(language)

    def look(self) -> None:
        """Read its row again."""
        if self.invoice is not None and not self.settled:
            self.invoice = (
                Invoice.objects.of(self.invoice.company)
                .select_related("company", "entry")
                .get(pk=self.invoice.pk)
            )

    def record(self, folder: Path) -> None:
        """Once it has its number and receipt, write XML, UPO and PDF, and prove both."""
        invoice = self.invoice
        if invoice is None or self.recorded or invoice.state != State.ACCEPTED or invoice.upo_pending:
            return
        receipt = Receipt.objects.of(invoice.company).get(invoice=invoice)
        upo, pdf = receipt.content, files.pdf(invoice.entry, kod_2=invoice.kod_2)
        self._write(
            folder, {"xml": (".xml", invoice.entry.xml), "upo": (".upo.xml", upo), "pdf": (".pdf", pdf)}
        )
        try:
            proofs.receipt(invoice, upo)
            proofs.codes(invoice, pdf)
        except (proofs.NotProved, UpoError) as error:
            self.faults.append(str(error))
        self.recorded = True

    def record_offline(self, folder: Path) -> None:
        """Write and prove the print that an offline invoice goes out with, before KSeF knows it."""
        assert self.invoice is not None
        pdf = files.pdf(self.invoice.entry, kod_2=self.invoice.kod_2)
        self._write(folder, {"offline_pdf": (".offline.pdf", pdf)})
        try:
            proofs.codes(self.invoice, pdf)
        except proofs.NotProved as error:
            self.faults.append(str(error))

    def _write(self, folder: Path, files: dict[str, tuple[str, bytes]]) -> None:
        for key, (ending, content) in files.items():
            path = folder / f"{self.stem}{ending}"
            path.write_bytes(content)
            self.paths[key] = path

    def result(self, folder: Path) -> dict[str, object]:
        """Its entry of ``results.json``; paths are relative to that file."""
        invoice, reason = self.invoice, self.reason
        paths = {key: path.relative_to(folder).as_posix() for key, path in self.paths.items()}
        return {
            "file": self.file,
            "state": self.state,
            "ksef_number": (invoice.entry.ksef_number or None) if invoice else None,
            "reason": self.explanation("en"),
            "reason_pl": self.explanation("pl"),
            "reason_code": (reason.ksef_code or reason.code) if reason else None,
            "number": (invoice.entry.number if invoice else None),
            "seller_nip": (invoice.entry.seller_nip if invoice else None),
            "sha256": (invoice.entry.sha256 if invoice and invoice.entry.document_id else None),
            "mode": (invoice.mode if invoice else None),
            "faults": self.faults,
            "xml": paths.get("xml"),
            "upo": paths.get("upo"),
            "pdf": paths.get("pdf"),
            "offline_pdf": paths.get("offline_pdf"),
        }

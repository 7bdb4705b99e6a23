"""Everything that proves one issued invoice: what was frozen, its mode and day, both codes, KSeF's number and receipt,
every event. A page shows it, an archive takes it along for an inspection (art. 112, 112a of the VAT act).
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.documents import files
from liczydlo.ksef.modes import Mode
from liczydlo.prints import codes
from liczydlo.prints.upo import upo_pdf
from liczydlo.sales import print_settings, proof, signers
from liczydlo.sales.deadlines import deadline_of, explanation
from liczydlo.sales.models import Event, Invoice, Receipt
from liczydlo.sales.models.signatures import Signature
from liczydlo.web import times
from liczydlo.web.templatetags.liczydlo import czas, data, zl

CHECKS: Final = {
    "kod1-picture": gettext_lazy("obrazek KODU I da się odczytać"),
    "kod1-link": gettext_lazy("KOD I prowadzi do tej faktury"),
    "kod2-picture": gettext_lazy("obrazek KODU II da się odczytać"),
    "kod2-address": gettext_lazy("KOD II prowadzi na stronę KSeF tego środowiska"),
    "kod2-seller": gettext_lazy("sprzedawca i firma w KODZIE II są te same co na fakturze"),
    "kod2-document": gettext_lazy("skrót w KODZIE II jest skrótem tej faktury"),
    "kod2-serial": gettext_lazy("numer certyfikatu w KODZIE II jest numerem tego, którym go podpisano"),
    "kod2-signature": gettext_lazy("podpis w KODZIE II jest prawidłowy"),
    "kod2-purpose": gettext_lazy("certyfikat jest certyfikatem offline"),
    "kod2-valid": gettext_lazy("certyfikat był ważny, gdy wystawiono fakturę"),
    "kod2-status": gettext_lazy("KSeF uznaje ten certyfikat"),
}
SIGNED: Final = {
    "same": gettext_lazy(
        "Podpis jest prawidłowy, a podpisujący ten sam co na pierwszym UPO z tego środowiska."
    ),
    "renewed": gettext_lazy(
        "Podpis jest prawidłowy. Certyfikat podpisującego jest nowy, ale nazwa i wystawca te same co na pierwszym UPO."
    ),
    "other": gettext_lazy(
        "Podpis jest prawidłowy, ale podpisał ktoś inny niż pierwsze UPO z tego środowiska. Sprawdź w komunikatach"
        " Ministerstwa Finansów, czy zmieniła się pieczęć KSeF."
    ),
    "confirmed": gettext_lazy(
        "Podpis jest prawidłowy. Podpisał ktoś inny niż pierwsze UPO z tego środowiska, a właściciel firmy potwierdził,"
        " że to pieczęć KSeF."
    ),
    "wrong": gettext_lazy(
        "Podpis nie potwierdza tej faktury. Pobierz UPO jeszcze raz w Aplikacji Podatnika KSeF."
    ),
}
STATUSES: Final = {
    "": gettext_lazy("KSeF nie był pytany albo nie odpowiedział"),
    "Active": gettext_lazy("aktywny"),
    "Blocked": gettext_lazy("zablokowany"),
    "Revoked": gettext_lazy("unieważniony"),
    "Expired": gettext_lazy("wygasły"),
}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line: ``code`` is its name in ``dowody.json``, ``tone`` one of the page's."""

    code: str
    label: str
    value: str
    mono: bool = False
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """Lines that belong together."""

    code: str
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class Code:
    """A code with its picture (SVG) and link."""

    name: str
    link: str
    picture: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All of it, in the reader's language."""

    invoice: Invoice
    sections: tuple[Section, ...]
    codes: tuple[Code, ...]
    checks: tuple[tuple[str, proof.Check], ...]
    verdict: signers.Verdict | None
    events: tuple[Event, ...]


def of(invoice: Invoice) -> Evidence:
    """Gathered and proved anew, now."""
    signature = Signature.objects.filter(invoice=invoice).select_related("certificate").first()
    receipt = Receipt.objects.filter(invoice=invoice).select_related("page").first()
    verdict = signers.verdict(invoice, receipt) if receipt is not None else None
    events = Event.objects.filter(invoice=invoice).select_related("by").order_by("pk")
    sections = [
        _document(invoice),
        _mode(invoice),
        _kod_2(signature),
        _ksef(invoice),
        _receipt(receipt, verdict),
    ]
    return Evidence(
        invoice=invoice,
        sections=tuple(section for section in sections if section is not None),
        codes=tuple(_codes(invoice)),
        checks=tuple(_checks(invoice)),
        verdict=verdict,
        events=tuple(events),
    )


def _document(invoice: Invoice) -> Section:
    entry = invoice.entry
    facts = (
        Fact(code="number", label=_("Numer faktury"), value=entry.number),
        Fact(code="issue_date", label=_("Data wystawienia (P_1)"), value=data(entry.issue_date)),
        *_seller(invoice),
        Fact(code="buyer", label=_("Nabywca"), value=entry.buyer_name or "—"),
        Fact(code="gross", label=_("Kwota brutto"), value=zl(entry.gross, entry.currency)),
        Fact(code="size", label=_("Rozmiar pliku XML"), value=_("%(n)d bajtów") % {"n": len(entry.xml)}),
        Fact(code="sha256", label="SHA-256 (hex)", value=entry.sha256, mono=True),
        Fact(
            code="sha256_base64",
            label="SHA-256 (Base64)",
            value=base64.b64encode(bytes.fromhex(entry.sha256)).decode(),
            mono=True,
        ),
    )
    return Section(code="document", title=_("Dokument"), facts=facts)


def _seller(invoice: Invoice) -> tuple[Fact, ...]:
    """Of what the company issues for a supplier that one, whom the file names as the seller."""
    entry = invoice.entry
    if not entry.is_self_billed:
        return (Fact(code="seller_nip", label=_("NIP sprzedawcy"), value=entry.seller_nip, mono=True),)
    return (
        Fact(code="seller", label=_("Rolnik") if invoice.is_farm else _("Dostawca"), value=entry.seller_name),
        Fact(
            code="seller_nip",
            label=_("NIP rolnika") if invoice.is_farm else _("NIP dostawcy"),
            value=entry.seller_nip,
            mono=True,
        ),
    )


def _mode(invoice: Invoice) -> Section:
    deadline = deadline_of(invoice)
    why = str(invoice.mode_reason) if invoice.mode_reason else "—"
    facts = [
        Fact(code="mode", label=_("Tryb"), value=str(invoice.get_mode_display())),
        Fact(code="mode_reason", label=_("Powód"), value=why),
        Fact(code="issued_at", label=_("Wystawiono"), value=_time(invoice.issued_at)),
        Fact(
            code="due_date",
            label=_("Termin wysłania"),
            value=data(invoice.due_date) if invoice.due_date else _("bez terminu"),
        ),
        Fact(
            code="deadline",
            label=_("Skąd ten termin"),
            value=str(explanation(Mode(invoice.mode), invoice.entry.issue_date, deadline)),
        ),
    ]
    if invoice.was_late:
        facts.append(
            Fact(code="late", label=_("Spóźnienie"), value=_("KSeF dostał ją po terminie"), tone="bad")
        )
    return Section(code="mode", title=_("Tryb i termin"), facts=tuple(facts))


def _kod_2(signature: Signature | None) -> Section | None:
    if signature is None:
        return None
    signed_by = signature.certificate
    facts = (
        Fact(code="certificate", label=_("Numer seryjny"), value=signed_by.serial, mono=True),
        Fact(code="fingerprint", label=_("Odcisk SHA-256"), value=signed_by.fingerprint, mono=True),
        Fact(code="signed_at", label=_("Podpisano"), value=_time(signature.signed_at)),
        Fact(code="status_then", label=_("KSeF o nim wtedy"), value=_word(signature)),
        Fact(code="status_now", label=_("KSeF o nim ostatnio"), value=_word(signed_by)),
    )
    return Section(code="signature", title=_("Certyfikat KODU II"), facts=facts)


def _time(moment: dt.datetime | None) -> str:
    return czas(moment) or "—"


def _word(row: Any) -> str:
    """KSeF's word of a row, with its time."""
    word = str(STATUSES.get(row.ksef_status, row.ksef_status))
    return f"{word} ({czas(row.checked_at)})" if row.checked_at else word


def _ksef(invoice: Invoice) -> Section:
    entry = invoice.entry
    facts = [
        Fact(code="environment", label=_("Środowisko"), value=str(invoice.get_environment_display())),
        Fact(code="state", label=_("Stan"), value=str(invoice.get_state_display())),
        Fact(code="ksef_number", label=_("Numer KSeF"), value=entry.ksef_number or "—", mono=True),
        Fact(code="acquired_at", label=_("Numer nadano"), value=_time(entry.acquired_at)),
        Fact(code="sent_at", label=_("Wysłano"), value=_time(invoice.sent_at)),
        Fact(code="session", label=_("Sesja"), value=invoice.session_reference or "—", mono=True),
        Fact(
            code="reference",
            label=_("Numer referencyjny faktury"),
            value=invoice.invoice_reference or "—",
            mono=True,
        ),
    ]
    if invoice.corrects is not None:
        facts.append(
            Fact(
                code="corrects",
                label=_("Koryguje technicznie plik o skrócie"),
                value=invoice.corrects.entry.sha256,
                mono=True,
            )
        )
    return Section(code="ksef", title="KSeF", facts=tuple(facts))


def _receipt(receipt: Receipt | None, verdict: signers.Verdict | None) -> Section | None:
    if receipt is None or verdict is None:
        return None
    facts = [
        Fact(
            code="upo",
            label=_("Podpis"),
            value=str(SIGNED[verdict.word]),
            tone="ok" if verdict.holds else "bad",
        ),
        Fact(code="upo_received_at", label=_("Pobrano"), value=_time(receipt.received_at)),
    ]
    if verdict.confirmed is not None:
        by = str(verdict.confirmed.by or "—")
        who = _("%(who)s, %(at)s") % {"who": by, "at": _time(verdict.confirmed.at)}
        facts.append(Fact(code="upo_confirmed", label=_("Podpisującego potwierdził"), value=who))
    if verdict.code:
        facts.append(Fact(code="upo_problem", label=_("Kod"), value=verdict.code, mono=True))
    if verdict.receipt is not None and verdict.receipt.signed_at is not None:
        facts.append(Fact(code="upo_signed_at", label=_("Podpisano"), value=_time(verdict.receipt.signed_at)))
    for code, label, signer in (
        ("upo_signer", _("Podpisał"), verdict.signer),
        ("upo_first_signer", _("Pierwsze UPO podpisał"), verdict.first),
    ):
        if signer is not None:
            facts.append(Fact(code=code, label=label, value=signer.subject))
            facts.append(
                Fact(code=f"{code}_sha256", label=_("Odcisk SHA-256"), value=signer.fingerprint, mono=True)
            )
    return Section(code="upo", title=_("UPO"), facts=tuple(facts))


def _codes(invoice: Invoice) -> Iterator[Code]:
    if invoice.carries_no_codes:
        return
    link = files.kod_1(invoice.entry)
    yield Code(name="KOD I", link=link, picture=codes.svg(link))
    if invoice.kod_2:
        yield Code(name="KOD II", link=invoice.kod_2, picture=codes.svg(invoice.kod_2))


def _checks(invoice: Invoice) -> Iterator[tuple[str, proof.Check]]:
    if invoice.carries_no_codes:
        return
    results = proof.checks(proof.claim_of(invoice), kod_1=files.kod_1(invoice.entry), kod_2=invoice.kod_2)
    for check in results:
        yield str(CHECKS[check.code]), check


# the archive


def archive(proofs: Evidence) -> Iterator[tuple[str, bytes]]:
    """Names and contents of its files, each made when it is asked for."""
    invoice = proofs.invoice
    entry, look = invoice.entry, print_settings.look(invoice.company)
    yield "faktura.xml", entry.xml
    if invoice.kod_2:
        yield "faktura-offline.pdf", files.offline_pdf(entry, kod_2=invoice.kod_2, look=look)
    if entry.ksef_number or not invoice.kod_2:
        yield "faktura.pdf", files.pdf(entry, outside=invoice.carries_no_codes, look=look)
    for code in proofs.codes:
        name = code.name.lower().replace(" ", "-")
        yield f"{name}.svg", code.picture.encode()
        yield f"{name}.png", codes.png(code.picture)
    signature = Signature.objects.filter(invoice=invoice).select_related("certificate").first()
    if signature is not None:
        certificate = x509.load_der_x509_certificate(bytes(signature.certificate.certificate))
        yield "certyfikat-kod-ii.crt", certificate.public_bytes(Encoding.PEM)
    receipt = Receipt.objects.filter(invoice=invoice).select_related("page").first()
    if receipt is not None:
        yield "upo.xml", receipt.content
        yield "upo.pdf", upo_pdf(receipt.content, ksef_number=entry.ksef_number)
    yield "dowody.json", json.dumps(as_json(proofs), ensure_ascii=False, indent=2).encode()
    yield "dowody.txt", as_text(proofs).encode()


def as_json(proofs: Evidence) -> dict[str, Any]:
    """For programs: the facts by their codes, checks, links, moments and events in UTC."""
    invoice = proofs.invoice
    moments = {
        "issued_at": invoice.issued_at,
        "sent_at": invoice.sent_at,
        "acquired_at": invoice.entry.acquired_at,
        "made_at": times.now(),
    }
    return {
        **{section.code: {fact.code: fact.value for fact in section.facts} for section in proofs.sections},
        "codes": {code.name: code.link for code in proofs.codes},
        "checks": {check.code: check.holds for _label, check in proofs.checks},
        "events": [
            {
                "at": event.at.astimezone(dt.UTC).isoformat(),
                "step": event.step,
                "by": str(event.by) if event.by else "",
                "reason": str(event.reason) if event.reason else "",
            }
            for event in proofs.events
        ],
        "moments": {name: at.astimezone(dt.UTC).isoformat() if at else None for name, at in moments.items()},
    }


def as_text(proofs: Evidence) -> str:
    """For people, without any program."""
    lines = [_("Dowody faktury %(number)s") % {"number": proofs.invoice.entry.number}, ""]
    for section in proofs.sections:
        lines += [section.title, *(f"  {fact.label}: {fact.value}" for fact in section.facts), ""]
    for code in proofs.codes:
        lines += [code.name, f"  {code.link}", ""]
    lines.append(_("Sprawdzenie kodów"))
    lines += [f"  {mark(check)} {label}" for label, check in proofs.checks]
    lines += ["", _("Historia")]
    for event in proofs.events:
        who = f" ({event.by})" if event.by else ""
        why = f" – {event.reason}" if event.reason else ""
        lines.append(f"  {czas(event.at)} {event.get_step_display()}{who}{why}")
    return "\n".join(lines) + "\n"


def mark(check: proof.Check) -> str:
    """Yes, no, or not known any more."""
    return {True: _("tak:"), False: _("NIE:"), None: _("nie wiadomo:")}[check.holds]

"""Letters to buyers: whom they go to, what they say, and which the program makes by itself."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Sequence
from email.utils import formataddr, parseaddr
from typing import Any, Final, Literal

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company, User
from liczydlo.contacts import trade
from liczydlo.contacts.models import Contractor
from liczydlo.documents import files
from liczydlo.jobs import registry
from liczydlo.prints.labels import Language
from liczydlo.sales import print_settings, proof
from liczydlo.sales.delivery import links, wording
from liczydlo.sales.delivery.links import NewLink
from liczydlo.sales.delivery.matters import Matter, money
from liczydlo.sales.delivery.tables import BuyerLetter, Enclosure, LetterSettings
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.receivables import Receivable
from liczydlo.sales.states import Step
from liczydlo.web.files import PDF, XML
from liczydlo.web.templatetags.liczydlo import data

JOB: Final = "sales.buyer_letters"
Kind = BuyerLetter.Kind
READY: Final = frozenset({Step.ACCEPT, Step.WAIT, Step.LEAVE, Step.CHANGE_MODE})
"""Steps after which an invoice may be handed over for the first time: numbered, or issued offline with its codes."""
MOST: Final = 10
"""Addresses to which one form sends."""


def of(company: Company) -> LetterSettings:
    """The firm's settings, or those of a firm that has said nothing."""
    row: LetterSettings | None = LetterSettings.objects.filter(company=company).first()
    return row or LetterSettings(company=company)


def can_be_sent(invoice: Invoice) -> bool:
    """Whether the invoice may be handed to its buyer now, and there is a mail server to take a letter. Of what the
    company issues for a supplier it is the buyer itself."""
    if invoice.entry.is_self_billed or not settings.LICZYDLO_SENDS_MAIL:
        return False
    return invoice.is_printable and proof.void_of(invoice) is None


def language_of(contractor: Contractor | None) -> Literal["pl", "en"]:
    """In which language the buyer is written to."""
    return "en" if contractor is not None and contractor.language == "en" else "pl"


def texts(row: LetterSettings, language: str, kind: str = Kind.INVOICE) -> tuple[str, str]:
    """Subject and text of a kind of letter in a language: the firm's, or the program's own."""
    prefix = wording.PREFIXES[kind]
    subjects, own = wording.OWN[prefix]
    subject, text = (getattr(row, f"{prefix}{one}_{language}") for one in ("subject", "text"))
    return subject or subjects[language], text or own[language]


def request(
    matter: Matter,
    addresses: Sequence[str],
    *,
    subject: str,
    text: str,
    language: str,
    as_link: bool,
    by: User,
    key: str,
) -> int:
    """Have a letter sent to each address; how many are new: the same form sent twice makes none again.

    What is no invoice is printed now, so that what goes out is what the person has sent. Raises PrintError.
    """
    company = matter.company
    letters = [
        BuyerLetter(
            company=company,
            invoice=matter.invoice,
            kind=matter.kind,
            about=matter.about,
            contractor=matter.contractor,
            key=f"{key}:{number}",
            address=address,
            language=language,
            subject=subject,
            text=text,
            as_link=as_link,
            by=by,
        )
        for number, address in enumerate(dict.fromkeys(addresses))
    ]
    printed = matter.paper(language) if matter.paper is not None else None
    with transaction.atomic():
        new = store(company.pk, letters)
        if printed is not None:
            keys = [letter.key for letter in letters]
            rows = BuyerLetter.objects.of(company).filter(key__in=keys, enclosure=None)
            Enclosure.objects.bulk_create(
                Enclosure(
                    company=company,
                    letter=row,
                    title=printed.title,
                    name=printed.name,
                    content=printed.content,
                    values=matter.values(language),
                )
                for row in rows
            )
    return new


def once_moved(*, step: Step, invoices: Sequence[Invoice], **_: object) -> None:
    """Make the letters that go by themselves, in the transaction in which invoices may be handed over at last."""
    if step not in READY or not settings.LICZYDLO_SENDS_MAIL:
        return
    rows = Invoice.objects.filter(pk__in=[one.pk for one in invoices]).select_related("entry", "company")
    handed = [row for row in rows if row.is_printable and not row.entry.is_self_billed]
    letters = [letter for row in handed if (letter := _by_itself(row)) is not None]
    for company in {letter.company_id for letter in letters}:
        store(company, [letter for letter in letters if letter.company_id == company])


def _by_itself(invoice: Invoice) -> BuyerLetter | None:
    company = invoice.company
    contractor, row = trade.buyer_of(company, invoice.entry), of(company)
    if contractor is None or not contractor.email:
        return None
    choice = contractor.invoice_letters or ("on" if row.automatic else "off")
    if choice == "off":
        return None
    return automatic(invoice, contractor, row, Kind.INVOICE)


def automatic(invoice: Invoice, contractor: Contractor, row: LetterSettings, kind: Kind) -> BuyerLetter:
    """A letter that goes to a contractor by itself: one of each kind for an invoice, by its key."""
    language = language_of(contractor)
    subject, text = texts(row, language, kind)
    return BuyerLetter(
        company=invoice.company,
        invoice=invoice,
        kind=kind,
        contractor=contractor,
        automatic=True,
        key=f"{kind}:{invoice.pk}",
        address=contractor.email,
        language=language,
        subject=subject,
        text=text,
        as_link=row.as_link and links.are_possible(),
    )


def store(company_id: int, letters: Sequence[BuyerLetter]) -> int:
    """Those that are not here yet; of two sessions that make the same one, one does."""
    with transaction.atomic():
        keys = [letter.key for letter in letters]
        rows = BuyerLetter.objects.filter(company_id=company_id, key__in=keys)
        before = rows.count()
        BuyerLetter.objects.bulk_create(letters, ignore_conflicts=True)
        registry.enqueue(company_id, JOB)
        return rows.count() - before


def kept_of(company: Company, contractor: Contractor) -> QuerySet[BuyerLetter]:
    """The letters to a contractor, with their links (``privacy.KEEPERS``)."""
    rows: QuerySet[BuyerLetter] = BuyerLetter.objects.of(company)
    return rows.filter(contractor=contractor)


def content_of(letter: BuyerLetter, link: NewLink | None) -> EmailMessage:
    """The letter as it goes out. Raises PrintError and NotProved."""
    company, invoice = letter.company, letter.invoice
    texts = (wording.ATTACHED, wording.LINKED) if invoice else (wording.ENCLOSED, wording.ENCLOSED_LINKED)
    values = values_of(invoice, letter.language) if invoice else dict(letter.enclosure.values)
    values[wording.FILES] = texts[0][letter.language]
    if link is not None:
        values[wording.FILES] = texts[1][letter.language].format(
            link=link.address, until=data(link.expires_at)
        )
    text = letter.text if wording.has_files(letter.text) else letter.text + "\n\n{pliki}"
    mail = EmailMessage(
        subject=" ".join(wording.filled(letter.subject, values).split()),
        body=wording.filled(text, values),
        from_email=formataddr((company.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[letter.address],
        reply_to=[reply] if (reply := of(company).reply_to) else None,
    )
    if link is not None:
        return mail
    if invoice is None:
        mail.attach(letter.enclosure.name, bytes(letter.enclosure.content), PDF)
    else:
        for content, kind in attachments(invoice, letter.language):
            mail.attach(files.name_of(invoice.entry, kind), content, kind)
    return mail


def attachments(invoice: Invoice, language: str) -> list[tuple[bytes, str]]:
    """The print and the document. Raises PrintError and NotProved."""
    return [(printed(invoice, language), PDF), (invoice.entry.xml, XML)]


def printed(invoice: Invoice, language: str) -> bytes:
    """The print for the buyer; of an English letter in both languages. Raises PrintError and NotProved."""
    if invoice.carries_codes_offline:
        proof.require_print(invoice)
    choices: dict[str, Language] = {"language": "both"} if language == "en" else {}
    look = print_settings.look(invoice.company, **choices)
    return files.pdf(invoice.entry, kod_2=invoice.kod_2, outside=invoice.carries_no_codes, look=look)


def new_message_id() -> str:
    """A Message-ID (RFC 5322, 3.6.4) that nobody can guess: a report about a letter is known by it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{secrets.token_hex(16)}@{domain}>"


def about_invoice(invoice: Invoice) -> Matter:
    """An invoice, for :func:`request`."""
    company = invoice.company
    return Matter(
        company=company,
        kind=Kind.INVOICE,
        contractor=trade.buyer_of(company, invoice.entry),
        title=invoice.entry.number,
        page=invoice.get_absolute_url(),
        write=reverse("sales:write_letter", args=[company.pk, invoice.pk]),
        values=functools.partial(values_of, invoice),
        action=Action.INVOICE_MAILED,
        details={"number": invoice.entry.number},
        invoice=invoice,
    )


def values_of(invoice: Invoice, language: str) -> dict[str, Any]:
    """What the places of a text become."""
    entry = invoice.entry
    receivable = Receivable.objects.filter(entry=invoice.entry_id).first()
    return {
        "numer": entry.number,
        "numer_ksef": entry.ksef_number,
        "data": data(entry.issue_date),
        "kwota": money(entry.gross, entry.currency, language),
        "zostało": money(receivable.left, entry.currency, language) if receivable is not None else "",
        "termin": data(receivable.payment_due) if receivable is not None else "",
        "nabywca": entry.buyer_name,
        "firma": invoice.company.name,
    }

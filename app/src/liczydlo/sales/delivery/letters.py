"""Letters about invoices: whom they go to, what they say, and which the program makes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from email.utils import formataddr, parseaddr
from typing import Any, Final, Literal

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet

from liczydlo.companies.models import Company, User
from liczydlo.contacts import trade
from liczydlo.contacts.models import Contractor
from liczydlo.documents import files
from liczydlo.jobs import registry
from liczydlo.prints.labels import Language
from liczydlo.sales import print_settings, proof
from liczydlo.sales.delivery import links, wording
from liczydlo.sales.delivery.links import NewLink
from liczydlo.sales.delivery.tables import BuyerLetter, LetterSettings
from liczydlo.sales.models import Invoice
from liczydlo.sales.receivables import Receivable
from liczydlo.sales.states import Step
from liczydlo.web.files import PDF, XML
from liczydlo.web.templatetags.liczydlo import data, zl

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
    """Whether the invoice may be handed to its buyer now, and there is a mail server to take a letter. The buyer of a
    VAT RR is the company itself."""
    if invoice.is_farm or not settings.LICZYDLO_SENDS_MAIL:
        return False
    return invoice.is_printable and proof.void_of(invoice) is None


def language_of(contractor: Contractor | None) -> Literal["pl", "en"]:
    """In which language the buyer is written to."""
    return "en" if contractor is not None and contractor.language == "en" else "pl"


def texts(row: LetterSettings, language: str) -> tuple[str, str]:
    """Subject and text in a language: the firm's, or the program's own."""
    subject, text = (row.subject_en, row.text_en) if language == "en" else (row.subject_pl, row.text_pl)
    return subject or wording.SUBJECTS[language], text or wording.TEXTS[language]


def reminder_texts(row: LetterSettings, language: str) -> tuple[str, str]:
    """Subject and text of a reminder."""
    pl, en = (
        (row.reminder_subject_pl, row.reminder_text_pl),
        (row.reminder_subject_en, row.reminder_text_en),
    )
    subject, text = en if language == "en" else pl
    return subject or wording.REMINDER_SUBJECTS[language], text or wording.REMINDER_TEXTS[language]


def request(
    invoice: Invoice,
    addresses: Sequence[str],
    *,
    subject: str,
    text: str,
    language: str,
    as_link: bool,
    by: User,
    key: str,
) -> int:
    """Have a letter sent to each address; how many are new: the same form sent twice makes none again."""
    contractor = trade.buyer_of(invoice.company, invoice.entry)
    letters = [
        BuyerLetter(
            company=invoice.company,
            invoice=invoice,
            contractor=contractor,
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
    return store(invoice.company_id, letters)


def once_moved(*, step: Step, invoices: Sequence[Invoice], **_: object) -> None:
    """Make the letters that go by themselves, in the transaction in which invoices may be handed over at last."""
    if step not in READY or not settings.LICZYDLO_SENDS_MAIL:
        return
    rows = Invoice.objects.filter(pk__in=[one.pk for one in invoices]).select_related("entry", "company")
    handed = [row for row in rows if row.is_printable and not row.is_farm]
    made = [letter for row in handed if (letter := _by_itself(row)) is not None]
    for company in {letter.company_id for letter in made}:
        store(company, [letter for letter in made if letter.company_id == company])


def _by_itself(invoice: Invoice) -> BuyerLetter | None:
    company = invoice.company
    contractor, row = trade.buyer_of(company, invoice.entry), of(company)
    if contractor is None or not contractor.email:
        return None
    wanted = contractor.invoice_letters or ("on" if row.automatic else "off")
    if wanted == "off":
        return None
    return automatic(invoice, contractor, row, Kind.INVOICE)


def automatic(invoice: Invoice, contractor: Contractor, row: LetterSettings, kind: Kind) -> BuyerLetter:
    """A letter that goes to a contractor by itself: one of each kind for an invoice, by its key."""
    language = language_of(contractor)
    subject, text = (texts if kind == Kind.INVOICE else reminder_texts)(row, language)
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
    invoice = letter.invoice
    values = values_of(invoice, letter.language)
    values["pliki"] = wording.ATTACHED[letter.language]
    if link is not None:
        values["pliki"] = wording.LINKED[letter.language].format(
            link=link.address, until=data(link.expires_at)
        )
    text = letter.text if wording.has_files(letter.text) else letter.text + "\n\n{pliki}"
    mail = EmailMessage(
        subject=" ".join(wording.filled(letter.subject, values).split()),
        body=wording.filled(text, values),
        from_email=formataddr((invoice.company.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[letter.address],
        reply_to=[reply] if (reply := of(invoice.company).reply_to) else None,
    )
    if link is None:
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


def values_of(invoice: Invoice, language: str) -> dict[str, Any]:
    """What the places of a text become."""
    entry = invoice.entry
    owed = Receivable.objects.filter(entry=invoice.entry_id).first()
    return {
        "numer": entry.number,
        "numer_ksef": entry.ksef_number,
        "data": data(entry.issue_date),
        "kwota": _money(entry.gross, entry.currency, language),
        "zostało": _money(owed.left, entry.currency, language) if owed is not None else "",
        "termin": data(owed.payment_due) if owed is not None else "",
        "nabywca": entry.buyer_name,
        "firma": invoice.company.name,
    }


def _money(amount: Decimal, currency: str, language: str) -> str:
    shown = zl(amount, currency)
    return shown if language == "pl" else shown.replace("zł", "PLN")

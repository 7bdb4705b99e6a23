"""UPO, the receipt: one document for an invoice, pages of a collective one for a session.

Structure: the official `upo-v4-3.xsd`; wording and time format follow the Ministry's examples (the guide's
`faktury/upo`). The signature is enveloped in the root, as in receipts from the live system; the schema
describes the document without it.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial

from ..intake.polish_time import in_poland
from ..intake.schemas import FormCode
from ..model.identity.contexts import Context, ContextType

escape = partial(html.escape, quote=False)  # as in xml.sax, which would bring in an HTTP client
NAMESPACE = "http://upo.schematy.mf.gov.pl/KSeF/v4-3"
RECEIVER = "Ministerstwo Finansów"
"""Fixed by the schema; TEST and DEMO write „– środowisko testowe (TE)" after it and so break their own
schema."""
MAX_DOCUMENTS = 10_000

_CONTEXT_ELEMENTS = {
    ContextType.NIP: "Nip",
    ContextType.INTERNAL_ID: "IdWewnetrzny",
    ContextType.NIP_VAT_UE: "IdZlozonyVatUE",
    ContextType.PEPPOL_ID: "IdDostawcyUslugPeppol",
}


@dataclass(frozen=True, kw_only=True)
class Authentication:
    """Who sent the session: in which context, and either the KSeF token's reference number or the SHA-256 of the
    signed authentication document (Base64)."""

    context: Context
    token_reference: str | None = None
    document_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One accepted invoice. `sent` is its invoicingDate, `numbered` the moment of its KSeF number (both
    aware)."""

    seller_nip: str
    ksef_number: str
    number: str
    issue_date: date
    sent: datetime
    numbered: datetime
    sha256: bytes
    mode: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """Place of a page in a collective UPO; documents are counted from 1, both ends included."""

    number: int
    pages: int
    first: int
    last: int
    documents: int


def compose(
    *,
    session_reference: str,
    authentication: Authentication,
    form: FormCode,
    entries: Iterable[Entry],
    page: Page | None = None,
) -> bytes:
    """The receipt before signing, UTF-8; `page` only in a collective one."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<Potwierdzenie xmlns="{NAMESPACE}">',
        f"<NazwaPodmiotuPrzyjmujacego>{RECEIVER}</NazwaPodmiotuPrzyjmujacego>",
        f"<NumerReferencyjnySesji>{session_reference}</NumerReferencyjnySesji>",
        *_authentication(authentication),
        *(_page(page) if page else ()),
        f"<NazwaStrukturyLogicznej>{escape(form.schema_file)}</NazwaStrukturyLogicznej>",
        f"<KodFormularza>{escape(form.system_code)}</KodFormularza>",
    ]
    for entry in entries:
        parts.extend(_entry(entry))
    parts.append("</Potwierdzenie>")
    return "".join(parts).encode("utf-8")


def pages(total: int, size: int = MAX_DOCUMENTS) -> list[Page]:
    """How `total` accepted documents are spread over pages of at most `size`."""
    count = -(-total // size)
    return [
        Page(number=i + 1, pages=count, first=i * size + 1, last=min((i + 1) * size, total), documents=total)
        for i in range(count)
    ]


def _authentication(value: Authentication) -> Iterator[str]:
    element = _CONTEXT_ELEMENTS[value.context.type]
    yield f"<Uwierzytelnienie><IdKontekstu><{element}>{escape(value.context.value)}</{element}></IdKontekstu>"
    if value.token_reference:
        yield f"<NumerReferencyjnyTokenaKSeF>{escape(value.token_reference)}</NumerReferencyjnyTokenaKSeF>"
    else:
        digest = escape(value.document_hash or "")
        yield f"<SkrotDokumentuUwierzytelniajacego>{digest}</SkrotDokumentuUwierzytelniajacego>"
    yield "</Uwierzytelnienie>"


def _page(page: Page) -> Iterator[str]:
    yield f"<OpisPotwierdzenia><Strona>{page.number}</Strona><LiczbaStron>{page.pages}</LiczbaStron>"
    yield f"<ZakresDokumentowOd>{page.first}</ZakresDokumentowOd>"
    yield f"<ZakresDokumentowDo>{page.last}</ZakresDokumentowDo>"
    yield f"<CalkowitaLiczbaDokumentow>{page.documents}</CalkowitaLiczbaDokumentow></OpisPotwierdzenia>"


def _entry(entry: Entry) -> Iterator[str]:
    yield f"<Dokument><NipSprzedawcy>{entry.seller_nip}</NipSprzedawcy>"
    yield f"<NumerKSeFDokumentu>{entry.ksef_number}</NumerKSeFDokumentu>"
    yield f"<NumerFaktury>{escape(entry.number)}</NumerFaktury>"
    yield f"<DataWystawieniaFaktury>{entry.issue_date.isoformat()}</DataWystawieniaFaktury>"
    yield f"<DataPrzeslaniaDokumentu>{_moment(entry.sent)}</DataPrzeslaniaDokumentu>"
    yield f"<DataNadaniaNumeruKSeF>{_moment(entry.numbered)}</DataNadaniaNumeruKSeF>"
    yield f"<SkrotDokumentu>{base64.b64encode(entry.sha256).decode()}</SkrotDokumentu>"
    yield f"<TrybWysylki>{entry.mode}</TrybWysylki></Dokument>"


@lru_cache(maxsize=256)  # documents of one batch share theirs
def _moment(value: datetime) -> str:
    return in_poland(value).isoformat(timespec="milliseconds")

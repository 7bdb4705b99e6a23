"""What lists, payments and ties need of a document: FA(3), FA(2), FA_RR(1), PEF(3) and PEF_KOR(3) alike.

Of anything else, and of what is no XML, nothing is known; the document stays as it is.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

from liczydlo.documents import credit_notes
from liczydlo.documents.amounts import within_column
from liczydlo.fa3.identifiers import bare
from liczydlo.web import texts as characters
from liczydlo.web.search import fold, ksef_number

WORDS: Final = 1000
"""Distinct words that are kept of one document's lines."""
LONGEST: Final = 40  # characters of a word
_WHOLE: Final = "2"  # ZnacznikZaplatyCzesciowej: in whole, in parts
_UNITS: Final = {"d": 1, "dni": 1, "dzien": 1, "dnia": 1, "tydzien": 7, "tygodnie": 7, "tygodni": 7}
_ISSUE: Final = {"wystawienie", "wystawienia"}
_AROUND: Final = {"od", "data", "daty", "dnia", "dzien", "faktura", "faktury", "vat"}
"""Folded words of an event that say no more than that it is the issue."""
_UBL: Final = ("Invoice", "CreditNote")
_ACCOUNTS: Final = {
    "RachunekBankowy": False,
    "RachunekBankowyFaktora": True,
}  # element: whether it is a factor's
_LEAVES: Final = (
    *("P_1", "P_5", "P_7", "P_7Z", "Indeks"),
    *("Termin", "TerminOpis", "Ilosc", "Jednostka", "ZdarzeniePoczatkowe"),
    *("Zaplacono", "DataZaplaty", "ZnacznikZaplatyCzesciowej", "KwotaZaplatyCzesciowej"),
    *("DataZaplatyCzesciowej", "DoZaplaty", "NrKSeFFaKorygowanej", "NrKSeFFaZaliczkowej"),
)
_ELEMENTS: Final = tuple(f"{{*}}{name}" for name in (*_LEAVES, *_ACCOUNTS))
"""What is read of FA and FA_RR; lxml passes over the rest ten times as quickly as Python would."""
_NRB: Final = re.compile(r"(?:PL)?([0-9]{26})")
_LONGEST_ACCOUNT: Final = 100  # characters in any spelling
_ANY_ACCOUNT: Final = re.compile(r"[0-9A-Z]{8,34}")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A bank account on an invoice: 26 digits of a Polish one, another as it is written, without spaces."""

    number: str
    is_factor: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """``payment_due`` is the first date of payment, ``payable`` what the document asks for with charges and deductions
    (Rozliczenie/DoZaplaty, PayableAmount). ``is_paid`` is what the invoice itself says: the whole of it;
    ``paid_amount`` what was paid in part. ``corrects`` and ``settles`` are KSeF numbers of other invoices."""

    payment_due: dt.date | None = None
    payable: Decimal | None = None
    payment_term: str = ""  # TerminOpis, where no date stands beside it: „14 dni od wystawienia faktury"
    is_paid: bool = False
    paid_amount: Decimal | None = None
    paid_on: dt.date | None = None
    corrects: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    accounts: tuple[Account, ...] = ()
    hidden: str | None = None
    """The first character in an account that nobody sees (``web.texts.hidden``)."""


def of(xml: bytes) -> Facts:
    """The facts of a document's bytes; a value that is not of its type counts as missing."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return Facts()
    return _of_ubl(root) if _name(root) in _UBL else _of_faktura(root)


def payable(gross: Decimal, facts: Facts) -> Decimal:
    """What a document asks for: DoZaplaty where charges and deductions make it another than the gross amount.

    A correction that lowers may name what is to pay together with the invoice that it corrects; of it the correction's
    own amount counts.
    """
    stated = within_column(facts.payable)
    return gross if stated is None or stated * gross < 0 else stated


def stated(kind: str, payable: Decimal, facts: Facts) -> Decimal:
    """What a document itself says was paid of it.

    An advance documents a payment that was received (art. 106f ust. 1 pkt 2), unless it names a term: it may be issued
    before the payment (art. 106i ust. 7 pkt 2), and then it asks for it.
    """
    if facts.is_paid or (kind == "ZAL" and facts.paid_amount is None and not _has_term(facts)):
        return payable
    return facts.paid_amount or Decimal(0)


def _has_term(facts: Facts) -> bool:
    return facts.payment_due is not None or bool(facts.payment_term)


def _of_faktura(root: etree._Element) -> Facts:
    texts: dict[str, list[str]] = {name: [] for name in (*_LEAVES, *_ACCOUNTS)}
    accounts: list[tuple[str, bool]] = []
    for element in root.iter(*_ELEMENTS):
        if not len(element):
            if element.text:
                texts[_name(element)].append(element.text.strip())
        elif (is_factor := _ACCOUNTS.get(_name(element))) is not None:
            accounts += [(text, is_factor) for text in _texts(element, "NrRB")]
    # FA_RR(1) calls the goods P_5 and their price P_7
    names = texts["P_7" if root.find("{*}FakturaRR") is None else "P_5"]
    parts = [value for text in texts["KwotaZaplatyCzesciowej"] if (value := _amount(text)) is not None]
    paid_on = _days(texts["DataZaplaty"]) + _days(texts["DataZaplatyCzesciowej"])
    due = min(_days(texts["Termin"]), default=None)
    term = "" if due else _term(root, texts)
    return Facts(
        payment_due=due or _computed(texts),
        payable=_first(texts["DoZaplaty"]),
        payment_term=term,
        is_paid=bool(texts["Zaplacono"]) or _WHOLE in texts["ZnacznikZaplatyCzesciowej"],
        paid_amount=within_column(sum(parts, Decimal(0))) if parts else None,
        paid_on=max(paid_on, default=None),
        corrects=_numbers(texts["NrKSeFFaKorygowanej"]),
        settles=_numbers(texts["NrKSeFFaZaliczkowej"]),
        words=_words([*names, *texts["P_7Z"], *texts["Indeks"]]),
        accounts=_accounts(accounts),
        hidden=_hidden(text for text, _is_factor in accounts),
    )


def _term(root: etree._Element, texts: dict[str, list[str]]) -> str:
    """The first term by description, in its own words: FA(3) has three fields, FA(2) one text."""
    if whole := texts["TerminOpis"]:
        return whole[0][:200]
    described = root.find(".//{*}TerminOpis")
    if described is None:
        return ""
    parts = {_name(part): (part.text or "").strip() for part in described.iterchildren(etree.Element)}
    amount, unit, event = (parts.get(name, "") for name in ("Ilosc", "Jednostka", "ZdarzeniePoczatkowe"))
    between = "" if fold(event).startswith("od ") else "od: "
    return " ".join(filter(None, (amount, unit, f"{between}{event}" if event else "")))[:200]


def _computed(texts: dict[str, list[str]]) -> dt.date | None:
    """The day of a term in days or weeks after the day of issue, where it is the only one: of other events the invoice
    does not say when they were, and working days and months are counted in more than one way."""
    counts, units, events = (texts[name] for name in ("Ilosc", "Jednostka", "ZdarzeniePoczatkowe"))
    issued = _days(texts["P_1"])
    if not (len(counts) == len(units) == len(events) == len(issued) == 1):
        return None
    days, words = _UNITS.get(fold(units[0])), set(fold(events[0]).split())
    if days is None or not words & _ISSUE or words - _ISSUE - _AROUND:
        return None
    count = counts[0]
    if not (count.isascii() and count.isdigit() and len(count) <= len("999")):
        return None
    return issued[0] + dt.timedelta(days=days * int(count))


def _of_ubl(root: etree._Element) -> Facts:
    # EN 16931: the due date is BT-9, of a credit note it stands with the means of payment
    due = _texts(root, "DueDate") + _texts(root, "PaymentMeans/PaymentDueDate")
    billed = "BillingReference/InvoiceDocumentReference"
    billed_numbers = _texts(root, f"{billed}/UUID") + _texts(root, f"{billed}/ID")
    lines = [line for kind in ("InvoiceLine", "CreditNoteLine") for line in _all(root, kind)]
    items = [
        text for line in lines for name in ("Name", "Description") for text in _texts(line, f"Item/{name}")
    ]
    change = credit_notes.change(root) if _name(root) == "CreditNote" else None
    payable = _first(_texts(root, "LegalMonetaryTotal/PayableAmount"))
    accounts = _texts(root, "PaymentMeans/PayeeFinancialAccount/ID")
    return Facts(
        payment_due=min(_days(due), default=None),
        payable=payable if change is None else change.payable,
        corrects=_numbers(billed_numbers),
        words=_words(items),
        accounts=_accounts((text, bool(ubl_payee(root))) for text in accounts),
        hidden=_hidden(accounts),
    )


def ubl_payee(root: etree._Element) -> str:
    """The name of the party that a PEF asks to be paid instead of its seller, as a factor is (EN 16931, BT-59); empty
    where there is none, or where it is the seller all the same."""
    supplier = "AccountingSupplierParty/Party"
    sellers = _texts(root, f"{supplier}/PartyLegalEntity/RegistrationName")
    sellers += _texts(root, f"{supplier}/PartyName/Name")
    name = " ".join(next(iter(_texts(root, "PayeeParty/PartyName/Name")), "").split())
    return "" if name.casefold() in {" ".join(one.split()).casefold() for one in sellers} else name


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def _texts(element: etree._Element, path: str) -> list[str]:
    return [node.text.strip() for node in _all(element, path) if node.text]


def _numbers(texts: Iterable[str]) -> tuple[str, ...]:
    """Those that are KSeF numbers, as KSeF writes them."""
    return tuple(dict.fromkeys(number for text in texts if (number := ksef_number(text))))


def account_number(text: str) -> str:
    """An account in any spelling as it is compared; empty for what can be none."""
    return _account_number(text) if len(text) <= _LONGEST_ACCOUNT else ""


@functools.lru_cache(maxsize=4096)  # a seller's invoices name the same one
def _account_number(text: str) -> str:
    number = bare(text)
    if polish := _NRB.fullmatch(number):
        return polish[1]
    return number if _ANY_ACCOUNT.fullmatch(number) else ""


def _accounts(written: Iterable[tuple[str, bool]]) -> tuple[Account, ...]:
    pairs = ((account_number(text), is_factor) for text, is_factor in written)
    return tuple(
        Account(number=number, is_factor=is_factor) for number, is_factor in dict.fromkeys(pairs) if number
    )


def _hidden(accounts: Iterable[str]) -> str | None:
    return next(filter(None, (characters.hidden(one, is_name=False) for one in accounts)), None)


def _days(texts: Iterable[str]) -> list[dt.date]:
    days = []
    for text in texts:
        try:
            days.append(dt.date.fromisoformat(text[:10]))
        except ValueError:
            continue
    return days


def _first(texts: Iterable[str]) -> Decimal | None:
    return next((value for text in texts if (value := _amount(text)) is not None), None)


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**16 else None


def _words(texts: Iterable[str]) -> frozenset[str]:
    words: set[str] = set()
    for text in texts:
        words.update(word[:LONGEST] for word in fold(text).split() if len(word) > 1)
        if len(words) >= WORDS:
            break
    return frozenset(words)

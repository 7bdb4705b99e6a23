"""Contractors of a company: adding, changing, hiding, search, and what an issued invoice leaves behind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from liczydlo.companies.models import Company
from liczydlo.contacts.models import Address, Contractor, Recipient
from liczydlo.documents.choices import PAYMENT_FORMS
from liczydlo.fa3.identifiers import bare, bare_nip, is_nip
from liczydlo.fa3.model import Faktura
from liczydlo.web import search

PLACE: Final = ("line1", "line2")
HINTS: Final = 8
RECIPIENTS: Final = (
    2,
    8,
    10,
)  # Rola of Podmiot3: a recipient, a unit of a local authority, a VAT group's member
MOST_DAYS: Final = 3650
"""The longest term of payment that is kept as a default."""


class AlreadyThere(Exception):
    """The company has this contractor; ``contractor`` is the row."""

    def __init__(self, contractor: Contractor) -> None:
        super().__init__(contractor.key)
        self.contractor = contractor


class ChangedMeanwhile(Exception):
    """Somebody else has changed the contractor since the form was opened."""


class ErasedMeanwhile(Exception):
    """The contractor who stood in the way was erased at that moment; nothing is stored: art. 17 RODO is no accident to
    be undone by one."""


def of(company: Company) -> QuerySet[Contractor]:
    """The company's contractors by name."""
    rows: QuerySet[Contractor] = Contractor.objects.of(company)
    return rows


def matching(company: Company, text: str) -> QuerySet[Contractor]:
    """Contractors whom the typed text may mean: words of the name without diacritics, or a number in any spelling."""
    digits = bare_nip(text)
    if is_nip(digits):
        return of(company).filter(number=digits)
    rows = of(company)
    words = [digits] if digits.isascii() and digits.isdigit() else search.fold(text).split()
    for word in words:
        rows = rows.filter(words__contains=word)
    return rows if words or not text.strip() else rows.none()


def hints(company: Company, text: str) -> list[Contractor]:
    """The first of the contractors whom the typed text may mean, without hidden ones."""
    return list(matching(company, text).filter(is_hidden=False)[:HINTS])


def key_of(kind: str, country: str, number: str, name: str, *place: str) -> str:
    """What makes two contractors one: the number; without one the name and the address, as nothing else is known."""
    if number:
        return f"{kind}:{country}{bare(number)}"
    text = "|".join(map(search.fold, (name, *place)))
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"


def columns_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a contractor, with those that follow from others; ``values`` has the default address too."""
    columns = {name: value for name, value in values.items() if name not in PLACE}
    folded = search.fold(values["name"])
    number = bare(values["number"]).lower()
    return columns | {
        "key": key_of(
            values["kind"],
            values["country"],
            values["number"],
            values["name"],
            *(values[name] for name in PLACE),
        ),
        "name_key": folded[:512],
        "words": " ".join(filter(None, (folded, number, values["country"].lower() + number))),
    }


def country_of(values: Mapping[str, Any]) -> str:
    """ISO code of the default address, which follows from the kind and the number."""
    codes = {"EL": "GR", "XI": "GB"}
    return codes.get(values["country"], values["country"]) or "PL"


def add(company: Company, values: Mapping[str, Any]) -> Contractor:
    """A new contractor; ``values`` has his columns, and ``line1`` and ``line2`` of his address.

    Raises AlreadyThere and ErasedMeanwhile.
    """
    columns = columns_of(values)
    try:
        with transaction.atomic():
            contractor = Contractor.objects.create(company=company, **columns)
            _put_address(contractor, values)
    except IntegrityError as error:
        raise _in_the_way(company, columns["key"]) from error
    return contractor


def change(contractor: Contractor, values: Mapping[str, Any], *, version: int) -> None:
    """Keep what somebody typed into the form of ``version``. Raises AlreadyThere, ChangedMeanwhile and
    ErasedMeanwhile."""
    company, columns = contractor.company, columns_of(values)
    try:
        with transaction.atomic():
            rows = of(company).filter(pk=contractor.pk, version=version)
            if not rows.update(**columns, version=F("version") + 1):
                raise ChangedMeanwhile
            _put_address(contractor, values)
    except IntegrityError as error:
        raise _in_the_way(company, columns["key"]) from error


def _in_the_way(company: Company, key: str) -> AlreadyThere | ErasedMeanwhile:
    there = of(company).filter(key=key).first()
    return AlreadyThere(there) if there is not None else ErasedMeanwhile(key)


def place_of(values: Mapping[str, Any]) -> dict[str, str]:
    """The columns of the default address."""
    return {name: values[name] for name in PLACE} | {"country": country_of(values)}


def _put_address(contractor: Contractor, values: Mapping[str, Any]) -> None:
    place = place_of(values)
    default = Address.objects.of(contractor.company).filter(contractor=contractor, is_default=True)
    if not place["line1"]:
        default.delete()
    elif not default.update(**place):
        Address.objects.create(company=contractor.company, contractor=contractor, is_default=True, **place)


def hide(contractor: Contractor, *, hidden: bool) -> None:
    """Take him off the list and out of the hints, or put him back; nothing is deleted."""
    of(contractor.company).filter(pk=contractor.pk).update(is_hidden=hidden)


def default_address(contractor: Contractor) -> Address | None:
    """The address that new invoices take."""
    rows = Address.objects.of(contractor.company).filter(contractor=contractor, is_default=True)
    address: Address | None = rows.first()
    return address


def remember(company: Company, faktura: Faktura) -> None:
    """Keep the buyer of an invoice that the company issues, with its term, form of payment and currency as defaults.

    A contractor who is on the list stays as he is: what people typed there is right, and an invoice may say otherwise.
    """
    values = of_buyer(faktura)
    if values is None or faktura.podmiot1.dane_identyfikacyjne.nip != company.nip:
        return
    columns = columns_of(values)
    if of(company).filter(key=columns["key"]).exists():
        return
    Contractor.objects.bulk_create([Contractor(company=company, **columns)], ignore_conflicts=True)
    contractor = of(company).filter(key=columns["key"]).select_for_update(no_key=True).first()
    if contractor is None or contractor.addresses.exists():
        return  # somebody else was faster, or has erased him since
    if values["line1"]:
        address = Address(company=company, contractor=contractor, is_default=True, **place_of(values))
        Address.objects.bulk_create([address], ignore_conflicts=True)
    Recipient.objects.bulk_create(
        [Recipient(company=company, contractor=contractor, **one) for one in _recipients_of(faktura)]
    )


def _recipients_of(faktura: Faktura) -> list[dict[str, str]]:
    """Recipients of an invoice as columns."""
    parties = [one for one in faktura.podmiot3 if one.rola in RECIPIENTS and one.dane_identyfikacyjne.nazwa]
    return [
        {
            "name": one.dane_identyfikacyjne.nazwa or "",
            "number": one.dane_identyfikacyjne.nip or one.dane_identyfikacyjne.id_wew or "",
            "line1": one.adres.adres_l1 if one.adres else "",
            "line2": (one.adres.adres_l2 if one.adres else None) or "",
        }
        for one in parties
    ]


def of_buyer(faktura: Faktura) -> dict[str, Any] | None:
    """The buyer of an invoice as columns; None where nobody is named."""
    buyer, fa = faktura.podmiot2, faktura.fa
    who, place = buyer.dane_identyfikacyjne, buyer.adres
    if not who.nazwa:
        return None
    kind = "nip" if who.nip else "eu" if who.nr_vat_ue else "abroad" if who.nr_id else "person"
    payment = fa.platnosc
    term = next((one.termin for one in payment.termin_platnosci if one.termin), None) if payment else None
    form = payment.forma_platnosci if payment else None
    days = (term - fa.p_1).days if term is not None else None
    return {
        "kind": kind,
        "country": who.kod_ue or who.kod_kraju or "",
        "number": who.nip or who.nr_vat_ue or who.nr_id or "",
        "name": who.nazwa,
        "line1": place.adres_l1 if place else "",
        "line2": (place.adres_l2 if place else None) or "",
        "email": next((one.email for one in buyer.dane_kontaktowe if one.email), ""),
        "payment_days": days if days is not None and 0 <= days <= MOST_DAYS else None,
        "payment_form": form if form in PAYMENT_FORMS else None,
        "currency": fa.kod_waluty,
        "local_authority": buyer.jst == 1,
        "vat_group": buyer.gv == 1,
    }

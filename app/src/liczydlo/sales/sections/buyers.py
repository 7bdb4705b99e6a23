"""What is rarely said of a buyer: its own number of a customer, contacts, another address, the country of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.draft import InvoiceDraft, Party
from liczydlo.fa3.model import DaneKontaktowe
from liczydlo.sales.sections.base import Part, Section, Typed
from liczydlo.sales.sections.fields import (
    MOST_CONTACTS,
    ContactForm,
    PostAddressForm,
    Text,
    address,
    country,
    eori,
    of_address,
)

COUNTRIES: Final = {"EL": "GR", "XI": "GB"}  # where a VAT prefix is not the country's own code


class BuyerMoreForm(PostAddressForm):
    """What is rarely said of a buyer."""

    customer_number = Text(_("Numer klienta"))
    eori = eori()
    buyer_id = Text(_("Identyfikator nabywcy (IDNabywcy)"), 32)
    country = country(_("Kraj adresu, gdy inny niż kraj numeru"))
    gln = Text("GLN", 13)


class BuyerMore(Section):
    """More of the buyer."""

    name = "buyer"
    title = _("Więcej o nabywcy: numer klienta, kontakt, adres do korespondencji")
    place = "buyer"
    form = BuyerMoreForm
    rows: ClassVar = {"contacts": ContactForm}

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        buyer = draft.buyer or Party()
        where = buyer.address
        return {
            "customer_number": buyer.customer_number,
            "eori": buyer.eori,
            "buyer_id": buyer.buyer_id,
            "country": where.country if where is not None and where.country != home(buyer) else None,
            "gln": where.gln if where is not None else None,
            **of_address(buyer.post_address, "post_"),
            "contacts": [{"email": one.email, "phone": one.telefon} for one in buyer.contacts],
        }

    def check(self, part: Part) -> None:
        """FA(3) has three contacts."""
        if len(part.rows["contacts"].typed) > MOST_CONTACTS:
            part.rows["contacts"].forms[-1].add_error("email", _("Kontakty mogą być najwyżej trzy."))

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        buyer = draft.buyer or Party()
        where = buyer.address
        if where is not None:
            where = replace(where, country=typed["country"] or where.country, gln=typed["gln"])
        contacts = (DaneKontaktowe(email=one["email"], telefon=one["phone"]) for one in typed["contacts"])
        more = replace(
            buyer,
            customer_number=typed["customer_number"],
            eori=typed["eori"],
            buyer_id=typed["buyer_id"],
            address=where,
            post_address=address(typed, "post_"),
            contacts=tuple(contacts),
        )
        return replace(draft, buyer=more if draft.buyer is not None else None)


def home(buyer: Party) -> str:
    """The country that a buyer's number says he is at home in; PL without one."""
    prefix = buyer.vat_ue_country or buyer.tax_country
    return COUNTRIES.get(prefix, prefix) if prefix else "PL"

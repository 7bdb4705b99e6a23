"""The parties besides seller and buyer, in any role (Podmiot3).

The plain fields hold one recipient, as far as :func:`first_recipient` lets them.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.draft import Address, InvoiceDraft, Party, ThirdParty
from liczydlo.fa3.model import DaneKontaktowe
from liczydlo.sales.sections.base import Section, Typed
from liczydlo.sales.sections.fields import (
    AddressForm,
    PostAddressForm,
    Text,
    address,
    amount,
    email,
    eori,
    of_address,
    one_of,
    phone,
)
from liczydlo.sales.sections.identities import IdentityForm
from liczydlo.web.fields import Amount, amount_text

RECIPIENT, FURTHER_BUYER, UNIT, MEMBER = 2, 4, 8, 10  # Rola: unit of a local authority, member of a VAT group


def recipients(
    name: str | None, number: str | None, place: Address | None, *, unit: bool, member: bool
) -> tuple[ThirdParty, ...]:
    """The recipient of the plain fields: the role says so of a local authority's unit and a VAT group's member."""
    if not name:
        return ()
    is_internal = "-" in (number or "")
    party = Party(
        name=name,
        nip=None if is_internal else number or None,
        internal_id=number if is_internal else None,
        address=place,
    )
    return (ThirdParty(party=party, role=UNIT if unit else MEMBER if member else RECIPIENT),)


def first_recipient(draft: InvoiceDraft) -> Party | None:
    """The first third party, where the plain fields hold all of it."""
    one = next(iter(draft.third_parties), None)
    if one is None:
        return None
    party, place = one.party, one.party.address
    plain = place if place is None else Address(line1=place.line1, line2=place.line2)
    number = party.nip or party.internal_id
    flags = {"unit": draft.local_authority, "member": draft.vat_group}
    return party if recipients(party.name, number, plain, **flags) == (one,) else None


class ThirdPartyForm(IdentityForm, AddressForm, PostAddressForm):
    """One party in its role."""

    role = one_of("Rola", _("Rola"), none=_("inna: opisz obok"))
    other_role = Text(_("Opis innej roli"))
    share: Amount = amount(
        _("Udział nabywcy (%)"), decimal_places=6, min_value=Decimal(0), max_value=Decimal(100)
    )
    email, phone, eori = email(), phone(), eori()
    customer_number = Text(_("Numer klienta"))
    buyer_id = Text(_("Identyfikator nabywcy (IDNabywcy)"), 32)
    field_order = ("role",)

    def clean(self) -> dict[str, Any]:
        """A role, by number or in words; a share of a further buyer alone; a number of its kind."""
        values = super().clean() or self.cleaned_data
        if not self.errors:
            if (values["role"] is None) == (values["other_role"] is None):
                self.add_error("role", _("Wybierz rolę z listy albo opisz inną."))
            if values["share"] is not None and values["role"] != FURTHER_BUYER:
                self.add_error("share", _("Udział podaje się tylko dodatkowemu nabywcy."))
            self.check_identity(values)
        return values

    @property
    def says_more(self) -> bool:
        """Whether something rare is said or wrong, so that it is shown open."""
        rare = (
            "email",
            "phone",
            "customer_number",
            "gln",
            "eori",
            "buyer_id",
            "post_line1",
            "post_line2",
            "post_gln",
        )
        return any(self[name].value() or self[name].errors for name in (*rare,)) or bool(
            self["post_country"].errors
        )


class Parties(Section):
    """Parties in any role."""

    name = "parties"
    title = _("Inne podmioty: płatnik, faktor, dodatkowy nabywca i inni")
    place = "buyer"
    rows: ClassVar = {"parties": ThirdPartyForm}

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        further = draft.third_parties[1 if first_recipient(draft) is not None else 0 :]
        return {"parties": [_of_third(one) for one in further]}

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        return replace(draft, third_parties=(*draft.third_parties, *map(_third, typed["parties"])))


def _third(typed: Typed) -> ThirdParty:
    kind, number = typed["id_kind"], typed["number"]
    contact = DaneKontaktowe(email=typed["email"], telefon=typed["phone"])
    party = Party(
        name=typed["name"],
        nip=number if kind == "nip" else None,
        internal_id=number if kind == "internal" else None,
        vat_ue_country=typed["id_country"] if kind == "eu" else None,
        vat_ue=number if kind == "eu" else None,
        tax_country=typed["id_country"] if kind == "abroad" else None,
        tax_id=number if kind == "abroad" else None,
        address=address(typed),
        post_address=address(typed, "post_"),
        contacts=(contact,) if contact != DaneKontaktowe() else (),
        eori=typed["eori"],
        customer_number=typed["customer_number"],
        buyer_id=typed["buyer_id"],
    )
    return ThirdParty(party=party, role=typed["role"], other_role=typed["other_role"], share=typed["share"])


def _of_third(one: ThirdParty) -> dict[str, Any]:
    party = one.party
    kinds = {"nip": party.nip, "internal": party.internal_id, "eu": party.vat_ue, "abroad": party.tax_id}
    kind = next((name for name, number in kinds.items() if number is not None), "none")
    contact = next(iter(party.contacts), DaneKontaktowe())
    return {
        "role": one.role,
        "other_role": one.other_role,
        "share": amount_text(one.share),
        "id_kind": kind,
        "id_country": party.vat_ue_country or party.tax_country,
        "number": kinds.get(kind),
        "name": party.name,
        **of_address(party.address),
        **of_address(party.post_address, "post_"),
        "email": contact.email,
        "phone": contact.telefon,
        "eori": party.eori,
        "customer_number": party.customer_number,
        "buyer_id": party.buyer_id,
    }

"""Whoever issues in the seller's place by virtue of law or decision (PodmiotUpowazniony)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.identifiers import IdentifierError, parse_nip
from liczydlo.fa3.model import DaneKontaktowePU, PodmiotUpowazniony, TozsamoscPodatnika
from liczydlo.sales.sections.base import Part, Section, Typed
from liczydlo.sales.sections.fields import (
    MOST_CONTACTS,
    AddressForm,
    ContactForm,
    PostAddressForm,
    Text,
    adres,
    eori,
    of_adres,
    one_of,
)


class IssuerForm(AddressForm, PostAddressForm):
    """Who issues in the seller's place."""

    role = one_of("RolaPU", _("Kto wystawia"), none=_("sprzedawca"))
    nip = Text("NIP", 40)
    name = Text(_("Nazwa podmiotu"), 512)
    eori = eori()

    def clean_nip(self) -> str | None:
        """Its ten digits."""
        typed = self.cleaned_data["nip"]
        try:
            return parse_nip(typed) if typed else None
        except IdentifierError as error:
            raise forms.ValidationError(_("To nie jest poprawny NIP: sprawdź cyfry.")) from error

    def clean(self) -> dict[str, Any]:
        """With a role come NIP, name and address; nothing without one."""
        values = super().clean() or self.cleaned_data
        needed = ("nip", "name", "line1")
        if values.get("role") is not None:
            for name in needed:
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, forms.ValidationError(_("To pole jest wymagane."), code="required"))
        elif not self.errors and any(values.get(name) for name in (*needed, "eori", "post_line1")):
            self.add_error("role", _("Wybierz, kto wystawia fakturę za sprzedawcę."))
        return values


class Issuer(Section):
    """An enforcement authority, a bailiff or a tax representative."""

    name = "issuer"
    title = _("Wystawca za sprzedawcę: organ egzekucyjny, komornik, przedstawiciel podatkowy")
    form = IssuerForm
    rows: ClassVar = {"contacts": ContactForm}

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        one = draft.authorised
        if one is None:
            return {"contacts": []}
        return {
            "role": one.rola_pu,
            "nip": one.dane_identyfikacyjne.nip,
            "name": one.dane_identyfikacyjne.nazwa,
            "eori": one.nr_eori,
            **of_adres(one.adres),
            **of_adres(one.adres_koresp, "post_"),
            "contacts": [{"email": item.email_pu, "phone": item.telefon_pu} for item in one.dane_kontaktowe],
        }

    def check(self, part: Part) -> None:
        """Contacts are somebody's."""
        contacts = part.rows["contacts"].typed
        if contacts and part.form.cleaned_data["role"] is None:
            part.form.add_error("role", _("Wybierz, kto wystawia fakturę za sprzedawcę."))
        if len(contacts) > MOST_CONTACTS:
            part.rows["contacts"].forms[-1].add_error("email", _("Kontakty mogą być najwyżej trzy."))

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        where = adres(typed)
        if typed["role"] is None or where is None:
            return replace(draft, authorised=None)
        one = PodmiotUpowazniony(
            nr_eori=typed["eori"],
            dane_identyfikacyjne=TozsamoscPodatnika(nip=typed["nip"], nazwa=typed["name"]),
            adres=where,
            adres_koresp=adres(typed, "post_"),
            dane_kontaktowe=tuple(
                DaneKontaktowePU(email_pu=item["email"], telefon_pu=item["phone"])
                for item in typed["contacts"]
            ),
            rola_pu=typed["role"],
        )
        return replace(draft, authorised=one)

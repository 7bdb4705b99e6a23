"""Carriages of the goods: by what, by whom, what, when, from where through where to where (Transport)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.model import Adres, Przewoznik, TozsamoscNabywcy, Transport, WarunkiTransakcji
from liczydlo.sales.sections.base import Part, Section, Typed
from liczydlo.sales.sections.fields import AddressForm, Text, adres, check_address, country, of_adres, one_of
from liczydlo.sales.sections.identities import IDENTIFIERS, IdentityForm

CARRIERS = [one for one in IDENTIFIERS if one[0] != "internal"]
INNER = 1  # TransportInny, LadunekInny: described in words


def moment(label: Any) -> forms.DateTimeField:
    """A moment in Polish time."""
    return forms.DateTimeField(
        label=label, required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )


class TransportForm(IdentityForm, AddressForm):
    """One carriage; name, number and address are the carrier's."""

    kind = one_of("RodzajTransportu", _("Rodzaj transportu"), none=_("inny: opisz obok"))
    other_kind = Text(_("Opis innego transportu"), 50)
    order = Text(_("Numer zlecenia transportu"))
    cargo = one_of("OpisLadunku", _("Ładunek"), none=_("inny: opisz obok"))
    other_cargo = Text(_("Opis innego ładunku"), 50)
    packing = Text(_("Jednostka opakowania"))
    starts = moment(_("Rozpoczęcie transportu"))
    ends = moment(_("Zakończenie transportu"))
    from_line1 = Text(_("Wysyłka z (ulica, numer)"), 512)
    from_line2 = Text(_("Wysyłka z (kod, miejscowość)"), 512)
    from_country = country(_("Wysyłka z (kod kraju)"), initial="PL")
    from_gln = Text(_("Wysyłka z (GLN)"), 13)
    to_line1 = Text(_("Wysyłka do (ulica, numer)"), 512)
    to_line2 = Text(_("Wysyłka do (kod, miejscowość)"), 512)
    to_country = country(_("Wysyłka do (kod kraju)"), initial="PL")
    to_gln = Text(_("Wysyłka do (GLN)"), 13)
    field_order = ("kind", "other_kind")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["id_kind"].choices = CARRIERS  # type: ignore[attr-defined]  # of a ChoiceField

    def clean(self) -> dict[str, Any]:
        """A kind and a cargo, by number or in words; a carrier with an address; an end after the beginning."""
        values = super().clean() or self.cleaned_data
        for prefix in ("from_", "to_"):
            check_address(self, values, prefix)
        if self.errors:
            return values
        for name, words in (
            ("kind", _("Wybierz rodzaj transportu albo opisz inny.")),
            ("cargo", _("Wybierz rodzaj ładunku albo opisz inny.")),
        ):
            if (values[name] is None) == (values[f"other_{name}"] is None):
                self.add_error(name, words)
        if values["name"] or values["number"] or values["line1"]:
            self.check_identity(values)
            if not values["line1"]:
                self.add_error("line1", _("Podaj adres przewoźnika."))
        if values["starts"] and values["ends"] and values["ends"] < values["starts"]:
            self.add_error("ends", _("Transport kończy się po rozpoczęciu."))
        return values


class StopForm(AddressForm):
    """A place on the way."""

    transport = forms.IntegerField(
        label=_("Transport nr"), min_value=1, initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
    )  # fmt: skip
    field_order = ("transport",)

    def clean(self) -> dict[str, Any]:
        """A place has a first line."""
        values = super().clean()
        if not values.get("line1") and "line1" not in self.errors:
            self.add_error("line1", _("Podaj ulicę i numer."))
        return values


class Transports(Section):
    """Carriages of the goods."""

    name = "transport"
    title = _("Transport")
    rows: ClassVar = {"transports": TransportForm, "stops": StopForm}

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        held = draft.terms.transport if draft.terms is not None else ()
        stops = [
            {"transport": number, **of_adres(place)}
            for number, one in enumerate(held, 1)
            for place in one.wysylka_przez
        ]
        return {"transports": [_of(one) for one in held], "stops": stops}

    def check(self, part: Part) -> None:
        """A stop is of one of the carriages."""
        count = len(part.rows["transports"].typed)
        for one in part.rows["stops"]:
            if one.has_changed() and one.cleaned_data["transport"] > count:
                one.add_error("transport", _("Nie ma transportu o tym numerze."))

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        carriages = []
        for number, one in enumerate(typed["transports"], 1):
            places = (adres(stop) for stop in typed["stops"] if stop["transport"] == number)
            carriages.append(_transport(one, tuple(place for place in places if place is not None)))
        if not carriages:
            return draft
        return replace(draft, terms=replace(draft.terms or WarunkiTransakcji(), transport=tuple(carriages)))


def _transport(typed: Typed, through: tuple[Adres, ...]) -> Transport:
    return Transport(
        rodzaj_transportu=typed["kind"],
        transport_inny=INNER if typed["other_kind"] is not None else None,
        opis_innego_transportu=typed["other_kind"],
        przewoznik=_carrier(typed),
        nr_zlecenia_transportu=typed["order"],
        opis_ladunku=typed["cargo"],
        ladunek_inny=INNER if typed["other_cargo"] is not None else None,
        opis_innego_ladunku=typed["other_cargo"],
        jednostka_opakowania=typed["packing"],
        data_godz_rozp_transportu=typed["starts"],
        data_godz_zak_transportu=typed["ends"],
        wysylka_z=adres(typed, "from_"),
        wysylka_przez=through,
        wysylka_do=adres(typed, "to_"),
    )


def _carrier(typed: Typed) -> Przewoznik | None:
    place, kind, number = adres(typed), typed["id_kind"], typed["number"]
    if place is None:
        return None
    identity = TozsamoscNabywcy(
        nip=number if kind == "nip" else None,
        kod_ue=typed["id_country"] if kind == "eu" else None,
        nr_vat_ue=number if kind == "eu" else None,
        kod_kraju=typed["id_country"] if kind == "abroad" else None,
        nr_id=number if kind == "abroad" else None,
        brak_id=1 if kind == "none" else None,
        nazwa=typed["name"],
    )
    return Przewoznik(dane_identyfikacyjne=identity, adres_przewoznika=place)


def _of(transport: Transport) -> dict[str, Any]:
    carrier: dict[str, Any] = {}
    if transport.przewoznik is not None:
        who = transport.przewoznik.dane_identyfikacyjne
        kinds = {"nip": who.nip, "eu": who.nr_vat_ue, "abroad": who.nr_id}
        kind = next((name for name, number in kinds.items() if number is not None), "none")
        carrier = {
            "id_kind": kind,
            "id_country": who.kod_ue or who.kod_kraju,
            "number": kinds.get(kind),
            "name": who.nazwa,
            **of_adres(transport.przewoznik.adres_przewoznika),
        }
    return {
        **carrier,
        "kind": transport.rodzaj_transportu,
        "other_kind": transport.opis_innego_transportu,
        "order": transport.nr_zlecenia_transportu,
        "cargo": transport.opis_ladunku,
        "other_cargo": transport.opis_innego_ladunku,
        "packing": transport.jednostka_opakowania,
        "starts": _local(transport.data_godz_rozp_transportu),
        "ends": _local(transport.data_godz_zak_transportu),
        **of_adres(transport.wysylka_z, "from_"),
        **of_adres(transport.wysylka_do, "to_"),
    }


def _local(at: datetime | None) -> str:
    """In Polish time as the browser's field has it; seconds where there are any."""
    return (
        "" if at is None else timezone.localtime(at).strftime("%Y-%m-%dT%H:%M" + (":%S" if at.second else ""))
    )

"""New means of transport supplied within the Union (art. 106e ust. 1 pkt 24, P_22)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.model import NowySrodekTransportu
from liczydlo.sales.sections.base import Part, Section, Typed
from liczydlo.sales.sections.fields import Text, day, mark

LAND, WATER, AIR = "land", "water", "air"
KINDS = [
    (LAND, _("pojazd lądowy")),
    (WATER, _("jednostka pływająca")),
    (AIR, _("statek powietrzny")),
]
NUMBERS = [
    ("vin", "VIN"),
    ("body", _("numer nadwozia")),
    ("chassis", _("numer podwozia")),
    ("frame", _("numer ramy")),
]
_WORDS: Final = {
    "make": "p_22bmk",
    "model": "p_22bmd",
    "colour": "p_22bk",
    "registration": "p_22bnr",
    "year": "p_22brp",
}
_USE: Final = {LAND: "p_22b", WATER: "p_22c", AIR: "p_22d"}
_NUMBERS: Final = {"vin": "p_22b1", "body": "p_22b2", "chassis": "p_22b3", "frame": "p_22b4"}
_OTHER_NUMBERS: Final = {WATER: "p_22c1", AIR: "p_22d1"}


class VehicleForm(forms.Form):
    """One new means of transport."""

    kind = forms.ChoiceField(label=_("Nowy środek transportu"), choices=KINDS, initial=LAND)
    line = forms.IntegerField(label=_("Numer pozycji"), min_value=1, max_value=1000, initial=1)
    since = day(_("Dopuszczony do użytku"), required=True)
    use = Text(_("Przebieg albo liczba godzin"), required=True)
    number_kind = forms.ChoiceField(
        label=_("Rodzaj numeru (pojazd lądowy)"), choices=NUMBERS, required=False, initial="vin"
    )
    number = Text(_("Numer pojazdu, kadłuba albo fabryczny"))
    type = Text(_("Typ (pojazd lądowy)"))
    make = Text(_("Marka"))
    model = Text(_("Model"))
    colour = Text(_("Kolor"))
    registration = Text(_("Numer rejestracyjny"))
    year = Text(_("Rok produkcji"))


class DutyForm(forms.Form):
    """What is said of all of them."""

    duty = mark(_("Obowiązek zawiadomienia z art. 42 ust. 5 ustawy o VAT"))


class Vehicles(Section):
    """New means of transport."""

    name = "vehicles"
    title = _("Nowe środki transportu")
    place = "vat"
    form = DutyForm
    rows: ClassVar = {"vehicles": VehicleForm}

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        marks = draft.marks
        return {"duty": marks.art_42_5, "vehicles": [_of(one) for one in marks.new_transport]}

    def check(self, part: Part) -> None:
        """The duty is somebody's who supplies one."""
        if part.form.cleaned_data["duty"] and not part.rows["vehicles"].typed:
            part.form.add_error("duty", _("Dodaj nowy środek transportu."))

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        vehicles = tuple(map(_vehicle, typed["vehicles"]))
        marks = replace(draft.marks, new_transport=vehicles, art_42_5=bool(vehicles) and typed["duty"])
        return replace(draft, marks=marks)


def beyond(part: Part, lines: int) -> bool:
    """Whether one names a line that an invoice of so many lines lacks; it is an error of its row."""
    rows_beyond = [row for row in part.rows["vehicles"] if (row.cleaned_data.get("line") or 0) > lines]
    for row in rows_beyond:
        row.add_error("line", _("Faktura nie ma pozycji o tym numerze."))
    return bool(rows_beyond)


def _vehicle(typed: Mapping[str, Any]) -> NowySrodekTransportu:
    kind = typed["kind"]
    words = {attribute: typed[name] for name, attribute in _WORDS.items()}
    words[_USE[kind]] = typed["use"]
    if number := typed["number"]:
        words[_OTHER_NUMBERS.get(kind) or _NUMBERS[typed["number_kind"] or "vin"]] = number
    if kind == LAND:
        words["p_22bt"] = typed["type"]
    return NowySrodekTransportu(p_22a=typed["since"], p_nr_wiersza_nst=typed["line"], **words)


def _of(vehicle: NowySrodekTransportu) -> dict[str, Any]:
    kind = next((kind for kind, attribute in _USE.items() if getattr(vehicle, attribute) is not None), "")
    named = {name: number for name, attribute in _NUMBERS.items() if (number := getattr(vehicle, attribute))}
    return {
        "kind": kind,
        "line": vehicle.p_nr_wiersza_nst,
        "since": vehicle.p_22a,
        "use": getattr(vehicle, _USE[kind]) if kind else "",
        "number_kind": next(iter(named), "vin"),
        "number": next(iter(named.values()), None) or vehicle.p_22c1 or vehicle.p_22d1,
        "type": vehicle.p_22bt,
        **{name: getattr(vehicle, attribute) for name, attribute in _WORDS.items()},
    }

"""A new means of transport supplied within the Union (art. 106e ust. 1 pkt 24, P_22), from the form and back.

The form holds one; an invoice of several is not edited with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.model import NowySrodekTransportu
from liczydlo.web.fields import day_input

LAND, WATER, AIR = "land", "water", "air"
KINDS = [
    ("", "—"),
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
    "vehicle_make": "p_22bmk",
    "vehicle_model": "p_22bmd",
    "vehicle_colour": "p_22bk",
    "vehicle_registration": "p_22bnr",
    "vehicle_year": "p_22brp",
}
_USE: Final = {LAND: "p_22b", WATER: "p_22c", AIR: "p_22d"}
_NUMBERS: Final = {"vin": "p_22b1", "body": "p_22b2", "chassis": "p_22b3", "frame": "p_22b4"}
_OTHER_NUMBERS: Final = {WATER: "p_22c1", AIR: "p_22d1"}


def _text(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=256)


class TransportForm(forms.Form):
    """One new means of transport, behind „Więcej”."""

    vehicle = forms.ChoiceField(label=_("Nowy środek transportu"), choices=KINDS, required=False)
    vehicle_line = forms.IntegerField(
        label=_("Numer pozycji"), required=False, min_value=1, max_value=1000, initial=1
    )
    vehicle_since = forms.DateField(label=_("Dopuszczony do użytku"), required=False, widget=day_input())
    vehicle_use = _text(_("Przebieg albo liczba godzin"))
    vehicle_number_kind = forms.ChoiceField(
        label=_("Rodzaj numeru (pojazd lądowy)"), choices=NUMBERS, required=False, initial="vin"
    )
    vehicle_number = _text(_("Numer pojazdu, kadłuba albo fabryczny"))
    vehicle_type = _text(_("Typ (pojazd lądowy)"))
    vehicle_make = _text(_("Marka"))
    vehicle_model = _text(_("Model"))
    vehicle_colour = _text(_("Kolor"))
    vehicle_registration = _text(_("Numer rejestracyjny"))
    vehicle_year = _text(_("Rok produkcji"))
    vehicle_duty = forms.BooleanField(
        label=_("Obowiązek zawiadomienia z art. 42 ust. 5 ustawy o VAT"), required=False
    )

    @property
    def transport(self) -> list[forms.BoundField]:
        """The fields without the mark."""
        return [self[name] for name in NAMES if name != "vehicle_duty"]

    @property
    def has_transport(self) -> bool:
        """Whether there is one, or something of it is wrong."""
        return bool(self["vehicle"].value() or any(self[name].errors for name in NAMES))

    def clean(self) -> dict[str, Any]:
        """What the schema asks for of each."""
        values = super().clean() or self.cleaned_data
        if values.get("vehicle"):
            for name in ("vehicle_line", "vehicle_since", "vehicle_use"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(_("To pole jest wymagane."), code="required"))
        return values


NAMES: Final = tuple(TransportForm.base_fields)


def meant(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of ``fa3.draft.Marks``."""
    kind = typed.get("vehicle")
    if not kind:
        return {}
    words = {said: typed.get(name) or None for name, said in _WORDS.items()}
    words[_USE[kind]] = typed["vehicle_use"]
    if number := typed.get("vehicle_number"):
        words[_OTHER_NUMBERS.get(kind) or _NUMBERS[typed.get("vehicle_number_kind") or "vin"]] = number
    if kind == LAND:
        words["p_22bt"] = typed.get("vehicle_type") or None
    one = NowySrodekTransportu(p_22a=typed["vehicle_since"], p_nr_wiersza_nst=typed["vehicle_line"], **words)
    return {"new_transport": (one,), "art_42_5": bool(typed.get("vehicle_duty"))}


def initial(transport: Sequence[NowySrodekTransportu], *, duty: bool) -> dict[str, Any]:
    """What the form shows of the first of them."""
    shown: dict[str, Any] = dict.fromkeys(NAMES, "") | {"vehicle_number_kind": "vin", "vehicle_duty": duty}
    if not transport:
        return {**shown, "vehicle_line": 1, "vehicle_since": None}
    one = transport[0]
    kind = next((kind for kind, said in _USE.items() if getattr(one, said) is not None), "")
    for name, said in _NUMBERS.items():
        if number := getattr(one, said):
            shown |= {"vehicle_number_kind": name, "vehicle_number": number}
    return {
        **shown,
        "vehicle": kind,
        "vehicle_line": one.p_nr_wiersza_nst,
        "vehicle_since": one.p_22a,
        "vehicle_use": getattr(one, _USE[kind]) if kind else "",
        "vehicle_number": shown["vehicle_number"] or one.p_22c1 or one.p_22d1 or "",
        "vehicle_type": one.p_22bt or "",
        **{name: getattr(one, said) or "" for name, said in _WORDS.items()},
    }

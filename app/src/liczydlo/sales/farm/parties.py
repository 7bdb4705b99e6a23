"""Parties of an invoice VAT RR besides the farmer and the company, in the roles of FA_RR(1) (Podmiot3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liczydlo.documents.choices import options
from liczydlo.fa3.identifiers import IdentifierError, parse_internal, parse_nip
from liczydlo.rr.draft import ThirdParty
from liczydlo.web.texts import VisibleTexts

MOST: Final = 100
FURTHER_BUYER: Final = 4
"""The role of FA(3) that FA_RR(1) does not have."""
INTERNAL: Final = 15
"""Digits of an internal identifier: a NIP and five."""


def roles() -> list[tuple[Any, Any]]:
    """Roles by their names in print."""
    return [("", _("inna: opisz obok")), *(one for one in options("Rola") if one[0] != FURTHER_BUYER)]


class PartyForm(VisibleTexts):
    """One party. A row in which nothing is typed is none."""

    name = forms.CharField(label=_("Nazwa albo imię i nazwisko"), max_length=512)
    role = forms.TypedChoiceField(
        label=_("Rola"), choices=roles, coerce=int, empty_value=None, required=False
    )
    other_role = forms.CharField(label=_("Opis innej roli"), max_length=256, required=False)
    number = forms.CharField(label=_("NIP albo identyfikator wewnętrzny"), max_length=30, required=False)
    line1 = forms.CharField(label=_("Ulica i numer"), max_length=512, required=False)
    line2 = forms.CharField(label=_("Kod pocztowy i miejscowość"), max_length=512, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""
        self.empty_permitted = True
        self.use_required_attribute = False

    def clean_number(self) -> str:
        """Digits, and the dash of an internal identifier."""
        number: str = self.cleaned_data["number"]
        is_internal = sum(one.isdigit() for one in number) == INTERNAL
        try:
            return (parse_internal if is_internal else parse_nip)(number) if number else ""
        except IdentifierError as error:
            raise ValidationError(
                _("To nie jest NIP ani identyfikator wewnętrzny (NIP, kreska i pięć cyfr): sprawdź cyfry.")
            ) from error

    def clean(self) -> dict[str, Any]:
        """A role, by number or in words; no second line of an address without the first."""
        values = super().clean() or self.cleaned_data
        if not self.errors:
            if (values["role"] is None) == (not values["other_role"]):
                self.add_error("role", _("Wybierz rolę z listy albo opisz inną."))
            if values["line2"] and not values["line1"]:
                self.add_error("line1", _("Podaj pierwszy wiersz adresu."))
        return values


Parties = forms.formset_factory(PartyForm, extra=1, max_num=MOST, validate_max=True, absolute_max=MOST)


def third_parties(
    typed: Iterable[Mapping[str, Any]], earlier: Sequence[ThirdParty]
) -> tuple[ThirdParty, ...]:
    """The parties that are filled in; what the form does not show is that of ``known`` in the same row."""
    parties = []
    for place, one in enumerate(typed):
        if not one or not one.get("name"):
            continue
        internal = "-" in one["number"]
        values = {
            "name": one["name"],
            "role": one["role"],
            "other_role": one["other_role"] or None,
            "nip": one["number"] or None if not internal else None,
            "internal_id": one["number"] if internal else None,
            "address_1": one["line1"] or None,
            "address_2": one["line2"] or None,
        }
        was = earlier[place] if place < len(earlier) else None
        parties.append(ThirdParty(**values) if was is None else replace(was, **values))
    return tuple(parties)


def initial(parties: Iterable[ThirdParty]) -> list[dict[str, Any]]:
    """What the form shows of parties."""
    return [
        {
            "name": one.name,
            "role": one.role,
            "other_role": one.other_role or "",
            "number": one.nip or one.internal_id or "",
            "line1": one.address_1 or "",
            "line2": one.address_2 or "",
        }
        for one in parties
    ]

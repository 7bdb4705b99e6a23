"""Who a party is by number: NIP, internal, of the EU, of another country, or none."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.documents.choices import EU
from liczydlo.fa3.identifiers import IdentifierError, parse_internal, parse_nip, parse_vat_ue
from liczydlo.sales.sections.fields import Text, country

IDENTIFIERS: Final = [
    ("nip", "NIP"),
    ("internal", _("Identyfikator wewnętrzny")),
    ("eu", "VAT UE"),
    ("abroad", _("Inny numer podatkowy")),
    ("none", _("Bez numeru")),
]


class IdentityForm(forms.Form):
    """Name and number of a party."""

    id_kind = forms.ChoiceField(label=_("Rodzaj numeru"), choices=IDENTIFIERS, initial="nip")
    id_country = country(_("Kraj numeru"))
    number = Text(_("Numer"), 50)
    name = Text(_("Nazwa podmiotu"), 512)

    def check_identity(self, values: dict[str, Any]) -> None:
        """Refuse a party with neither name nor number, and a number that is not of its kind; put it into the spelling
        of FA(3)."""
        if not values["name"] and not values["number"]:
            self.add_error("name", _("Podaj nazwę albo numer."))
        kind, number, prefix = values["id_kind"], values["number"], values["id_country"]
        if (number is None) != (kind == "none"):
            self.add_error("number", _("Podaj numer albo wybierz „Bez numeru”."))
            return
        if prefix is not None and kind not in ("eu", "abroad"):
            self.add_error("id_country", _("Kraj podaje się przy numerze VAT UE i innym numerze podatkowym."))
        if kind == "eu" and prefix not in EU:
            self.add_error("id_country", _("Podaj kraj numeru VAT UE, np. DE; Grecja to EL."))
            return
        try:
            match kind:
                case "nip":
                    values["number"] = parse_nip(number)
                case "internal":
                    values["number"] = parse_internal(number)
                case "eu":
                    values["number"] = parse_vat_ue(number, prefix)
        except IdentifierError:
            self.add_error("number", _("To nie jest poprawny numer tego rodzaju: sprawdź cyfry."))

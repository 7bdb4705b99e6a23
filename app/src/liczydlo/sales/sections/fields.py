"""Fields that sections are made of, with the lengths of FA(3), and addresses in both directions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liczydlo.documents.choices import options
from liczydlo.fa3.draft import Address
from liczydlo.fa3.identifiers import IdentifierError, parse_account
from liczydlo.fa3.model import Adres
from liczydlo.web.fields import Amount, InvoiceDay
from liczydlo.web.texts import check

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_CONTACTS: Final = 3  # DaneKontaktowe
_SPACES: Final = re.compile(r"[ \t\r\n]+")
Label: TypeAlias = "str | _StrPromise"


class Text(forms.CharField):
    """One line, as ``xsd:token`` has it: spaces at the ends fall away, those inside become one. Empty is None."""

    def __init__(self, label: Label, most: int = 256, **options: Any) -> None:
        """``most``: characters."""
        super().__init__(
            label=label, max_length=most, required=options.pop("required", False), strip=False, empty_value=None,
            **options,
        )  # fmt: skip

    def to_python(self, value: Any) -> Any:
        """Without the spaces that count for nothing."""
        return super().to_python(_SPACES.sub(" ", value).strip(" ") if isinstance(value, str) else value)

    def validate(self, value: Any) -> None:
        """Raises ValidationError, for invisible characters too."""
        super().validate(value)
        check(value or "")


class Paragraphs(forms.CharField):
    """Text whose lines are kept."""

    def __init__(self, label: Label, most: int = 3500, rows: int = 3, **options: Any) -> None:
        super().__init__(
            label=label, max_length=most, required=options.pop("required", False),
            widget=forms.Textarea(attrs={"rows": rows}), strip=False, empty_value=None, **options,
        )  # fmt: skip

    def to_python(self, value: Any) -> Any:
        """Lines end as XML ends them."""
        return super().to_python(
            value.replace("\r\n", "\n").strip(" \t\n") if isinstance(value, str) else value
        )

    def validate(self, value: Any) -> None:
        """Raises ValidationError, for invisible characters too."""
        super().validate(value)
        check(value or "")


class Account(Text):
    """A bank account in any spelling; FA(3) takes 10 to 34 characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_("Numer rachunku"), 60, **options)

    def clean(self, value: Any) -> Any:
        """As ``NrRB`` takes it."""
        text = super().clean(value)
        try:
            return parse_account(text) if text else None
        except IdentifierError as error:
            raise ValidationError(_("Numer rachunku ma od 10 do 34 cyfr i liter.")) from error


class Pattern(Text):
    """One line of a given shape."""

    def __init__(self, label: Label, pattern: str, refusal: Label, most: int = 256, **options: Any) -> None:
        """``refusal`` says what is wrong with another one."""
        super().__init__(label, most, **options)
        self.pattern, self.refusal = re.compile(pattern), refusal

    def clean(self, value: Any) -> Any:
        """Raises ValidationError."""
        text = super().clean(value)
        if text and not self.pattern.fullmatch(text):
            raise ValidationError(self.refusal)
        return text


def day(label: Label, **options: Any) -> InvoiceDay:
    """A day that may be left out."""
    return InvoiceDay(label=label, required=options.pop("required", False), **options)


def amount(label: Label, **options: Any) -> Amount:
    """An amount of money."""
    return Amount(
        label=label, required=options.pop("required", False), max_digits=18,
        decimal_places=options.pop("decimal_places", 2), **options,
    )  # fmt: skip


def one_of(element: str, label: Label, none: Label = "—", **more: Any) -> forms.TypedChoiceField:
    """A number of a choice of FA(3), called what it is on the print, or None, called ``none``."""
    return forms.TypedChoiceField(
        label=label, choices=lambda: [("", none), *options(element)], coerce=int, empty_value=None,
        required=more.pop("required", False), **more,
    )  # fmt: skip


def mark(label: Label) -> forms.BooleanField:
    """A tick that may stay empty."""
    return forms.BooleanField(label=label, required=False)


def country(label: Label, **options: Any) -> Pattern:
    """ISO 3166 alpha-2, in capitals."""
    return Pattern(label, "[A-Z]{2}", _("Kod kraju to dwie wielkie litery, np. PL, DE, US."), 2, **options)


def gln() -> Text:
    """A global location number."""
    return Text("GLN", 13)


def email() -> Pattern:
    """As ``TAdresEmail``."""
    return Pattern(_("E-mail"), "[^@]+@[^@]+", _("To nie jest adres e-mail."), 255)


def phone() -> Text:
    """As ``TNumerTelefonu``."""
    return Text(_("Telefon"), 16)


def eori() -> Text:
    """As ``NrEORI``."""
    return Text(_("Numer EORI"))


class AddressForm(forms.Form):
    """An address in two lines."""

    line1 = Text(_("Adres (ulica, numer)"), 512)
    line2 = Text(_("Adres (kod, miejscowość)"), 512)
    country = country(_("Kod kraju"), initial="PL")
    gln = gln()

    def clean(self) -> dict[str, Any]:
        """As :func:`check_address`."""
        values = super().clean() or self.cleaned_data
        check_address(self, values)
        return values


class PostAddressForm(forms.Form):
    """An address for letters, where it is another one."""

    post_line1 = Text(_("Korespondencja (ulica, numer)"), 512)
    post_line2 = Text(_("Korespondencja (kod, miejscowość)"), 512)
    post_country = country(_("Kod kraju (korespondencja)"), initial="PL")
    post_gln = Text(_("GLN (korespondencja)"), 13)

    def clean(self) -> dict[str, Any]:
        """As :func:`check_address`."""
        values = super().clean() or self.cleaned_data
        check_address(self, values, "post_")
        return values


def check_address(form: forms.Form, values: Any, prefix: str = "") -> None:
    """Refuse a second line or a GLN without a first line, and an address without a country: FA(3) has none."""
    line1, where = f"{prefix}line1", f"{prefix}country"
    if values.get(line1) and not values.get(where) and where not in form.errors:
        form.add_error(where, _("Podaj kod kraju."))
    if (values.get(f"{prefix}line2") or values.get(f"{prefix}gln")) and not values.get(line1):
        form.add_error(line1, _("Podaj ulicę i numer."))


class ContactForm(forms.Form):
    """How to reach a party."""

    email = email()
    phone = phone()


def address(typed: Any, prefix: str = "") -> Address | None:
    """The address of an ``AddressForm``; with ``post_`` of a ``PostAddressForm``."""
    if not typed.get(f"{prefix}line1"):
        return None
    return Address(
        line1=typed[f"{prefix}line1"],
        line2=typed[f"{prefix}line2"],
        country=typed[f"{prefix}country"],
        gln=typed[f"{prefix}gln"],
    )


def of_address(held: Address | None, prefix: str = "") -> dict[str, Any]:
    """The fields of an address."""
    if held is None:
        return {}
    return {
        f"{prefix}line1": held.line1,
        f"{prefix}line2": held.line2,
        f"{prefix}country": held.country,
        f"{prefix}gln": held.gln,
    }


def adres(typed: Any, prefix: str = "") -> Adres | None:
    """As :func:`address`, of the model."""
    held = address(typed, prefix)
    if held is None:
        return None
    return Adres(kod_kraju=held.country, adres_l1=held.line1, adres_l2=held.line2, gln=held.gln)


def of_adres(held: Adres | None, prefix: str = "") -> dict[str, Any]:
    """As :func:`of_address`, of the model."""
    if held is None:
        return {}
    plain = Address(line1=held.adres_l1, line2=held.adres_l2, country=held.kod_kraju, gln=held.gln)
    return of_address(plain, prefix)

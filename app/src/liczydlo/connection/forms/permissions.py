"""One form for each kind of permission (guide ``uprawnienia.md``); each makes the
request of what it holds."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo import ksef
from liczydlo.connection import words
from liczydlo.connection.forms import fields
from liczydlo.fa3.identifiers import (
    IdentifierError,
    bare_nip,
    is_nip,
    is_pesel,
    parse_vat_ue,
    vat_ue_prefix,
)
from liczydlo.ksef.permissions import ALL_CLIENTS

FIVE_SCOPES: Final = (
    ("InvoiceWrite", _("wystawianie faktur")),
    ("InvoiceRead", _("przeglądanie faktur")),
    ("CredentialsRead", _("przeglądanie uprawnień")),
    ("Introspection", _("przeglądanie historii sesji (pobieranie UPO)")),
    ("SubunitManage", _("zarządzanie jednostkami podrzędnymi")),
)
MORE_SCOPES: Final = (
    ("CredentialsManage", _("zarządzanie uprawnieniami: może nadawać je innym i odbierać")),
    ("CollectiveIdentifierManage", _("zarządzanie identyfikatorami zbiorczymi")),
    ("EnforcementOperations", _("operacje egzekucyjne (tylko organ egzekucyjny i komornik)")),
)
HANDLING: Final = (
    ("InvoiceWrite", _("wystawianie faktur")),
    ("InvoiceRead", _("przeglądanie faktur")),
)
AUTHORIZATIONS: Final = (
    ("SelfInvoicing", _("samofakturowanie: nabywca wystawia faktury w imieniu tej firmy")),
    ("RRInvoicing", _("wystawianie faktur VAT RR w imieniu tej firmy (rolnika ryczałtowego)")),
    ("TaxRepresentative", _("czynności przedstawiciela podatkowego")),
    ("PefInvoicing", _("wystawianie faktur PEF przez dostawcę usług Peppol")),
)

MAY: Final = _("Co może robić")


class GrantForm(forms.Form):
    """A permission to be given. ``title`` is the page's, ``receiver`` who gets it, for the audit log
    and the message."""

    title: ClassVar[str | Promise]
    lead: ClassVar[str | Promise]

    def request(self) -> ksef.GrantRequest:
        """What KSeF is asked for."""
        raise NotImplementedError

    def receiver(self) -> str:
        """Who gets it, by name and number."""
        raise NotImplementedError

    def permission_names(self) -> list[str]:
        """KSeF's names of what is given."""
        chosen = self.cleaned_data["permissions"]
        return [chosen] if isinstance(chosen, str) else list(chosen)


def _ticks(choices: Any, *, label: Any = MAY, initial: Any = None) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        initial=initial,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Zaznacz co najmniej jedno uprawnienie.")},
    )


class ByNumber(GrantForm):
    """The receiver is a person with a PESEL or NIP."""

    first_name = fields.first_name()
    surname = fields.surname()
    number = fields.PersonNumberField(
        label=_("PESEL albo NIP"),
        help_text=_("Ten, którym ta osoba podpisuje się w KSeF: przy profilu zaufanym jest to PESEL."),
    )

    def identifier(self) -> ksef.Identifier:
        """By the number's length."""
        number = self.cleaned_data["number"]
        return ksef.Identifier(kind="Pesel" if is_pesel(number) else "Nip", value=number)

    def person(self) -> ksef.Person:
        return ksef.Person(
            identifier=self.identifier(),
            first_name=self.cleaned_data["first_name"],
            last_name=self.cleaned_data["surname"],
        )

    def receiver(self) -> str:
        """The name and the number, a PESEL by its end."""
        name = f"{self.cleaned_data['first_name']} {self.cleaned_data['surname']}"
        return f"{name}, {words.who(self.identifier())}"


class PersonForm(ByNumber):
    """A person who works in this firm's name: the five scopes of the Ministry's form, and three more."""

    title = _("Osobie, która pracuje w tej firmie")
    lead = _("Pracownik, wspólnik, księgowa: ktoś, kto loguje się do KSeF sam i działa w imieniu tej firmy.")

    permissions = _ticks((*FIVE_SCOPES, *MORE_SCOPES), initial=["InvoiceWrite", "InvoiceRead"])
    description = fields.description(_("Pracownik firmy"))

    def request(self) -> ksef.GrantRequest:
        names: list[Any] = self.permission_names()
        return ksef.GrantRequest.person(self.person(), names, self.cleaned_data["description"])


class OfficeForm(GrantForm):
    """An accounting office: another firm handles the invoices, and its people with it."""

    title = _("Biuru rachunkowemu")
    lead = _(
        "Biuro dostaje dostęp do faktur jako firma, a potem samo decyduje, który z jego pracowników je"
        " obsługuje."
    )

    nip = fields.NipField(label=_("NIP biura"))
    name = fields.entity_name(_("Pełna nazwa biura"))
    permissions = _ticks(HANDLING, label=_("Co biuro ma robić"), initial=["InvoiceRead"])
    further = forms.BooleanField(
        label=_("Biuro może przekazać to swoim pracownikom"),
        help_text=_("Bez tego faktury obsłuży w KSeF tylko sam właściciel biura albo jego pieczęć."),
        required=False,
        initial=True,
    )
    description = fields.description(_("Obsługa księgowa"))

    def request(self) -> ksef.GrantRequest:
        permissions: dict[Any, bool] = dict.fromkeys(self.permission_names(), self.cleaned_data["further"])
        return ksef.GrantRequest.entity(
            self.cleaned_data["nip"],
            self.cleaned_data["name"],
            permissions,
            self.cleaned_data["description"],
        )

    def receiver(self) -> str:
        """The office's name and NIP."""
        nip = ksef.Identifier(kind="Nip", value=self.cleaned_data["nip"])
        return f"{self.cleaned_data['name']}, {words.who(nip)}"


class ClientsForm(ByNumber):
    """This firm is an office: one of its people may handle what clients let it hand on."""

    title = _("Pracownikowi do obsługi klientów")
    lead = _(
        "Dla biura rachunkowego: osoba obsługuje faktury klientów, którzy pozwolili tej firmie"
        " przekazywać uprawnienia dalej."
    )

    permissions = _ticks(HANDLING, initial=["InvoiceRead"])
    clients = forms.ChoiceField(
        label=_("Których klientów"),
        choices=[("all", _("wszystkich, obecnych i przyszłych")), ("one", _("tylko jednego"))],
        initial="all",
        widget=forms.RadioSelect,
    )
    client_nip = fields.NipField(
        label=_("NIP klienta"), required=False, help_text=_("Gdy wybierasz jednego.")
    )
    description = fields.description(_("Obsługa klientów"))

    def clean(self) -> dict[str, Any]:
        """One client has a NIP."""
        values = super().clean() or {}
        if (
            values.get("clients") == "one"
            and not values.get("client_nip")
            and "client_nip" not in self.errors
        ):
            self.add_error("client_nip", _("Podaj NIP klienta albo wybierz wszystkich."))
        return values

    def request(self) -> ksef.GrantRequest:
        values = self.cleaned_data
        one = ksef.Identifier(kind="Nip", value=values["client_nip"])
        target = one if values["clients"] == "one" else ALL_CLIENTS
        names: list[Any] = self.permission_names()
        return ksef.GrantRequest.indirect(self.person(), names, values["description"], target)


class AuthorizationForm(GrantForm):
    """An entity acts for this firm in its own context."""

    title = _("Innej firmie: samofakturowanie i przedstawicielstwo")
    lead = _(
        "Uprawnienie podmiotowe: tamta firma loguje się jako ona sama i wystawia dokumenty, w których ta"
        " firma jest sprzedawcą."
    )

    permissions = forms.ChoiceField(
        label=_("Co może robić"), choices=AUTHORIZATIONS, widget=forms.RadioSelect
    )
    number = forms.CharField(
        label=_("NIP firmy"),
        help_text=_("Dla faktur PEF: identyfikator Peppol dostawcy, na przykład PPL990001."),
        max_length=40,
    )
    name = fields.entity_name(_("Pełna nazwa firmy"))
    description = fields.description("", _("Na przykład numer umowy. Od 5 do 256 znaków."))

    def clean(self) -> dict[str, Any]:
        """A NIP, or for PEF a Peppol identifier."""
        values = super().clean() or {}
        number = bare_nip(str(values.get("number", "")))
        values["number"] = number
        if values.get("permissions") == "PefInvoicing":
            if not (len(number) == len("PPL990001") and number.startswith("P") and number[3:].isdecimal()):
                self.add_error(
                    "number",
                    _("Identyfikator Peppol to P, dwie litery kraju i 6 cyfr, na przykład PPL990001."),
                )
        elif number and not is_nip(number):
            self.add_error(
                "number", _("To nie jest NIP: ma 10 cyfr i cyfrę kontrolną. Sprawdź, czy nie ma literówki.")
            )
        return values

    def subject(self) -> ksef.Identifier:
        kind = "PeppolId" if self.cleaned_data["permissions"] == "PefInvoicing" else "Nip"
        return ksef.Identifier(kind=kind, value=self.cleaned_data["number"])  # type: ignore[arg-type]

    def request(self) -> ksef.GrantRequest:
        values = self.cleaned_data
        return ksef.GrantRequest.authorization(
            self.subject(), values["name"], values["permissions"], values["description"]
        )

    def receiver(self) -> str:
        """The firm's name and number."""
        return f"{self.cleaned_data['name']}, {words.who(self.subject())}"


class UnitForm(ByNumber):
    """A person manages the permissions of a unit of this firm."""

    title = _("Administratorowi jednostki")
    lead = _(
        "Osoba nadaje i odbiera uprawnienia w oddziale (jednostce wewnętrznej) albo u członka grupy VAT"
        " lub jednostki samorządu."
    )

    unit = forms.CharField(
        label=_("Jednostka"),
        help_text=_(
            "Identyfikator wewnętrzny (NIP firmy, kreska i 5 cyfr) albo NIP członka grupy VAT lub jednostki"
            " samorządu."
        ),
        max_length=40,
    )
    unit_name = forms.CharField(
        label=_("Nazwa jednostki"),
        help_text=_("Przy identyfikatorze wewnętrznym, od 5 do 256 znaków."),
        min_length=5,
        max_length=256,
        required=False,
    )
    description = fields.description(_("Administrator jednostki"))

    def clean(self) -> dict[str, Any]:
        """An internal identifier has a name with it; anything else is a NIP."""
        values = super().clean() or {}
        digits = bare_nip(str(values.get("unit", "")))
        values["unit"] = f"{digits[:10]}-{digits[10:]}" if len(digits) == len("123456789012345") else digits
        if len(digits) == len("123456789012345") and digits.isdecimal():
            if not values.get("unit_name") and "unit_name" not in self.errors:
                self.add_error("unit_name", _("Nazwij jednostkę, na przykład Oddział Gdynia."))
        elif digits and not is_nip(digits):
            self.add_error("unit", _("Podaj identyfikator wewnętrzny (NIP, kreska i 5 cyfr) albo NIP."))
        return values

    def place(self) -> ksef.Identifier:
        unit = self.cleaned_data["unit"]
        return ksef.Identifier(kind="InternalId" if "-" in unit else "Nip", value=unit)

    def permission_names(self) -> list[str]:
        """Managing the unit's permissions, and nothing else."""
        return ["CredentialsManage"]

    def request(self) -> ksef.GrantRequest:
        values, unit = self.cleaned_data, self.place()
        name = values["unit_name"] if unit.kind == "InternalId" else ""
        return ksef.GrantRequest.subunit_administrator(self.person(), unit, values["description"], name)


class ForeignForm(GrantForm):
    """A person with a foreign certificate manages a foreign entity that issues for this firm."""

    title = _("Administratorowi podmiotu z Unii Europejskiej")
    lead = _(
        "Gdy zagraniczny nabywca sam wystawia faktury w imieniu tej firmy (samofakturowanie). Jego"
        " administratora poznaje się po odcisku certyfikatu."
    )

    vat_ue = forms.CharField(
        label=_("Numer VAT UE podmiotu"),
        help_text=_("Z literami kraju, na przykład DE123456789."),
        max_length=40,
    )
    eu_name = forms.CharField(label=_("Pełna nazwa podmiotu"), min_length=5, max_length=100)
    eu_address = forms.CharField(label=_("Adres podmiotu"), max_length=512)
    first_name = fields.first_name()
    surname = fields.surname()
    fingerprint = fields.FingerprintField(label=_("Odcisk certyfikatu administratora (SHA-256)"))
    birth = forms.DateField(
        label=_("Data urodzenia"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    document = forms.CharField(label=_("Rodzaj dokumentu"), initial=_("paszport"), max_length=20)
    document_number = forms.CharField(label=_("Seria i numer dokumentu"), max_length=20)
    country = forms.RegexField(
        "^[A-Za-z]{2}$",
        label=_("Kraj wydania"),
        help_text=_("Dwie litery, na przykład DE."),
        error_messages={"invalid": _("Kraj to dwie litery, na przykład DE.")},
    )
    description = fields.description(_("Samofakturowanie przez podmiot zagraniczny"))

    def __init__(self, *arguments: Any, nip: str = "", **more: Any) -> None:
        """``nip`` is this firm's: the foreign entity's context begins with it."""
        super().__init__(*arguments, **more)
        self.nip = nip

    def clean_vat_ue(self) -> str:
        """Two letters and the number."""
        typed = self.cleaned_data["vat_ue"]
        try:
            prefix = vat_ue_prefix(typed)
            return prefix + parse_vat_ue(typed, prefix)
        except IdentifierError as error:
            raise forms.ValidationError(
                _("Numer VAT UE zaczyna się od dwóch liter kraju, na przykład DE123456789.")
            ) from error

    def permission_names(self) -> list[str]:
        """KSeF's name of an administrator's permission."""
        return ["VatUeManage"]

    def request(self) -> ksef.GrantRequest:
        values = self.cleaned_data
        subject = ksef.Person(
            identifier=ksef.Identifier(kind="Fingerprint", value=values["fingerprint"]),
            first_name=values["first_name"],
            last_name=values["surname"],
            born=values["birth"],
            document=ksef.IdDocument(
                kind=values["document"], number=values["document_number"], country=values["country"].upper()
            ),
        )
        unit = ksef.Identifier(kind="NipVatUe", value=f"{self.nip}-{values['vat_ue']}")
        return ksef.GrantRequest.eu_administrator(
            subject, unit, values["eu_name"], values["eu_address"], values["description"]
        )

    def receiver(self) -> str:
        """The administrator and the entity."""
        values = self.cleaned_data
        return f"{values['first_name']} {values['surname']} ({values['eu_name']}, {values['vat_ue']})"


KINDS: Final[dict[str, type[GrantForm]]] = {
    "osoba": PersonForm,
    "biuro": OfficeForm,
    "klienci": ClientsForm,
    "podmiot": AuthorizationForm,
    "jednostka": UnitForm,
    "unia": ForeignForm,
}
"""By the last part of the page's address."""

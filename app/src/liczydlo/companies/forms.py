"""The forms of the first account, of a company, and of its members."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from liczydlo.companies import start_code
from liczydlo.companies.models import Company, Environment, Kind, Role, User
from liczydlo.web import times
from liczydlo.web.changes import ChangesForm


class NewAccount(forms.Form):
    """Who a person is, and a password typed twice."""

    address = ""  # where the form does not ask for it

    name = forms.CharField(
        label=_("Imię i nazwisko"), max_length=150, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Adres e-mail"),
        help_text=_("Nim będziesz się logować."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Hasło"),
        help_text=_("Co najmniej 12 znaków; najlepiej kilka słów."),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("Powtórz hasło"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same, and good enough."""
        values = super().clean() or {}
        password = values.get("password")
        if password:
            person = User(email=values.get("email", self.address), name=values.get("name", ""))
            try:
                validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
            if values.get("repeated") and values["repeated"] != password:
                self.add_error("repeated", _("Hasła się różnią. Wpisz to samo hasło dwa razy."))
        return values


class OwnerForm(NewAccount):
    """The first account; on a public installation also the code that ``serve`` printed."""

    code = forms.CharField(
        label=_("Kod pierwszego uruchomienia"),
        help_text=_("Stoi w odnośniku, który wypisał program przy starcie; otwórz go albo wpisz kod."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, code: str) -> None:
        """``code`` is the one of the link; the right one need not be typed."""
        super().__init__(data, initial={"code": code})
        if not start_code.is_demanded():
            del self.fields["code"]
        elif start_code.fits(code):
            self.fields["code"].widget = forms.HiddenInput()

    def clean_code(self) -> str:
        """The code that was printed."""
        code: str = self.cleaned_data["code"]
        if not start_code.fits(code):
            raise forms.ValidationError(
                _(
                    "To nie jest kod tego programu. Każdy start wypisuje nowy: skopiuj odnośnik z okna albo dziennika "
                    "serwera, w którym program działa."
                )
            )
        return code


class JoiningForm(NewAccount):
    """An invited person's account: the address is the invitation's."""

    field_order = ("name", "password", "repeated")

    def __init__(self, data: Any = None, *, email: str) -> None:
        """The password may not be like the address either."""
        super().__init__(data)
        self.address = email
        del self.fields["email"]


class InvitationForm(forms.Form):
    """Whom an owner lets in, and as what."""

    email = forms.EmailField(label=_("Adres e-mail"), widget=forms.EmailInput({"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Rola"), choices=Role, initial=Role.ACCOUNTANT)


class CompanyForm(ChangesForm):
    """A company's data. The NIP is fixed once invoices belong to it, so only a new company asks for it."""

    class Meta:
        model = Company
        fields = (
            "nip",
            "name",
            "kind",
            "line1",
            "line2",
            "email",
            "phone",
            "bank_account",
            "environment",
            "offline_pause",
            "fetch_every",
            "undo_seconds",
        )
        help_texts: ClassVar[dict[str, Any]] = {
            "offline_pause": _("Nigdy po terminie: faktura, której termin minął, idzie od razu."),
            "undo_seconds": _(
                "Do tego czasu fakturę można jednym kliknięciem cofnąć do szkiców. Dotyczy wysyłania online."
            ),
            "fetch_every": _("W nocy (22–6) najwyżej co godzinę."),
        }
        widgets: ClassVar[dict[str, Any]] = {
            "name": forms.TextInput({"autocomplete": "organization"}),
            "kind": forms.RadioSelect,
            "environment": forms.RadioSelect,
        }
        labels: ClassVar[dict[str, Any]] = {
            "name": _("Nazwa firmy (albo imię i nazwisko oraz nazwa)"),
            "kind": _("Rodzaj firmy"),
            "line1": _("Ulica i numer"),
            "line2": _("Kod pocztowy i miejscowość"),
            "email": _("Adres e-mail na fakturach"),
            "phone": _("Telefon na fakturach"),
            "offline_pause": _("Kiedy wysłać fakturę wystawioną offline"),
            "undo_seconds": _("Kiedy faktura wychodzi po „Wyślij do KSeF”"),
            "fetch_every": _("Jak często pobierać faktury zakupu"),
            "environment": _("Środowisko KSeF"),
        }

    nip = forms.CharField(
        label=_("NIP firmy"),
        help_text=_("NIP składa się z 10 cyfr."),
        max_length=40,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    bank_account = forms.CharField(label=_("Numer rachunku bankowego"), required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """An existing company keeps its NIP; a new one has nothing to set yet."""
        super().__init__(*args, **kwargs)
        for name in ("nip",) if self.instance.pk else ("offline_pause", "fetch_every", "undo_seconds"):
            del self.fields[name]

    def clean_nip(self) -> str:
        """Ten digits with the right check digit."""
        from liczydlo.fa3.identifiers import IdentifierError, parse_nip  # noqa: PLC0415

        try:
            return parse_nip(self.cleaned_data["nip"])
        except IdentifierError as error:
            raise forms.ValidationError(
                _(
                    "To nie jest prawidłowy NIP: cyfra kontrolna się nie zgadza albo nie ma 10 cyfr. "
                    "Sprawdź, czy żadna cyfra nie jest przestawiona."
                )
            ) from error

    def clean_environment(self) -> str:
        """The emulator's alone while the application follows its clock."""
        chosen: str = self.cleaned_data["environment"]
        if times.is_training() and chosen != Environment.EMULATOR:
            raise forms.ValidationError(
                _(
                    "Program chodzi według zegara szkoleniowego, więc firma może pracować tylko z emulatorem. Do "
                    "prawdziwego KSeF uruchom program bez ustawienia LICZYDLO_EMULATOR_CLOCK."
                )
            )
        return chosen

    def clean_bank_account(self) -> str:
        """Without spaces and dashes, as FA(3) wants it (``NrRB``: 10 to 34 characters)."""
        from liczydlo.fa3.identifiers import IdentifierError, parse_account  # noqa: PLC0415

        typed = str(self.cleaned_data.get("bank_account", ""))
        try:
            return parse_account(typed) if typed else ""
        except IdentifierError as error:
            raise forms.ValidationError(
                _("Numer rachunku ma od 10 do 34 znaków: cyfry, ewentualnie z kodem kraju.")
            ) from error


ENVIRONMENT_NOTES = {
    Environment.EMULATOR: _("Do nauki i prób. KSeF działa na tym komputerze, nic nie wychodzi do internetu."),
    Environment.TEST: _("Środowisko testowe Ministerstwa Finansów. Dane fikcyjne, bez mocy prawnej."),
    Environment.DEMO: _("Środowisko przedprodukcyjne. Prawdziwe certyfikaty, faktury bez mocy prawnej."),
    Environment.PRODUKCJA: _("Prawdziwe faktury z pełną mocą prawną."),
}
KIND_NOTES = {
    Kind.SOLE: _("Działasz pod własnym nazwiskiem; do KSeF wchodzisz swoim NIP albo PESEL."),
    Kind.COMPANY: _("Pieczęć kwalifikowana albo osoba wskazana w zawiadomieniu ZAW-FA."),
}

"""What is wrong with a login document that somebody signed with a tool of their own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liczydlo.ksef.signed_request import FAMILY
from liczydlo.web.catalogue.registry import Text, register

TEXTS: dict[str, Text] = {
    "empty-file": _("Plik jest pusty. Podpisz pobrany dokument jeszcze raz i wgraj zapisany plik."),
    "too-large": _(
        "Plik jest za duży na podpisany dokument (najwyżej 1 MB). Wybierz plik XML zapisany po podpisaniu."
    ),
    "not-xml": _(
        "To nie jest dokument XML. Wgraj plik .xml, który powstał po podpisaniu pobranego dokumentu."
    ),
    "not-utf-8": _(
        "Ten plik zapisano w kodowaniu {encoding}, a KSeF przyjmuje UTF-8. Podpisz pobrany plik, nie"
        " otwierając i nie zapisując go wcześniej w edytorze, albo ustaw w programie do podpisu UTF-8."
    ),
    "detached": _(
        "Ten plik zawiera sam podpis, bez dokumentu. Otwórz w programie do podpisu pobrany plik XML i"
        " wybierz podpis XAdES otoczony (wewnętrzny)."
    ),
    "not-a-request": _(
        "To nie jest dokument logowania do KSeF. Wgraj podpisany plik, który został pobrany w poprzednim"
        " kroku."
    ),
    "unsigned": _(
        "Ten dokument nie ma podpisu: to plik sprzed podpisania. Podpisz go i wgraj plik, który wtedy"
        " powstanie."
    ),
    "several-signatures": _(
        "Dokument ma więcej niż jeden podpis, a KSeF przyjmuje dokładnie jeden. Pobierz dokument i podpisz"
        " go raz."
    ),
    "other-attempt": _(
        "To dokument z wcześniejszej próby. Każdy dokument działa raz, przez 10 minut. Podpisz ten, który"
        " jest na tej stronie."
    ),
    "other-company": _(
        "Ten dokument dotyczy innej firmy ({found}). Podpisz dokument pobrany na stronie tej firmy."
    ),
    "altered": _(
        "Dokument zmieniono po pobraniu, więc KSeF go nie przyjmie. Pobierz go jeszcze raz i podpisz bez"
        " zmian."
    ),
    "signer-expired": _(
        "Certyfikat, którym podpisano dokument, wygasł {date}. Podpisz ważnym certyfikatem albo profilem"
        " zaufanym."
    ),
    "signer-not-yet": _(
        "Certyfikat, którym podpisano dokument, jest ważny dopiero od {date}. Podpisz innym certyfikatem."
    ),
}

register(TEXTS, family=FAMILY)

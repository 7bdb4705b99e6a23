"""The words of every finding: what is, and what to do now; and where the button leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.connection import words
from liczydlo.connection.readiness.findings import Finding
from liczydlo.web.reasons import Reason

TITLES: Final[dict[str, str | Promise]] = {
    "environment": _("Środowisko"),
    "latarnia": _("Komunikaty Ministerstwa (Latarnia)"),
    "clock": _("Zegar"),
    "authentication": _("Certyfikat uwierzytelniający"),
    "offline": _("Certyfikat offline"),
    "login": _("Logowanie do KSeF"),
    "permissions": _("Uprawnienia w imieniu tej firmy"),
    "limits": _("Limity"),
    "kod2": _("Próbny KOD II"),
}
WHAT: Final[dict[str, str | Promise]] = {
    "real": _("Firma pracuje w środowisku %(name)s: wysłane faktury mają moc prawną. KSeF odpowiada."),
    "not-real": _(
        "Firma pracuje w środowisku %(name)s: to ćwiczenia, faktury nie mają mocy prawnej. KSeF odpowiada."
    ),
    "emulator-away": _("Emulator KSeF nie odpowiada pod adresem %(address)s."),
    "ksef-away": _("KSeF (%(name)s) nie odpowiada. %(said)s"),
    "latarnia-available": _("Ministerstwo podaje: KSeF jest dostępny."),
    "latarnia-maintenance": _("Ministerstwo podaje: trwają prace serwisowe. %(said)s"),
    "latarnia-failure": _("Ministerstwo podaje: awaria KSeF. %(said)s"),
    "latarnia-total-failure": _("Ministerstwo podaje: awaria całkowita KSeF. %(said)s"),
    "latarnia-unknown": _("Latarnia nie odpowiada, więc nie wiadomo, czy ogłoszono awarię."),
    "latarnia-none": _("W środowisku %(name)s Ministerstwo nie prowadzi Latarni."),
    "clock-good": _("Różnica od zegara KSeF: %(seconds)s s."),
    "clock-ahead": _("Zegar tego komputera spieszy się o %(minutes)s min (%(seconds)s s) względem KSeF."),
    "clock-behind": _("Zegar tego komputera spóźnia się o %(minutes)s min (%(seconds)s s) względem KSeF."),
    "no-ksef": _("Nie sprawdzono, bo KSeF nie odpowiada."),
    "no-login": _("Nie sprawdzono, bo nie udało się zalogować."),
    "authentication-missing": _("Nie ma certyfikatu, którym program loguje się do KSeF."),
    "offline-missing": _("Nie ma certyfikatu, którym program podpisuje faktury w trybie offline."),
    "token-only": _(
        "Program loguje się tokenem %(reference)s. Według części pism Ministerstwa tokeny przestaną działać z końcem"
        " 2026 roku."
    ),
    "key-closed": _("Klucz certyfikatu się nie otwiera. %(said)s"),
    "key-locked": "%(said)s",
    "not-a-pair": _("Klucz i certyfikat (%(serial)s) nie są parą."),
    "wrong-purpose": _("Ten certyfikat (%(serial)s) ma inne przeznaczenie."),
    "expired": _("Certyfikat wygasł %(until)s. Właściciel: %(holder)s."),
    "not-yet": _("Certyfikat zacznie obowiązywać %(since)s. Właściciel: %(holder)s."),
    "revoked": _("KSeF podaje, że certyfikat %(serial)s jest unieważniony lub zablokowany."),
    "ends-soon": _(
        "Certyfikat jest dobry, ale wygaśnie %(until)s (zostało dni: %(days)s). Właściciel: %(holder)s."
    ),
    "good-own": _(
        "Klucz i przeznaczenie się zgadzają. Ważny do %(until)s. Właściciel: %(holder)s, czyli ta firma."
    ),
    "good-person": _("Klucz i przeznaczenie się zgadzają. Ważny do %(until)s. Właściciel: %(holder)s."),
    "good-other": _(
        "Klucz i przeznaczenie się zgadzają. Ważny do %(until)s. Właściciel: %(holder)s; działa w imieniu tej firmy"
        " dzięki uprawnieniom w KSeF."
    ),
    "login-good": _("KSeF wpuścił program w imieniu NIP %(nip)s."),
    "login-nothing": _("Nie ma czym się zalogować. %(said)s"),
    "login-refused": _("KSeF nie wpuścił programu. %(said)s"),
    "permissions-good": _(
        "Jest wszystko, czego trzeba do wystawiania i przeglądania faktur. W KSeF: %(names)s."
    ),
    "permissions-grant": _("Brakuje uprawnienia: %(missing)s. Ten certyfikat może je sobie nadać."),
    "permissions-ask": _("Brakuje uprawnienia: %(missing)s. Ten certyfikat nie może go sobie nadać."),
    "permissions-of-token": _(
        "Tokenowi brakuje uprawnienia: %(missing)s. Uprawnień tokena nie da się zmienić."
    ),
    "permissions-unknown": _("KSeF nie podał uprawnień. %(said)s"),
    "limits-good": _(
        "Można złożyć jeszcze %(requests)s z %(requests_of)s wniosków o certyfikat i mieć jeszcze %(certificates)s z"
        " %(certificates_of)s certyfikatów. Jedna sesja przyjmie %(invoices)s faktur do %(megabytes)s MB."
    ),
    "limits-used-up": _(
        "Limit certyfikatów jest wyczerpany: zostało %(requests)s z %(requests_of)s wniosków i %(certificates)s z"
        " %(certificates_of)s certyfikatów."
    ),
    "limits-unknown": _("KSeF nie podał limitów. %(said)s"),
    "kod2-accepted": _("Strona weryfikacji uznała próbny KOD II: wystawca jest autentyczny."),
    "kod2-signed": _(
        "Podpis próbnego KODU II zgadza się z certyfikatem. Stronę Ministerstwa otwórz samodzielnie."
    ),
    "kod2-refused": _("Strona weryfikacji nie uznała próbnego KODU II. %(said)s."),
    "kod2-signature": _("Podpis próbnego KODU II nie zgadza się z certyfikatem."),
    "kod2-not-signed": _("Nie udało się podpisać próbnego KODU II. %(said)s"),
    "kod2-no-certificate": _("Nie ma czym podpisać KODU II. %(said)s"),
    "kod2-page-away": _("Podpis się zgadza, ale strona weryfikacji nie odpowiada."),
}
_SYNCHRONISE = _("Włącz w systemie automatyczne ustawianie czasu, a potem sprawdź jeszcze raz.")
_NEW = _("Dodaj nowy certyfikat albo połącz firmę w 3 krokach.")
TO_DO: Final[dict[str, str | Promise]] = {
    "emulator-away": _("Uruchom emulator i sprawdź jeszcze raz."),
    "ksef-away": _(
        "Z certyfikatem offline możesz wystawiać faktury w trybie offline24; sprawdź jeszcze raz za kilka minut."
    ),
    "latarnia-maintenance": _(
        "Z certyfikatem offline możesz wystawiać faktury w trybie offline24; program wyśle je sam, gdy KSeF znów"
        " będzie je przyjmował."
    ),
    "latarnia-failure": _(
        "Z certyfikatem offline możesz wystawiać faktury w trybie awaryjnym; program proponuje go na podglądzie i wyśle"
        " je sam, gdy KSeF znów będzie je przyjmował."
    ),
    "latarnia-total-failure": _(
        "Faktur z czasu awarii całkowitej nie przesyła się później do KSeF: na podglądzie wybierz „Wystaw poza KSeF”."
    ),
    "latarnia-unknown": _("Nie trzeba nic robić; o awarii dowiesz się ze strony Ministerstwa."),
    "clock-ahead": _SYNCHRONISE,
    "clock-behind": _SYNCHRONISE,
    "authentication-missing": _("Połącz firmę z KSeF; najkrócej w 3 krokach."),
    "offline-missing": _(
        "Dodaj certyfikat offline, aby wystawiać faktury, gdy KSeF albo internet nie działa."
    ),
    "token-only": _("Połącz firmę certyfikatem, zanim token przestanie działać."),
    "key-closed": _("Przywróć klucz główny z kopii zapasowej albo dodaj certyfikat jeszcze raz."),
    "key-locked": _("Otwórz klucze i sprawdź jeszcze raz."),
    "not-a-pair": _NEW,
    "wrong-purpose": _NEW,
    "expired": _NEW,
    "not-yet": _("Poczekaj do tego dnia albo dodaj certyfikat, który już obowiązuje."),
    "revoked": _NEW,
    "ends-soon": _("Odnów certyfikat, zanim wygaśnie."),
    "login-nothing": _("Połącz firmę z KSeF; najkrócej w 3 krokach."),
    "login-refused": _("Sprawdź certyfikat i uprawnienia, a potem sprawdź jeszcze raz."),
    "permissions-grant": _("Nadaj je na stronie uprawnień i sprawdź jeszcze raz."),
    "permissions-ask": _(
        "Może je nadać właściciel firmy albo osoba zarządzająca uprawnieniami w KSeF. Poproś ją o to."
    ),
    "permissions-of-token": _("Utwórz w KSeF nowy token z tymi uprawnieniami i wymień go w programie."),
    "permissions-unknown": _("Sprawdź jeszcze raz za chwilę."),
    "limits-used-up": _("Unieważnij certyfikaty, których nikt nie używa; dotychczasowe działają dalej."),
    "limits-unknown": _("Sprawdź jeszcze raz za chwilę."),
    "kod2-signed": _("Otwórz link i zobacz, czy strona potwierdza wystawcę."),
    "kod2-refused": _("Sprawdź certyfikat offline i uprawnienia jego właściciela do wystawiania faktur."),
    "kod2-signature": _NEW,
    "kod2-not-signed": _NEW,
    "kod2-no-certificate": _("Dodaj certyfikat offline."),
    "kod2-page-away": _("Sprawdź jeszcze raz za chwilę."),
}
_PERMISSIONS = ("connection:permissions", _("Przejdź do uprawnień"))
_CONNECT = ("connection:signin", _("Połącz w 3 krokach"))
_AUTHENTICATION = ("connection:authentication", _("Przejdź do certyfikatu"))
_OFFLINE = ("connection:offline", _("Przejdź do certyfikatu offline"))
_TOKEN = ("connection:token", _("Przejdź do tokena"))
ACTIONS: Final[dict[str, tuple[str, str | Promise]]] = {
    "authentication-missing": _CONNECT,
    "token-only": _CONNECT,
    "login-nothing": _CONNECT,
    "offline-missing": _OFFLINE,
    "kod2-no-certificate": _OFFLINE,
    "permissions-grant": _PERMISSIONS,
    "permissions-of-token": _TOKEN,
    "key-locked": ("connection:passphrase", _("Otwórz klucze")),
    "limits-used-up": ("connection:certificates", _("Przejdź do certyfikatów")),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A finding as the page shows it."""

    finding: Finding
    title: str
    what: str
    to_do: str
    action: tuple[str, str] | None  # address and words of the button


def row(company: Company, finding: Finding) -> Row:
    """A finding in the reader's language."""
    values = dict(finding.values)
    for name in ("names", "missing"):
        if name in values:
            values[name] = in_words(values[name])
    reason = Reason.from_json(finding.said)
    answer = str(reason) if reason else ""
    if answer and not answer.endswith("."):
        answer += "."
    what = str(WHAT[finding.code]) % {**values, "said": answer}
    return Row(
        finding=finding,
        title=str(TITLES[finding.check]),
        what=what.replace("..", ".").strip(),
        to_do=str(TO_DO.get(finding.code, "")),
        action=_action(company, finding),
    )


def in_words(names: str) -> str:
    """``InvoiceRead,InvoiceWrite`` as people say it."""
    return ", ".join(words.permission(name) for name in names.split(",") if name)


def _action(company: Company, finding: Finding) -> tuple[str, str] | None:
    if finding.state in {"ok", "skip"}:
        return None
    by_check = {"authentication": _AUTHENTICATION, "offline": _OFFLINE}
    name, words = ACTIONS.get(finding.code) or by_check.get(finding.check) or ("", "")
    return (reverse(name, args=[company.pk]), str(words)) if name else None

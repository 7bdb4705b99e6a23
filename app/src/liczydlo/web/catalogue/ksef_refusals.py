"""What people read when KSeF says no, or does not answer.

KSeF's own descriptions are Polish; here each code that a person can do something about has an explanation and an
advice. Sources of codes: the OpenAPI's 400 tables and status tables. A code may mean different things in different
operations (400, 415, 440…): such rows are keyed by ``operation:code``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liczydlo.web.catalogue.permissions import permission, usual_first
from liczydlo.web.catalogue.registry import fill, register

REFUSALS: Final[dict[str, str | Promise]] = {
    # ours
    "not-logged-in": _(
        "Nie ma ważnego zalogowania do KSeF. Połącz firmę z KSeF certyfikatem uwierzytelniającym."
    ),
    "upload-refused": _(
        "KSeF nie przyjął części paczki: minął czas na jej przesłanie. Faktury zostaną wysłane w nowej paczce."
    ),
    "download-refused": _(
        "KSeF nie wydał części paczki: minął czas na jej pobranie. Paczka zostanie zamówiona ponownie."
    ),
    "401": _("KSeF nie uznał zalogowania. Połącz się z KSeF jeszcze raz."),
    # reasonCode of a 403
    "missing-permissions": _(
        "Brakuje uprawnienia do tej czynności. Nada je właściciel firmy albo osoba zarządzająca"
        " uprawnieniami."
    ),
    "ip-not-allowed": _(
        "KSeF nie wpuszcza z tego adresu IP. Połącz się jeszcze raz z tego komputera lub sieci."
    ),
    "insufficient-resource-access": _(
        "Ten dokument lub ta sesja należą do kogoś innego. Sprawdź, czy wybrano właściwą firmę."
    ),
    "auth-method-not-allowed": _(
        "Tej czynności nie można wykonać po zalogowaniu tą metodą. Zaloguj się certyfikatem, a nie tokenem."
    ),
    "security-service-blocked": _(
        "Zabezpieczenia KSeF zablokowały żądanie. Zgłoś numer zdarzenia pomocy technicznej KSeF."
    ),
    "context-type-not-allowed": _("Tej czynności nie można wykonać w imieniu takiego podmiotu."),
    # login
    "9101": _("Dokument logowania jest nieprawidłowy."),
    "9102": _("Dokument logowania nie jest podpisany."),
    "9103": _("Dokument logowania ma za dużo podpisów."),
    "9105": _("KSeF odrzucił podpis. Sprawdź, czy klucz i certyfikat są parą."),
    "21111": _("Wyzwanie logowania wygasło lub jest nieznane. Spróbuj jeszcze raz."),
    "21115": _(
        "KSeF nie uznał certyfikatu. Sprawdź, czy jest z tego środowiska KSeF, uwierzytelniający i ważny."
    ),
    "21117": _("Tego podmiotu nie można użyć w takim kontekście. Sprawdź NIP firmy."),
    "21217": _("Dokument logowania ma złe kodowanie znaków."),
    "21301": _("Zalogowanie wygasło lub zostało unieważnione."),
    "21304": _("KSeF nie zna tego zalogowania."),
    "21308": _("Nie można użyć danych osoby zmarłej."),
    "21401": _("Dokument logowania nie pasuje do schematu."),
    "21406": _("Podpis nie pasuje do sposobu logowania."),
    # permissions and tokens
    "26001": _("Token może mieć tylko te uprawnienia, które ma jego twórca. Odznacz pozostałe."),
    "26002": _("W imieniu takiego podmiotu nie da się utworzyć tokena."),
    "token-failed": _("KSeF nie zdołał uruchomić tego tokena i nie da się go używać. Utwórz nowy."),
    # collective identifiers
    "71001": _(
        "KSeF nie zna którejś z tych faktur albo firma nie jest jej stroną. Sprawdź numery i zapłać ją osobno."
    ),
    "71002": _(
        "Któraś z tych faktur jest już w tylu identyfikatorach zbiorczych, ile KSeF dopuszcza. Zapłać ją osobno."
    ),
    "71004": _("Identyfikator zbiorczy obejmuje faktury jednego sprzedawcy, a te są od różnych."),
    "71005": _("Ta sama faktura jest na liście dwa razy."),
    "permission:400": _("KSeF przyjął żądanie, ale go nie wykonał. Nic się nie zmieniło."),
    "permission:410": _(
        "Podane identyfikatory nie są ze sobą powiązane tak, jak trzeba. Sprawdź, czy jednostka należy do"
        " tej firmy, a klient pozwolił przekazywać uprawnienia dalej."
    ),
    "permission:420": _(
        "Tym zalogowaniem nie można wykonać tej czynności: brakuje zarządzania uprawnieniami."
    ),
    "permission:430": _(
        "Firma nie ma roli, której to wymaga (na przykład grupy VAT, jednostki samorządu albo organu"
        " egzekucyjnego)."
    ),
    "permission:440": _(
        "Takiego uprawnienia nie nadaje się temu podmiotowi: nie można na przykład nadać go samemu sobie."
    ),
    "permission:450": _("Takiego uprawnienia nie nadaje się komuś o takim identyfikatorze."),
    "login:415": _(
        "Zalogowano poprawnie, ale ta osoba lub firma nie ma żadnych uprawnień w imieniu tego NIP-u."
        " Sprawdź NIP firmy albo poproś właściciela o nadanie uprawnień."
    ),
    "login:425": _("Zalogowanie zostało unieważnione."),
    "login:450": _("KSeF nie uznał tokena."),
    "login:460": _(
        "KSeF nie uznał certyfikatu. Sprawdź, czy nie wygasł, czy nie został unieważniony i czy jest z tego"
        " środowiska KSeF; w razie potrzeby pobierz nowy w Aplikacji Podatnika."
    ),
    "login:470": _("Nie można użyć danych osoby zmarłej."),
    "login:480": _(
        "KSeF zablokował logowanie z powodu podejrzenia incydentu. Skontaktuj się z Ministerstwem Finansów."
    ),
    # certificates
    "25001": _("O certyfikat można wystąpić tylko po zalogowaniu podpisem, nie tokenem."),
    "25002": _("O certyfikat można wystąpić tylko po zalogowaniu podpisem, nie tokenem."),
    "25003": _("Dane we wniosku różnią się od danych z certyfikatu użytego do zalogowania."),
    "25004": _("Wniosek o certyfikat jest nieprawidłowy."),
    "25005": _("KSeF nie zna tego wniosku o certyfikat."),
    "25006": _("Wykorzystano limit wniosków o certyfikat."),
    "25007": _("Wykorzystano limit certyfikatów. Unieważnij nieużywany."),
    "25008": _("KSeF nie zna certyfikatu o tym numerze."),
    "25009": _("Ten certyfikat już nie obowiązuje."),
    "25010": _("KSeF nie przyjmuje takiego klucza: potrzebny EC P-256 albo RSA 2048."),
    "25011": _("KSeF nie przyjmuje takiego algorytmu podpisu wniosku."),
    "certificate:400": _("KSeF odrzucił wniosek o certyfikat."),
    # sessions and invoices
    "21155": _("W tej sesji wysłano już najwięcej faktur, ile można. Następne pójdą w nowej sesji."),
    "21164": _("KSeF nie ma faktury o tym numerze."),
    "21165": _("Faktura jest przyjęta, ale jeszcze nie można jej pobrać. Spróbuj za chwilę."),
    "21166": _("Ta faktura ma już przyjętą korektę techniczną."),
    "21167": _("Tej faktury nie można poprawić korektą techniczną, bo została przyjęta."),
    "21173": _("KSeF nie zna tej sesji."),
    "21175": _("KSeF nie zna tego eksportu faktur."),
    "21181": _("Tej firmie KSeF nie wydaje faktur w takiej roli."),
    "21182": _("Trwa już najwięcej eksportów faktur, ile KSeF dopuszcza. Następny zacznie się później."),
    "export:210": _("Paczka faktur w KSeF wygasła. Zostanie zamówiona ponownie."),
    "export:415": _("KSeF nie odczytał klucza, którym miał zaszyfrować paczkę faktur. Spróbuj jeszcze raz."),
    "export:420": _("Początek zakresu dat jest późniejszy niż najnowsze kompletne dane KSeF."),
    "21178": _("UPO nie ma lub jeszcze nie powstało."),
    "21180": _("Sesja jest już zamknięta albo anulowana. Otwórz nową."),
    "21183": _("Początek zakresu dat jest późniejszy niż najnowsze kompletne dane KSeF."),
    "21184": _("Trwają prace serwisowe i sesja jest niedostępna. Faktura pójdzie później."),
    "21402": _("Rozmiar pliku nie zgadza się z podanym."),
    "21403": _("Skrót pliku nie zgadza się z podanym."),
    "21405": _("KSeF odrzucił dane żądania."),
    "21470": _("Klucz publiczny KSeF został wymieniony. Spróbuj jeszcze raz."),
    "21418": _("Lista wyników się przedawniła. Zacznij od początku."),
    "429": _("Wykorzystano limit zapytań do KSeF. Następna próba za {seconds} s."),
}

UNAVAILABLE: Final[dict[str, str | Promise]] = {
    "network": _("Nie ma połączenia z KSeF."),
    "timeout": _("KSeF nie odpowiedział na czas."),
    "server-error": _("KSeF ma błąd po swojej stronie."),
    "maintenance-page": _("KSeF jest niedostępny: zamiast niego odpowiada strona serwisowa."),
    "not-ksef": _("Odpowiedział ktoś inny niż KSeF, na przykład zapora lub pośrednik w sieci."),
    "unreadable-answer": _("Odpowiedzi KSeF nie da się odczytać."),
    "answer-too-large": _("Odpowiedź KSeF jest za duża."),
    "not-finished": _("KSeF wciąż nad tym pracuje."),
}


def _refusal(params: Mapping[str, Any]) -> str:
    """Our explanation of KSeF's code, followed by KSeF's own details; unknown codes speak in KSeF's words alone."""
    if names := params.get("permissions"):
        return _missing(names)
    code, operation = params["ksef_code"] or params["code"], params.get("operation", "")
    pattern = REFUSALS.get(f"{operation}:{code}") or REFUSALS.get(code)
    details = [part.strip() for part in params.get("details", ()) if part.strip()]
    if pattern is None:
        answer = " ".join(filter(None, [params.get("description", "").strip(), *details]))
        return fill(gettext("KSeF odmówił: {said}"), {"said": answer or code})
    text = fill(pattern, params)
    if not details:
        return text
    return fill(gettext("{known} KSeF podaje: {said}"), {"known": text, "said": " ".join(details)})


def _missing(names: list[str]) -> str:
    """Which permission would do, the everyday ones first, and who can grant it."""
    text = gettext(
        "Brakuje uprawnienia: {permissions}. Nada je właściciel firmy albo osoba zarządzająca uprawnieniami;"
        " potem trzeba zalogować się ponownie."
    )
    return fill(text, {"permissions": gettext(" albo ").join(map(permission, usual_first(names)))})


def _unavailable(params: Mapping[str, Any]) -> str:
    """Why there is no answer, and what to do about it."""
    text = (
        gettext("{what} Żądanie mogło dotrzeć, więc najpierw trzeba sprawdzić w KSeF, co przyjął.")
        if params.get("answer_lost")
        else gettext("{what} Spróbuj ponownie później.")
    )
    return fill(text, {"what": str(UNAVAILABLE[params["code"]])})


# KSeF's numbers are under one code, and so is what we do not know; its words and ours are codes of their own
register({"ksef": _refusal, **{code: _refusal for code in REFUSALS if code.replace("-", "").isalpha()}})
register(dict.fromkeys(UNAVAILABLE, _unavailable))

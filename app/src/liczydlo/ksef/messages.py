"""What people read when KSeF says no, in Polish and English.

KSeF's own descriptions are Polish; here each code that a person can do something about has an explanation and
an advice. Sources of codes: the OpenAPI's 400 tables and status tables. A code may mean different things in
different operations (400, 415, 440…): such rows are keyed by ``operation:code``.
"""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["pl", "en"]

PERMISSIONS: Final[dict[str, tuple[str, str]]] = {
    "InvoiceRead": ("przeglądanie faktur", "viewing invoices"),
    "InvoiceWrite": ("wystawianie faktur", "issuing invoices"),
    "PefInvoiceWrite": ("wystawianie faktur PEF", "issuing PEF invoices"),
    "CredentialsRead": ("przeglądanie uprawnień", "viewing permissions"),
    "CredentialsManage": ("zarządzanie uprawnieniami", "managing permissions"),
    "Introspection": ("przeglądanie historii sesji", "viewing the history of sessions"),
    "SubunitManage": ("zarządzanie jednostkami podrzędnymi", "managing subordinate units"),
    "EnforcementOperations": ("czynności egzekucyjne", "enforcement operations"),
    "VatUeManage": ("zarządzanie w kontekście VAT UE", "managing the VAT EU context"),
    "CollectiveIdentifierManage": (
        "zarządzanie identyfikatorami zbiorczymi",
        "managing collective identifiers",
    ),
    "SelfInvoicing": ("samofakturowanie", "self-invoicing"),
    "RRInvoicing": ("wystawianie faktur VAT RR", "issuing VAT RR invoices"),
    "TaxRepresentative": ("czynności przedstawiciela podatkowego", "acting as a tax representative"),
    "PefInvoicing": ("wystawianie faktur PEF (Peppol)", "issuing PEF invoices (Peppol)"),
}
"""KSeF's names of permissions in words (``uprawnienia.md``)."""

REFUSALS: Final[dict[str, tuple[str, str]]] = {
    # ours
    "not-logged-in": (
        "Nie ma ważnego zalogowania do KSeF. Połącz firmę z KSeF certyfikatem uwierzytelniającym.",
        "There is no valid login to KSeF. Connect the company to KSeF with an authentication certificate.",
    ),
    "upload-refused": (
        "KSeF nie przyjął części paczki: minął czas na jej przesłanie. Faktury zostaną wysłane w nowej paczce.",
        "KSeF did not take a part of the package: its time has run out. The invoices will be sent in a new package.",
    ),
    "401": (
        "KSeF nie uznał zalogowania. Połącz się z KSeF jeszcze raz.",
        "KSeF did not accept the login. Connect to KSeF again.",
    ),
    # reasonCode of a 403
    "missing-permissions": (
        "Brakuje uprawnienia do tej czynności. Nada je właściciel firmy albo osoba zarządzająca"
        " uprawnieniami.",
        "A permission for this is missing. The company's owner or whoever manages its permissions can"
        " grant it.",
    ),
    "ip-not-allowed": (
        "KSeF nie wpuszcza z tego adresu IP. Połącz się jeszcze raz z tego komputera lub sieci.",
        "KSeF does not let this IP address in. Connect again from this computer or network.",
    ),
    "insufficient-resource-access": (
        "Ten dokument lub ta sesja należą do kogoś innego. Sprawdź, czy wybrano właściwą firmę.",
        "This document or session belongs to someone else. Check that the right company is chosen.",
    ),
    "auth-method-not-allowed": (
        "Tej czynności nie można wykonać po zalogowaniu tą metodą. Zaloguj się certyfikatem, a nie tokenem.",
        "This cannot be done after logging in this way. Log in with a certificate instead of a token.",
    ),
    "security-service-blocked": (
        "Zabezpieczenia KSeF zablokowały żądanie. Zgłoś numer zdarzenia pomocy technicznej KSeF.",
        "KSeF's security blocked the request. Report the incident number to KSeF's help desk.",
    ),
    "context-type-not-allowed": (
        "Tej czynności nie można wykonać w imieniu takiego podmiotu.",
        "This cannot be done on behalf of this kind of entity.",
    ),
    # login
    "9101": ("Dokument logowania jest nieprawidłowy.", "The login document is not valid."),
    "9102": ("Dokument logowania nie jest podpisany.", "The login document is not signed."),
    "9103": ("Dokument logowania ma za dużo podpisów.", "The login document has too many signatures."),
    "9105": (
        "KSeF odrzucił podpis. Sprawdź, czy klucz i certyfikat są parą.",
        "KSeF rejected the signature. Check that the key and the certificate are a pair.",
    ),
    "21111": (
        "Wyzwanie logowania wygasło lub jest nieznane. Spróbuj jeszcze raz.",
        "The login challenge expired or is unknown. Try again.",
    ),
    "21115": (
        "KSeF nie uznał certyfikatu. Sprawdź, czy jest z tego środowiska KSeF, uwierzytelniający i ważny.",
        "KSeF did not accept the certificate. Check that it is of this KSeF environment, for"
        " authentication, and valid.",
    ),
    "21117": (
        "Tego podmiotu nie można użyć w takim kontekście. Sprawdź NIP firmy.",
        "This subject cannot be used in this context. Check the company's NIP.",
    ),
    "21217": (
        "Dokument logowania ma złe kodowanie znaków.",
        "The login document's character encoding is wrong.",
    ),
    "21301": ("Zalogowanie wygasło lub zostało unieważnione.", "The login expired or was invalidated."),
    "21304": ("KSeF nie zna tego zalogowania.", "KSeF does not know this login."),
    "21308": (
        "Nie można użyć danych osoby zmarłej.",
        "The credentials of a deceased person cannot be used.",
    ),
    "21401": ("Dokument logowania nie pasuje do schematu.", "The login document does not fit its schema."),
    "21406": ("Podpis nie pasuje do sposobu logowania.", "The signature does not fit the way of logging in."),
    # permissions and tokens
    "26001": (
        "Token może mieć tylko te uprawnienia, które ma jego twórca. Odznacz pozostałe.",
        "A token can have only permissions that its maker has. Untick the others.",
    ),
    "26002": (
        "W imieniu takiego podmiotu nie da się utworzyć tokena.",
        "No token can be made on behalf of this kind of entity.",
    ),
    "token-failed": (
        "KSeF nie zdołał uruchomić tego tokena i nie da się go używać. Utwórz nowy.",
        "KSeF could not make this token work, and it cannot be used. Make a new one.",
    ),
    "permission:400": (
        "KSeF przyjął żądanie, ale go nie wykonał. Nic się nie zmieniło.",
        "KSeF took the request but did not carry it out. Nothing has changed.",
    ),
    "permission:410": (
        "Podane identyfikatory nie są ze sobą powiązane tak, jak trzeba. Sprawdź, czy jednostka należy do tej firmy,"
        " a klient pozwolił przekazywać uprawnienia dalej.",
        "The identifiers are not related as they must be. Check that the unit is this company's, and that the client"
        " lets permissions be handed on.",
    ),
    "permission:420": (
        "Tym zalogowaniem nie można wykonać tej czynności: brakuje zarządzania uprawnieniami.",
        "This cannot be done with this login: managing permissions is missing.",
    ),
    "permission:430": (
        "Firma nie ma roli, której to wymaga (na przykład grupy VAT, jednostki samorządu albo organu egzekucyjnego).",
        "The company has not the role that this needs (such as a VAT group, a local government or an enforcement"
        " authority).",
    ),
    "permission:440": (
        "Takiego uprawnienia nie nadaje się temu podmiotowi: nie można na przykład nadać go samemu sobie.",
        "This permission cannot be given to this subject: for one thing, not to oneself.",
    ),
    "permission:450": (
        "Takiego uprawnienia nie nadaje się komuś o takim identyfikatorze.",
        "This permission cannot be given to somebody with such an identifier.",
    ),
    "login:415": (
        "Zalogowano poprawnie, ale ta osoba lub firma nie ma żadnych uprawnień w imieniu tego NIP-u."
        " Sprawdź NIP firmy"
        " albo poproś właściciela o nadanie uprawnień.",
        "The certificate is right, but this person or company has no permission for this NIP. Check the"
        " company's NIP,"
        " or ask its owner to grant permissions.",
    ),
    "login:425": ("Zalogowanie zostało unieważnione.", "The login was invalidated."),
    "login:450": ("KSeF nie uznał tokena.", "KSeF did not accept the token."),
    "login:460": (
        "KSeF nie uznał certyfikatu. Sprawdź, czy nie wygasł, czy nie został unieważniony i czy jest z"
        " tego środowiska"
        " KSeF; w razie potrzeby pobierz nowy w Aplikacji Podatnika.",
        "KSeF did not accept the certificate. Check that it has not expired or been revoked, and that it"
        " is of this KSeF"
        " environment; if need be, get a new one in the taxpayer's portal.",
    ),
    "login:470": (
        "Nie można użyć danych osoby zmarłej.",
        "The credentials of a deceased person cannot be used.",
    ),
    "login:480": (
        "KSeF zablokował logowanie z powodu podejrzenia incydentu. Skontaktuj się z Ministerstwem Finansów.",
        "KSeF blocked the login on suspicion of an incident. Contact the Ministry of Finance.",
    ),
    # certificates
    "25001": (
        "O certyfikat można wystąpić tylko po zalogowaniu podpisem, nie tokenem.",
        "A certificate can be requested only after logging in by signature, not by token.",
    ),
    "25002": (
        "O certyfikat można wystąpić tylko po zalogowaniu podpisem, nie tokenem.",
        "A certificate can be requested only after logging in by signature, not by token.",
    ),
    "25003": (
        "Dane we wniosku różnią się od danych z certyfikatu użytego do zalogowania.",
        "The request's data differ from those of the certificate used to log in.",
    ),
    "25004": ("Wniosek o certyfikat jest nieprawidłowy.", "The certificate request is not valid."),
    "25005": ("KSeF nie zna tego wniosku o certyfikat.", "KSeF does not know this certificate request."),
    "25006": (
        "Wykorzystano limit wniosków o certyfikat.",
        "The limit of certificate requests is used up.",
    ),
    "25007": (
        "Wykorzystano limit certyfikatów. Unieważnij nieużywany.",
        "The limit of certificates is used up. Revoke one that is not in use.",
    ),
    "25008": (
        "KSeF nie zna certyfikatu o tym numerze.",
        "KSeF does not know a certificate with this number.",
    ),
    "25009": ("Ten certyfikat już nie obowiązuje.", "This certificate is no longer in force."),
    "25010": (
        "KSeF nie przyjmuje takiego klucza: potrzebny EC P-256 albo RSA 2048.",
        "KSeF does not take such a key: EC P-256 or RSA 2048 is needed.",
    ),
    "25011": (
        "KSeF nie przyjmuje takiego algorytmu podpisu wniosku.",
        "KSeF does not take the request's signature algorithm.",
    ),
    "certificate:400": ("KSeF odrzucił wniosek o certyfikat.", "KSeF rejected the certificate request."),
    # sessions and invoices
    "21155": (
        "W tej sesji wysłano już najwięcej faktur, ile można. Następne pójdą w nowej sesji.",
        "This session holds as many invoices as it may. The next ones go in a new session.",
    ),
    "21164": ("KSeF nie ma faktury o tym numerze.", "KSeF has no invoice with this number."),
    "21165": (
        "Faktura jest przyjęta, ale jeszcze nie można jej pobrać. Spróbuj za chwilę.",
        "The invoice is accepted but cannot be downloaded yet. Try in a while.",
    ),
    "21166": (
        "Ta faktura ma już przyjętą korektę techniczną.",
        "A technical correction of this invoice has already been accepted.",
    ),
    "21167": (
        "Tej faktury nie można poprawić korektą techniczną, bo została przyjęta.",
        "This invoice was accepted, so that a technical correction is not possible.",
    ),
    "21173": ("KSeF nie zna tej sesji.", "KSeF does not know this session."),
    "21178": ("UPO nie ma lub jeszcze nie powstało.", "There is no UPO, or not yet."),
    "21180": (
        "Sesja jest już zamknięta albo anulowana. Otwórz nową.",
        "The session is already closed or cancelled. Open a new one.",
    ),
    "21183": (
        "Początek zakresu dat jest późniejszy niż najnowsze kompletne dane KSeF.",
        "The range of dates begins after KSeF's newest complete data.",
    ),
    "21184": (
        "Trwają prace serwisowe i sesja jest niedostępna. Faktura pójdzie później.",
        "Maintenance makes the session unavailable. The invoice will go later.",
    ),
    "21402": ("Rozmiar pliku nie zgadza się z podanym.", "The file's size differs from the declared one."),
    "21403": ("Skrót pliku nie zgadza się z podanym.", "The file's hash differs from the declared one."),
    "21405": ("KSeF odrzucił dane żądania.", "KSeF rejected the request's data."),
    "21470": (
        "Klucz publiczny KSeF został wymieniony. Spróbuj jeszcze raz.",
        "KSeF's public key was replaced. Try again.",
    ),
    "21418": (
        "Lista wyników się przedawniła. Zacznij od początku.",
        "The list of results expired. Start anew.",
    ),
}

STATUSES: Final[dict[str, tuple[str, str]]] = {
    "session:100": ("Sesja jest otwarta.", "The session is open."),
    "session:170": (
        "Sesja zamknięta; KSeF przygotowuje UPO.",
        "The session is closed; KSeF prepares the UPO.",
    ),
    "session:200": ("Sesja zakończona.", "The session is done."),
    "session:415": (
        "KSeF nie odszyfrował klucza albo poprzednia sesja tej firmy skończyła się przed chwilą. Spróbuj"
        " za minutę.",
        "KSeF could not decrypt the key, or this company's last session ended a moment ago. Try in a minute.",
    ),
    "session:440": ("Sesja anulowana.", "The session was cancelled."),
    "session:445": ("W sesji nie było poprawnych faktur.", "The session had no valid invoices."),
    "invoice:100": ("KSeF przyjął fakturę do sprawdzenia.", "KSeF took the invoice in to check it."),
    "invoice:150": ("KSeF sprawdza fakturę.", "KSeF is checking the invoice."),
    "invoice:200": (
        "KSeF przyjął fakturę i nadał jej numer.",
        "KSeF accepted the invoice and gave it a number.",
    ),
    "invoice:405": (
        "KSeF przerwał sesję, zanim sprawdził fakturę. Wyślij ją ponownie.",
        "KSeF broke off the session before it checked the invoice. Send it again.",
    ),
    "invoice:410": (
        "Ta firma nie może wystawić tej faktury: sprzedawca na niej jest inny albo brakuje uprawnienia.",
        "This company may not issue this invoice: its seller is another one, or a permission is missing.",
    ),
    "invoice:415": (
        "KSeF nie przyjmuje faktury z załącznikiem: potrzebna jest zgoda i wysyłka wsadowa.",
        "KSeF does not take the invoice with an attachment: consent and batch sending are needed.",
    ),
    "invoice:430": ("Plik faktury jest nieprawidłowy.", "The invoice's file is not valid."),
    "invoice:435": (
        "KSeF nie odszyfrował pliku. Wyślij fakturę ponownie.",
        "KSeF could not decrypt the file. Send it again.",
    ),
    "invoice:440": (
        "KSeF ma już fakturę tego sprzedawcy o tym numerze i rodzaju. Nie wysyłaj jej drugi raz.",
        "KSeF already has an invoice of this seller with this number and kind. Do not send it again.",
    ),
    "invoice:450": (
        "Treść faktury nie przeszła sprawdzenia. Popraw ją i wystaw ponownie.",
        "The invoice's content did not pass the check. Correct it and issue it again.",
    ),
    "invoice:500": (
        "KSeF ma błąd po swojej stronie. Wyślij fakturę ponownie.",
        "KSeF has an error of its own. Send it again.",
    ),
    "invoice:550": (
        "KSeF przerwał przetwarzanie. Wyślij fakturę ponownie.",
        "KSeF broke off. Send the invoice again.",
    ),
}
"""What became of sessions and invoices."""

UNAVAILABLE: Final[dict[str, tuple[str, str]]] = {
    "network": ("Nie ma połączenia z KSeF.", "There is no connection to KSeF."),
    "timeout": ("KSeF nie odpowiedział na czas.", "KSeF did not answer in time."),
    "server-error": ("KSeF ma błąd po swojej stronie.", "KSeF has an error of its own."),
    "maintenance-page": (
        "KSeF jest niedostępny: zamiast niego odpowiada strona serwisowa.",
        "KSeF is away: a maintenance page answers instead.",
    ),
    "not-ksef": (
        "Odpowiedział ktoś inny niż KSeF, na przykład zapora lub pośrednik w sieci.",
        "Something other than KSeF answered, such as a firewall or a proxy.",
    ),
    "unreadable-answer": ("Odpowiedzi KSeF nie da się odczytać.", "KSeF's answer cannot be read."),
    "answer-too-large": ("Odpowiedź KSeF jest za duża.", "KSeF's answer is too large."),
    "not-finished": ("KSeF wciąż nad tym pracuje.", "KSeF is still working on it."),
}


def _pick(pair: tuple[str, str], language: Language) -> str:
    return pair[0] if language == "pl" else pair[1]


def refusal(code: str, operation: str, description: str, details: tuple[str, ...], language: Language) -> str:
    """Our explanation of a code, followed by KSeF's own details.

    Unknown codes speak in KSeF's words alone.
    """
    known = REFUSALS.get(f"{operation}:{code}") or REFUSALS.get(code)
    said = " ".join(part.strip() for part in (description, *details) if part.strip())
    if known is None:
        return _pick(
            (f"KSeF odmówił: {said or code}", f"KSeF refused (its words are Polish): {said or code}"),
            language,
        )
    more = " ".join(part.strip() for part in details if part.strip())
    if not more:
        return _pick(known, language)
    return _pick((f"{known[0]} KSeF podaje: {more}", f"{known[1]} KSeF says: {more}"), language)


def status(kind: str, code: int, description: str, details: tuple[str, ...], language: Language) -> str:
    """A status in our words with KSeF's details; unknown ones in KSeF's own."""
    known = STATUSES.get(f"{kind}:{code}")
    said = " ".join(part.strip() for part in details if part.strip())
    if known is None:
        return " ".join(part for part in (description, said) if part)
    if not said:
        return _pick(known, language)
    return _pick((f"{known[0]} KSeF podaje: {said}", f"{known[1]} KSeF says: {said}"), language)


def missing_permission(names: tuple[str, ...], language: Language) -> str:
    """Which permission would do, the everyday ones first, and who can grant it."""
    order = list(PERMISSIONS)
    usual = sorted(names, key=lambda name: order.index(name) if name in PERMISSIONS else len(order))
    words = [_pick(PERMISSIONS.get(name, (name, name)), language) for name in usual]
    if language == "pl":
        return (
            f"Brakuje uprawnienia: {' albo '.join(words)}. Nada je właściciel firmy albo osoba zarządzająca"
            " uprawnieniami; potem trzeba zalogować się ponownie."
        )
    return (
        f"A permission is missing: {' or '.join(words)}. The company's owner or whoever manages its"
        f" permissions can"
        " grant it; log in again afterwards."
    )


def unavailable(reason: str, answer_lost: bool, language: Language) -> str:
    """Why there is no answer, and what the program does about it."""
    what = _pick(UNAVAILABLE[reason], language)
    if answer_lost:
        return what + _pick(
            (
                " Żądanie mogło dotrzeć, więc najpierw trzeba sprawdzić w KSeF, co przyjął.",
                " The request may have arrived, so KSeF must first be asked what it accepted.",
            ),
            language,
        )
    return what + _pick((" Spróbuj ponownie później.", " Try again later."), language)


def rate_limited(seconds: int, language: Language) -> str:
    """When KSeF will listen again."""
    return _pick(
        (
            f"Wykorzystano limit zapytań do KSeF. Następna próba za {seconds} s.",
            f"The limit of requests to KSeF is used up. Next attempt in {seconds} s.",
        ),
        language,
    )

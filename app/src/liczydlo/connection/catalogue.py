"""What can be wrong with a company's connection, and what to do about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liczydlo.web.catalogue.registry import Text, register

TEXTS: dict[str, Text] = {
    # NotConnected
    "not-connected": _(
        "Firma nie jest połączona z KSeF w środowisku {environment}. Dodaj certyfikat uwierzytelniający:"
        " Dane i ustawienia → KSeF."
    ),
    "training-clock": _(
        "Program chodzi według zegara emulatora, więc nie łączy się z KSeF w środowisku {environment}. Osoba, która"
        " prowadzi program, może go uruchomić bez LICZYDLO_EMULATOR_CLOCK."
    ),
    "certificate-expired": _(
        "Certyfikat uwierzytelniający wygasł {date}. Pobierz nowy w Aplikacji Podatnika KSeF i dodaj go:"
        " Dane i ustawienia → KSeF."
    ),
    "no-offline-certificate": _(
        "Firma nie ma certyfikatu offline w środowisku {environment}, a bez niego nie powstanie KOD II."
        " Dodaj go: Dane i ustawienia → KSeF → Praca w trybie offline."
    ),
    "offline-certificate-expired": _(
        "Certyfikat offline wygasł {date}. Pobierz nowy w Aplikacji Podatnika KSeF i dodaj go: Dane i"
        " ustawienia → KSeF → Praca w trybie offline."
    ),
    "key-not-readable": _(
        "Zapisanego klucza nie da się odszyfrować: brakuje klucza głównego programu albo zapis jest"
        " uszkodzony. Przywróć plik master.key z kopii zapasowej albo usuń certyfikat i dodaj go jeszcze"
        " raz."
    ),
    "key-locked": _(
        "Klucze firmy są zamknięte hasłem właściciela. Otwórz je na czas pracy: Dane i ustawienia → KSeF →"
        " Certyfikaty → Hasło do kluczy."
    ),
    "token-not-readable": _(
        "Zapisanego tokena nie da się odszyfrować: brakuje klucza głównego programu albo zapis jest"
        " uszkodzony. Przywróć plik master.key z kopii zapasowej albo usuń token i dodaj go jeszcze raz."
    ),
    # NotStored
    "no-files": _(
        "Nie wybrano plików. Dodaj klucz (.key) i certyfikat (.crt, .cer, .cert lub .pem) albo jeden plik"
        " .p12."
    ),
    "no-key-file": _(
        "Brakuje pliku z kluczem prywatnym (.key). Jest to plik zapisany przy składaniu wniosku o certyfikat."
    ),
    "no-certificate-file": _(
        "Brakuje pliku z certyfikatem (.crt, .cer, .cert lub .pem). Pobierz go z listy certyfikatów w"
        " Aplikacji Podatnika KSeF."
    ),
    "too-many-files": _(
        "Wybrano za dużo plików. Potrzebne są dwa: klucz i certyfikat, albo jeden plik .p12."
    ),
    "other-company": _(
        "Certyfikat jest prawdziwy, ale należy do podmiotu „{holder}”, który nie ma w KSeF uprawnień do"
        " działania za firmę o NIP {company}. Wybierz certyfikat tej firmy albo poproś jej właściciela o"
        " nadanie uprawnień w KSeF."
    ),
    "other-environment": _(
        "KSeF w środowisku {environment} nie zna tego certyfikatu. Najpewniej pochodzi z innego środowiska"
        " albo został unieważniony. Sprawdź środowisko w danych firmy, a w razie potrzeby pobierz nowy"
        " certyfikat."
    ),
    "emulator-certificate": _(
        "Ten certyfikat wydał emulator KSeF, a firma pracuje w środowisku {environment}. Wybierz certyfikat"
        " z Aplikacji Podatnika tego środowiska albo zmień środowisko w danych firmy."
    ),
    "stored-elsewhere": _(
        "Ten certyfikat należy do środowiska {other}: jest tam już zapisany w programie, a certyfikat"
        " działa tylko w jednym środowisku. Pobierz nowy w środowisku {environment} i dodaj go tutaj."
    ),
    "revoked": _(
        "KSeF podaje, że ten certyfikat jest unieważniony lub zablokowany. Pobierz nowy w Aplikacji"
        " Podatnika KSeF."
    ),
    "no-rights-sole": _(
        "Podpis jest prawidłowy, ale „{signer}” nie ma w KSeF uprawnień do działania za firmę o NIP"
        " {company}. Podpisać ma właściciel firmy albo osoba, której nadał on w KSeF uprawnienia."
    ),
    "no-rights-company": _(
        "Podpis jest prawidłowy, ale „{signer}” nie ma w KSeF uprawnień do działania za spółkę o NIP"
        " {company}. Podpisz pieczęcią kwalifikowaną spółki albo złóż w urzędzie skarbowym ZAW-FA, które"
        " wskaże tę osobę; potem spróbuj ponownie."
    ),
    "no-identity": _(
        "Certyfikat w tym pliku nie zawiera numeru NIP ani PESEL, więc KSeF nie wyda na jego podstawie"
        " certyfikatów. Podpisz dokument profilem zaufanym albo certyfikatem, który zawiera taki numer."
    ),
    "nip-taken": _(
        "Logowanie do KSeF się udało, ale firma o NIP {nip} jest już prowadzona w tej instalacji przez:"
        " {owners}. Poproś o dostęp do niej. Połączenie nie zostało zapisane; to, co jest w programie,"
        " zostaje."
    ),
    "ksef-away": _("{said} Nic nie zostało zapisane ani zmienione; pliki i hasło są w porządku."),
    "emulator-away": _(
        "Emulator KSeF nie odpowiada pod adresem {address}. Uruchom go i spróbuj ponownie. Nic nie zostało"
        " zapisane ani zmienione; pliki i hasło są w porządku."
    ),
    "ksef-refused": _("Nie udało się zalogować do KSeF. {said}"),
    "changed-meanwhile": _(
        "W trakcie sprawdzania zmieniono środowisko firmy. Nic nie zostało zapisane; wgraj certyfikat"
        " jeszcze raz."
    ),
    # a token
    "token-empty": _("Nie podano tokena. Wklej go albo wgraj plik tekstowy, w którym jest zapisany."),
    "token-two": _("Podano token i wklejony, i w pliku. Zostaw jeden z nich."),
    "token-file": _("Ten plik nie zawiera tekstu tokena. Wgraj plik tekstowy (.txt) albo wklej token."),
    "token-shape": _(
        "To nie jest cały token KSeF: powinien mieć trzy części rozdzielone kreską „|”, na przykład"
        " 20261124-EC-…|nip-1234567890|…. Skopiuj go w całości; KSeF pokazuje token tylko raz, więc jeśli go"
        " nie masz, utwórz nowy."
    ),
    "token-reference": _(
        "Pierwsza część tokena, numer referencyjny, jest niepełna albo zniekształcona. Skopiuj token"
        " jeszcze raz od samego początku."
    ),
    "token-context": _(
        "Druga część tokena nie jest numerem firmy (oczekiwano „nip-” i dziesięciu cyfr). Skopiuj token"
        " jeszcze raz."
    ),
    "token-secret": _(
        "Trzecia część tokena jest niepełna albo zniekształcona. Skopiuj token jeszcze raz do samego końca."
    ),
    "token-other-company": _(
        "Ten token jest dla firmy o NIP {nip}, a to jest firma o NIP {company}. Wybierz właściwą firmę albo"
        " wklej jej token."
    ),
    "token-unit": _(
        "Ten token jest dla jednostki wewnętrznej {unit}, a program łączy się w imieniu całej firmy. Utwórz"
        " w KSeF token w kontekście NIP."
    ),
    "token-unknown": _(
        "KSeF w środowisku {environment} nie uznał tego tokena. Pochodzi z innego środowiska, został"
        " unieważniony albo nie jest jeszcze aktywny. Sprawdź środowisko w danych firmy, a w razie potrzeby"
        " utwórz nowy token."
    ),
    "token-no-rights": _(
        "KSeF zna ten token, ale osoba, która go utworzyła, nie ma już uprawnień w tej firmie, więc token"
        " niczego nie otwiera. Poproś właściciela o nowy token."
    ),
    "token-lost": _(
        "KSeF utworzył token, ale jego odpowiedź zginęła po drodze i treści tokena nikt już nie pozna."
        " Program go unieważnił. Utwórz nowy token."
    ),
    "outcome-unknown": _(
        "Odpowiedź KSeF zginęła po drodze, a KSeF nie pozwala sprawdzić, co się stało. {said}"
    ),
    "several-tokens": _(
        "Odpowiedź KSeF zginęła po drodze, a na liście jest kilka nowych tokenów o tym opisie. Unieważnij"
        " te, których treści nikt nie zna, i utwórz nowy."
    ),
    # signing in, certificates
    "sign-again": _(
        "Połączenie urwało się w chwili logowania i KSeF nie przyjmie tego dokumentu drugi raz. Pobierz"
        " nowy dokument i podpisz go; reszta pójdzie dalej sama."
    ),
    "login-over": _(
        "KSeF zakończył zalogowanie osoby, która podpisała dokument, zanim wydał certyfikaty. Pobierz nowy"
        " dokument i podpisz go; złożone wnioski nie przepadły."
    ),
    "secrets-not-readable": _(
        "Zapisanych danych nie da się odszyfrować: brakuje klucza głównego programu. Przywróć plik"
        " master.key z kopii zapasowej albo zacznij od nowa."
    ),
    "no-file": _("Nie wybrano pliku. Wskaż go albo upuść w polu."),
    "wrong-key": _(
        "KSeF oddał certyfikat, który nie pasuje do klucza. Nie zostanie użyty; złóż nowy wniosek."
    ),
    "request-limit": _(
        "KSeF nie przyjmie kolejnego wniosku o certyfikat: limit jest wykorzystany (wniosków może być"
        " {limit}). KSeF nie podaje dnia, w którym się zwolni; Ministerstwo podnosi go na uzasadniony"
        " wniosek. Certyfikat, który już jest, działa dalej."
    ),
    "certificate-limit": _(
        "KSeF nie wyda kolejnego certyfikatu: limit jest wykorzystany (czynnych certyfikatów może być"
        " {limit}). {room} Od razu zwolni je unieważnienie certyfikatu, którego już nie używasz."
    ),
    "certificate-limit-room": _("Miejsce zwolni się samo {date}, gdy wygaśnie pierwszy z nich."),
}

register(TEXTS)

"""What sales itself has to say about an invoice; KSeF's own words come from ``web.catalogue``."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liczydlo.web.catalogue.registry import Text, register

TEXTS: Final[dict[str, Text]] = {
    "attachment-needs-batch": _(
        "KSeF przyjmuje faktury z załącznikiem dopiero po zgłoszeniu w e-Urzędzie Skarbowym zamiaru ich"
        " wystawiania. Gdy firma go zgłosiła, wyślij fakturę: pójdzie w sesji wsadowej."
    ),
    "never-arrived": _(
        "Połączenie urwało się w trakcie wysyłania. KSeF sprawdzony: faktury tam nie ma, zostanie wysłana"
        " jeszcze raz."
    ),
    "session-failed": _("KSeF przerwał sesję, w której wysłano fakturę. Zostanie wysłana w następnej."),
    "session-broken": _(
        "KSeF przerwał tę sesję i nie przyjmie w niej nic więcej. Faktury, których nie przyjął, idą w następnej."
    ),
    "try-again": _("KSeF przerwał przetwarzanie z własnych przyczyn. Faktura zostanie wysłana jeszcze raz."),
    "gave-up": _(
        "KSeF kilka razy z rzędu przerwał przetwarzanie tej faktury. Sprawdź szczegóły i wyślij ją ponownie."
    ),
    "duplicate": _(
        "KSeF ma już inną fakturę tego sprzedawcy o tym samym numerze i rodzaju ({number}). Wystaw fakturę"
        " z innym numerem."
    ),
    "duplicate-unproved": _(
        "KSeF ma już fakturę tego sprzedawcy o tym samym numerze i rodzaju ({number}). Nie można jej"
        " odczytać, więc nie wiadomo, czy to ta sama faktura. Nadaj programowi uprawnienie do przeglądania"
        " faktur i wyślij fakturę ponownie: jeśli to ta sama, program odczyta jej numer."
    ),
    "no-receipt": _(
        "Faktura ma numer KSeF, ale mimo wielu prób KSeF nie wydał jej UPO, więc program przestał pytać."
        " Jeśli wysłał ją inny program albo inna osoba, UPO jest u nich; można je też pobrać w Aplikacji"
        " Podatnika KSeF."
    ),
    "no-permission": _(
        "KSeF przyjął plik, ale ta osoba lub firma nie może wystawiać faktur w imieniu sprzedawcy. Po"
        " nadaniu uprawnienia do wystawiania faktur wyślij fakturę ponownie."
    ),
    "bad-file": _(
        "KSeF odrzucił plik faktury: nie spełnia wymagań struktury FA(3). Popraw dane i wystaw fakturę"
        " jeszcze raz."
    ),
    "bad-content": _("KSeF odrzucił treść faktury. Popraw dane i wystaw fakturę jeszcze raz."),
    "refused": _(
        "KSeF nie przyjął pliku do przetwarzania. Sprawdź szczegóły; po usunięciu przyczyny wyślij fakturę"
        " ponownie."
    ),
    "rejected": _("KSeF odrzucił fakturę."),
    "recovered": _(
        "Odpowiedź KSeF zginęła po drodze, ale faktura była już przyjęta: odczytano jej numer z KSeF."
    ),
    "environment-changed": _(
        "Firma pracuje teraz w innym środowisku KSeF niż to, w którym wystawiono fakturę. Przywróć tamto"
        " środowisko w ustawieniach, żeby ją wysłać."
    ),
    "foreign-seller": _(
        "Sprzedawcą na fakturze jest NIP {seller}, a wystawia ją firma o NIP {company}. Wybierz właściwą"
        " firmę albo popraw sprzedawcę."
    ),
    "self-billing-seller": _(
        "Faktura ma oznaczenie „samofakturowanie” (P_17), a sprzedawcą jest Twoja firma. Tak oznacza się fakturę, którą"
        " w imieniu sprzedawcy wystawia nabywca. Jeżeli wystawiasz ją sam, usuń oznaczenie."
    ),
    "date-past": _(
        "Data wystawienia (P_1) jest wcześniejsza niż dzisiejsza, więc KSeF oznaczy fakturę jako wystawioną"
        " offline."
    ),
    "turning-characters": _(
        "W polach {fields} są znaki, których nie widać, a które odwracają kolejność liter wokół siebie"
        " ({characters}). KSeF je przyjmie, ale nabywca przeczyta co innego, niż jest w pliku. Usuń je w programie,"
        " który zrobił plik."
    ),
    "number-used": _(
        "Faktura o numerze {number} i tym samym rodzaju jest już w programie, a KSeF nie przyjmie"
        " drugiej takiej. Zmień numer albo otwórz tamtą fakturę."
    ),
    "correction-of-pef": _(
        "Faktura {number} jest w KSeF jako PEF. Jej korektę, PEF_KOR, przesyła dostawca usług Peppol: pobierz plik na"
        " tej stronie, a tego szkicu nie wysyłaj."
    ),
    "correction-pef-unread": _(
        "Tej faktury PEF program nie umie skorygować, bo nie rozumie w niej elementu {element}. Skoryguj ją u dostawcy"
        " usług Peppol."
    ),
    "number-pef": _(
        "Faktura o numerze {number} jest już w KSeF jako PEF: przesłał ją dostawca usług Peppol. Usuń ten szkic,"
        " żeby nie wysłać jej drugi raz."
    ),
    "similar-correction": _(
        "Podobnej nie wystawia się do korekty, bo korekta dotyczy jednej, konkretnej faktury. Wystaw podobną do"
        " faktury, którą koryguje."
    ),
    "similar-settlement": _(
        "Podobnej nie wystawia się do rozliczenia zaliczek: odlicza ono własne zaliczki. Zacznij od faktury"
        " zaliczkowej."
    ),
    "similar-foreign": _("Tej faktury nie wystawiła ta firma, więc nie wystawi podobnej."),
    "similar-unread": _("Tej faktury program nie umie przepisać do formularza. Wystaw nową."),
    "recurring-person-left": _(
        "Osoba, która to ustawiła, nie może już wystawiać faktur w tej firmie. Sprawdź fakturę cykliczną i wznów ją:"
        " będzie odtąd działać w Twoim imieniu."
    ),
    "recurring-environment": _(
        "Firma pracuje teraz w innym środowisku KSeF niż wtedy, gdy to ustawiono. Wznów, jeśli faktury mają powstawać"
        " także w nim."
    ),
    "recurring-rate": _(
        "Faktura jest w obcej walucie, a kursu NBP z jej dnia program nie ma. Otwórz ją w formularzu i wpisz kurs."
    ),
    "recurring-rate-soon": _(
        "Faktura jest w obcej walucie, a NBP nie ma jeszcze kursu albo nie odpowiada. Program próbuje co godzinę i"
        " zrobi ją sam; możesz też otworzyć ją w formularzu i wpisać kurs."
    ),
    "recurring-made": _(
        "Faktura z tego dnia jest już w programie: powstała w międzyczasie. Otwórz ją w „Cykliczne” albo pomiń to, co"
        " jest poniżej."
    ),
    "recurring-incomplete": _(
        "Szablon nie ma wszystkiego, czego potrzebuje faktura. Otwórz ją w formularzu."
    ),
    "certificate-void": _(
        "KSeF nie uznaje już certyfikatu offline {serial}: {word}. Podpisany nim KOD II nie potwierdzi wystawcy, więc"
        " program nie wystawi z nim faktury. Odnów certyfikat albo dodaj nowy: Dane i ustawienia → KSeF → Certyfikaty."
    ),
    "void-here": _(
        "KSeF nie uznaje już certyfikatu, którym podpisano KOD II tej faktury: {word}. Faktura jest ważna: wyślij ją"
        " teraz, a nowy wydruk przekaż, gdy będzie miała numer KSeF."
    ),
    "ksef-revoked": _("jest unieważniony"),
    "ksef-blocked": _("jest zablokowany"),
    "ksef-expired": _("wygasł"),
    "ksef-active": _("jest aktywny"),
    "codes-not-proved": _(
        "Kodów QR nie można wydrukować, bo nie dowodzą tego, co powinny: {step} Nic nie zapisano ani nie wydano. Wyślij"
        " fakturę do KSeF: po nadaniu numeru wydruk ma tylko KOD I."
    ),
    "not-kod1-picture": _("obrazka KODU I nie da się odczytać."),
    "not-kod1-link": _("KOD I nie prowadzi do tej faktury."),
    "not-kod2-picture": _("obrazka KODU II nie da się odczytać."),
    "not-kod2-address": _("KOD II nie prowadzi na stronę KSeF tego środowiska."),
    "not-kod2-seller": _("w KODZIE II jest inny sprzedawca albo inna firma niż na fakturze."),
    "not-kod2-document": _("skrót w KODZIE II nie jest skrótem tej faktury."),
    "not-kod2-serial": _("w KODZIE II jest numer innego certyfikatu niż ten, którym go podpisano."),
    "not-kod2-signature": _("podpis w KODZIE II jest nieprawidłowy."),
    "not-kod2-purpose": _("certyfikat, którym podpisano KOD II, nie jest certyfikatem offline."),
    "not-kod2-valid": _("certyfikat, którym podpisano KOD II, nie był ważny w dniu wystawienia."),
    "void-invoices": _(
        "Faktury wystawione z tym certyfikatem i jeszcze niewysłane: {n}. Są ważne, ale ich KOD II nie potwierdza już"
        " wystawcy. Wyślij je teraz, a nowe wydruki przekaż, gdy będą miały numery KSeF."
    ),
    "void-self-billed": _(
        "Faktury wystawione za dostawców z tym certyfikatem i jeszcze niewysłane: {n}. Są ważne, ale ich KOD II nie"
        " potwierdza już wystawcy. Wyślij je teraz, a nowe wydruki przekaż, gdy będą miały numery KSeF."
    ),
    "corrected-already": _(
        "KSeF ma już przyjętą korektę techniczną tej faktury, więc następnej nie przyjmie. Zeskanuj KOD I z pierwszego"
        " wydruku: strona KSeF pokaże fakturę, która ją zastąpiła."
    ),
    "accepted-already": _(
        "KSeF przyjął jednak pierwotną fakturę, więc korekta techniczna nie jest potrzebna. Zeskanuj KOD I z pierwszego"
        " wydruku, żeby zobaczyć jej numer KSeF."
    ),
    "other-form": _(
        "To jest faktura innego rodzaju niż odrzucona: jedna jest w strukturze FA(3), druga w FA_RR(1)."
    ),
    "other-content": _(
        "Plik mówi co innego niż faktura, którą odrzucił KSeF: {fields}. Korekta techniczna naprawia tylko plik; treść"
        " musi zostać ta sama (strony, kwoty, pozycje, daty, numer). Zmiana treści wymaga faktury korygującej."
    ),
    "same-bytes": _(
        "To jest, bajt po bajcie, plik, który KSeF już odrzucił. Popraw w nim to, co KSeF wskazał, i wgraj go jeszcze"
        " raz."
    ),
    "not-rebuilt": _(
        "Zapisanego pliku nie da się odczytać, więc program nie odbuduje go sam. Wgraj poprawiony plik XML."
    ),
    "awaits-original": _("Czeka na numer faktury {number}."),
    "original-numbers": _("Wpisano: {ksef}."),
    "original-filled": _(
        "Dokument odnosi się do faktury {number} bez numeru KSeF, a ona już go ma. Przy wystawieniu program wpisze"
        " go sam: {ksef}."
    ),
    "original-pending": _(
        "Faktura {number}, do której odnosi się ten dokument, nie ma jeszcze numeru KSeF. Po wystawieniu dokument"
        " poczeka na ten numer i wyjdzie sam."
    ),
    "original-draft": _(
        "Faktura {number}, do której odnosi się ten dokument, jest dopiero szkicem. Wystaw ją najpierw."
    ),
    "original-refused": _(
        "Faktura {number}, na której numer czekał ten dokument, nie dostanie go: KSeF ją odrzucił albo została"
        " zastąpiona. Popraw tamtą fakturę, a potem sprawdź ten dokument i wystaw go jeszcze raz."
    ),
    "original-taken-back": _(
        "Faktura {number}, na której numer czekał ten dokument, wróciła do szkiców. Wystaw ją najpierw."
    ),
    "awaits-keys": _("Numery są już znane, a dokument wyjdzie sam, gdy otworzysz klucze. {why}"),
    "not-issued-then": _("Czas na cofnięcie minął, ale faktury nie udało się wystawić: {why}"),
    "not-released": _("Numery są już znane, ale dokumentu nie udało się wystawić: {why}"),
    "correction-open": _(
        "Do faktury {number} jest już inna korekta, jeszcze niewystawiona: {others}. Upewnij się, że obie są potrzebne:"
        " ta, która zostanie wystawiona później, będzie do poprawienia."
    ),
    "correction-collective": _(
        "Faktura {number} jest też w zbiorczym rabacie: {others}. Jego kwoty nie dzielą się na faktury, więc nie ma ich"
        " w stanie przed korektą."
    ),
    "foreign-buyer": _(
        "Fakturę VAT RR wystawia nabywca. Na tej nabywcą jest {buyer}, a ta firma ma NIP {company}."
    ),
    "correction-outdated": _(
        "Od przygotowania tej korekty zmienił się stan faktury {number}: wystawiono inną jej korektę. Otwórz „Popraw”,"
        " sprawdź i zapisz ponownie; program policzy ją od nowego stanu."
    ),
    "order-settled": _(
        "Zamówienie z faktury {number} jest już rozliczone. Tej faktury nie trzeba wystawiać: usuń szkic."
    ),
    "advance-over-order": _(
        "Razem z tą zaliczką faktury zaliczkowe przekroczyłyby wartość zamówienia z faktury {number}: od przygotowania"
        " szkicu wystawiono inną zaliczkę. Otwórz „Popraw” i zmień kwotę."
    ),
    "settlement-outdated": _(
        "Od przygotowania tego rozliczenia zmieniły się zaliczki zamówienia z faktury {number}. Otwórz „Popraw”,"
        " sprawdź i zapisz ponownie; program odliczy je od nowa."
    ),
    "same-document": _("To ten sam dokument, bajt po bajcie, co {file}."),
    "mode-not-on": _(
        "Ministerstwo nie ogłasza teraz: {outage}. Wybierz tryb offline24: nie wymaga powodu, a jeśli awaria"
        " zostanie ogłoszona, termin sam się przesunie."
    ),
    "mode-not-that-day": _(
        "W dniu wystawienia {date} nie trwała jeszcze {outage}, więc nie wyznaczy terminu tej faktury. Wybierz tryb"
        " offline24: awaria ogłoszona później sama przesunie termin."
    ),
    "outage-maintenance": _("niedostępność KSeF"),
    "outage-failure": _("awaria KSeF"),
    "outage-total-failure": _("awaria całkowita KSeF"),
    "mode-online": _("Faktura powstaje w KSeF."),
    "mode-wish": _("Na życzenie wystawcy: offline24 nie wymaga powodu."),
    "mode-silent": _("KSeF nie odpowiada programowi (ostatnia próba {began})."),
    "mode-maintenance": _("Ministerstwo ogłosiło niedostępność KSeF od {began}. {title}"),
    "mode-failure": _("Ministerstwo ogłosiło awarię KSeF od {began}. {title}"),
    "mode-total-failure": _("Ogłoszono awarię całkowitą KSeF od {began}. {title}"),
    "mode-told-maintenance": _(
        "Wystawca wie o niedostępności z komunikatu Ministerstwa; Latarnia nie odpowiadała programowi."
    ),
    "mode-told-failure": _(
        "Wystawca wie o awarii z komunikatu Ministerstwa; Latarnia nie odpowiadała programowi."
    ),
    "mode-told-total-failure": _(
        "Wystawca wie o awarii całkowitej ze środków przekazu; Latarnia nie odpowiadała programowi."
    ),
    "deadline-online": _(
        "Jeśli faktura nie trafi do KSeF w dniu wystawienia ({date}), prawo uważa ją za fakturę offline24:"
        " ma być w KSeF do następnego dnia roboczego (art. 106nda). {skipped}"
    ),
    "deadline-offline24": _("Następny dzień roboczy po dniu wystawienia {date} (art. 106nda). {skipped}"),
    "deadline-maintenance": _(
        "Następny dzień roboczy po końcu niedostępności KSeF: {ended} (art. 106nh). {skipped}"
    ),
    "deadline-failure": _("Siódmy dzień roboczy po końcu awarii KSeF: {ended} (art. 106nf). {skipped}"),
    "deadline-maintenance-on": _(
        "Niedostępność KSeF trwa od {began}. Termin to następny dzień roboczy po jej końcu (art. 106nh)."
    ),
    "deadline-failure-on": _(
        "Awaria KSeF trwa od {began}. Termin to siódmy dzień roboczy po jej końcu (art. 106nf)."
    ),
    "deadline-unnamed-offline": _(
        "Program nie zna komunikatu o niedostępności z dnia wystawienia, więc nie zna terminu. Wyślij fakturę jak"
        " najszybciej: bezpieczny jest następny dzień roboczy."
    ),
    "deadline-unnamed-awaryjny": _(
        "Program nie zna komunikatu o awarii z dnia wystawienia, więc nie zna terminu. Wyślij fakturę jak"
        " najszybciej: bezpieczny jest następny dzień roboczy."
    ),
    "deadline-never": _("Faktury z awarii całkowitej nie przesyła się do KSeF (art. 106ng)."),
    "deadline-lifted": _(
        "Ogłoszono awarię całkowitą, gdy faktura czekała na wysłanie: obowiązek jej przesłania zniesiono"
        " (art. 106ng). Można ją wysłać mimo to."
    ),
    "deadline-skipped": _("Po drodze są dni wolne: {free_days}."),
    "letter-refused": _("Serwer poczty nie przyjął listu. Sprawdź adres i wyślij jeszcze raz."),
    "letter-doubt": _(
        "Program przestał działać albo stracił połączenie, gdy oddawał list serwerowi poczty, więc nie wie, czy nabywca"
        " go dostał. Sam nie wyśle go drugi raz: zapytaj nabywcę albo wyślij jeszcze raz."
    ),
    "letter-delayed": _("Serwer odbiorcy jeszcze nie przyjął listu; poczta próbuje dalej."),
    "returned-address": _(
        "List wrócił: nie ma takiego adresu albo skrzynka jest wyłączona. Popraw adres i wyślij jeszcze raz."
    ),
    "returned-domain": _(
        "List wrócił: serwer poczty z tego adresu nie istnieje albo nie odpowiada. Sprawdź, co stoi po @."
    ),
    "returned-full": _("List wrócił: skrzynka odbiorcy jest pełna. Wyślij później albo na inny adres."),
    "returned-large": _("List wrócił: jest za duży dla odbiorcy. Wyślij link zamiast załączników."),
    "returned-expired": _(
        "List wrócił: poczta próbowała go doręczyć, aż minął czas. Sprawdź adres i wyślij jeszcze raz."
    ),
    "returned-refused": _("List wrócił: serwer odbiorcy go nie wpuścił (zabezpieczenia albo filtr spamu)."),
    "returned": _("List wrócił niedoręczony."),
    "mailbox-unavailable": _(
        "Skrzynki, do której wracają listy, nie da się teraz odczytać (LICZYDLO_IMAP_URL)."
    ),
    "letter-not-printable": _(
        "Tej faktury nie można teraz wydać nabywcy: nie ma numeru KSeF ani kodów offline."
    ),
    "letter-paid": _("Zapłacono, zanim przypomnienie wyszło."),
    "letter-stopped": _(
        "Program sam nie wysyła listów na ten adres, bo poprzedni list stamtąd wrócił. Popraw adres kontrahenta i"
        " wyślij list z tej strony albo wybierz „Wysyłaj mimo to” u kontrahenta."
    ),
    "letter-no-print": _("Nie da się zrobić wydruku tej faktury. Wyślij ją po wyjaśnieniu przyczyny."),
    "number-used-here": _(
        "Sprzedaż {number} ({ksef_number}) wysłał do KSeF inny program, a tutaj ten numer ma inna faktura albo szkic."
        " Zmień numer szkicu albo go usuń: dokument zostanie potem pobrany sam."
    ),
}

register(TEXTS)

"""What sales itself has to say about an invoice, in both languages; KSeF's own words come from ``liczydlo.ksef``."""

from __future__ import annotations

from typing import Final

from liczydlo.web.reasons import Reason

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "attachment-needs-batch": (
        "Faktura z załącznikiem może być wysłana tylko w sesji wsadowej, po zgłoszeniu w e-Urzędzie Skarbowym zamiaru"
        " wystawiania takich faktur. Wysyłka wsadowa nie jest jeszcze dostępna, więc faktura została wstrzymana.",
        "An invoice with an attachment can be sent only in a batch session, after declaring in e-Urząd Skarbowy that"
        " such invoices will be issued. Batch sending is not available yet, so the invoice is held back.",
    ),
    "never-arrived": (
        "Połączenie urwało się w trakcie wysyłania. KSeF sprawdzony: faktury tam nie ma, zostanie wysłana jeszcze raz.",
        "The connection broke while sending. KSeF has been asked: the invoice is not there; it will be sent again.",
    ),
    "session-failed": (
        "KSeF przerwał sesję, w której wysłano fakturę. Zostanie wysłana w następnej.",
        "KSeF broke off the session in which the invoice was sent. It will be sent in the next one.",
    ),
    "try-again": (
        "KSeF przerwał przetwarzanie z własnych przyczyn. Faktura zostanie wysłana jeszcze raz.",
        "KSeF stopped processing for reasons of its own. The invoice will be sent again.",
    ),
    "gave-up": (
        "KSeF kilka razy z rzędu przerwał przetwarzanie tej faktury. Sprawdź szczegóły i wyślij ją ponownie.",
        "KSeF stopped processing this invoice several times in a row. Look at the details and send it again.",
    ),
    "duplicate": (
        "KSeF ma już inną fakturę tego sprzedawcy o tym samym numerze i rodzaju ({number}). Wystaw fakturę z innym"
        " numerem.",
        "KSeF already holds another invoice of this seller with the same number and kind ({number}). Issue the"
        " invoice under another number.",
    ),
    "duplicate-unproved": (
        "KSeF ma już fakturę tego sprzedawcy o tym samym numerze i rodzaju ({number}). Nie można jej odczytać, więc nie"
        " wiadomo, czy to ta sama faktura. Nadaj programowi uprawnienie do przeglądania faktur i wyślij fakturę"
        " ponownie: jeśli to ta sama, program odczyta jej numer.",
        "KSeF already holds an invoice of this seller with the same number and kind ({number}). It cannot be read, so"
        " that nobody knows whether it is the same one. Grant the program the permission to view invoices and send the"
        " invoice again: if it is the same one, the program reads its number.",
    ),
    "no-receipt": (
        "Faktura ma numer KSeF, ale mimo wielu prób KSeF nie wydał jej UPO, więc program przestał pytać. Jeśli wysłał"
        " ją inny program albo inna osoba, UPO jest u nich; można je też pobrać w Aplikacji Podatnika KSeF.",
        "The invoice has its KSeF number, but after many tries KSeF gave no UPO for it, so the program stopped asking."
        " If another program or person sent it, they have the UPO; it can also be had in the KSeF taxpayer's portal.",
    ),
    "no-permission": (
        "KSeF przyjął plik, ale ta osoba lub firma nie może wystawiać faktur w imieniu sprzedawcy. Po nadaniu"
        " uprawnienia do wystawiania faktur wyślij fakturę ponownie.",
        "KSeF took the file, but this person or company may not issue invoices for the seller. Once the permission to"
        " issue invoices is granted, send the invoice again.",
    ),
    "bad-file": (
        "KSeF odrzucił plik faktury: nie spełnia wymagań struktury FA(3). Popraw dane i wystaw fakturę jeszcze raz.",
        "KSeF rejected the invoice's file: it does not meet the FA(3) structure. Correct it and issue it again.",
    ),
    "bad-content": (
        "KSeF odrzucił treść faktury. Popraw dane i wystaw fakturę jeszcze raz.",
        "KSeF rejected the invoice's content. Correct it and issue it again.",
    ),
    "refused": (
        "KSeF nie przyjął pliku do przetwarzania. Sprawdź szczegóły; po usunięciu przyczyny wyślij fakturę ponownie.",
        "KSeF did not take the file for processing. Look at the details; once the cause is gone, send it again.",
    ),
    "rejected": (
        "KSeF odrzucił fakturę.",
        "KSeF rejected the invoice.",
    ),
    "recovered": (
        "Odpowiedź KSeF zginęła po drodze, ale faktura była już przyjęta: odczytano jej numer z KSeF.",
        "KSeF's answer was lost on the way, but the invoice had been accepted: its number was read from KSeF.",
    ),
    "environment-changed": (
        "Firma pracuje teraz w innym środowisku KSeF niż to, w którym wystawiono fakturę. Przywróć tamto środowisko w"
        " ustawieniach, żeby ją wysłać.",
        "The company now works with another KSeF environment than the one in which the invoice was issued. Switch back"
        " in the settings to send it.",
    ),
    "foreign-seller": (
        "Sprzedawcą na fakturze jest NIP {seller}, a wystawia ją firma o NIP {company}. Wybierz właściwą firmę albo"
        " popraw sprzedawcę.",
        "The seller on the invoice is NIP {seller}, but the issuing company is NIP {company}. Choose the right company"
        " or correct the seller.",
    ),
    "date-past": (
        "Data wystawienia (P_1) jest wcześniejsza niż dzisiejsza, więc KSeF oznaczy fakturę jako wystawioną offline.",
        "The issue date (P_1) is before today, so KSeF will mark the invoice as issued offline.",
    ),
    "number-used": (
        "Faktura o numerze {number} i tym samym rodzaju jest już na liście sprzedaży, a KSeF nie przyjmie drugiej"
        " takiej. Zmień numer albo otwórz tamtą fakturę.",
        "An invoice with the number {number} and the same kind is already on the sales list, and KSeF takes no second"
        " one. Change the number, or open that invoice.",
    ),
}


def reason(
    code: str, *, ksef_code: str = "", reference: str = "", details: tuple[str, ...] = (), **params: str
) -> Reason:
    """The reason of that code, its places filled with ``params``."""
    pl, en = TEXTS[code]
    return Reason(
        code=code,
        pl=pl.format(**params),
        en=en.format(**params),
        ksef_code=ksef_code,
        reference=reference,
        details=details,
    )

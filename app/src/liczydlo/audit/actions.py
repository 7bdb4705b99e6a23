"""What is worth a line in the audit log."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """Something done with a company's connection; the values are kept for ever, so they are never renamed."""

    CONNECTED = "connected", _("Dodano certyfikat do programu")
    REPLACED = "replaced", _("Zastąpiono certyfikat w programie")
    DELETED = "deleted", _("Usunięto certyfikat z programu")
    COPIED = "copied", _("Pobrano kopię certyfikatu z kluczem")
    PASSPHRASE_SET = "passphrase-set", _("Ustawiono hasło właściciela do klucza")
    PASSPHRASE_REMOVED = "passphrase-removed", _("Zdjęto hasło właściciela z klucza")
    KEYS_OPENED = "keys-opened", _("Otwarto klucze na czas pracy")
    KEYS_CLOSED = "keys-closed", _("Zamknięto klucze")
    SIGNIN_STARTED = "enrolment-started", _("Rozpoczęto połączenie w 3 krokach")
    SIGNIN_SIGNED = "enrolment-signed", _("Wgrano podpisany dokument logowania")
    SIGNIN_DONE = "enrolment-done", _("Zakończono połączenie w 3 krokach")
    SIGNIN_FAILED = "enrolment-failed", _("Połączenie w 3 krokach nie udało się")
    SIGNIN_STOPPED = "enrolment-stopped", _("Przerwano połączenie w 3 krokach")
    CERTIFICATE_REQUESTED = "certificate-requested", _("Złożono wniosek o certyfikat KSeF")
    CERTIFICATE_ISSUED = "certificate-issued", _("Otrzymano certyfikat KSeF")
    CERTIFICATE_REFUSED = "certificate-refused", _("KSeF odrzucił wniosek o certyfikat")
    CERTIFICATE_RENEWED = "certificate-renewed", _("Odnowiono certyfikat KSeF")
    CERTIFICATE_REVOKED = "certificate-revoked", _("Unieważniono certyfikat KSeF")
    CERTIFICATE_VOID = "certificate-void", _("KSeF przestał uznawać certyfikat")
    UPO_SIGNER_CHANGED = "upo-signer-changed", _("UPO podpisał ktoś inny niż dotąd")
    UPO_SIGNER_CONFIRMED = "upo-signer-confirmed", _("Potwierdzono, kto podpisuje UPO")
    UPO_SIGNER_WITHDRAWN = "upo-signer-withdrawn", _("Cofnięto potwierdzenie, kto podpisuje UPO")
    GRANTED = "granted", _("Nadano uprawnienia w KSeF")
    REVOKED = "revoked", _("Odebrano uprawnienie w KSeF")
    TOKEN_MADE = "token-made", _("Utworzono token KSeF")
    TOKEN_REVOKED = "token-revoked", _("Unieważniono token KSeF")
    TOKEN_STORED = "token-stored", _("Połączono z KSeF tokenem")
    TOKEN_DELETED = "token-deleted", _("Usunięto token z programu")
    SESSION_ENDED = "session-ended", _("Zakończono sesję logowania w KSeF")
    WEBHOOK_ADDED = "webhook-added", _("Dodano adres webhooka")
    WEBHOOK_REMOVED = "webhook-removed", _("Usunięto adres webhooka")
    ACCOUNT_ADDED = "account-added", _("Dodano rachunek bankowy firmy")
    ACCOUNT_CHANGED = "account-changed", _("Zmieniono rachunek bankowy firmy")
    ACCOUNT_REMOVED = "account-removed", _("Usunięto rachunek bankowy firmy")
    SERVICE_ON = "service-on", _("Włączono usługę zewnętrzną")
    SERVICE_OFF = "service-off", _("Wyłączono usługę zewnętrzną")
    CONTRACTOR_ERASED = "contractor-erased", _("Usunięto dane kontrahenta")
    SELLER_TRUSTED = "seller-trusted", _("Oznaczono zaufanego sprzedawcę")
    SELLER_NOT_TRUSTED = "seller-not-trusted", _("Cofnięto zaufanie do sprzedawcy")
    SELLER_HIDDEN = "seller-hidden", _("Ukryto faktury sprzedawcy")
    SELLER_SHOWN = "seller-shown", _("Przywrócono faktury sprzedawcy")
    ABUSE_REPORTED = "abuse-reported", _("Oznaczono fakturę jako zgłoszone nadużycie")
    ABUSE_TAKEN_BACK = "abuse-taken-back", _("Cofnięto oznaczenie zgłoszonego nadużycia")
    TRANSFERS_PREPARED = "transfers-prepared", _("Przygotowano zlecenie przelewów")
    TRANSFERS_DOWNLOADED = "transfers-downloaded", _("Pobrano plik przelewów")
    TRANSFER_UNLISTED = (
        "transfer-unlisted",
        _("Pobrano plik przelewów, choć Biała lista nie potwierdziła rachunku"),
    )
    TRANSFERS_PAID = "transfers-paid", _("Oznaczono zlecenie przelewów jako zapłacone")
    TRANSFERS_CANCELLED = "transfers-cancelled", _("Anulowano zlecenie przelewów")
    COST_DELETED = "cost-deleted", _("Usunięto koszt spoza KSeF")
    COLLECTIVE_MADE = "collective-made", _("Utworzono identyfikator zbiorczy w KSeF")
    ENVIRONMENT_CHANGED = "environment-changed", _("Zmieniono środowisko KSeF")
    MEMBER_INVITED = "member-invited", _("Zaproszono osobę do firmy")
    INVITATION_WITHDRAWN = "invitation-withdrawn", _("Wycofano zaproszenie")
    MEMBER_JOINED = "member-joined", _("Osoba dołączyła do firmy")
    MEMBER_ROLE_CHANGED = "member-role-changed", _("Zmieniono rolę osoby")
    MEMBER_REMOVED = "member-removed", _("Usunięto osobę z firmy")
    ADDRESS_CONFIRMED = "address-confirmed", _("Właściciel potwierdził adres e-mail osoby")
    ZAWFA_PREPARED = "zawfa-prepared", _("ZAW-FA: do złożenia")
    ZAWFA_FILED = "zawfa-filed", _("ZAW-FA: złożono")
    ZAWFA_ACCEPTED = "zawfa-accepted", _("ZAW-FA: przyjęto")

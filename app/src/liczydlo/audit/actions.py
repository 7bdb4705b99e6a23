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
    GRANTED = "granted", _("Nadano uprawnienia w KSeF")
    REVOKED = "revoked", _("Odebrano uprawnienie w KSeF")
    TOKEN_MADE = "token-made", _("Utworzono token KSeF")
    TOKEN_REVOKED = "token-revoked", _("Unieważniono token KSeF")
    TOKEN_STORED = "token-stored", _("Połączono z KSeF tokenem")
    TOKEN_DELETED = "token-deleted", _("Usunięto token z programu")
    SESSION_ENDED = "session-ended", _("Zakończono sesję logowania w KSeF")
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

"""What can be wrong with a company's connection, with what to do about it, in Polish and English."""

from __future__ import annotations

from typing import Literal

from liczydlo.companies.nips import NipTaken
from liczydlo.ksef.credentials import CredentialError
from liczydlo.ksef.environments import Environment
from liczydlo.ksef.errors import KsefError, Refusal, Unavailable

Language = Literal["pl", "en"]
File = Literal["key", "certificate", "password", ""]

TEXTS: dict[str, tuple[str, str]] = {
    # NotConnected
    "not-connected": (
        "Firma nie jest połączona z KSeF w środowisku {environment}. Dodaj certyfikat uwierzytelniający: Dane i"
        " ustawienia → KSeF.",
        "The company is not connected to KSeF in the {environment} environment. Add an authentication certificate:"
        " Data and settings → KSeF.",
    ),
    "certificate-expired": (
        "Certyfikat uwierzytelniający wygasł {date}. Pobierz nowy w Aplikacji Podatnika KSeF i dodaj go: Dane i"
        " ustawienia → KSeF.",
        "The authentication certificate expired on {date}. Get a new one in the KSeF taxpayer's portal and add it:"
        " Data and settings → KSeF.",
    ),
    "no-offline-certificate": (
        "Firma nie ma certyfikatu offline w środowisku {environment}, a bez niego nie powstanie KOD II. Dodaj go: Dane"
        " i ustawienia → KSeF → Praca w trybie offline.",
        "The company has no offline certificate in the {environment} environment, and without one there is no KOD II."
        " Add it: Data and settings → KSeF → Working offline.",
    ),
    "offline-certificate-expired": (
        "Certyfikat offline wygasł {date}. Pobierz nowy w Aplikacji Podatnika KSeF i dodaj go: Dane i ustawienia →"
        " KSeF → Praca w trybie offline.",
        "The offline certificate expired on {date}. Get a new one in the KSeF taxpayer's portal and add it: Data and"
        " settings → KSeF → Working offline.",
    ),
    "key-not-readable": (
        "Zapisanego klucza nie da się odszyfrować: brakuje klucza głównego programu albo zapis jest uszkodzony."
        " Przywróć plik master.key z kopii zapasowej albo usuń certyfikat i dodaj go jeszcze raz.",
        "The stored key cannot be decrypted: the program's master key is missing or the record is damaged. Restore"
        " master.key from a backup, or remove the certificate and add it again.",
    ),
    "key-locked": (
        "Klucze firmy są zamknięte hasłem właściciela. Otwórz je na czas pracy: Dane i ustawienia → KSeF → Certyfikaty"
        " → Hasło do kluczy.",
        "The company's keys are closed with the owner's passphrase. Open them for the working session: Data and"
        " settings → KSeF → Certificates → Passphrase of the keys.",
    ),
    "token-not-readable": (
        "Zapisanego tokena nie da się odszyfrować: brakuje klucza głównego programu albo zapis jest uszkodzony."
        " Przywróć plik master.key z kopii zapasowej albo usuń token i dodaj go jeszcze raz.",
        "The stored token cannot be decrypted: the program's master key is missing or the record is damaged. Restore"
        " master.key from a backup, or remove the token and add it again.",
    ),
    # NotStored
    "no-files": (
        "Nie wybrano plików. Dodaj klucz (.key) i certyfikat (.crt, .cer, .cert lub .pem) albo jeden plik .p12.",
        "No files were chosen. Add the key (.key) and the certificate (.crt, .cer, .cert or .pem), or one .p12 file.",
    ),
    "no-key-file": (
        "Brakuje pliku z kluczem prywatnym (.key). Jest to plik zapisany przy składaniu wniosku o certyfikat.",
        "The private key file (.key) is missing. It is the file saved when the certificate was requested.",
    ),
    "no-certificate-file": (
        "Brakuje pliku z certyfikatem (.crt, .cer, .cert lub .pem). Pobierz go z listy certyfikatów w Aplikacji"
        " Podatnika KSeF.",
        "The certificate file (.crt, .cer, .cert or .pem) is missing. Download it from the list of certificates in the"
        " KSeF taxpayer's portal.",
    ),
    "too-many-files": (
        "Wybrano za dużo plików. Potrzebne są dwa: klucz i certyfikat, albo jeden plik .p12.",
        "Too many files were chosen. Two are needed, the key and the certificate, or one .p12 file.",
    ),
    "other-company": (
        "Certyfikat jest prawdziwy, ale należy do podmiotu „{holder}”, który nie ma w KSeF uprawnień do działania za"
        " firmę o NIP {company}. Wybierz certyfikat tej firmy albo poproś jej właściciela o nadanie uprawnień w KSeF.",
        "The certificate is genuine, but it belongs to “{holder}”, who has no permission in KSeF to act for the company"
        " with NIP {company}. Choose this company's certificate, or ask its owner to grant permissions in KSeF.",
    ),
    "other-environment": (
        "KSeF w środowisku {environment} nie zna tego certyfikatu. Najpewniej pochodzi z innego środowiska albo został"
        " unieważniony. Sprawdź środowisko w danych firmy, a w razie potrzeby pobierz nowy certyfikat.",
        "KSeF in the {environment} environment does not know this certificate. It is probably of another environment,"
        " or it was revoked. Check the environment in the company's data; if need be, get a new certificate.",
    ),
    "emulator-certificate": (
        "Ten certyfikat wydał emulator KSeF, a firma pracuje w środowisku {environment}. Wybierz certyfikat z Aplikacji"
        " Podatnika tego środowiska albo zmień środowisko w danych firmy.",
        "This certificate was issued by the KSeF emulator, but the company works in the {environment} environment."
        " Choose a certificate from that environment's portal, or change the environment in the company's data.",
    ),
    "stored-elsewhere": (
        "Ten certyfikat należy do środowiska {other}: jest tam już zapisany w programie, a certyfikat działa tylko w"
        " jednym środowisku. Pobierz nowy w środowisku {environment} i dodaj go tutaj.",
        "This certificate is of the {other} environment: it is kept there in the program already, and a certificate"
        " works in one environment only. Get a new one in the {environment} environment and add it here.",
    ),
    "revoked": (
        "KSeF podaje, że ten certyfikat jest unieważniony lub zablokowany. Pobierz nowy w Aplikacji Podatnika KSeF.",
        "KSeF says that this certificate is revoked or blocked. Get a new one in the KSeF taxpayer's portal.",
    ),
    "no-rights-sole": (
        "Podpis jest prawidłowy, ale „{signer}” nie ma w KSeF uprawnień do działania za firmę o NIP {company}. Podpisać"
        " ma właściciel firmy albo osoba, której nadał on w KSeF uprawnienia.",
        "The signature is right, but “{signer}” has no permission in KSeF to act for the company with NIP {company}."
        " It has to be signed by the owner, or by somebody to whom the owner granted permissions in KSeF.",
    ),
    "no-rights-company": (
        "Podpis jest prawidłowy, ale „{signer}” nie ma w KSeF uprawnień do działania za spółkę o NIP {company}. Podpisz"
        " pieczęcią kwalifikowaną spółki albo złóż w urzędzie skarbowym ZAW-FA, które wskaże tę osobę; potem spróbuj"
        " ponownie.",
        "The signature is right, but “{signer}” has no permission in KSeF to act for the company with NIP {company}."
        " Sign with the company's qualified seal, or file ZAW-FA at the tax office to name this person, and try again.",
    ),
    "no-identity": (
        "Certyfikat w tym pliku nie zawiera numeru NIP ani PESEL, więc KSeF nie wyda na jego podstawie certyfikatów."
        " Podpisz dokument profilem zaufanym albo certyfikatem, który zawiera taki numer.",
        "The certificate in this file has neither a NIP nor a PESEL, so KSeF issues no certificates on its strength."
        " Sign with a trusted profile, or with a certificate that has such a number.",
    ),
    "nip-taken": (
        "Logowanie do KSeF się udało, ale firma o NIP {nip} jest już prowadzona w tej instalacji przez: {owners}."
        " Poproś o dostęp do niej. Połączenie nie zostało zapisane; to, co jest w programie, zostaje.",
        "The login to KSeF succeeded, but the company with NIP {nip} is already kept in this installation by: {owners}."
        " Ask for access to it. The connection was not stored; what is in the program stays.",
    ),
    "ksef-away": (
        "{said} Nic nie zostało zapisane ani zmienione; pliki i hasło są w porządku.",
        "{said} Nothing was stored or changed; the files and the password are all right.",
    ),
    "emulator-away": (
        "Emulator KSeF nie odpowiada pod adresem {address}. Uruchom go i spróbuj ponownie. Nic nie zostało zapisane ani"
        " zmienione; pliki i hasło są w porządku.",
        "The KSeF emulator does not answer at {address}. Start it and try again. Nothing was stored or changed; the"
        " files and the password are all right.",
    ),
    "ksef-refused": (
        "Nie udało się zalogować do KSeF. {said}",
        "Logging in to KSeF did not succeed. {said}",
    ),
    "changed-meanwhile": (
        "W trakcie sprawdzania zmieniono środowisko firmy. Nic nie zostało zapisane; wgraj certyfikat jeszcze raz.",
        "The company's environment was changed during the check. Nothing was stored; upload the certificate again.",
    ),
}


class ConnectionProblem(Exception):
    """What the two errors share: a stable ``code``, a ``reference`` of KSeF's, and the text."""

    def __init__(self, code: str, *, reference: str | None = None, **params: str) -> None:
        """``code`` is a key of ``TEXTS``; ``params`` fill its text."""
        super().__init__(code)
        self.code = code
        self.reference = reference
        self.params = params

    def text(self, language: Language = "pl") -> str:
        """What happened, why, and what to do now."""
        return TEXTS[self.code][0 if language == "pl" else 1].format(**self.params)


class NotConnected(ConnectionProblem):
    """The company has no usable certificate for what was asked.

    ``code``: ``not-connected``, ``certificate-expired``, ``no-offline-certificate``, ``offline-certificate-expired``,
    ``key-not-readable``, ``token-not-readable``.
    """


class NotStored(ConnectionProblem):
    """Files that were not stored, and why; ``code`` is one of ours or of ``ksef.credential_errors``.

    ``file`` says which field the mistake is in. ``ksef_code`` is KSeF's, where KSeF said no. ``temporary`` when the
    same files may do later.
    """

    def __init__(
        self,
        code: str,
        *,
        file: File = "",
        reference: str | None = None,
        ksef_code: str = "",
        temporary: bool = False,
        texts: tuple[str, str] | None = None,
        **params: str,
    ) -> None:
        """``texts`` are the Polish and the English text, where they are not in ``TEXTS``."""
        super().__init__(code, reference=reference, **params)
        self.file = file
        self.ksef_code = ksef_code
        self.temporary = temporary
        self._texts = texts

    def text(self, language: Language = "pl") -> str:
        """What happened, why, and what to do now."""
        if self._texts:
            return self._texts[0 if language == "pl" else 1]
        return super().text(language)

    @classmethod
    def of_nip(cls, nip: str, error: NipTaken) -> NotStored:
        """The NIP is another company's of this installation."""
        return cls("nip-taken", nip=nip, owners=error.owners)

    @classmethod
    def of_files(cls, error: CredentialError) -> NotStored:
        """Files that cannot be read or used, in the words of the KSeF client."""
        fields: dict[str, File] = {
            "wrong-password": "password",
            "password-needed": "password",
            "weak-key": "key",
            "unsupported-key": "key",
            "oversized-key": "key",
            "several-keys": "key",
            "not-a-key": "key",
            "expired": "certificate",
            "not-yet-valid": "certificate",
            "offline-as-authentication": "certificate",
            "authentication-as-offline": "certificate",
            "several-certificates": "certificate",
        }
        of_file: dict[str | None, File] = {"key": "key", "pkcs12": "key", "certificate": "certificate"}
        return cls(
            error.code,
            file=fields.get(error.code, of_file.get(error.file, "")),
            texts=(error.text("pl"), error.text("en")),
        )

    @classmethod
    def of_login(cls, error: KsefError, where: Environment) -> NotStored:
        """A login that KSeF did not let through, or could not answer."""
        if where.name == "EMULATOR" and isinstance(error, Unavailable) and error.code == "network":
            address = where.api.removesuffix("/v2")
            return cls("emulator-away", ksef_code=error.code, temporary=True, address=address)
        if not isinstance(error, Refusal):
            return cls(
                "ksef-away",
                reference=error.reference,
                ksef_code=error.code,
                temporary=True,
                texts=(_away(error, "pl"), _away(error, "en")),
            )
        # 21115: the certificate is not one of this KSeF; 460: it is, but not (or no longer) good (OpenAPI, login)
        if error.code in {"21115", "460"}:
            return cls(
                "other-environment",
                file="certificate",
                reference=error.reference,
                ksef_code=error.code,
                environment=where.name,
            )
        return cls(
            "ksef-refused",
            reference=error.reference,
            ksef_code=error.code,
            texts=(_refused(error, "pl"), _refused(error, "en")),
        )


def _away(error: KsefError, language: Language) -> str:
    return TEXTS["ksef-away"][0 if language == "pl" else 1].format(said=error.text(language))


def _refused(error: KsefError, language: Language) -> str:
    return TEXTS["ksef-refused"][0 if language == "pl" else 1].format(said=error.text(language))

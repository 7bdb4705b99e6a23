"""Every way in which a pair of key and certificate files can be wrong, with what to do about it."""

from __future__ import annotations

from typing import Final

from liczydlo.ksef.messages import Language

MAX_FILE_SIZE: Final = 100 * 1024
"""Bytes; a key, a certificate or a PKCS#12 with its chain takes a tenth of it."""

_FILE = {
    "key": ("klucza", "key"),
    "certificate": ("certyfikatu", "certificate"),
    "pkcs12": (".p12", ".p12"),
}

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "empty-file": (
        "Plik {file} jest pusty. Wybierz go jeszcze raz albo pobierz ponownie.",
        "The {file} file is empty. Choose it again or download it anew.",
    ),
    "too-large": (
        "Plik {file} jest za duży na klucz lub certyfikat (najwyżej 100 KB). Wybierz właściwy plik.",
        "The {file} file is too large for a key or certificate (100 KB at most). Choose the right file.",
    ),
    "swapped-files": (
        "Pliki są zamienione: w polu klucza jest certyfikat, a w polu certyfikatu klucz. Zamień je"
        " miejscami.",
        "The files are swapped: the key field has the certificate and the certificate field has the key."
        " Swap them.",
    ),
    "two-keys": (
        "Oba pliki to klucze. W polu certyfikatu wybierz plik .crt, .cer, .cert lub .pem z certyfikatem.",
        "Both files are keys. In the certificate field choose the .crt, .cer, .cert or .pem file with"
        " the certificate.",
    ),
    "two-certificates": (
        "Oba pliki to certyfikaty. W polu klucza wybierz plik .key zapisany przy składaniu wniosku o"
        " certyfikat.",
        "Both files are certificates. In the key field choose the .key file saved when the certificate"
        " was requested.",
    ),
    "pkcs12": (
        "Plik {file} to paczka PKCS#12 (.p12, .pfx), która zawiera i klucz, i certyfikat. Wybierz sposób"
        " „jeden plik"
        " .p12” zamiast dwóch plików.",
        "The {file} file is a PKCS#12 bundle (.p12, .pfx) with both the key and the certificate. Choose"
        " “one .p12 file”"
        " instead of two files.",
    ),
    "pdf-file": (
        "Plik {file} to dokument PDF, a nie klucz ani certyfikat. Pobierz plik certyfikatu z Aplikacji"
        " Podatnika KSeF.",
        "The {file} file is a PDF document, not a key or certificate. Download the certificate's file"
        " from the KSeF"
        " taxpayer's portal.",
    ),
    "html-file": (
        "Plik {file} to strona internetowa. Pobieranie się nie udało; pobierz plik jeszcze raz.",
        "The {file} file is a web page. The download failed; download the file again.",
    ),
    "archive-file": (
        "Plik {file} to archiwum. Rozpakuj je i wybierz plik z jego środka.",
        "The {file} file is an archive. Unpack it and choose the file inside.",
    ),
    "image-file": (
        "Plik {file} to obraz, a nie klucz ani certyfikat.",
        "The {file} file is a picture, not a key or certificate.",
    ),
    "xml-file": (
        "Plik {file} to XML, a nie klucz ani certyfikat.",
        "The {file} file is XML, not a key or certificate.",
    ),
    "csr-file": (
        "Plik {file} to wniosek o certyfikat (CSR). Certyfikat pobierzesz, gdy KSeF go wyda.",
        "The {file} file is a certificate request (CSR). The certificate can be downloaded once KSeF has"
        " issued it.",
    ),
    "public-key": (
        "Plik {file} zawiera tylko klucz publiczny. Potrzebny jest klucz prywatny, plik .key.",
        "The {file} file has only a public key. The private key is needed, the .key file.",
    ),
    "not-a-key": (
        "W pliku klucza nie ma klucza prywatnego. Wybierz plik .key zapisany przy składaniu wniosku o"
        " certyfikat.",
        "There is no private key in the key file. Choose the .key file saved when the certificate was"
        " requested.",
    ),
    "not-a-certificate": (
        "W pliku certyfikatu nie ma certyfikatu. Wybierz plik .crt, .cer, .cert lub .pem.",
        "There is no certificate in the certificate file. Choose the .crt, .cer, .cert or .pem file.",
    ),
    "not-pkcs12": (
        "To nie jest paczka PKCS#12 (.p12, .pfx). Jeśli masz osobno klucz i certyfikat, wybierz dwa pliki.",
        "This is not a PKCS#12 bundle (.p12, .pfx). If the key and the certificate are separate, choose"
        " two files.",
    ),
    "pkcs12-without-key": (
        "W paczce .p12 nie ma klucza prywatnego. Wyeksportuj certyfikat razem z kluczem.",
        "There is no private key in the .p12 bundle. Export the certificate together with its key.",
    ),
    "pkcs12-without-certificate": (
        "W paczce .p12 nie ma certyfikatu pasującego do klucza. Wyeksportuj certyfikat razem z kluczem.",
        "There is no certificate for the key in the .p12 bundle. Export the certificate together with"
        " its key.",
    ),
    "password-needed": (
        "Klucz jest zaszyfrowany. Podaj hasło, które ustawiono przy składaniu wniosku o certyfikat.",
        "The key is encrypted. Enter the password that was set when the certificate was requested.",
    ),
    "wrong-password": (
        "Hasło nie pasuje do klucza. Podaj hasło ustawione przy składaniu wniosku o certyfikat; nie jest"
        " to hasło do Profilu Zaufanego.",
        "The password does not fit the key. Enter the one set when the certificate was requested; it is"
        " not the password of the trusted profile.",
    ),
    "damaged-file": (
        "Plik {file} jest uszkodzony albo ucięty: to nie wina hasła. Pobierz go albo skopiuj jeszcze raz, w"
        " całości.",
        "The {file} file is damaged or cut off; the password is not to blame. Download or copy it again, the"
        " whole of it.",
    ),
    "excessive-protection": (
        "Plik {file} żąda tylu obliczeń przy sprawdzaniu hasła, że nie zapisał go żaden zwykły program. Zapisz"
        " klucz jeszcze raz: openssl pkcs8 -topk8 -v2 aes-256-cbc -in stary.key -out nowy.key",
        "The {file} file demands so much computing to check its password that no ordinary program wrote it."
        " Save the key again: openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.key -out new.key",
    ),
    "oversized-key": (
        "Klucz jest za długi: program przyjmuje RSA do 4096 bitów. Wystąp o certyfikat z kluczem RSA 2048 lub"
        " EC P-256.",
        "The key is too long: RSA of up to 4096 bits is accepted. Request a certificate with an RSA 2048 or an"
        " EC P-256 key.",
    ),
    "unsupported-cipher": (
        "Plik {file} zaszyfrowano algorytmem {cipher}, którego program nie otwiera; hasło może być dobre."
        " Zapisz klucz jeszcze raz: openssl pkey -aes256 -in stary.key -out nowy.key",
        "The {file} file is encrypted with {cipher}, which this program does not open; the password may be"
        " right. Save the key again: openssl pkey -aes256 -in old.key -out new.key",
    ),
    "pkcs7-without-certificate": (
        "Plik {file} to paczka PKCS#7 (.p7b, .p7s) bez certyfikatu, który dałoby się odczytać. Wybierz plik .crt,"
        " .cer, .cert lub .pem.",
        "The {file} file is a PKCS#7 bundle (.p7b, .p7s) without a certificate that can be read. Choose the .crt,"
        " .cer, .cert or .pem file.",
    ),
    "several-keys": (
        "W pliku jest kilka kluczy prywatnych i nie wiadomo, którego użyć. Wybierz plik z jednym kluczem.",
        "The file has several private keys. Choose a file with one key.",
    ),
    "several-certificates": (
        "W pliku jest kilka certyfikatów tego samego klucza. Wybierz plik z jednym certyfikatem.",
        "The file has several certificates of the same key. Choose a file with one certificate.",
    ),
    "key-mismatch": (
        "Klucz i certyfikat nie są parą. Wybierz klucz zapisany przy wniosku o ten właśnie certyfikat:"
        " certyfikaty"
        " uwierzytelniający i offline mają osobne klucze.",
        "The key and the certificate are not a pair. Choose the key saved with the request for this very"
        " certificate: the"
        " authentication and the offline certificate have separate keys.",
    ),
    "weak-key": (
        "Klucz jest za krótki. KSeF wymaga RSA od 2048 bitów albo krzywej od 256 bitów. Wystąp o nowy"
        " certyfikat.",
        "The key is too short. KSeF requires RSA of 2048 bits or a curve of 256 bits at least. Request a"
        " new certificate.",
    ),
    "unsupported-key": (
        "KSeF nie obsługuje takiego rodzaju klucza. Potrzebny jest RSA lub EC. Wystąp o nowy certyfikat.",
        "KSeF does not support this kind of key. RSA or EC is needed. Request a new certificate.",
    ),
    "offline-as-authentication": (
        "To jest certyfikat offline, do podpisywania kodów na fakturach. Do połączenia z KSeF potrzebny jest"
        " certyfikat uwierzytelniający („Uwierzytelnienie w systemie KSeF”).",
        "This is an offline certificate, for signing the codes on invoices. To connect to KSeF an"
        " authentication"
        " certificate is needed (“Uwierzytelnienie w systemie KSeF”).",
    ),
    "authentication-as-offline": (
        "To nie jest certyfikat offline. Do pracy w trybie offline potrzebny jest certyfikat KSeF o"
        " przeznaczeniu"
        " „Podpis linku do weryfikacji wystawcy”.",
        "This is not an offline certificate. Offline work needs a KSeF certificate whose purpose is"
        " “Podpis linku do"
        " weryfikacji wystawcy”.",
    ),
    "expired": (
        "Certyfikat wygasł {date}. Pobierz nowy w Aplikacji Podatnika KSeF.",
        "The certificate expired on {date}. Get a new one in the KSeF taxpayer's portal.",
    ),
    "not-yet-valid": (
        "Certyfikat zacznie obowiązywać dopiero {date}. Wróć wtedy albo użyj innego.",
        "The certificate comes into force only on {date}. Come back then or use another one.",
    ),
}
"""Code → texts in Polish and English; ``{file}``, ``{date}``, ``{cipher}`` are filled from the error's parameters."""


class CredentialError(Exception):
    """Key and certificate files that cannot be used; ``code`` is a key of :data:`TEXTS`.

    ``file`` tells which of the files is meant (``key``, ``certificate``, ``pkcs12``), ``date`` (ISO) goes
    with ``expired`` and ``not-yet-valid``, ``cipher`` with ``unsupported-cipher``. Neither the files' content
    nor the password is ever in it.
    """

    def __init__(
        self, code: str, *, file: str | None = None, date: str | None = None, cipher: str | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.file = file
        self.date = date
        self.cipher = cipher

    def text(self, language: Language = "pl") -> str:
        """What is wrong with which file, and what to do."""
        column = 0 if language == "pl" else 1
        file = _FILE[self.file][column] if self.file else ""
        text = TEXTS[self.code][column].format(file=file, date=self.date or "", cipher=self.cipher or "")
        return text.replace("  ", " ")

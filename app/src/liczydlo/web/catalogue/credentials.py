"""What is wrong with key and certificate files, and what to do about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liczydlo.ksef.credential_errors import FAMILY
from liczydlo.web.catalogue.registry import Text, register

TEXTS: dict[str, Text] = {
    "empty-file": _("Plik {file} jest pusty. Wybierz go jeszcze raz albo pobierz ponownie."),
    "too-large": _(
        "Plik {file} jest za duży na klucz lub certyfikat (najwyżej 100 KB). Wybierz właściwy plik."
    ),
    "swapped-files": _(
        "Pliki są zamienione: w polu klucza jest certyfikat, a w polu certyfikatu klucz. Zamień je miejscami."
    ),
    "two-keys": _(
        "Oba pliki to klucze. W polu certyfikatu wybierz plik .crt, .cer, .cert lub .pem z certyfikatem."
    ),
    "two-certificates": _(
        "Oba pliki to certyfikaty. W polu klucza wybierz plik .key zapisany przy składaniu wniosku o"
        " certyfikat."
    ),
    "pkcs12": _(
        "Plik {file} to paczka PKCS#12 (.p12, .pfx), która zawiera i klucz, i certyfikat. Wybierz sposób"
        " „jeden plik .p12” zamiast dwóch plików."
    ),
    "pdf-file": _(
        "Plik {file} to dokument PDF, a nie klucz ani certyfikat. Pobierz plik certyfikatu z Aplikacji"
        " Podatnika KSeF."
    ),
    "html-file": _("Plik {file} to strona internetowa. Pobieranie się nie udało; pobierz plik jeszcze raz."),
    "archive-file": _("Plik {file} to archiwum. Rozpakuj je i wybierz plik z jego środka."),
    "image-file": _("Plik {file} to obraz, a nie klucz ani certyfikat."),
    "xml-file": _("Plik {file} to XML, a nie klucz ani certyfikat."),
    "csr-file": _("Plik {file} to wniosek o certyfikat (CSR). Certyfikat pobierzesz, gdy KSeF go wyda."),
    "public-key": _("Plik {file} zawiera tylko klucz publiczny. Potrzebny jest klucz prywatny, plik .key."),
    "not-a-key": _(
        "W pliku klucza nie ma klucza prywatnego. Wybierz plik .key zapisany przy składaniu wniosku o"
        " certyfikat."
    ),
    "not-a-certificate": _(
        "W pliku certyfikatu nie ma certyfikatu. Wybierz plik .crt, .cer, .cert lub .pem."
    ),
    "not-pkcs12": _(
        "To nie jest paczka PKCS#12 (.p12, .pfx). Jeśli masz osobno klucz i certyfikat, wybierz dwa pliki."
    ),
    "pkcs12-without-key": _(
        "W paczce .p12 nie ma klucza prywatnego. Wyeksportuj certyfikat razem z kluczem."
    ),
    "pkcs12-without-certificate": _(
        "W paczce .p12 nie ma certyfikatu pasującego do klucza. Wyeksportuj certyfikat razem z kluczem."
    ),
    "password-needed": _(
        "Klucz jest zaszyfrowany. Podaj hasło, które ustawiono przy składaniu wniosku o certyfikat."
    ),
    "wrong-password": _(
        "Hasło nie pasuje do klucza. Podaj hasło ustawione przy składaniu wniosku o certyfikat; nie jest to"
        " hasło do Profilu Zaufanego."
    ),
    "damaged-file": _(
        "Plik {file} jest uszkodzony albo ucięty: to nie wina hasła. Pobierz go albo skopiuj jeszcze raz, w"
        " całości."
    ),
    "excessive-protection": _(
        "Plik {file} żąda tylu obliczeń przy sprawdzaniu hasła, że nie zapisał go żaden zwykły program."
        " Zapisz klucz jeszcze raz: openssl pkcs8 -topk8 -v2 aes-256-cbc -in stary.key -out nowy.key"
    ),
    "oversized-key": _(
        "Klucz jest za długi: program przyjmuje RSA do 4096 bitów. Wystąp o certyfikat z kluczem RSA 2048"
        " lub EC P-256."
    ),
    "unsupported-cipher": _(
        "Plik {file} zaszyfrowano algorytmem {cipher}, którego program nie otwiera; hasło może być dobre."
        " Zapisz klucz jeszcze raz: openssl pkey -aes256 -in stary.key -out nowy.key"
    ),
    "pkcs7-without-certificate": _(
        "Plik {file} to paczka PKCS#7 (.p7b, .p7s) bez certyfikatu, który dałoby się odczytać. Wybierz plik"
        " .crt, .cer, .cert lub .pem."
    ),
    "several-keys": _(
        "W pliku jest kilka kluczy prywatnych i nie wiadomo, którego użyć. Wybierz plik z jednym kluczem."
    ),
    "several-certificates": _(
        "W pliku jest kilka certyfikatów tego samego klucza. Wybierz plik z jednym certyfikatem."
    ),
    "key-mismatch": _(
        "Klucz i certyfikat nie są parą. Wybierz klucz zapisany przy wniosku o ten właśnie certyfikat:"
        " certyfikaty uwierzytelniający i offline mają osobne klucze."
    ),
    "weak-key": _(
        "Klucz jest za krótki. KSeF wymaga RSA od 2048 bitów albo krzywej od 256 bitów. Wystąp o nowy"
        " certyfikat."
    ),
    "unsupported-key": _(
        "KSeF nie obsługuje takiego rodzaju klucza. Potrzebny jest RSA lub EC. Wystąp o nowy certyfikat."
    ),
    "offline-as-authentication": _(
        "To jest certyfikat offline, do podpisywania kodów na fakturach. Do połączenia z KSeF potrzebny"
        " jest certyfikat uwierzytelniający („Uwierzytelnienie w systemie KSeF”)."
    ),
    "authentication-as-offline": _(
        "To nie jest certyfikat offline. Do pracy w trybie offline potrzebny jest certyfikat KSeF o"
        " przeznaczeniu „Podpis linku do weryfikacji wystawcy”."
    ),
    "expired": _("Certyfikat wygasł {date}. Pobierz nowy w Aplikacji Podatnika KSeF."),
    "not-yet-valid": _("Certyfikat zacznie obowiązywać dopiero {date}. Wróć wtedy albo użyj innego."),
    # {file}
    "file-key": _("klucza"),
    "file-certificate": _("certyfikatu"),
    "file-pkcs12": _(".p12"),
}

register(TEXTS, family=FAMILY)

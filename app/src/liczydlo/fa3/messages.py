"""The texts of problems, by code. ``{path}`` and the named params are filled in by ``Problem.text``."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, dict[str, str]]] = {
    # the file
    "empty": {
        "pl": "Plik jest pusty. Wybierz plik XML z fakturą FA(3).",
        "en": "The file is empty. Choose an XML file with an FA(3) invoice.",
    },
    "too-large": {
        "pl": "Plik ma {size} bajtów, a KSeF przyjmuje faktury do {limit} bajtów.",
        "en": "The file has {size} bytes; KSeF takes invoices of up to {limit} bytes.",
    },
    "encoding": {
        "pl": "Plik jest zapisany w kodowaniu {encoding}, a KSeF przyjmuje tylko UTF-8. Zapisz go jako UTF-8.",
        "en": "The file is encoded in {encoding}; KSeF takes UTF-8 only. Save it as UTF-8.",
    },
    "not-utf-8": {
        "pl": "W pliku jest bajt, który nie należy do UTF-8. Zapisz plik w kodowaniu UTF-8.",
        "en": "The file contains a byte that is not UTF-8. Save the file as UTF-8.",
    },
    "bom": {
        "pl": "Plik zaczyna się znacznikiem kolejności bajtów (BOM), którego KSeF nie przyjmuje. Zapisz go jako UTF-8"
        " bez BOM.",
        "en": "The file begins with a byte order mark (BOM), which KSeF does not take. Save it as UTF-8 without BOM.",
    },
    "doctype": {
        "pl": "Plik zawiera deklarację DOCTYPE, która w fakturze jest niedozwolona. Usuń ją.",
        "en": "The file contains a DOCTYPE declaration, which an invoice may not have. Remove it.",
    },
    "processing-instruction": {
        "pl": "Plik zawiera instrukcję przetwarzania <?{target}?>, której KSeF nie przyjmuje. Usuń ją.",
        "en": "The file contains the processing instruction <?{target}?>, which KSeF does not take. Remove it.",
    },
    "control-character": {
        "pl": "Plik zawiera znak sterujący {character}, którego KSeF nie przyjmuje. Usuń go.",
        "en": "The file contains the control character {character}, which KSeF does not take. Remove it.",
    },
    "not-xml": {
        "pl": "To nie jest poprawny XML: {reason}.",
        "en": "This is not well-formed XML: {reason}.",
    },
    "not-fa3": {
        "pl": "To nie jest faktura FA(3), lecz {found}. Liczydło wysyła faktury w strukturze FA(3), wersja 1-0E.",
        "en": "This is not an FA(3) invoice but {found}. Liczydło sends invoices of the structure FA(3), version 1-0E.",
    },
    # the schema
    "schema-unexpected": {
        "pl": "Element {element} jest niedozwolony w tym miejscu. {expected}",
        "en": "The element {element} is not allowed here. {expected_en}",
    },
    "schema-missing": {
        "pl": "W elemencie {element} czegoś brakuje. {expected}",
        "en": "Something is missing in the element {element}. {expected_en}",
    },
    "schema-enumeration": {
        "pl": "{element}: wartości „{value}” nie ma na liście dozwolonych.",
        "en": "{element}: the value “{value}” is not one of those allowed.",
    },
    "schema-pattern": {
        "pl": "{element}: wartość „{value}” ma zły zapis.",
        "en": "{element}: the value “{value}” is written in a wrong way.",
    },
    "schema-length": {
        "pl": "{element}: wartość „{value}” ma niedozwoloną długość.",
        "en": "{element}: the value “{value}” has a length that is not allowed.",
    },
    "schema-range": {
        "pl": "{element}: wartość „{value}” jest poza dozwolonym zakresem.",
        "en": "{element}: the value “{value}” is out of the allowed range.",
    },
    "schema-digits": {
        "pl": "{element}: liczba „{value}” ma za dużo cyfr albo miejsc po przecinku.",
        "en": "{element}: the number “{value}” has too many digits or decimal places.",
    },
    "schema-type": {
        "pl": "{element}: wartość „{value}” nie jest wartością tego rodzaju.",
        "en": "{element}: the value “{value}” is not a value of this kind.",
    },
    "schema-attribute": {
        "pl": "{element}: brak atrybutu albo atrybut jest niedozwolony.",
        "en": "{element}: an attribute is missing or is not allowed.",
    },
    "schema": {
        "pl": "{element}: niezgodne ze schemą FA(3): {message}",
        "en": "{element}: not in accordance with the FA(3) schema: {message}",
    },
    # the rules
    "issue-date-future": {
        "pl": "Data wystawienia (P_1) to {value}, a dziś jest {today}. KSeF odrzuca faktury z datą przyszłą.",
        "en": "The issue date (P_1) is {value}, but today is {today}. KSeF refuses invoices with a future date.",
    },
    "nip-checksum": {
        "pl": "NIP {value} ma złą cyfrę kontrolną: prawdopodobnie pomylono cyfrę. Na produkcji KSeF go odrzuci.",
        "en": "The check digit of NIP {value} is wrong: a digit was probably mistyped. In production KSeF refuses it.",
    },
    "line-value": {
        "pl": "Wartość wiersza to {value}, a ilość razy cena daje {expected}.",
        "en": "The line's value is {value}, but quantity times price is {expected}.",
    },
    "sum": {
        "pl": "W {path} jest {value}, a z wierszy faktury wynika {expected}.",
        "en": "{path} says {value}, but the invoice's lines come to {expected}.",
    },
    "total": {
        "pl": "Kwota należności (P_15) to {value}, a sumy stawek dają {expected}.",
        "en": "The amount due (P_15) is {value}, but the sums of the rates come to {expected}.",
    },
    "tax-in-pln": {
        "pl": "Faktura w walucie obcej musi podawać podatek także w złotych, a brakuje pola {field}.",
        "en": "An invoice in another currency must state the tax in PLN too, but {field} is missing.",
    },
    "reverse-charge-mark": {
        "pl": "Jest wiersz ze stawką „oo”, a nie zaznaczono odwrotnego obciążenia (P_18).",
        "en": "There is a line with the rate “oo”, but reverse charge (P_18) is not marked.",
    },
    "exemption-mark": {
        "pl": "Jest wiersz zwolniony z VAT, a nie podano podstawy zwolnienia (P_19).",
        "en": "There is a line exempt from VAT, but the basis of the exemption (P_19) is not given.",
    },
    "split-payment-mark": {
        "pl": "Towary z załącznika nr 15 powyżej 15 000 zł wymagają mechanizmu podzielonej płatności (P_18A).",
        "en": "Goods of annex 15 above PLN 15,000 need the split payment mechanism (P_18A).",
    },
    "correction-of-what": {
        "pl": "Faktura korygująca nie wskazuje faktury korygowanej.",
        "en": "The correction does not name the corrected invoice.",
    },
    "due-before-issue": {
        "pl": "Termin płatności {value} jest wcześniejszy niż data wystawienia.",
        "en": "The payment is due on {value}, before the day of issue.",
    },
}

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
}

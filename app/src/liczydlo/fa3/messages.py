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
        "en": "This is not well-formed XML: {reason_en}.",
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
    "schema-empty": {
        "pl": "{element} jest pusty. Wpisz wartość albo usuń element.",
        "en": "{element} is empty. Give it a value or remove it.",
    },
    "schema-enumeration": {
        "pl": "{element}: wartości „{value}” nie ma na liście dozwolonych. {allowed}",
        "en": "{element}: the value “{value}” is not one of those allowed. {allowed_en}",
    },
    "schema-pattern": {
        "pl": "{element}: wartość „{value}” ma zły zapis. {hint}",
        "en": "{element}: the value “{value}” is written in a wrong way. {hint_en}",
    },
    "schema-too-long": {
        "pl": "{element}: wartość ma {length} znaków, a może mieć najwyżej {limit}.",
        "en": "{element}: the value has {length} characters; it may have {limit} at most.",
    },
    "schema-too-short": {
        "pl": "{element}: wartość ma {length} znaków, a musi mieć co najmniej {limit}.",
        "en": "{element}: the value has {length} characters; it must have {limit} at least.",
    },
    "schema-too-small": {
        "pl": "{element}: wartość „{value}” jest mniejsza niż najmniejsza dozwolona, {limit}.",
        "en": "{element}: the value “{value}” is less than the least allowed, {limit}.",
    },
    "schema-too-great": {
        "pl": "{element}: wartość „{value}” jest większa niż największa dozwolona, {limit}.",
        "en": "{element}: the value “{value}” is more than the most allowed, {limit}.",
    },
    "schema-not-above": {
        "pl": "{element}: wartość „{value}” musi być większa niż {limit}.",
        "en": "{element}: the value “{value}” must be more than {limit}.",
    },
    "schema-not-below": {
        "pl": "{element}: wartość „{value}” musi być mniejsza niż {limit}.",
        "en": "{element}: the value “{value}” must be less than {limit}.",
    },
    "schema-digits": {
        "pl": "{element}: liczba „{value}” może mieć najwyżej {limit} cyfr.",
        "en": "{element}: the number “{value}” may have {limit} digits at most.",
    },
    "schema-places": {
        "pl": "{element}: liczba „{value}” może mieć najwyżej tyle miejsc po przecinku: {limit}.",
        "en": "{element}: the number “{value}” may have at most this many decimal places: {limit}.",
    },
    "schema-type": {
        "pl": "{element}: wartość „{value}” nie jest wartością tego rodzaju. {hint}",
        "en": "{element}: the value “{value}” is not a value of this kind. {hint_en}",
    },
    "schema-text": {
        "pl": "{element}: jest tu tekst, a mogą być tylko elementy.",
        "en": "{element}: there is text here, where only elements may be.",
    },
    "schema-too-often": {
        "pl": "{element} powtarza się, a może wystąpić raz.",
        "en": "{element} is repeated, but may occur once.",
    },
    "schema-attribute": {
        "pl": "{element}: brak atrybutu albo atrybut jest niedozwolony.",
        "en": "{element}: an attribute is missing or is not allowed.",
    },
    "schema": {
        "pl": "{element}: wartość „{value}” nie jest zgodna ze schemą FA(3).",
        "en": "{element}: the value “{value}” is not in accordance with the FA(3) schema.",
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
        "pl": "Jest wiersz ze stawką „{rate}”, a nie zaznaczono odwrotnego obciążenia (P_18).",
        "en": "There is a line with the rate “{rate}”, but reverse charge (P_18) is not marked.",
    },
    "reverse-charge-taxed": {
        "pl": "Zaznaczono odwrotne obciążenie (P_18), a wszystkie wiersze mają stawkę podatku.",
        "en": "Reverse charge (P_18) is marked, but every line has a rate of tax.",
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
    "local-authority-unit": {
        "pl": "Zaznaczono, że faktura dotyczy jednostki podrzędnej JST, a nie ma jej wśród podmiotów trzecich (rola 8)."
        " Bez tego jednostka nie zobaczy faktury w KSeF.",
        "en": "A unit of a local authority is marked, but it is not among the third parties (role 8). Without it the"
        " unit will not see the invoice in KSeF.",
    },
    "vat-group-member": {
        "pl": "Zaznaczono, że faktura dotyczy członka grupy VAT, a nie ma go wśród podmiotów trzecich (rola 10)."
        " Bez tego członek grupy nie zobaczy faktury w KSeF.",
        "en": "A member of a VAT group is marked, but it is not among the third parties (role 10). Without it the"
        " member will not see the invoice in KSeF.",
    },
    "eu-prefix": {
        "pl": "Sprzedaż do Unii (0% WDT, np II) wymaga NIP sprzedawcy z prefiksem PL (PrefiksPodatnika).",
        "en": "Sales into the Union (0% WDT, np II) need the seller's NIP with the prefix PL (PrefiksPodatnika).",
    },
    "eu-buyer": {
        "pl": "Sprzedaż do Unii (0% WDT, np II) wymaga numeru VAT UE nabywcy, a faktura go nie podaje.",
        "en": "Sales into the Union (0% WDT, np II) need the buyer's EU VAT number, which the invoice does not give.",
    },
    "account-checksum": {
        "pl": "Numer rachunku {value} ma złe cyfry kontrolne: prawdopodobnie pomylono cyfrę.",
        "en": "The check digits of account {value} are wrong: a digit was probably mistyped.",
    },
    "line-rate": {
        "pl": "Wiersz nie ma stawki podatku, a faktura nie jest w procedurze marży.",
        "en": "The line has no rate of tax, and the invoice is not under a margin procedure.",
    },
    "tax-in-pln-value": {
        "pl": "Podatek w złotych to {value}, a z kursu w wierszach wynika {expected}.",
        "en": "The tax in PLN is {value}, but the lines' rates of exchange come to {expected}.",
    },
    "order-value": {
        "pl": "Wartość zamówienia to {value}, a jego wiersze dają {expected}.",
        "en": "The order's value is {value}, but its lines come to {expected}.",
    },
    "beside": {
        "pl": "W rozliczeniu jest {value}, a z obciążeń i odliczeń wynika {expected}.",
        "en": "The settlement says {value}, but its charges and deductions come to {expected}.",
    },
    "exemption-of-nothing": {
        "pl": "Podano podstawę zwolnienia z VAT (P_19), a żaden wiersz nie jest zwolniony.",
        "en": "The basis of an exemption from VAT (P_19) is given, but no line is exempt.",
    },
    "margin-mark": {
        "pl": "Jest sprzedaż w procedurze marży (P_13_11), a nie zaznaczono procedury (P_PMarzy).",
        "en": "There is a sale under a margin procedure (P_13_11), but the procedure (P_PMarzy) is not marked.",
    },
    "margin-of-nothing": {
        "pl": "Zaznaczono procedurę marży (P_PMarzy), a nie ma sprzedaży w tej procedurze (P_13_11).",
        "en": "A margin procedure (P_PMarzy) is marked, but there is no sale under it (P_13_11).",
    },
    "corrected-later": {
        "pl": "Faktura korygowana ma datę {value}, późniejszą niż data wystawienia korekty.",
        "en": "The corrected invoice is dated {value}, after the correction itself.",
    },
    "advance-of-what": {
        "pl": "Faktura zaliczkowa nie opisuje zamówienia, na które wpłacono zaliczkę.",
        "en": "The advance invoice does not describe the order that was paid for.",
    },
    "settlement-of-what": {
        "pl": "Faktura rozliczeniowa nie wskazuje faktur zaliczkowych.",
        "en": "The settlement does not name the advance invoices.",
    },
    "simplified-limit": {
        "pl": "Faktura uproszczona opiewa na {value}, a może najwyżej na {limit}.",
        "en": "The simplified invoice amounts to {value}; it may to {limit} at most.",
    },
    "ksef-number": {
        "pl": "Numer KSeF {value} ma złą sumę kontrolną: prawdopodobnie pomylono znak.",
        "en": "The checksum of KSeF number {value} is wrong: a character was probably mistyped.",
    },
    "period-backwards": {
        "pl": "Okres sprzedaży kończy się {ends}, zanim się zacznie ({begins}).",
        "en": "The period of sale ends on {ends}, before it begins ({begins}).",
    },
}

"""What is wrong with an invoice's document; codes of ``fa3``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.problems import FAMILY
from liczydlo.web.catalogue.registry import Text, register

TEXTS: dict[str, Text] = {
    # the file
    "empty": _("Plik jest pusty. Wybierz plik XML z fakturą FA(3)."),
    "too-large": _("Plik ma {size} bajtów, a KSeF przyjmuje faktury do {limit} bajtów."),
    "encoding": _(
        "Plik jest zapisany w kodowaniu {encoding}, a KSeF przyjmuje tylko UTF-8. Zapisz go jako UTF-8."
    ),
    "not-utf-8": _("W pliku jest bajt, który nie należy do UTF-8. Zapisz plik w kodowaniu UTF-8."),
    "bom": _(
        "Plik zaczyna się znacznikiem kolejności bajtów (BOM), którego KSeF nie przyjmuje. Zapisz go jako"
        " UTF-8 bez BOM."
    ),
    "doctype": _("Plik zawiera deklarację DOCTYPE, która w fakturze jest niedozwolona. Usuń ją."),
    "processing-instruction": _(
        "Plik zawiera instrukcję przetwarzania <?{target}?>, której KSeF nie przyjmuje. Usuń ją."
    ),
    "control-character": _("Plik zawiera znak sterujący {character}, którego KSeF nie przyjmuje. Usuń go."),
    "not-xml": _("To nie jest poprawny XML: {reason}."),
    "not-fa3": _(
        "To nie jest faktura FA(3), lecz {found}. Liczydło wysyła faktury w strukturze FA(3), wersja 1-0E."
    ),
    # the schema
    "schema-unexpected": _("Element {element} jest niedozwolony w tym miejscu. {expected}"),
    "schema-missing": _("W elemencie {element} czegoś brakuje. {expected}"),
    "schema-empty": _("{element} jest pusty. Wpisz wartość albo usuń element."),
    "schema-enumeration": _("{element}: wartości „{value}” nie ma na liście dozwolonych. {odd} {allowed}"),
    "schema-pattern": _("{element}: wartość „{value}” ma zły zapis. {hint}"),
    "schema-too-long": _("{element}: wartość ma {length} znaków, a może mieć najwyżej {limit}."),
    "schema-too-short": _("{element}: wartość ma {length} znaków, a musi mieć co najmniej {limit}."),
    "schema-too-small": _("{element}: wartość „{value}” jest mniejsza niż najmniejsza dozwolona, {limit}."),
    "schema-too-great": _("{element}: wartość „{value}” jest większa niż największa dozwolona, {limit}."),
    "schema-not-above": _("{element}: wartość „{value}” musi być większa niż {limit}."),
    "schema-not-below": _("{element}: wartość „{value}” musi być mniejsza niż {limit}."),
    "schema-digits": _("{element}: liczba „{value}” może mieć najwyżej {limit} cyfr."),
    "schema-places": _("{element}: liczba „{value}” może mieć najwyżej tyle miejsc po przecinku: {limit}."),
    "schema-type": _("{element}: wartość „{value}” nie jest wartością tego rodzaju. {hint}"),
    "schema-text": _("{element}: jest tu tekst, a mogą być tylko elementy."),
    "schema-too-often": _("{element} powtarza się, a może wystąpić raz."),
    "schema-attribute": _("{element}: brak atrybutu albo atrybut jest niedozwolony."),
    "schema-attribute-missing": _("{element}: brakuje atrybutu {attribute}."),
    "schema-attribute-unknown": _("{element}: atrybut {attribute} jest tu niedozwolony. Usuń go."),
    "schema-attribute-fixed": _(
        "{element}: atrybut {attribute} ma wartość „{value}”, a musi mieć dokładnie „{expected}”. {odd}"
    ),
    "schema-attribute-enumeration": _(
        "{element}: atrybut {attribute} ma wartość „{value}”, której nie ma na liście dozwolonych. {odd} {allowed}"
    ),
    "schema": _("{element}: wartość „{value}” nie jest zgodna ze schemą FA(3)."),
    # FA_RR(1)
    "rr-date-future": _(
        "Data wystawienia (P_4B) to {value}, a dziś jest {today}. KSeF odrzuca faktury z datą przyszłą."
    ),
    "rr-no-day": _("Brakuje dnia nabycia: podaj jeden dla całej faktury albo osobny w każdej pozycji."),
    "rr-two-days": _("Dzień nabycia jest i na fakturze, i w pozycji. Zostaw jeden z nich."),
    "rr-bought-later": _("Dzień nabycia ({value}) jest późniejszy niż data wystawienia ({issued})."),
    "rr-nip": _("Numer {value} nie jest NIP-em: nie zgadza się jego cyfra kontrolna."),
    "rr-own": _("Rolnik i nabywca mają ten sam NIP. Fakturę VAT RR wystawia nabywca komu innemu."),
    "rr-no-lines": _("Faktura nie ma żadnej pozycji."),
    "rr-rate": _("Pozycja {number}: stawka zwrotu to {value}%, a ustawa (art. 115 ust. 2) mówi o 7%."),
    "rr-negative": _("Pozycja {number}: ilość musi być większa od zera, a cena nie może być ujemna."),
    "rr-sum": _("{field} to {value}, a z pozycji wychodzi {expected}."),
    "rr-too-much": _("Kwota do zapłaty jest większa niż {limit} zł."),
    "rr-words": _("Kwota słownie to „{value}”, a powinna być „{expected}”."),
    "rr-not-converted": _(
        "Waluta to {value}, a kwot zwrotu i należności nie ma w złotych (pola P_11_2W i P_12_1W, art. 116 ust. 2b)."
    ),
    "rr-deducted-too-much": _("Odliczenia są większe niż kwota faktury."),
    "rr-no-account": _(
        "Nie ma rachunku rolnika. Zwrot podatku odliczysz tylko po zapłacie na jego rachunek (art. 116 ust. 6 pkt 2)."
    ),
    "rr-no-declaration": _(
        "Nie ma oświadczenia rolnika (art. 116 ust. 3). Można je pominąć, gdy rolnik złożył je w umowie albo w KSeF."
    ),
    "rr-corrects-itself": _("Korekta ma taki sam numer jak faktura, którą poprawia. Nadaj jej inny."),
    "rr-corrects-later": _("Faktura poprawiana jest wystawiona później niż jej korekta."),
    "rr-no-reason": _("Nie ma przyczyny korekty."),
    # a PEF invoice made of it
    "pef-kind": _(
        "PEF powstaje tu tylko ze zwykłej faktury (VAT) i z jej korekty. Zaliczki, rozliczenia i ich korekty wprowadź u"
        " dostawcy usług Peppol."
    ),
    "pef-kor-one": _("PEF_KOR koryguje jedną fakturę, a ta korekta wskazuje ich więcej."),
    "pef-kor-outdated": _(
        "Ta korekta zaczyna od innego stanu niż obecny, a PEF_KOR pokazuje całą fakturę przed korektą i po niej. Usuń"
        " szkic i skoryguj fakturę jeszcze raz."
    ),
    "pef-kor-original": _(
        "PEF_KOR pokazuje całą fakturę przed korektą i po niej, więc faktura korygowana musi być tutaj, a program musi"
        " umieć ją przeczytać."
    ),
    "pef-kor-fa": _(
        "PEF_KOR koryguje fakturę, która jest w KSeF jako PEF, a ta nią nie jest. Skoryguj ją w FA(3)."
    ),
    "pef-buyer": _("PEF wymaga NIP-u, nazwy i adresu nabywcy."),
    "pef-reference": _(
        "PEF wymaga numeru zamówienia albo numeru klienta: dostaniesz go od zamawiającego. Wpisz go w „Więcej”."
    ),
    "pef-due": _("PEF z kwotą do zapłaty wymaga terminu płatności."),
    "pef-zloty": _("PEF w walucie obcej wymaga podatku w złotych. Wpisz kurs."),
    "pef-unheld": _("PEF nie mieści elementu {element}, więc tej faktury nie da się w nim zapisać."),
    "pef-rate": _(
        "Pozycja {number} ma stawkę {value}, a PEF powstaje tu ze stawek krajowych: od 3 do 23%, 0%, zw i oo."
    ),
    "pef-line": _("Pozycja {number} nie ma nazwy, ilości albo wartości netto, a PEF ich wymaga."),
    "pef-sums": _("Sumy faktury nie wynikają z jej pozycji netto co do grosza, a PEF tego wymaga."),
    # the rules
    "issue-date-future": _(
        "Data wystawienia (P_1) to {value}, a dziś jest {today}. KSeF odrzuca faktury z datą przyszłą."
    ),
    "nip-checksum": _(
        "NIP {value} ma złą cyfrę kontrolną: prawdopodobnie pomylono cyfrę. Na produkcji KSeF go odrzuci."
    ),
    "line-value": _("Wartość wiersza to {value}, a ilość razy cena daje {expected}."),
    "sum": _("W {place} jest {value}, a z wierszy faktury wynika {expected}."),
    "total": _("Kwota należności (P_15) to {value}, a sumy stawek dają {expected}."),
    "tax-in-pln": _("Faktura w walucie obcej musi podawać podatek także w złotych, a brakuje pola {field}."),
    "reverse-charge-mark": _(
        "Jest wiersz ze stawką „{rate}”, a nie zaznaczono odwrotnego obciążenia (P_18)."
    ),
    "reverse-charge-taxed": _(
        "Zaznaczono odwrotne obciążenie (P_18), a wszystkie wiersze mają stawkę podatku."
    ),
    "exemption-mark": _("Jest wiersz zwolniony z VAT, a nie podano podstawy zwolnienia (P_19)."),
    "split-payment-mark": _(
        "Towary z załącznika nr 15 powyżej 15 000 zł wymagają mechanizmu podzielonej płatności (P_18A)."
    ),
    "correction-of-what": _("Faktura korygująca nie wskazuje faktury korygowanej."),
    "due-before-issue": _("Termin płatności {value} jest wcześniejszy niż data wystawienia."),
    "local-authority-unit": _(
        "Zaznaczono, że faktura dotyczy jednostki podrzędnej JST, a nie ma jej wśród podmiotów trzecich"
        " (rola 8). Bez tego jednostka nie zobaczy faktury w KSeF."
    ),
    "vat-group-member": _(
        "Zaznaczono, że faktura dotyczy członka grupy VAT, a nie ma go wśród podmiotów trzecich (rola 10)."
        " Bez tego członek grupy nie zobaczy faktury w KSeF."
    ),
    "eu-prefix": _(
        "Sprzedaż do Unii (0% WDT, np II) wymaga NIP sprzedawcy z prefiksem PL (PrefiksPodatnika)."
    ),
    "eu-buyer": _("Sprzedaż do Unii (0% WDT, np II) wymaga numeru VAT UE nabywcy, a faktura go nie podaje."),
    "account-checksum": _("Numer rachunku {value} ma złe cyfry kontrolne: prawdopodobnie pomylono cyfrę."),
    "line-rate": _("Wiersz nie ma stawki podatku, a faktura nie jest w procedurze marży."),
    "tax-in-pln-value": _("Podatek w złotych to {value}, a z kursu w wierszach wynika {expected}."),
    "order-value": _("Wartość zamówienia to {value}, a jego wiersze dają {expected}."),
    "beside": _("W rozliczeniu jest {value}, a z obciążeń i odliczeń wynika {expected}."),
    "exemption-of-nothing": _("Podano podstawę zwolnienia z VAT (P_19), a żaden wiersz nie jest zwolniony."),
    "margin-mark": _("Jest sprzedaż w procedurze marży (P_13_11), a nie zaznaczono procedury (P_PMarzy)."),
    "margin-of-nothing": _(
        "Zaznaczono procedurę marży (P_PMarzy), a nie ma sprzedaży w tej procedurze (P_13_11)."
    ),
    "corrected-later": _("Faktura korygowana ma datę {value}, późniejszą niż data wystawienia korekty."),
    "advance-of-what": _("Faktura zaliczkowa nie opisuje zamówienia, na które wpłacono zaliczkę."),
    "nip-elsewhere": _(
        "Polski numer {value} stoi poza polem NIP. Wpisz go w polu NIP: inaczej firma nie zobaczy faktury w KSeF."
    ),
    "seller-is-buyer": _("Sprzedawca i nabywca mają ten sam NIP {value}. Sprawdź, kto komu sprzedaje."),
    "line-tax": _("Podatek w wierszu to {value}, a ze stawki wynika {expected}."),
    "line-gross": _("Wartość brutto wiersza to {value}, a z wartości netto i stawki wynika {expected}."),
    "tax": _("Podatek {place} to {value}, a z kwoty {net} i stawki wynika {expected}."),
    "advance-above-order": _("W {place} jest {value}, a zamówienie ma w tej stawce tylko {expected} netto."),
    "settlement-above-lines": _(
        "W {place} jest {value}, a wiersze faktury mają w tej stawce tylko {expected} netto."
    ),
    "exchange-rate-in-pln": _(
        "Faktura jest w złotych, a podaje kurs waluty {value}. Usuń kurs albo popraw walutę."
    ),
    "exchange-rate-missing": _(
        "Faktura jest w walucie {currency} i ma podatek, a nie podaje kursu, po którym przeliczono go na złote."
    ),
    "names-itself": _("Faktura wskazuje samą siebie: {value} to jej własny numer."),
    "outside-ksef": _(
        "Zaznaczono, że faktury {value} nie ma w KSeF, a jej numer jest numerem KSeF. Podaj go jako numer KSeF,"
        " a jako numer faktury ten, który nadał jej sprzedawca."
    ),
    "line-number-twice": _("Dwa wiersze mają ten sam numer {value}."),
    "paid-in-future": _("Data zapłaty {value} jest w przyszłości: najpóźniejsza możliwa to {latest}."),
    "settlement-of-what": _("Faktura rozliczeniowa nie wskazuje faktur zaliczkowych."),
    "simplified-limit": _("Faktura uproszczona opiewa na {value}, a może najwyżej na {limit}."),
    "ksef-number": _("Numer KSeF {value} ma złą sumę kontrolną: prawdopodobnie pomylono znak."),
    "period-backwards": _("Okres sprzedaży kończy się {ends}, zanim się zacznie ({begins})."),
    # what was expected: inside the texts of the schema
    "expected": _("Oczekiwano: {names}."),
    "odd-character": _("Jest w niej znak {character}, którego nie widać: usuń go albo wpisz zwykłą spację."),
    "allowed": _("Dozwolone: {values}."),
    "hint-ksef-number": _("Numer KSeF ma postać NIP-RRRRMMDD-XXXXXXXXXXXX-XX."),
    "hint-internal-id": _("Identyfikator wewnętrzny to NIP, łącznik i 5 cyfr."),
    "hint-nip": _("NIP to 10 cyfr, bez kresek i liter."),
    "hint-swift": _("SWIFT ma 8 albo 11 wielkich liter i cyfr."),
    "hint-vat-ue": _("Numer VAT UE podaje się bez kodu kraju: do 12 cyfr i wielkich liter."),
    "hint-email": _("Adres e-mail ma postać nazwa@domena."),
    "hint-payment-link": _("Link do płatności musi zawierać parametr IPKSeF."),
    "hint-decimal": _(
        "Liczbę zapisuje się cyframi, z kropką zamiast przecinka, bez spacji i zer na początku."
    ),
    "hint-moment": _("Chwilę zapisuje się RRRR-MM-DDTGG:MM:SSZ."),
    "hint-yes-no": _("Wpisz 1 (tak) albo 2 (nie)."),
    "hint-one": _("Jedyną wartością jest tu 1 (tak)."),
    "hint-date": _("Datę zapisuje się RRRR-MM-DD."),
    "hint-number": _("Liczbę zapisuje się cyframi, z kropką zamiast przecinka, bez spacji."),
    "hint-natural": _("To ma być liczba całkowita większa od zera."),
    "hint-integer": _("To ma być liczba całkowita."),
    # why a file is not XML: clauses inside „not-xml”
    "xml-unfinished": _("plik się urywa: ostatni znacznik nie jest zamknięty"),
    "xml-markup-character": _("jest tu znak „&” albo „<”, który w treści zapisuje się jako &amp; albo &lt;"),
    "xml-attribute": _("atrybut ma zły zapis: potrzebna jest nazwa, znak równości i wartość w cudzysłowie"),
    "xml-other": _("zapis w tym miejscu jest niepoprawny"),
    "xml-no-tag": _("plik nie zaczyna się znacznikiem; to prawdopodobnie plik innego rodzaju"),
    "xml-two-documents": _("po końcu dokumentu jest jeszcze coś; w pliku może być tylko jedna faktura"),
    "xml-tag-mismatch": _("znacznik zamykający nie pasuje do otwierającego"),
    "xml-entity": _("jest tu encja (na przykład &nbsp;), której XML nie zna; wpisz zamiast niej sam znak"),
    "xml-attribute-twice": _("ten sam atrybut jest tu dwa razy"),
    "xml-prefix": _("przedrostek nazwy (przed dwukropkiem) nie jest zadeklarowany"),
    "xml-character": _("jest tu znak, którego XML nie dopuszcza"),
    "xml-declaration": _("deklaracja <?xml …?> może stać tylko na samym początku pliku"),
    "xml-depth": _("znaczniki są zagnieżdżone zbyt głęboko, jak na fakturę"),
}

register(TEXTS, family=FAMILY)

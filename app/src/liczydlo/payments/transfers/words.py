"""What pages say of what stands in the way of a payment, and of what a file or a code cannot hold."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OBSTACLES: Final[dict[str, str | Promise]] = {
    "ordered": _("Jest już w zleceniu, które nie jest jeszcze zapłacone ani anulowane."),
    "paid": _("Jest już zapłacona."),
    "reported": _("Jest zgłoszona jako nadużycie. Nie płać za nią."),
    "hidden": _("Jest ukryta. Przywróć ją na stronie faktury, jeśli ma być zapłacona."),
    "nothing": _("Nie ma w niej nic do zapłaty."),
    "currency": _("Firma nie ma rachunku w tej walucie. Dodaj go w „Rachunki”."),
    "no-account": _("Na fakturze nie ma rachunku. Wpisz go w następnym kroku."),
    "bad-account": _(
        "Rachunek na fakturze ma błędne cyfry kontrolne. Sprawdź go u sprzedawcy i wpisz właściwy."
    ),
}
HINTS: Final[dict[str, str | Promise]] = {
    "warnings": _("Ta faktura ma ostrzeżenia, których nikt nie sprawdził. Otwórz ją, zanim zapłacisz."),
    "advance": _("Faktura zaliczkowa zwykle potwierdza zapłatę, która już była. Sprawdź, zanim zapłacisz."),
    "cash": _("Według faktury zapłata jest gotówką."),
    "factor": _("Faktura wskazuje rachunek faktora: wierzytelność jest jego, więc płaci się jemu."),
    "several": _("Na fakturze jest kilka rachunków. Wybierz właściwy."),
    "bad-one": _("Jeden z rachunków na fakturze ma błędne cyfry kontrolne, więc go nie ma na liście."),
    "other-amount": _("Kwota do zapłaty jest na fakturze inna niż jej kwota brutto."),
    "not-buyer": _("Firma nie jest nabywcą na tej fakturze. Sprawdź, czy to ona ma zapłacić."),
}
REFUSALS: Final[dict[str, str | Promise]] = {
    "empty": _("Zaznacz faktury do zapłaty. Nic nie przygotowano."),
    "too-many": _("Za dużo faktur naraz. Jedno zlecenie mieści ich %(value)s."),
    "changed": _(
        "Faktura %(value)s zmieniła się w międzyczasie albo jest w innym zleceniu. Nic nie przygotowano."
    ),
    "payer": _(
        "W danych firmy nie ma kodu pocztowego i miejscowości, bez których bank nie przyjmie przelewu."
    ),
    "credit": _("Korekty od %(value)s są większe niż to, co jest do zapłaty. Wybierz mniej korekt."),
    "too-long": _("Tytuł przelewu dla %(value)s nie mieści się w 140 znakach. Zapłać te faktury osobno."),
    "waiting": _("Jeszcze nie ma pliku: któryś przelew czeka na identyfikator zbiorczy z KSeF."),
    "split-several": _(
        "Przelew podzielony za kilka faktur wymaga identyfikatora zbiorczego, a %(value)s nie ma w KSeF. Zapłać je"
        " osobno."
    ),
    "split-currency": _("Mechanizm podzielonej płatności jest tylko w złotych. Odznacz go przy %(value)s."),
    "split-nip": _("Przelew podzielony wymaga NIP sprzedawcy, a faktura %(value)s go nie ma."),
    "character": _(
        "Znaku „%(value)s” nie ma w stronie kodowej rachunku i nic go nie zastąpi. Wybierz inną albo pain.001."
    ),
    "account": _("Elixir-0 nie przenosi rachunku %(value)s, bo nie jest polski. Wybierz pain.001."),
    "amount": _("Kwota %(value)s jest poza tym, co mieści plik."),
    "vat": _("Kwota VAT w tytule przelewu podzielonego jest błędna."),
    "invoice": _("Numer faktury (%(value)s) nie mieści się w 35 znakach tytułu przelewu podzielonego."),
    "nip": _("NIP w tytule przelewu podzielonego jest błędny."),
}
CODES: Final[dict[str, str | Promise]] = {
    "currency": _("Kod do przelewu jest tylko dla złotych."),
    "account": _("Na fakturze nie ma polskiego rachunku, na który można zapłacić."),
    "amount": _("Nie ma nic do zapłaty."),
    "split": _("Tytuł podzielonej płatności nie mieści się w kodzie (32 znaki). Przygotuj przelew w pliku."),
}

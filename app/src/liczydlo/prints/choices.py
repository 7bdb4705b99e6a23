"""What the numbers of a choice mean, and the other words of the prints, in Polish and English.

A choice that is not here keeps its number. The marks of art. 106e are written as the act asks.
"""

from __future__ import annotations

from typing import Final

from liczydlo.prints.labels import Language, Words, pick

KINDS: Final[dict[str, Words]] = {
    "VAT": ("Faktura", "Invoice"),
    "KOR": ("Faktura korygująca", "Correcting invoice"),
    "ZAL": ("Faktura zaliczkowa", "Advance invoice"),
    "ROZ": ("Faktura rozliczeniowa", "Settlement invoice"),
    "UPR": ("Faktura uproszczona", "Simplified invoice"),
    "KOR_ZAL": ("Korekta faktury zaliczkowej", "Correction of an advance invoice"),
    "KOR_ROZ": ("Korekta faktury rozliczeniowej", "Correction of a settlement invoice"),
    "VAT_RR": ("Faktura VAT RR", "Invoice VAT RR"),
    "KOR_VAT_RR": ("Faktura VAT RR korygująca", "Correcting invoice VAT RR"),
}

AMOUNTS: Final[dict[str, Words]] = {
    "VAT": ("Kwota należności ogółem", "Total amount"),
    "KOR": ("Kwota korekty (różnica)", "Amount of the correction (difference)"),
    "ZAL": ("Otrzymana zapłata", "Payment received"),
    "ROZ": ("Pozostało do zapłaty", "Left to pay"),
    "UPR": ("Kwota należności ogółem", "Total amount"),
    "KOR_ZAL": ("Kwota korekty (różnica)", "Amount of the correction (difference)"),
    "KOR_ROZ": ("Kwota korekty (różnica)", "Amount of the correction (difference)"),
    "KOR_VAT_RR": ("Kwota korekty (różnica)", "Amount of the correction (difference)"),
}
"""What P_15, of FA_RR P_12_1, is by the kind of invoice."""

_BEFORE: Final[Words] = ("przed korektą", "before the correction")
_YES: Final[Words] = ("tak", "yes")
_CARGO: Final[tuple[Words, ...]] = (
    ("bańka", "can"),
    ("beczka", "barrel"),
    ("butla", "cylinder"),
    ("karton", "carton"),
    ("kanister", "canister"),
    ("klatka", "cage"),
    ("kontener", "container"),
    ("kosz/koszyk", "basket"),
    ("łubianka", "punnet"),
    ("opakowanie zbiorcze", "collective packaging"),
    ("paczka", "parcel"),
    ("pakiet", "packet"),
    ("paleta", "pallet"),
    ("pojemnik", "bin"),
    ("pojemnik do ładunków masowych stałych", "bulk container for solids"),
    ("pojemnik do ładunków masowych płynnych", "bulk container for liquids"),
    ("pudełko", "box"),
    ("puszka", "tin"),
    ("skrzynia", "crate"),
    ("worek", "sack"),
)

CHOICES: Final[dict[str, dict[str, Words]]] = {
    "FormaPlatnosci": {
        "1": ("gotówka", "cash"),
        "2": ("karta", "card"),
        "3": ("bon", "voucher"),
        "4": ("czek", "cheque"),
        "5": ("kredyt", "credit"),
        "6": ("przelew", "transfer"),
        "7": ("płatność mobilna", "mobile payment"),
    },
    "FormaPlatnosciRR": {"1": ("przelew", "transfer")},
    "TypKorekty": {
        "1": ("w dacie ujęcia faktury pierwotnej", "on the date of the original"),
        "2": ("w dacie wystawienia korekty", "on the date of the correction"),
        "3": ("w innej dacie lub w różnych datach", "on another date, or several"),
        "4": ("w dacie zwrotu całości lub części należności", "on the date on which the price was returned"),
    },
    "Rola": {
        "1": ("Faktor", "Factor"),
        "2": ("Odbiorca", "Recipient"),
        "3": ("Podmiot pierwotny", "Original party"),
        "4": ("Dodatkowy nabywca", "Further buyer"),
        "5": ("Wystawca faktury", "Issuer"),
        "6": ("Dokonujący płatności", "Payer"),
        "7": ("Jednostka samorządu terytorialnego – wystawca", "Local government – issuer"),
        "8": ("Jednostka samorządu terytorialnego – odbiorca", "Local government – recipient"),
        "9": ("Członek grupy VAT – wystawca", "VAT group member – issuer"),
        "10": ("Członek grupy VAT – odbiorca", "VAT group member – recipient"),
        "11": ("Pracownik", "Employee"),
    },
    "RolaPU": {
        "1": ("Organ egzekucyjny", "Enforcement authority"),
        "2": ("Komornik sądowy", "Court bailiff"),
        "3": ("Przedstawiciel podatkowy", "Tax representative"),
    },
    "StatusInfoPodatnika": {
        "1": ("w likwidacji", "in liquidation"),
        "2": ("w restrukturyzacji", "in restructuring"),
        "3": ("w upadłości", "bankrupt"),
        "4": ("przedsiębiorstwo w spadku", "enterprise in succession"),
    },
    "RodzajTransportu": {
        "1": ("morski", "by sea"),
        "2": ("kolejowy", "by rail"),
        "3": ("drogowy", "by road"),
        "4": ("lotniczy", "by air"),
        "5": ("przesyłka pocztowa", "by post"),
        "7": ("stałe instalacje przesyłowe", "fixed installations"),
        "8": ("żegluga śródlądowa", "inland waterways"),
    },
    "OpisLadunku": {str(index): words for index, words in enumerate(_CARGO, 1)},
    "RachunekWlasnyBanku": {
        "1": ("do rozliczania nabywanych wierzytelności", "for debts that the bank buys"),
        "2": ("do pobierania i przekazywania należności", "for dues collected and passed on"),
        "3": ("gospodarki własnej banku", "of the bank's own affairs"),
    },
    "StanPrzed": {"1": _BEFORE},
    "StanPrzedZ": {"1": _BEFORE},
    "Zaplacono": {"1": _YES},
    "ZnacznikZaplatyCzesciowej": {
        "1": ("w części", "in part"),
        "2": ("w całości, w ratach", "in full, in parts"),
    },
    "BrakID": {"1": ("brak", "none")},
    **{name: {"1": ("wystawiona poza KSeF", "issued outside KSeF")} for name in ("NrKSeFN", "NrKSeFZN")},
    **{
        name: {"1": _YES, "2": ("nie", "no")}
        for name in ("JST", "GV", "P_12_Zal_15", "P_12Z_Zal_15", "PodmiotPosredniczacy")
    },
}

MARKS: Final[dict[str, Words]] = {
    "P_16": ("metoda kasowa", "cash accounting (metoda kasowa)"),
    "P_17": ("samofakturowanie", "self-billing (samofakturowanie)"),
    "P_18": ("odwrotne obciążenie", "reverse charge (odwrotne obciążenie)"),
    "P_18A": ("mechanizm podzielonej płatności", "split payment (mechanizm podzielonej płatności)"),
    "P_19": ("zwolnienie z podatku", "exempt from tax"),
    "P_22": (
        "wewnątrzwspólnotowa dostawa nowych środków transportu",
        "intra-Community supply of new means of transport",
    ),
    "P_42_5": ("obowiązek z art. 42 ust. 5 ustawy", "duty under art. 42(5) of the VAT act"),
    "P_23": (
        "VAT: faktura WE uproszczona na mocy art. 135–138 ustawy o ptu (procedura trójstronna)",
        "simplified EC invoice under art. 135–138 of the VAT act (triangular transaction)",
    ),
    "P_PMarzy_2": ("procedura marży dla biur podróży", "margin scheme – travel agents"),
    "P_PMarzy_3_1": ("procedura marży – towary używane", "margin scheme – second-hand goods"),
    "P_PMarzy_3_2": ("procedura marży – dzieła sztuki", "margin scheme – works of art"),
    "P_PMarzy_3_3": (
        "procedura marży – przedmioty kolekcjonerskie i antyki",
        "margin scheme – collector's items and antiques",
    ),
    "FP": ("faktura do paragonu (art. 109 ust. 3d ustawy)", "invoice to a receipt (art. 109(3d))"),
    "TP": ("powiązania między nabywcą a sprzedawcą (TP)", "buyer and seller are linked (TP)"),
    "ZwrotAkcyzy": ("do zwrotu podatku akcyzowego dla rolników", "for farmers' excise refund"),
}
"""What a print says in words where the element is 1."""

SUMS: Final[tuple[tuple[Words, tuple[str, ...], str, str, str], ...]] = (
    (("23% lub 22%", "23% or 22%"), ("23", "22"), "P_13_1", "P_14_1", "P_14_1W"),
    (("8% lub 7%", "8% or 7%"), ("8", "7"), "P_13_2", "P_14_2", "P_14_2W"),
    (("5%", "5%"), (), "P_13_3", "P_14_3", "P_14_3W"),
    (("ryczałt dla taksówek", "taxi flat rate"), ("4", "3"), "P_13_4", "P_14_4", "P_14_4W"),
    (("procedura OSS", "OSS"), (), "P_13_5", "P_14_5", ""),
    (("0% w kraju", "0% domestic"), (), "P_13_6_1", "", ""),
    (("0% WDT", "0% intra-Community"), (), "P_13_6_2", "", ""),
    (("0% eksport", "0% export"), (), "P_13_6_3", "", ""),
    (("zwolnione", "exempt"), (), "P_13_7", "", ""),
    (("np. I – poza krajem", "np. I – outside Poland"), (), "P_13_8", "", ""),
    (("np. II – usługi dla UE", "np. II – services to the EU"), (), "P_13_9", "", ""),
    (("odwrotne obciążenie", "reverse charge"), (), "P_13_10", "", ""),
    (("procedura marży", "margin scheme"), (), "P_13_11", "", ""),
)
"""Sums: name, the rates of lines that it gathers, net, tax, tax in PLN."""

WORDS: Final[dict[str, Words]] = {
    "rate": ("Stawka", "Rate"),
    "net": ("Netto", "Net"),
    "tax": ("VAT", "VAT"),
    "tax_pln": ("VAT w PLN", "VAT in PLN"),
    "gross": ("Brutto", "Gross"),
    "total": ("Razem", "Total"),
    "before": ("przed korektą", "before"),
    "after": ("po korekcie", "after"),
    "difference": ("różnica", "difference"),
    "due_by": ("termin", "due"),
    "paid": ("zapłacono", "paid"),
    "left_after_advances": ("Kwota po odliczeniu zaliczek", "Amount less the advances"),
    "duplicate": ("Duplikat z dnia", "Duplicate of"),
    "scan_to_pay": ("Zapłać: zeskanuj w aplikacji banku", "Pay: scan with your bank's application"),
    "settled": ("Kwota po rozliczeniu", "Amount after the settlement"),
    "overpaid": ("Nadpłacono", "Overpaid"),
    "polish_time": ("czas polski", "Polish time"),
    "left_to_pay": ("Pozostało do zapłaty", "Left to pay"),
    "after_correction": ("Kwota po korekcie", "Amount after the correction"),
    "collective": ("Faktura korygująca zbiorcza", "Collective correcting invoice"),
    "correction": ("Korekta", "Correction"),
    "corrected": ("Faktury korygowane", "Corrected invoices"),
    "advances": ("Zaliczki", "Advances"),
    "advance_invoices": ("Faktury zaliczkowe", "Advance invoices"),
    "part_payments": ("Zapłaty częściowe", "Part payments"),
    "sums": ("Sumy według stawek", "Sums by rate"),
    "marks": ("Adnotacje", "Annotations"),
    "self_billed": ("Wystawia fakturę w imieniu sprzedawcy", "Issues the invoice in the seller's name"),
    "notes": ("Uwagi", "Remarks"),
    "other": ("Pozostałe dane", "Other data"),
    "line": ("wiersz", "line"),
    "in_xml": ("w pliku XML", "in the XML file"),
    "check": ("Sprawdź, czy Twoja faktura znajduje się w KSeF", "Check that your invoice is in KSeF"),
    "check_issuer": ("Zweryfikuj wystawcę faktury", "Verify the issuer of the invoice"),
    "cannot_scan": (
        "Nie możesz zeskanować kodu? Użyj linku:",
        "Cannot scan the code? Use the link:",
    ),
    "open_link": ("otwórz stronę weryfikacji", "open the verification page"),
    "certificate": ("CERTYFIKAT", "CERTYFIKAT"),
    "ksef_number": ("Numer KSeF", "KSeF number"),
    "page": ("Strona", "Page"),
    "inside": (
        "Wizualizacja faktury ustrukturyzowanej. Jej plik XML jest w załączniku tego PDF.",
        "A rendering of a structured invoice. Its XML file is attached to this PDF.",
    ),
    "receipt_inside": (
        "Wizualizacja UPO. Podpisany plik XML jest w załączniku tego PDF.",
        "A rendering of the UPO. The signed XML file is attached to this PDF.",
    ),
    "lost": (
        "□ zastępuje znaki, których nie ma pismo wydruku; pełna treść jest w pliku XML.",
        "□ stands for characters that the print's type lacks; the XML file has them.",
    ),
    "hidden_rows": ("Dalsze wiersze są w PDF i w XML", "Further rows are in the PDF and the XML"),
    "hidden_tables": ("Dalsze tabele są w PDF i w XML", "Further tables are in the PDF and the XML"),
    "hidden_blocks": ("Dalsze części są w PDF i w XML", "Further parts are in the PDF and the XML"),
    "receipt": ("Urzędowe poświadczenie odbioru", "Official confirmation of receipt"),
    "documents": ("Przyjęte dokumenty", "Accepted documents"),
    "signature": ("Podpis", "Signature"),
    "signed": ("Data podpisu", "Signed on"),
    "signer": ("Podpisał", "Signed by"),
}


def choice(name: str, value: str, language: Language) -> str:
    """What a value of a choice means."""
    texts = CHOICES.get(name, {}).get(value)
    return pick(texts, language) if texts else value


def word(name: str, language: Language) -> str:
    """A word of ``WORDS``, which the print itself says."""
    return pick(WORDS[name], language)

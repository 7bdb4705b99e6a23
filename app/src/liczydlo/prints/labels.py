"""What the elements of FA(3) are called on paper, in Polish and English; an unknown one keeps its own name."""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["pl", "en"]

LABELS: Final[dict[str, tuple[str, str]]] = {
    # parties
    "Sprzedawca": ("Sprzedawca", "Seller"),
    "Nabywca": ("Nabywca", "Buyer"),
    "PodmiotUpowazniony": ("Podmiot upoważniony", "Authorised party"),
    "Podmiot1K": ("Sprzedawca przed korektą", "Seller before the correction"),
    "Podmiot2K": ("Nabywca przed korektą", "Buyer before the correction"),
    "NIP": ("NIP", "Tax ID (NIP)"),
    "KodUE": ("Kraj VAT UE", "EU VAT country"),
    "NrVatUE": ("Numer VAT UE", "EU VAT number"),
    "NrID": ("Numer podatkowy", "Tax number"),
    "IDWew": ("Identyfikator wewnętrzny", "Internal identifier"),
    "IDNabywcy": ("Klucz nabywcy", "Buyer's key"),
    "NrKlienta": ("Numer klienta", "Customer number"),
    "NrEORI": ("Numer EORI", "EORI number"),
    "PrefiksPodatnika": ("Prefiks VAT", "VAT prefix"),
    "GLN": ("GLN", "GLN"),
    "Email": ("E-mail", "E-mail"),
    "EmailPU": ("E-mail", "E-mail"),
    "Telefon": ("Telefon", "Phone"),
    "TelefonPU": ("Telefon", "Phone"),
    "AdresKoresp": ("Adres do korespondencji", "Correspondence address"),
    "StatusInfoPodatnika": ("Status podatnika", "Taxpayer's status"),
    "Udzial": ("Udział (%)", "Share (%)"),
    "OpisRoli": ("Rola", "Role"),
    "Rola": ("Rola", "Role"),
    "RolaPU": ("Rola", "Role"),
    "JST": ("Jednostka podrzędna JST", "Local authority unit"),
    "GV": ("Członek grupy VAT", "Member of a VAT group"),
    # head
    "P_1": ("Data wystawienia", "Issued"),
    "P_1M": ("Miejsce wystawienia", "Place of issue"),
    "P_6": ("Data sprzedaży", "Date of sale"),
    "OkresFa": ("Okres", "Period"),
    "WZ": ("Dokument WZ", "Delivery note"),
    "KodWaluty": ("Waluta", "Currency"),
    "KursWalutyZ": ("Kurs waluty", "Exchange rate"),
    "FP": ("Faktura do paragonu (art. 109 ust. 3d)", "Invoice to a receipt (art. 109(3d))"),
    "TP": ("Powiązania między stronami (TP)", "Linked parties (TP)"),
    "ZwrotAkcyzy": ("Zwrot akcyzy dla rolników", "Excise refund for farmers"),
    # correction
    "PrzyczynaKorekty": ("Przyczyna korekty", "Reason"),
    "TypKorekty": ("Skutek korekty", "Effect"),
    "DataWystFaKorygowanej": ("Data wystawienia", "Issued"),
    "NrFaKorygowanej": ("Faktura korygowana", "Corrected invoice"),
    "NrKSeFFaKorygowanej": ("Numer KSeF faktury korygowanej", "KSeF number of the corrected invoice"),
    "OkresFaKorygowanej": ("Okres korekty", "Corrected period"),
    "NrFaKorygowany": ("Poprawny numer faktury", "Right invoice number"),
    "P_15ZK": ("Kwota przed korektą", "Amount before the correction"),
    "KursWalutyZK": ("Kurs waluty przed korektą", "Exchange rate before the correction"),
    "NrFaZaliczkowej": ("Faktura zaliczkowa", "Advance invoice"),
    "NrKSeFFaZaliczkowej": ("Faktura zaliczkowa (numer KSeF)", "Advance invoice (KSeF number)"),
    "P_6Z": ("Data zapłaty zaliczki", "Advance paid on"),
    "P_15Z": ("Kwota zaliczki", "Advance"),
    "KursWalutyZW": ("Kurs waluty", "Exchange rate"),
    # lines
    "NrWierszaFa": ("Lp.", "No."),
    "UU_ID": ("Identyfikator wiersza", "Line ID"),
    "P_6A": ("Data sprzedaży", "Date of sale"),
    "P_7": ("Nazwa towaru lub usługi", "Goods or services"),
    "Indeks": ("Indeks", "Code"),
    "GTIN": ("GTIN", "GTIN"),
    "PKWiU": ("PKWiU", "PKWiU"),
    "CN": ("CN", "CN"),
    "PKOB": ("PKOB", "PKOB"),
    "P_8A": ("Jedn.", "Unit"),
    "P_8B": ("Ilość", "Quantity"),
    "P_9A": ("Cena netto", "Net price"),
    "P_9B": ("Cena brutto", "Gross price"),
    "P_10": ("Rabat", "Discount"),
    "P_11": ("Wartość netto", "Net value"),
    "P_11A": ("Wartość brutto", "Gross value"),
    "P_11Vat": ("VAT", "VAT"),
    "P_12": ("Stawka", "Rate"),
    "P_12_XII": ("Stawka OSS (%)", "OSS rate (%)"),
    "P_12_Zal_15": ("Zał. 15", "Annex 15"),
    "KwotaAkcyzy": ("Akcyza", "Excise"),
    "GTU": ("GTU", "GTU"),
    "Procedura": ("Procedura", "Procedure"),
    "KursWaluty": ("Kurs", "Rate of exchange"),
    "StanPrzed": ("Stan", "State"),
    # order
    "WartoscZamowienia": ("Wartość zamówienia brutto", "Gross value of the order"),
    "NrWierszaZam": ("Lp.", "No."),
    "UU_IDZ": ("Identyfikator wiersza", "Line ID"),
    "P_7Z": ("Nazwa towaru lub usługi", "Goods or services"),
    "IndeksZ": ("Indeks", "Code"),
    "GTINZ": ("GTIN", "GTIN"),
    "PKWiUZ": ("PKWiU", "PKWiU"),
    "CNZ": ("CN", "CN"),
    "PKOBZ": ("PKOB", "PKOB"),
    "P_8AZ": ("Jedn.", "Unit"),
    "P_8BZ": ("Ilość", "Quantity"),
    "P_9AZ": ("Cena netto", "Net price"),
    "P_11NettoZ": ("Wartość netto", "Net value"),
    "P_11VatZ": ("VAT", "VAT"),
    "P_12Z": ("Stawka", "Rate"),
    "P_12Z_XII": ("Stawka OSS (%)", "OSS rate (%)"),
    "P_12Z_Zal_15": ("Zał. 15", "Annex 15"),
    "GTUZ": ("GTU", "GTU"),
    "ProceduraZ": ("Procedura", "Procedure"),
    "KwotaAkcyzyZ": ("Akcyza", "Excise"),
    "StanPrzedZ": ("Stan", "State"),
    # settlement and payment
    "Kwota": ("Kwota", "Amount"),
    "Powod": ("Powód", "Reason"),
    "SumaObciazen": ("Suma obciążeń", "Charges in total"),
    "SumaOdliczen": ("Suma odliczeń", "Deductions in total"),
    "DoZaplaty": ("Do zapłaty", "To pay"),
    "DoRozliczenia": ("Do rozliczenia", "To settle"),
    "DataZaplaty": ("Zapłacono", "Paid on"),
    "Zaplacono": ("Zapłacono", "Paid"),
    "ZnacznikZaplatyCzesciowej": ("Zapłata częściowa", "Paid in part"),
    "KwotaZaplatyCzesciowej": ("Zapłata częściowa", "Part payment"),
    "DataZaplatyCzesciowej": ("Data zapłaty częściowej", "Part payment on"),
    "Termin": ("Termin płatności", "Due"),
    "TerminOpis": ("Termin płatności", "Due"),
    "FormaPlatnosci": ("Forma płatności", "Payment by"),
    "OpisPlatnosci": ("Forma płatności", "Payment by"),
    "NrRB": ("Rachunek", "Account"),
    "SWIFT": ("SWIFT", "SWIFT"),
    "NazwaBanku": ("Bank", "Bank"),
    "OpisRachunku": ("Opis rachunku", "Account's description"),
    "RachunekWlasnyBanku": ("Rachunek własny banku", "Bank's own account"),
    "WarunkiSkonta": ("Warunki skonta", "Discount terms"),
    "WysokoscSkonta": ("Wysokość skonta", "Discount"),
    "LinkDoPlatnosci": ("Link do płatności", "Payment link"),
    "IPKSeF": ("Identyfikator płatności KSeF", "KSeF payment identifier"),
    # terms
    "DataUmowy": ("Data umowy", "Contract of"),
    "NrUmowy": ("Numer umowy", "Contract number"),
    "DataZamowienia": ("Data zamówienia", "Ordered on"),
    "NrZamowienia": ("Numer zamówienia", "Order number"),
    "NrPartiiTowaru": ("Numer partii towaru", "Batch number"),
    "WarunkiDostawy": ("Warunki dostawy", "Terms of delivery"),
    "KursUmowny": ("Kurs umowny", "Contractual exchange rate"),
    "WalutaUmowna": ("Waluta umowna", "Contractual currency"),
    "PodmiotPosredniczacy": ("Podmiot pośredniczący", "Intermediary"),
    "RodzajTransportu": ("Transport", "Transport"),
    "OpisInnegoTransportu": ("Transport", "Transport"),
    "NrZleceniaTransportu": ("Zlecenie transportu", "Transport order"),
    "OpisLadunku": ("Ładunek", "Cargo"),
    "OpisInnegoLadunku": ("Ładunek", "Cargo"),
    "JednostkaOpakowania": ("Jednostka opakowania", "Packaging unit"),
    "DataGodzRozpTransportu": ("Rozpoczęcie transportu", "Transport begins"),
    "DataGodzZakTransportu": ("Zakończenie transportu", "Transport ends"),
    "Przewoznik": ("Przewoźnik", "Carrier"),
    "AdresPrzewoznika": ("Adres przewoźnika", "Carrier's address"),
    "WysylkaZ": ("Wysyłka z", "Shipped from"),
    "WysylkaPrzez": ("Wysyłka przez", "Shipped via"),
    "WysylkaDo": ("Wysyłka do", "Shipped to"),
    # footer
    "StopkaFaktury": ("Informacja", "Note"),
    "PelnaNazwa": ("Pełna nazwa", "Full name"),
    "KRS": ("KRS", "KRS"),
    "REGON": ("REGON", "REGON"),
    "BDO": ("BDO", "BDO"),
    "SystemInfo": ("Program", "Program"),
    "Nazwa": ("Nazwa", "Name"),
    "Adres": ("Adres", "Address"),
}

KINDS: Final[dict[str, tuple[str, str]]] = {
    "VAT": ("Faktura", "Invoice"),
    "KOR": ("Faktura korygująca", "Correction invoice"),
    "ZAL": ("Faktura zaliczkowa", "Advance invoice"),
    "ROZ": ("Faktura rozliczeniowa", "Settlement invoice"),
    "UPR": ("Faktura uproszczona", "Simplified invoice"),
    "KOR_ZAL": ("Korekta faktury zaliczkowej", "Correction of an advance invoice"),
    "KOR_ROZ": ("Korekta faktury rozliczeniowej", "Correction of a settlement invoice"),
}

# What a number of a choice means; of an element that is not here, the number itself is shown.
CHOICES: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "FormaPlatnosci": {
        "1": ("gotówka", "cash"),
        "2": ("karta", "card"),
        "3": ("bon", "voucher"),
        "4": ("czek", "cheque"),
        "5": ("kredyt", "credit"),
        "6": ("przelew", "transfer"),
        "7": ("płatność mobilna", "mobile payment"),
    },
    "TypKorekty": {
        "1": ("w dacie faktury pierwotnej", "at the date of the original"),
        "2": ("w dacie korekty", "at the date of the correction"),
        "3": ("w innej dacie", "at another date"),
    },
    "Rola": {
        "1": ("Faktor", "Factor"),
        "2": ("Odbiorca", "Recipient"),
        "3": ("Podmiot pierwotny", "Original party"),
        "4": ("Dodatkowy nabywca", "Further buyer"),
        "5": ("Wystawca faktury", "Issuer"),
        "6": ("Dokonujący płatności", "Payer"),
        "7": ("JST – wystawca", "Local authority – issuer"),
        "8": ("JST – odbiorca", "Local authority – recipient"),
        "9": ("Członek grupy VAT – wystawca", "VAT group member – issuer"),
        "10": ("Członek grupy VAT – odbiorca", "VAT group member – recipient"),
        "11": ("Pracownik", "Employee"),
    },
    "RolaPU": {
        "1": ("Organ egzekucyjny", "Enforcement body"),
        "2": ("Komornik sądowy", "Bailiff"),
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
        "7": ("stałe instalacje", "fixed installations"),
        "8": ("żegluga śródlądowa", "inland waterways"),
    },
    "StanPrzed": {"1": ("przed korektą", "before")},
    "StanPrzedZ": {"1": ("przed korektą", "before")},
    **{
        name: {"1": ("tak", "yes"), "2": ("nie", "no")}
        for name in ("JST", "GV", "FP", "TP", "ZwrotAkcyzy", "Zaplacono")
    },
    **{name: {"1": ("tak", "yes")} for name in ("P_12_Zal_15", "P_12Z_Zal_15")},
    "ZnacznikZaplatyCzesciowej": {
        "1": ("w części", "in part"),
        "2": ("w całości, w ratach", "in full, in parts"),
    },
}

# The marks of art. 106e that a print says in words.
MARKS: Final[dict[str, tuple[str, str]]] = {
    "P_16": ("metoda kasowa", "cash accounting"),
    "P_17": ("samofakturowanie", "self-billing"),
    "P_18": ("odwrotne obciążenie", "reverse charge"),
    "P_18A": ("mechanizm podzielonej płatności", "split payment"),
    "P_19": ("zwolnienie z VAT", "exempt from VAT"),
    "P_22": (
        "wewnątrzwspólnotowa dostawa nowych środków transportu",
        "intra-Community supply of new means of transport",
    ),
    "P_23": (
        "procedura uproszczona (transakcja trójstronna)",
        "simplified procedure (triangular transaction)",
    ),
    "P_PMarzy_2": ("procedura marży dla biur podróży", "margin scheme – travel agents"),
    "P_PMarzy_3_1": ("procedura marży – towary używane", "margin scheme – second-hand goods"),
    "P_PMarzy_3_2": ("procedura marży – dzieła sztuki", "margin scheme – works of art"),
    "P_PMarzy_3_3": (
        "procedura marży – przedmioty kolekcjonerskie i antyki",
        "margin scheme – collector's items and antiques",
    ),
}

# Sums: name of the rate, net, tax, tax in PLN.
SUMS: Final[tuple[tuple[tuple[str, str], str, str, str], ...]] = (
    (("23% lub 22%", "23% or 22%"), "P_13_1", "P_14_1", "P_14_1W"),
    (("8% lub 7%", "8% or 7%"), "P_13_2", "P_14_2", "P_14_2W"),
    (("5%", "5%"), "P_13_3", "P_14_3", "P_14_3W"),
    (("4% lub 3%", "4% or 3%"), "P_13_4", "P_14_4", "P_14_4W"),
    (("OSS", "OSS"), "P_13_5", "P_14_5", ""),
    (("0% (kraj)", "0% (domestic)"), "P_13_6_1", "", ""),
    (("0% (WDT)", "0% (intra-EU)"), "P_13_6_2", "", ""),
    (("0% (eksport)", "0% (export)"), "P_13_6_3", "", ""),
    (("zwolnione", "exempt"), "P_13_7", "", ""),
    (("poza Polską (np. I)", "outside Poland (np. I)"), "P_13_8", "", ""),
    (("usługi dla UE (np. II)", "services to the EU (np. II)"), "P_13_9", "", ""),
    (("odwrotne obciążenie", "reverse charge"), "P_13_10", "", ""),
    (("marża (brutto)", "margin (gross)"), "P_13_11", "", ""),
)

WORDS: Final[dict[str, tuple[str, str]]] = {
    "rate": ("Stawka", "Rate"),
    "net": ("Netto", "Net"),
    "tax": ("VAT", "VAT"),
    "tax_pln": ("VAT w PLN", "VAT in PLN"),
    "gross": ("Brutto", "Gross"),
    "due": ("Kwota należności", "Amount due"),
    "difference": ("Kwota korekty", "Amount of the correction"),
    "payment": ("Płatność", "Payment"),
    "settlement": ("Rozliczenie", "Settlement"),
    "charges": ("Obciążenie", "Charge"),
    "deductions": ("Odliczenie", "Deduction"),
    "correction": ("Korekta", "Correction"),
    "advances": ("Zaliczki", "Advances"),
    "terms": ("Warunki transakcji", "Terms"),
    "order": ("Zamówienie", "Order"),
    "marks": ("Adnotacje", "Notes of law"),
    "notes": ("Uwagi", "Remarks"),
    "registers": ("Rejestry", "Registers"),
    "other": ("Pozostałe dane", "Other data"),
    "attachment": ("Załącznik", "Attachment"),
    "line": ("wiersz", "line"),
    "factor": ("Rachunek faktora", "Factor's account"),
    "check": ("Sprawdź, czy ta faktura znajduje się w KSeF", "Check whether this invoice is in KSeF"),
    "check_issuer": ("Zweryfikuj wystawcę faktury", "Verify who issued the invoice"),
    "certificate": ("CERTYFIKAT", "CERTYFIKAT"),
    "ksef_number": ("Numer KSeF", "KSeF number"),
    "page": ("Strona", "Page"),
    "new_transport": ("Nowy środek transportu", "New means of transport"),
}


def pick(pair: tuple[str, str], language: Language) -> str:
    """The word of a language."""
    return pair[1] if language == "en" else pair[0]


def label(name: str, language: Language) -> str:
    """What an element is called."""
    return pick(LABELS.get(name, (name, name)), language)


def choice(name: str, value: str, language: Language) -> str:
    """What a value of a choice means."""
    found = CHOICES.get(name, {}).get(value)
    return pick(found, language) if found else value


def word(name: str, language: Language) -> str:
    """A word of the print itself."""
    return pick(WORDS[name], language)


def show_rate(value: str) -> str:
    """A value of P_12: numbers are percents."""
    return f"{value}%" if value.isdigit() else value

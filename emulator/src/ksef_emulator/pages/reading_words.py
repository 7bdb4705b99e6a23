"""How an FA document's codes are told to people, in both languages (official schemas of FA(2) and FA(3))."""

from __future__ import annotations

Words = tuple[str, str]
"""Polish, English."""
KINDS: dict[str, Words] = {
    "VAT": ("Faktura", "Invoice"),
    "KOR": ("Faktura korygująca", "Correcting invoice"),
    "ZAL": ("Faktura zaliczkowa", "Advance invoice"),
    "ROZ": ("Faktura rozliczeniowa", "Settling invoice"),
    "UPR": ("Faktura uproszczona", "Simplified invoice"),
    "KOR_ZAL": ("Korekta faktury zaliczkowej", "Correction of an advance invoice"),
    "KOR_ROZ": ("Korekta faktury rozliczeniowej", "Correction of a settling invoice"),
}
SUMS: tuple[tuple[str, Words], ...] = (
    ("1", ("23% lub 22%", "23% or 22%")),
    ("2", ("8% lub 7%", "8% or 7%")),
    ("3", ("5%", "5%")),
    ("4", ("4% lub 3% (ryczałt taksówek)", "4% or 3% (taxis' flat rate)")),
    ("5", ("procedura OSS", "OSS procedure")),
    ("6_1", ("0% w kraju", "0% domestic")),
    ("6_2", ("0% WDT", "0% intra-Community supply")),
    ("6_3", ("0% eksport", "0% export")),
    ("7", ("zwolnione", "exempt")),
    ("8", ("niepodlegające, poza krajem", "not taxed, outside Poland")),
    ("9", ("usługi z art. 100 ust. 1 pkt 4", "services of art. 100(1)(4)")),
    ("10", ("odwrotne obciążenie", "reverse charge")),
    ("11", ("marża", "margin")),
)
"""Sums of net values by rate: P_13_x, with their tax in P_14_x where there is one."""
RATES = {
    "0 KR": "0%",
    "0 WDT": "0% WDT",
    "0 EX": "0% EX",
    "zw": "zw",
    "oo": "oo",
    "np I": "np I",
    "np II": "np II",
    "np": "np",
}
"""Rates of a line (P_12) that are no number."""
ROLES: dict[str, Words] = {
    "1": ("Faktor", "Factor"),
    "2": ("Odbiorca", "Recipient"),
    "3": ("Podmiot pierwotny", "Original party"),
    "4": ("Dodatkowy nabywca", "Additional buyer"),
    "5": ("Wystawca faktury", "Issuer of the invoice"),
    "6": ("Dokonujący płatności", "Payer"),
    "7": ("Jednostka samorządu – wystawca", "Local government unit – issuer"),
    "8": ("Jednostka samorządu – odbiorca", "Local government unit – recipient"),
    "9": ("Członek grupy VAT – wystawca", "Member of a VAT group – issuer"),
    "10": ("Członek grupy VAT – odbiorca", "Member of a VAT group – recipient"),
    "11": ("Pracownik", "Employee"),
}
"""``Podmiot3/Rola``."""
ROLES_OF_AUTHORIZED: dict[str, Words] = {
    "1": ("Organ egzekucyjny", "Enforcement authority"),
    "2": ("Komornik sądowy", "Bailiff"),
    "3": ("Przedstawiciel podatkowy", "Tax representative"),
}
"""``PodmiotUpowazniony/RolaPU``."""
NOTES: tuple[tuple[str, Words], ...] = (
    ("P_16", ("Metoda kasowa", "Cash accounting")),
    ("P_17", ("Samofakturowanie", "Self-invoicing")),
    ("P_18", ("Odwrotne obciążenie", "Reverse charge")),
    ("P_18A", ("Mechanizm podzielonej płatności", "Split payment")),
    ("P_23", ("Procedura uproszczona (art. 135 ust. 1 pkt 4)", "Simplified procedure (art. 135(1)(4))")),
)
MARGINS: tuple[tuple[str, Words], ...] = (
    ("P_PMarzy_2", ("Procedura marży dla biur podróży", "Margin scheme – travel agents")),
    ("P_PMarzy_3_1", ("Procedura marży – towary używane", "Margin scheme – second-hand goods")),
    ("P_PMarzy_3_2", ("Procedura marży – dzieła sztuki", "Margin scheme – works of art")),
    (
        "P_PMarzy_3_3",
        (
            "Procedura marży – przedmioty kolekcjonerskie i antyki",
            "Margin scheme – collectors' items and antiques",
        ),
    ),
)
FORMS_OF_PAYMENT: dict[str, Words] = {
    "1": ("gotówka", "cash"),
    "2": ("karta", "card"),
    "3": ("bon", "voucher"),
    "4": ("czek", "cheque"),
    "5": ("kredyt", "credit"),
    "6": ("przelew", "bank transfer"),
    "7": ("płatność mobilna", "mobile payment"),
}
"""``Platnosc/FormaPlatnosci``."""

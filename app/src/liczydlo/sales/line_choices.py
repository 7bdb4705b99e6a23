"""Choices of an invoice's lines: how prices are given, rates with their official meaning, procedures."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.documents.choices import RATES

NET, GROSS = "net", "gross"
PRICES: Final[list[tuple[str, str | Promise]]] = [(NET, _("Ceny netto")), (GROSS, _("Ceny brutto"))]
MARGIN, OSS = "margin", "OSS"
"""Not rates of P_12: a line without one, and one with P_12_XII."""
LINE_RATES: Final[list[tuple[str, str | Promise]]] = [
    *RATES,
    (MARGIN, _("marża")),
    (OSS, "OSS"),
    ("4", "4%"),
    ("3", "3%"),
    ("22", "22%"),
    ("7", "7%"),
]
RATE_NOTES: Final[tuple[tuple[str | Promise, str | Promise], ...]] = (
    ("23%, 8%, 5%", _("stawka podstawowa i obniżone")),
    (_("0% krajowa"), _("stawka 0% przy sprzedaży w Polsce, z wyłączeniem WDT i eksportu")),
    (_("0% WDT"), _("wewnątrzwspólnotowa dostawa: towar wywieziony do firmy w innym państwie Unii")),
    (_("0% eksport"), _("towar wywieziony poza Unię")),
    (_("zwolniona"), _("sprzedaż zwolniona z VAT; podaj przepis w polu „Podstawa zwolnienia z VAT”")),
    (_("odwrotne obc."), _("odwrotne obciążenie: podatek rozlicza nabywca")),
    (_("np. I"), _("dostawa towarów albo usługa poza Polską, która nie podlega polskiemu VAT")),
    (_("np. II"), _("usługi dla firm z Unii (art. 100 ust. 1 pkt 4 ustawy o VAT)")),
    (
        _("marża"),
        _("procedura marży (art. 119 i 120): bez stawki i kwoty podatku, cena brutto; wskaż procedurę"),
    ),
    ("OSS", _("sprzedaż do konsumentów w Unii rozliczana w OSS: stawka VAT państwa nabywcy")),
    ("4%, 3%", _("ryczałt taksówek osobowych; 3% przed 2011 rokiem")),
    ("22%, 7%", _("stawki sprzed 2011 roku, do korekt i rozliczeń z tamtych lat")),
)
PROCEDURES: Final[list[tuple[str, str]]] = [
    ("", "—"),
    *(
        (code, code)
        for code in ("WSTO_EE", "IED", "TT_D", "I_42", "I_63", "B_SPV", "B_SPV_DOSTAWA", "B_MPV_PROWIZJA")
    ),
]
"""TOznaczenieProcedury of FA(3)."""
ORDER_PROCEDURES: Final = [one for one in PROCEDURES if one[0] not in ("I_42", "I_63")]
"""TOznaczenieProceduryZ: of lines of an order."""
PROCEDURE_NOTES: Final[tuple[tuple[str, str | Promise], ...]] = (
    (
        "WSTO_EE",
        _("sprzedaż na odległość w Unii i usługi elektroniczne dla konsumentów z innych państw Unii"),
    ),
    ("IED", _("dostawa, w której podatnik ułatwia sprzedaż przez interfejs elektroniczny (art. 7a)")),
    ("TT_D", _("dostawa w transakcji trójstronnej uproszczonej, przez drugiego w kolejności podatnika")),
    ("I_42", _("WDT po imporcie w procedurze celnej 42")),
    ("I_63", _("WDT po imporcie w procedurze celnej 63")),
    ("B_SPV", _("transfer bonu jednego przeznaczenia")),
    (
        "B_SPV_DOSTAWA",
        _("dostawa towarów albo usługa, której dotyczy bon jednego przeznaczenia, na rzecz emitenta"),
    ),
    ("B_MPV_PROWIZJA", _("pośrednictwo przy transferze bonu różnego przeznaczenia")),
)
"""What the marks mean (§ 10 ust. 4 of the regulation on JPK_VAT)."""

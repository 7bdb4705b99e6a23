"""What the law and KSeF ask of an invoice VAT RR beyond its form (ustawa o VAT art. 115 and 116).

An error is what KSeF would refuse, or what no invoice VAT RR may be; anything else is a warning: the buyer answers.
Sums can only be wrong in a file that another program wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from liczydlo.fa3 import identifiers, money
from liczydlo.fa3.problems import Problem
from liczydlo.rr import wording
from liczydlo.rr.build import KOR_VAT_RR, VAT_RR, in_words, total
from liczydlo.rr.draft import RATE
from liczydlo.rr.model import Faktura

_ROOT: Final = "FakturaRR"


def check(faktura: Faktura, *, today: date) -> list[Problem]:
    """What the rules have against an invoice whose form is right; ``today`` is the day in Poland."""
    return [*_dates(faktura, today), *(problem for rule in _RULES for problem in rule(faktura))]


def _dates(faktura: Faktura, today: date) -> Iterator[Problem]:
    content = faktura.faktura_rr
    issued = content.p_4b
    if issued > today:
        yield _error("rr-date-future", "P_4B", value=issued.isoformat(), today=today.isoformat())
    rows = content.faktura_rr_wiersz
    if content.p_4a is None and any(row.p_4aa is None for row in rows):
        yield _error("rr-no-day", "P_4A")
    if content.p_4a is not None and any(row.p_4aa is not None for row in rows):
        yield _error("rr-two-days", "P_4A")
    days = [day for day in (content.p_4a, *(row.p_4aa for row in rows)) if day is not None]
    if days and max(days) > issued:
        yield _warning("rr-bought-later", "P_4A", value=max(days).isoformat(), issued=issued.isoformat())
    for number, proof in enumerate(content.dokument_zaplaty, 1):
        if proof.data_dokumentu is not None and proof.data_dokumentu > today:
            path = f"DokumentZaplaty[{number}]/DataDokumentu"
            yield _warning(
                "paid-in-future", path, value=proof.data_dokumentu.isoformat(), latest=today.isoformat()
            )


def _parties(faktura: Faktura) -> Iterator[Problem]:
    farmer, buyer = (one.dane_identyfikacyjne.nip for one in (faktura.podmiot1, faktura.podmiot2))
    for place, nip in (("Podmiot1", farmer), ("Podmiot2", buyer)):
        if not identifiers.is_nip(nip):
            path = f"{place}/DaneIdentyfikacyjne/NIP"
            yield Problem(code="rr-nip", path=path, params={"value": nip})
    for number, third in enumerate(faktura.podmiot3, 1):
        stated = third.dane_identyfikacyjne.nip
        if stated is not None and not identifiers.is_nip(stated):
            path = f"Podmiot3[{number}]/DaneIdentyfikacyjne/NIP"
            yield Problem(code="rr-nip", path=path, params={"value": stated})
    if farmer == buyer:
        yield Problem(code="rr-own", path="Podmiot1/DaneIdentyfikacyjne/NIP")


def _rows(faktura: Faktura) -> Iterator[Problem]:
    content = faktura.faktura_rr
    if content.rodzaj_faktury == VAT_RR and not content.faktura_rr_wiersz:
        yield _error("rr-no-lines", "FakturaRRWiersz")
    for place, row in enumerate(content.faktura_rr_wiersz, 1):
        here = f"FakturaRRWiersz[{place}]"
        number = str(row.nr_wiersza_fa)
        if content.rodzaj_faktury == VAT_RR and row.p_9 != RATE:
            yield _error("rr-rate", f"{here}/P_9", number=number, value=f"{row.p_9:f}")
        if content.rodzaj_faktury == VAT_RR and (row.p_6b <= 0 or row.p_7 < 0):
            yield _error("rr-negative", f"{here}/P_6B", number=number)
        value, refund = money.value(row.p_6b, row.p_7), money.tax_on_net(row.p_8, row.p_9)
        for field, stated, expected in (
            ("P_8", row.p_8, value),
            ("P_10", row.p_10, refund),
            ("P_11", row.p_11, money.total((row.p_8, row.p_10))),
        ):
            if stated != expected:
                yield _off(f"{here}/{field}", field, stated, expected)


def _sums(faktura: Faktura) -> Iterator[Problem]:
    content = faktura.faktura_rr
    net, refund = (total(content.faktura_rr_wiersz, field) for field in ("p_8", "p_10"))
    due = money.total((net, refund))
    for field, stated, expected in (
        ("P_11_1", content.p_11_1, net),
        ("P_11_2", content.p_11_2, refund),
        ("P_12_1", content.p_12_1, due),
    ):
        if stated != expected:
            yield _off(field, field, stated, expected)
    if content.kod_waluty != "PLN":
        if content.p_11_2w is None or content.p_12_1w is None:
            yield _warning("rr-not-converted", "P_12_1W", value=content.kod_waluty)
    elif abs(content.p_12_1) > wording.LARGEST:
        yield _error("rr-too-much", "P_12_1", limit=f"{wording.LARGEST:f}")
    elif not wording.matches(content.p_12_2, content.p_12_1):
        yield _warning("rr-words", "P_12_2", value=content.p_12_2, expected=in_words(content.p_12_1))


def _payment(faktura: Faktura) -> Iterator[Problem]:
    content = faktura.faktura_rr
    if content.rozliczenie is not None:
        deducted = money.total(one.kwota for one in content.rozliczenie.odliczenia)
        added = money.total(one.kwota for one in content.rozliczenie.obciazenia)
        left = money.difference(money.total((content.p_12_1, added)), deducted)
        for field, stated, expected in (
            ("SumaObciazen", content.rozliczenie.suma_obciazen, added),
            ("SumaOdliczen", content.rozliczenie.suma_odliczen, deducted),
            ("DoZaplaty", content.rozliczenie.do_zaplaty, left),
        ):
            if stated is not None and stated != expected:
                yield _off(f"Rozliczenie/{field}", field, stated, expected)
        if left < 0 <= content.p_12_1:
            yield _error("rr-deducted-too-much", "Rozliczenie/SumaOdliczen")
    if content.rodzaj_faktury != VAT_RR:
        return
    if content.platnosc is None or not content.platnosc.rachunek_bankowy1:
        yield _warning("rr-no-account", "Platnosc")
    if not any(one.klucz == wording.DECLARATION_KEY for one in content.dodatkowy_opis):
        yield _warning("rr-no-declaration", "DodatkowyOpis")


def _corrections(faktura: Faktura) -> Iterator[Problem]:
    content = faktura.faktura_rr
    if content.rodzaj_faktury != KOR_VAT_RR:
        return
    for number, original in enumerate(content.dane_fa_korygowanej, 1):
        if original.nr_fa_korygowanej == content.p_4c:
            yield _error("rr-corrects-itself", f"DaneFaKorygowanej[{number}]/NrFaKorygowanej")
        if original.data_wyst_fa_korygowanej > content.p_4b:
            yield _warning("rr-corrects-later", f"DaneFaKorygowanej[{number}]/DataWystFaKorygowanej")
    if not content.przyczyna_korekty:
        yield _warning("rr-no-reason", "PrzyczynaKorekty")


def _error(code: str, path: str, **params: Any) -> Problem:
    return Problem(code=code, path=f"{_ROOT}/{path}", params=params)


def _warning(code: str, path: str, **params: Any) -> Problem:
    return Problem(code=code, path=f"{_ROOT}/{path}", params=params, severity="warning")


def _off(path: str, field: str, stated: Decimal, expected: Decimal) -> Problem:
    return _warning("rr-sum", path, field=field, value=f"{stated:f}", expected=f"{expected:f}")


_RULES: Final[tuple[Callable[[Faktura], Iterator[Problem]], ...]] = (
    _parties,
    _rows,
    _sums,
    _payment,
    _corrections,
)

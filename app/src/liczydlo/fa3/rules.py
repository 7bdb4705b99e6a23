"""What the schema cannot say: the rule that KSeF refuses by, and those by which an accountant would.

An *error* is only what KSeF itself refuses (ksef-docs faktury/weryfikacja-faktury.md); everything else is a *warning*,
because the taxpayer answers for the content, not the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from liczydlo.fa3 import money, totals
from liczydlo.fa3.identifiers import is_nip
from liczydlo.fa3.model import Fa, Faktura, FaWiersz
from liczydlo.fa3.problems import Problem

_ORDINARY: Final = ("VAT", "KOR")  # whose sums come from their own lines
_CORRECTIONS: Final = ("KOR", "KOR_ZAL", "KOR_ROZ")
_SPLIT_FROM: Final = Decimal(15000)  # PLN gross, above which annex 15 needs split payment (art. 108a ust. 1a)
_GROSZ: Final = Decimal("0.01")


def check(faktura: Faktura, *, today: date) -> list[Problem]:
    """What the rules have against an invoice whose form is right; ``today`` is the day in Poland."""
    return [problem for rule in _RULES for problem in rule(faktura, today)]


def _warning(code: str, path: str, **params: str) -> Problem:
    return Problem(code=code, path=path, params=params, severity="warning")


def _issue_date(faktura: Faktura, today: date) -> Iterator[Problem]:
    """KSeF refuses a P_1 later than the day of acceptance."""
    if faktura.fa.p_1 > today:
        params = {"value": faktura.fa.p_1.isoformat(), "today": today.isoformat()}
        yield Problem(code="issue-date-future", path="Fa/P_1", params=params)


def _identifiers(faktura: Faktura, today: date) -> Iterator[Problem]:  # noqa: ARG001
    """KSeF compares check digits in production only."""
    named: list[tuple[str, str | None]] = [
        ("Podmiot1", faktura.podmiot1.dane_identyfikacyjne.nip),
        ("Podmiot2", faktura.podmiot2.dane_identyfikacyjne.nip),
    ]
    for index, party in enumerate(faktura.podmiot3, 1):
        named.append((f"Podmiot3[{index}]", party.dane_identyfikacyjne.nip))
    if faktura.podmiot_upowazniony is not None:
        named.append(("PodmiotUpowazniony", faktura.podmiot_upowazniony.dane_identyfikacyjne.nip))
    for where, nip in named:
        if nip is not None and not is_nip(nip):
            yield _warning("nip-checksum", f"{where}/DaneIdentyfikacyjne/NIP", value=nip)


def _lines(faktura: Faktura, today: date) -> Iterator[Problem]:  # noqa: ARG001
    """Quantity × price less discount is the value, to the grosz."""
    for index, line in enumerate(faktura.fa.fa_wiersz, 1):
        price, worth, name = (
            (line.p_9a, line.p_11, "P_11") if line.p_11 is not None else (line.p_9b, line.p_11a, "P_11A")
        )
        if None in (price, worth, line.p_8b):
            continue
        assert price is not None and worth is not None and line.p_8b is not None
        allowed = {money.value(line.p_8b, price), money.value(line.p_8b, price, line.p_10)}
        if min(abs(worth - each) for each in allowed) > _GROSZ:
            expected = f"{min(allowed):f}"
            yield _warning(
                "line-value", f"Fa/FaWiersz[{index}]/{name}", value=f"{worth:f}", expected=expected
            )


def _sums(faktura: Faktura, today: date) -> Iterator[Problem]:  # noqa: ARG001
    """The sums of rates come from the lines; tax may also be the sum of the lines' taxes."""
    fa = faktura.fa
    lines = fa.fa_wiersz
    if fa.rodzaj_faktury not in _ORDINARY or not lines or not all(map(_is_valued, lines)):
        return
    tolerance = _GROSZ * (len(lines) + 1)
    expected: dict[str, Decimal] = {}
    for share in totals.shares(lines):
        expected[share.rate.net] = expected.get(share.rate.net, money.ZERO) + share.net
        if share.rate.tax:
            expected[share.rate.tax] = expected.get(share.rate.tax, money.ZERO) + share.tax
    for field, amount in expected.items():
        stated = getattr(fa, field) or money.ZERO
        if abs(stated - amount) > tolerance:
            yield _warning("sum", f"Fa/{field.upper()}", value=f"{stated:f}", expected=f"{amount:f}")


def _is_valued(line: FaWiersz) -> bool:
    return line.p_11 is not None or line.p_11a is not None


def _total(faktura: Faktura, today: date) -> Iterator[Problem]:  # noqa: ARG001
    """P_15 is all nets and taxes, for a document whose sums are its own."""
    fa = faktura.fa
    if fa.rodzaj_faktury not in _ORDINARY:
        return
    sums = {
        name: amount
        for name in Fa.__dataclass_fields__
        if name.startswith(("p_13_", "p_14_")) and (amount := getattr(fa, name)) is not None
    }
    expected = totals.gross(sums)
    if sums and abs(fa.p_15 - expected) > _GROSZ * 2:
        yield _warning("total", "Fa/P_15", value=f"{fa.p_15:f}", expected=f"{expected:f}")


def _foreign_tax(faktura: Faktura, today: date) -> Iterator[Problem]:  # noqa: ARG001
    """Tax in another currency is stated in PLN too (art. 106e ust. 11)."""
    fa = faktura.fa
    if fa.kod_waluty == totals.PLN:
        return
    for group in "1234":
        if getattr(fa, f"p_14_{group}") and getattr(fa, f"p_14_{group}w") is None:
            yield _warning("tax-in-pln", f"Fa/P_14_{group}", field=f"P_14_{group}W")


def _marks(faktura: Faktura, today: date) -> Iterator[Problem]:  # noqa: ARG001
    """The marks of art. 106e go with the rates."""
    fa, marks = faktura.fa, faktura.fa.adnotacje
    rates = {line.p_12 for line in fa.fa_wiersz}
    if "oo" in rates and marks.p_18 != 1:
        yield _warning("reverse-charge-mark", "Fa/Adnotacje/P_18")
    if "zw" in rates and marks.zwolnienie.p_19 != 1:
        yield _warning("exemption-mark", "Fa/Adnotacje/Zwolnienie")
    annex = any(line.p_12_zal_15 == 1 for line in fa.fa_wiersz)
    if annex and marks.p_18a != 1 and fa.kod_waluty == totals.PLN and fa.p_15 > _SPLIT_FROM:
        yield _warning("split-payment-mark", "Fa/Adnotacje/P_18A")


def _correction(faktura: Faktura, today: date) -> Iterator[Problem]:  # noqa: ARG001
    """A correction says what it corrects (art. 106j ust. 2)."""
    fa = faktura.fa
    if fa.rodzaj_faktury in _CORRECTIONS and not fa.dane_fa_korygowanej:
        yield _warning("correction-of-what", "Fa/RodzajFaktury")


def _payment(faktura: Faktura, today: date) -> Iterator[Problem]:  # noqa: ARG001
    """A term of payment is not before the day of issue."""
    fa = faktura.fa
    for index, term in enumerate(fa.platnosc.termin_platnosci if fa.platnosc else (), 1):
        if term.termin is not None and term.termin < fa.p_1 and fa.rodzaj_faktury == "VAT":
            path = f"Fa/Platnosc/TerminPlatnosci[{index}]/Termin"
            yield _warning("due-before-issue", path, value=term.termin.isoformat())


_RULES: Final[tuple[Callable[[Faktura, date], Iterator[Problem]], ...]] = (
    _issue_date,
    _identifiers,
    _lines,
    _sums,
    _total,
    _foreign_tax,
    _marks,
    _correction,
    _payment,
)

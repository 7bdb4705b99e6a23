"""What JPK_FA(4) has of an FA(3) document.

Not in JPK_FA, and therefore nowhere in the file: third parties (Podmiot3), P_13_11 (the gross value of margin sales,
which P_15 has), P_11Vat of lines, codes of goods and GTU, procedures, excise, terms and accounts, conditions of the
transaction, Rozliczenie, additional descriptions, the footer and attachments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from liczydlo.fa3 import model as fa3
from liczydlo.jpk import lines
from liczydlo.jpk.fitting import LONGEST_NUMBER, Remark, Remarks
from liczydlo.jpk.model import Faktura, FakturaWiersz, Zamowienie

KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("VAT", "UPR", "ROZ"), "VAT"),
    **dict.fromkeys(("KOR", "KOR_ZAL", "KOR_ROZ"), "KOREKTA"),
    "ZAL": "ZAL",
}
"""RodzajFaktury of JPK_FA(4) by that of FA(3)."""
UNKNOWN_CURRENCIES: Final = frozenset({"XCG"})
"""Currencies of FA(3) that are younger than JPK_FA(4); a test compares both lists."""
_MARGINS: Final = {
    "p_pmarzy_3_1": "procedura marży - towary używane",
    "p_pmarzy_3_2": "procedura marży - dzieła sztuki",
    "p_pmarzy_3_3": "procedura marży - przedmioty kolekcjonerskie i antyki",
}
_REPRESENTATIVE: Final = 3  # RolaPU
_ZERO: Final = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """An invoice for the file, with its lines and orders; ``faktura`` is None where the remarks say why not."""

    faktura: Faktura | None
    lines: tuple[FakturaWiersz, ...] = ()
    orders: tuple[Zamowienie, ...] = ()
    remarks: tuple[Remark, ...] = ()


def mapped(document: fa3.Faktura, numbers: Mapping[str, str] | None = None) -> Mapped:
    """An invoice of FA(3) as JPK_FA(4) has it.

    ``numbers`` are sellers' own numbers of advances by KSeF number: a settlement may name them by the latter alone.
    """
    fa = document.fa
    remarks = Remarks(number=fa.p_2)
    if fa.rodzaj_faktury not in KINDS:
        remarks.note("unreadable", "RodzajFaktury", fa.rodzaj_faktury)
    if fa.kod_waluty in UNKNOWN_CURRENCIES:
        remarks.note("currency", "KodWaluty", fa.kod_waluty)
    if remarks.day("P_1", fa.p_1) is None or remarks.noted:
        return Mapped(faktura=None, remarks=tuple(remarks.noted))
    faktura = Faktura(
        kod_waluty=fa.kod_waluty,
        p_1=fa.p_1,
        p_2a=fa.p_2,
        p_6=remarks.day("P_6", _day_of_sale(fa, remarks)),
        p_15=fa.p_15,
        rodzaj_faktury=KINDS[fa.rodzaj_faktury],
        **_parties(document, remarks),
        **_amounts(fa),
        **_marks(document, remarks),
        **_references(fa, numbers or {}, remarks),
    )
    own = tuple(lines.lines(fa, remarks)), tuple(lines.orders(fa, remarks))
    return Mapped(faktura=faktura, lines=own[0], orders=own[1], remarks=tuple(remarks.noted))


def _parties(document: fa3.Faktura, remarks: Remarks) -> dict[str, Any]:
    seller, buyer = document.podmiot1, document.podmiot2
    who = buyer.dane_identyfikacyjne
    return {
        "p_3a": remarks.text("P_3A", who.nazwa),
        "p_3b": remarks.text("P_3B", _address(buyer.adres)),
        "p_3c": remarks.text("P_3C", seller.dane_identyfikacyjne.nazwa),
        "p_3d": remarks.text("P_3D", _address(seller.adres)),
        "p_4a": seller.prefiks_podatnika,
        "p_4b": seller.dane_identyfikacyjne.nip,
        "p_5a": who.kod_ue,
        "p_5b": remarks.text("P_5B", who.nip or who.nr_vat_ue or who.nr_id, LONGEST_NUMBER),
    }


def _address(address: fa3.Adres | None) -> str | None:
    """In one line; the country where it is not Poland."""
    if address is None:
        return None
    country = address.kod_kraju if address.kod_kraju != "PL" else None
    return ", ".join(filter(None, (address.adres_l1, address.adres_l2, country)))


def _day_of_sale(fa: fa3.Fa, remarks: Remarks) -> date | None:
    """The end of the supply, where it is another day than that of issue; lines of several days end with the last."""
    day = fa.p_6 or (fa.okres_fa.p_6_do if fa.okres_fa is not None else None)
    if day is None:
        days = {line.p_6a for line in fa.fa_wiersz if line.p_6a is not None}
        if len(days) > 1:
            remarks.note("several-days", "P_6", ", ".join(sorted(one.isoformat() for one in days)))
        day = max(days, default=None)
    return day if day != fa.p_1 else None


def _amounts(fa: fa3.Fa) -> dict[str, Any]:
    """Sums per rate. Pairs stand together: where one of a pair is stated, the other is 0."""
    members: dict[str, Any] = {}
    for rate in "123":
        members |= _pair(fa, rate, getattr(fa, f"p_13_{rate}"), getattr(fa, f"p_14_{rate}"))
    members |= _pair(fa, "4", _together(fa.p_13_4, fa.p_13_10), fa.p_14_4)
    outside = _together(fa.p_13_5, fa.p_13_8, fa.p_13_9)
    members["p_13_5"] = _ZERO if outside is None and fa.p_14_5 is not None else outside
    members["p_14_5"] = fa.p_14_5
    members["p_13_6"] = _together(fa.p_13_6_1, fa.p_13_6_2, fa.p_13_6_3)
    members["p_13_7"] = fa.p_13_7
    return members


def _pair(fa: fa3.Fa, rate: str, net: Decimal | None, tax: Decimal | None) -> dict[str, Decimal | None]:
    if net is None and tax is None:
        return {}
    in_pln = getattr(fa, f"p_14_{rate}w")
    return {f"p_13_{rate}": net or _ZERO, f"p_14_{rate}": tax or _ZERO, f"p_14_{rate}w": in_pln}


def _together(*amounts: Decimal | None) -> Decimal | None:
    stated = [one for one in amounts if one is not None]
    return sum(stated, _ZERO) if stated else None


def _marks(document: fa3.Faktura, remarks: Remarks) -> dict[str, Any]:
    marks = document.fa.adnotacje
    exempt, margin = marks.zwolnienie, marks.pmarzy
    words = [text for name, text in _MARGINS.items() if getattr(margin, name) == 1]
    return {
        "p_16": _true(marks.p_16),
        "p_17": _true(marks.p_17),
        "p_18": _true(marks.p_18),
        "p_18a": _true(marks.p_18a),
        "p_19": _true(exempt.p_19),
        "p_19a": exempt.p_19a,
        "p_19b": exempt.p_19b,
        "p_19c": exempt.p_19c,
        **_issuer(document.podmiot_upowazniony, remarks),
        **_vehicle(marks.nowe_srodki_transportu, remarks),
        "p_23": _true(marks.p_23),
        "p_106e_2": _true(margin.p_pmarzy_2),
        "p_106e_3": "true" if words else "false",
        "p_106e_3a": words[0] if words else None,
    }


def _issuer(issuer: fa3.PodmiotUpowazniony | None, remarks: Remarks) -> dict[str, Any]:
    """Who issued by virtue of law: an enforcement body and a bailiff are P_20, a tax representative is P_21."""
    if issuer is None:
        return {"p_20": "false", "p_21": "false"}
    who, own = issuer.dane_identyfikacyjne, "21" if issuer.rola_pu == _REPRESENTATIVE else "20"
    fields: dict[str, Any] = {
        "p_20": "false",
        "p_21": "false",
        f"p_{own}": "true",
        f"p_{own}a": remarks.text(f"P_{own}A", who.nazwa),
        f"p_{own}b": remarks.text(f"P_{own}B", _address(issuer.adres)),
    }
    return fields | ({"p_21c": who.nip} if own == "21" else {})


def _vehicle(new: fa3.NoweSrodkiTransportu, remarks: Remarks) -> dict[str, Any]:
    """JPK_FA has room for one: the first."""
    if new.p_22 != 1 or not new.nowy_srodek_transportu:
        return {"p_22": "false"}
    first, *others = new.nowy_srodek_transportu
    if others:
        remarks.note("several-vehicles", "P_22A", str(len(others) + 1))
    return {"p_22": "true", "p_22a": first.p_22a, "p_22b": first.p_22b, "p_22c": first.p_22c or first.p_22d}


def _references(fa: fa3.Fa, numbers: Mapping[str, str], remarks: Remarks) -> dict[str, Any]:
    """Numbers of the documents that it corrects or settles, each in one field."""
    fields: dict[str, Any] = {}
    if KINDS[fa.rodzaj_faktury] == "KOREKTA":
        corrected = ", ".join(one.nr_fa_korygowanej for one in fa.dane_fa_korygowanej)
        fields["przyczyna_korekty"] = remarks.text("PrzyczynaKorekty", fa.przyczyna_korekty)
        fields["nr_fa_korygowanej"] = remarks.text("NrFaKorygowanej", corrected)
        fields["okres_fa_korygowanej"] = remarks.text("OkresFaKorygowanej", fa.okres_fa_korygowanej)
    advances = (
        one.nr_fa_zaliczkowej
        or numbers.get(one.nr_ksef_fa_zaliczkowej or "", one.nr_ksef_fa_zaliczkowej or "")
        for one in fa.faktura_zaliczkowa
    )
    fields["nr_fa_zaliczkowej"] = remarks.text("NrFaZaliczkowej", ", ".join(filter(None, advances)))
    return fields


def _true(mark: int | None) -> str:
    return "true" if mark == 1 else "false"

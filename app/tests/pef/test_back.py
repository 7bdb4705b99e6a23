"""A PEF and a PEF_KOR read back: what FA(3) they are, what stays out, what is refused by name."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from liczydlo.fa3.corrections import NotCorrected, zeroed
from liczydlo.fa3.draft import Address, Exemption, Line, Marks, Party, ThirdParty
from liczydlo.fa3.model import OkresFa, Umowa, WarunkiTransakcji, ZamowienieOdniesienie
from liczydlo.fa3.reverse import reverse
from liczydlo.fa3.standing import amounts_of, standing, with_lines
from liczydlo.pef.back import faktura
from liczydlo.pef.build import build
from liczydlo.pef.kor import build_correction
from liczydlo.pef.reading import NotHeld
from lxml import etree

from app.tests.pef.test_build import DRAFT, LINES, POT
from app.tests.pef.test_build import faktura as document
from app.tests.pef.test_kor import KSEF, LATER, TWO, correction, fewer, state

AMOUNTS = ("net_price", "quantity", "discount", "net", "name", "rate")


def shape(lines: Any) -> list[tuple[Any, ...]]:
    """Of lines what decides amounts; a negative price is written with a turned quantity."""
    result = []
    for line in lines:
        price, quantity = line.net_price, line.quantity
        if price < 0:
            price, quantity = -price, -quantity
        result.append((line.name, line.rate, price, quantity, line.discount or None))
    return result


def test_an_invoice_and_what_stands_beside_it() -> None:
    terms = WarunkiTransakcji(
        umowy=(Umowa(nr_umowy="U/3"),), zamowienia=(ZamowienieOdniesienie(nr_zamowienia="Z/9"),)
    )
    school = ThirdParty(
        party=Party(name="Szkoła nr 1", address=Address(line1="Polna 2", line2="00-950 Świt")), role=2
    )
    kurs = Line(name="Kurs", net_price=Decimal(85), rate="zw")
    beside: dict[str, Any] = {
        "terms": terms,
        "third_parties": (school,),
        "delivery_notes": ("WZ/1",),
        "period": OkresFa(p_6_od=LATER, p_6_do=LATER),
        "marks": Marks(split_payment=True, exemption=Exemption(text="art. 43")),
        "lines": (replace(POT, unit="paleta", pkwiu="23.41.11", discount=Decimal(4)), kurs),
    }
    said, left = reverse(faktura(build(document(**beside))))
    assert not left
    assert (said.number, said.issue_date, said.currency, said.kind) == (
        "FV/1",
        DRAFT.issue_date,
        "PLN",
        "VAT",
    )
    assert said.seller is not None and DRAFT.seller is not None
    assert (said.seller.nip, said.seller.name) == (DRAFT.seller.nip, DRAFT.seller.name)
    assert said.buyer is not None and said.buyer.customer_number == "WZP-7"
    assert said.buyer.address == Address(line1="Rynek 1", line2="00-950 Świt")
    assert said.terms == terms and said.third_parties == (school,) and said.delivery_notes == ("WZ/1",)
    assert (
        said.period == beside["period"]
        and said.marks.split_payment
        and said.marks.exemption == Exemption(text="art. 43")
    )
    first, second = said.lines
    assert (first.unit, first.pkwiu, first.discount, second.rate) == ("paleta", "23.41.11", 4, "zw")


@pytest.mark.parametrize("differences", [False, True])
def test_a_correction_leads_to_the_same_state(differences: bool) -> None:
    original = document(lines=TWO.lines)
    pef = faktura(build(original))
    now = standing(pef)
    kor = correction(now, fewer(now), differences=differences)
    back = faktura(build_correction(now, kor))
    assert back.fa.rodzaj_faktury == "KOR" and back.fa.p_15 == kor.fa.p_15 == Decimal("-464.94")
    (named,) = back.fa.dane_fa_korygowanej
    assert (named.nr_fa_korygowanej, named.nr_ksef_fa_korygowanej) == ("FV/1", KSEF)
    assert (back.fa.przyczyna_korekty, back.fa.typ_korekty) == ("Zwrot donic", 2)
    ours, theirs = standing(pef, [kor]), standing(pef, [back])
    assert ours.total == theirs.total == Decimal("1037.88")
    assert shape(ours.lines) == shape(theirs.lines)


def test_a_credit_note_of_peppol_alone_takes_off_what_it_shows() -> None:
    now = state()
    root = etree.fromstring(build_correction(now, correction(now, zeroed(now))))
    root.remove(root[0])
    taken = etree.fromstring(build(document(lines=(replace(POT, quantity=Decimal(2)),))))
    for name in ("TaxTotal", "LegalMonetaryTotal"):
        root.replace(root.find(f"{{*}}{name}"), taken.find(f"{{*}}{name}"))
    for row in root.findall("{*}CreditNoteLine"):
        root.remove(row)
    row = taken.find("{*}InvoiceLine")
    for element in row.iter():
        element.tag = element.tag.replace("InvoiceLine", "CreditNoteLine").replace("InvoicedQ", "CreditedQ")
    root.append(row)
    back = faktura(etree.tostring(root))
    assert (back.fa.p_15, back.fa.p_13_1) == (Decimal("-464.94"), Decimal("-378.00"))
    assert standing(document(lines=TWO.lines), [back]).total == Decimal("1037.88")


def test_a_rate_of_exchange_follows_from_the_taxes() -> None:
    original = document(currency="EUR", exchange_rate=Decimal("4.2517"))
    back = faktura(build(original))
    assert amounts_of(back) == amounts_of(original)
    assert reverse(back)[0].exchange_rate == Decimal("4.2517")


@pytest.mark.parametrize(
    ("path", "change", "element"),
    [
        (
            "LegalMonetaryTotal",
            "<a:ChargeTotalAmount xmlns:a='urn:x'>5.00</a:ChargeTotalAmount>",
            "ChargeTotalAmount",
        ),
        (".", "<a:TaxRepresentativeParty xmlns:a='urn:x'/>", "TaxRepresentativeParty"),
        (".", "<a:AllowanceCharge xmlns:a='urn:x'/>", "AllowanceCharge"),
        (".", "<a:UBLExtensions xmlns:a='urn:x'/>", "UBLExtensions"),
        ("InvoiceLine", "<a:SubInvoiceLine xmlns:a='urn:x'/>", "SubInvoiceLine"),
        ("InvoiceLine/Price", "<a:BaseQuantity xmlns:a='urn:x'>1000</a:BaseQuantity>", "Price/BaseQuantity"),
    ],
)
def test_what_is_not_understood_is_refused(path: str, change: str, element: str) -> None:
    root = etree.fromstring(build(document()))
    place = root if path == "." else root.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    place.append(etree.fromstring(change))
    with pytest.raises(NotHeld) as refused:
        faktura(etree.tostring(root))
    assert refused.value.element == element


@pytest.mark.parametrize("xml", [b"", b"<a>", b"<Other/>", b"<Invoice/>", b"<CreditNote/>"])
def test_what_is_no_pef_is_refused(xml: bytes) -> None:
    with pytest.raises(NotHeld):
        faktura(xml)


def test_a_buyer_abroad_is_refused() -> None:
    root = etree.fromstring(build(document()))
    for number in root.findall("{*}AccountingCustomerParty//{*}CompanyID"):
        number.text = "DE123456789"
    with pytest.raises(NotHeld):
        faktura(etree.tostring(root))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(LINES, min_size=1, max_size=4),
    st.lists(st.none() | st.decimals("-99", "999", places=3), min_size=4, max_size=4),
)
def test_there_and_back(lines: list[Line], quantities: list[Decimal | None]) -> None:
    """Amounts and lines of any invoice at domestic rates, and those after any correction of its quantities."""
    original = document(lines=tuple(lines), marks=Marks(exemption=Exemption(text="art. 43")))
    back = faktura(build(original))
    assert amounts_of(back) == amounts_of(original)
    assert shape(reverse(back)[0].lines) == shape(reverse(original)[0].lines)
    now = standing(back)
    right = [
        line if quantity is None else replace(line, quantity=quantity)
        for line, quantity in zip(now.lines, quantities, strict=False)
    ]
    try:
        kor = correction(now, with_lines(now.draft, tuple(right)))
    except NotCorrected:
        return
    again = standing(back, [faktura(build_correction(now, kor))])
    ours = standing(back, [kor])
    assert {name: one for name, one in again.amounts.items() if one} == {
        name: one for name, one in ours.amounts.items() if one
    }
    assert shape(again.lines) == shape(ours.lines)

"""Lines of the editor: net and gross prices, discounts, rates with and without a percent, and their rare fields."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.contacts import items
from liczydlo.contacts.models import Item
from liczydlo.fa3 import money
from liczydlo.fa3.build import lines as rows_of
from liczydlo.fa3.draft import Exemption, InvoiceDraft, Line, Marks, Party, Payment
from liczydlo.fa3.model import NowySrodekTransportu, OkresFa
from liczydlo.fa3.read import read
from liczydlo.fa3.reverse import reverse as draft_of
from liczydlo.sales import composing, line_values, services
from liczydlo.sales.line_choices import GROSS, NET, PROCEDURES
from liczydlo.sales.line_forms import LineForm
from liczydlo.sales.models import Draft, Invoice

from app.tests.fa3.drafts import AMOUNTS, DAYS, NAMES, PRICES
from app.tests.sales.section_forms import rows
from app.tests.sales.test_editor import LINE, fields_of, form

SHARED = Path(__file__).parents[4] / "shared"


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


def made() -> Any:
    return read(bytes(Draft.objects.get().xml or b"")).fa


def posted(ala: Client, new: str, *lines: dict[str, str], **fields: str) -> Any:
    answer = ala.post(new, form(*lines, **fields))
    assert answer.status_code == 302, answer.content.decode()
    return made()


def refused(ala: Client, new: str, where: str, *lines: dict[str, str], **fields: str) -> str:
    answer = ala.post(new, form(*lines, **fields))
    page = answer.content.decode()
    assert answer.status_code == 422 and f'id="id_{where}_error"' in page, page
    assert not Invoice.objects.exists()
    return page


@pytest.mark.django_db
def test_tax_is_in_the_sum_of_gross_prices_of_a_rate(ala: Client, new: str) -> None:
    """Art. 106e ust. 7–8: KP = WB × SP / (100 + SP) of the sum, not line by line (3 × 18,70 and 3 × 18.70)."""
    lines = [{**LINE, "price": "99,99"}, {**LINE, "price": "0,03"}, {**LINE, "price": "10", "rate": "8"}]
    fa = posted(ala, new, *lines, prices="gross")
    first = fa.fa_wiersz[0]
    assert (first.p_9a, first.p_9b, first.p_11, first.p_11a) == (
        None,
        Decimal("99.99"),
        None,
        Decimal("99.99"),
    )
    assert (fa.p_13_1, fa.p_14_1) == (Decimal("81.32"), Decimal("18.70"))
    assert (fa.p_13_2, fa.p_14_2, fa.p_15) == (Decimal("9.26"), Decimal("0.74"), Decimal("110.02"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("prices", "discount", "held", "worth"),
    [
        ("net", "10,50", "10.50", "189.50"),
        ("net", "10%", "20.00", "180.00"),
        ("net", "33,3333 %", "66.67", "133.33"),
        ("gross", "100%", "200.00", "0.00"),
        ("gross", "0,01", "0.01", "199.99"),
    ],
)
def test_a_discount_is_an_amount_of_the_whole_line(
    ala: Client, new: str, prices: str, discount: str, held: str, worth: str
) -> None:
    fa = posted(ala, new, {**LINE, "quantity": "2", "discount": discount}, LINE, prices=prices)
    row = fa.fa_wiersz[0]
    assert (row.p_10, row.p_11a if prices == "gross" else row.p_11) == (Decimal(held), Decimal(worth))


@pytest.mark.django_db
@pytest.mark.parametrize("discount", ["200,01", "-1", "101%", "dużo", "1e400%", "%"])
def test_a_discount_that_cannot_be_is_refused_at_its_field(ala: Client, new: str, discount: str) -> None:
    page = refused(ala, new, "lines-0-discount", {**LINE, "quantity": "2", "discount": discount})
    assert '<details class="line-codes small" open>' in page
    assert f'value="{discount}"' in page


@pytest.mark.django_db
def test_switching_prices_keeps_what_was_typed_and_has_other_sums(
    ala: Client, company: Any, new: str
) -> None:
    typed = form({**LINE, "discount": "10%", "gtin": "5901234123457"}, prices="gross")
    page = ala.post(new, {**typed, "redraw": "1"})
    again = fields_of(page.content)
    for name, value in typed.items():
        if name.startswith("lines-0") or name == "prices":
            assert again[name] == value, name
    assert "Cena brutto" in page.content.decode() and "Kupiec" in page.content.decode()
    assert not Invoice.objects.exists()
    totals = reverse("sales:new_totals", args=[company.pk])
    for prices, whole in (("gross", "90,00"), ("net", "110,70")):
        answer = ala.post(totals, {**typed, "prices": prices}).content.decode()
        assert f"{whole} zł" in answer.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ({"discount": "5,5", "gtin": "5901234123457", "index": "A-7", "pkob": "1110"}, {"prices": "gross"}),
        ({"sale_date": "2026-01-05", "excise": "3,20", "procedure": "TT_D", "annex_15": "on"}, {}),
        ({"rate": "OSS", "oss_rate": "19"}, {"buyer_kind": "person", "buyer_line1": "", "buyer_line2": ""}),
        ({"rate": "margin"}, {"prices": "gross", "margin": "art"}),
        ({"rate": "zw"}, {"exemption": "art. 132 ust. 1 lit. b", "exemption_basis": "directive"}),
        ({"rate": "zw"}, {"exemption": "umowa", "exemption_basis": "other"}),
        ({"rate": "np I"}, {"reverse_charge": "yes", "triangular": "on", "linked": "on"}),
        (
            {"rate": "0 WDT"},
            rows(
                "vehicles-vehicles",
                {"kind": "land", "line": "2", "since": "2026-05-01", "use": "120 km", "number_kind": "frame"}
                | {"number": "R1", "type": "rower", "make": "Wigry"},
                {"kind": "water", "line": "1", "since": "2026-05-02", "use": "8 godzin", "number": "K-1"},
            )
            | {"vehicles-duty": "on"},
        ),
        (
            {"rate": "0 WDT"},
            rows(
                "vehicles-vehicles",
                {
                    "kind": "air",
                    "line": "1",
                    "since": "2026-05-01",
                    "use": "30",
                    "number": "F-7",
                    "year": "2026",
                },
            ),
        ),
        ({"rate": "7"}, {"cash_accounting": "on", "to_receipt": "on", "excise_refund": "on"}),
        ({}, {"period_begins": "2026-10-01", "period_ends": "2026-10-31", "reverse_charge": "no"}),
        ({"sale_date": "2026-01-05", "exchange_rate": "4,1"}, {"currency": "EUR", "exchange_rate": "4,2512"}),
    ],
)
def test_a_draft_is_opened_again_as_it_was_typed(
    ala: Client, company: Any, new: str, line: dict[str, str], fields: dict[str, str]
) -> None:
    typed = form({**LINE, **line}, LINE, **fields)
    assert ala.post(new, typed).status_code == 302
    draft = services.draft_of(Invoice.objects.get())
    edit = reverse("sales:edit", args=[company.pk, draft.invoice_id])
    again = fields_of(ala.get(edit).content)
    for name in line:
        assert again[f"lines-0-{name}"] == typed[f"lines-0-{name}"], name
    for name in fields:
        assert again.get(name, "") == typed[name], name
    assert ala.post(edit, again).status_code == 302
    assert services.draft_of(draft.invoice).invoice_draft == draft.invoice_draft


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "line", "fields"),
    [
        ("lines-0-oss_rate", {"rate": "OSS"}, {}),
        ("lines-0-oss_rate", {"rate": "OSS", "oss_rate": "101"}, {}),
        ("margin", {"rate": "margin"}, {"prices": "gross"}),
        ("prices", {"rate": "margin"}, {"margin": "travel"}),
        ("margin", {}, {"margin": "inna"}),
        ("prices", {}, {"prices": "inne"}),
        ("exemption", {"rate": "zw"}, {"exemption_basis": "directive"}),
        ("period_ends", {}, {"period_begins": "2026-10-01"}),
        ("period_ends", {}, {"period_begins": "2026-10-01", "period_ends": "2026-09-30"}),
        (
            "sale_date",
            {},
            {"period_begins": "2026-10-01", "period_ends": "2026-10-31", "sale_date": "2026-10-31"},
        ),
        ("lines-0-procedure", {"procedure": "MR_T"}, {}),
        ("lines-0-excise", {"excise": "-1"}, {}),
        (
            "vehicles-vehicles-0-since",
            {},
            rows("vehicles-vehicles", {"kind": "water", "line": "1", "use": "7"}),
        ),
        (
            "vehicles-vehicles-1-line",
            {},
            rows(
                "vehicles-vehicles",
                *({"kind": "air", "line": line, "since": "2026-05-01", "use": "7"} for line in ("1", "2")),
            ),
        ),
        ("vehicles-duty", {}, {"vehicles-duty": "on"}),
    ],
)
def test_each_mistake_is_told_at_its_field(
    ala: Client, new: str, where: str, line: dict[str, str], fields: dict[str, str]
) -> None:
    refused(ala, new, where, {**LINE, **line}, **fields)


@pytest.mark.django_db
def test_an_order_has_net_prices_without_discounts_or_margins(ala: Client, company: Any) -> None:
    new = reverse("sales:new_advance", args=[company.pk])
    page = ala.get(new).content.decode()
    assert 'name="prices"' not in page and "discount" not in page and 'value="margin"' not in page
    paid = {"advance": "61,50", "sale_date": timezone.localdate().isoformat(), "paid": "on"}
    typed = form({**LINE, "gtin": "5901234123457", "discount": "5"}, prices="gross", **paid)
    assert ala.post(new, typed).status_code == 302
    fa = made()
    assert (fa.zamowienie.wartosc_zamowienia, fa.zamowienie.zamowienie_wiersz[0].gtinz) == (
        Decimal("123.00"),
        "5901234123457",
    )


@pytest.mark.django_db
def test_a_price_of_the_list_is_net_and_comes_with_tax_among_gross_ones(
    ala: Client, company: Any, new: str
) -> None:
    values = {
        "name": "miód",
        "unit": "kg",
        "rate": "5",
        "net_price": Decimal("38.0952381"),
        "currency": "PLN",
    }
    item = items.add(company, values)
    page = ala.post(new, {**form(LINE, prices="gross"), "item": f"1.{item.pk}"})
    assert fields_of(page.content)["lines-1-price"] == "40"
    ala.post(
        new, {**form({**LINE, "name": "wosk", "price": "40", "rate": "5"}, prices="gross"), "save_item": "0"}
    )
    assert Item.objects.get(name="wosk").net_price == Decimal("38.09523810")


DEAR = {**LINE, "price": "12195,13", "annex_15": "on"}  # 15 000,01 gross
WORDS = "mechanizm podzielonej płatności"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "fields", "due"),
    [
        ({}, {}, True),
        ({"price": "12195,12"}, {}, False),  # 15 000,00: not above
        ({"annex_15": ""}, {}, False),
        ({}, {"buyer_kind": "person"}, False),
        ({"price": "3000"}, {"currency": "EUR", "exchange_rate": "4,3"}, True),
        ({"price": "2500"}, {"currency": "EUR", "exchange_rate": "4,3"}, False),
        ({}, {"currency": "EUR", "exchange_rate": "drogo"}, False),
        ({"price": "15000,01"}, {"prices": "gross"}, True),
    ],
)
def test_split_payment_is_suggested_where_the_law_asks(
    ala: Client, company: Any, new: str, line: dict[str, str], fields: dict[str, str], due: bool
) -> None:
    typed = form({**DEAR, **line}, **fields)
    answer = ala.post(reverse("sales:new_totals", args=[company.pk]), typed).content.decode()
    assert (WORDS in answer) is due
    page = ala.post(new, {**typed, "split": "1"})
    again = fields_of(page.content)
    assert again["split_payment"] == "on" and again["lines-0-name"] == typed["lines-0-name"]
    assert not Invoice.objects.exists()
    if fields.get("exchange_rate") != "drogo":
        ala.post(new, {**again, "buyer_line1": "ul. Prosta 1"})
        assert made().adnotacje.p_18a == 1


@given(st.decimals("0.01", "99999.99", places=2), st.sampled_from([0, 3, 4, 5, 7, 8, 22, 23]))
def test_a_gross_price_comes_again_from_its_net_one(gross: Decimal, percent: int) -> None:
    net = money.without_tax(gross, Decimal(percent))
    assert money.with_tax(net, Decimal(percent)) == gross


@given(
    st.decimals("0.000001", "9999", places=6), st.decimals(0, "9999", places=8), st.decimals(0, 100, places=4)
)
def test_a_rebate_is_never_more_than_the_whole(quantity: Decimal, price: Decimal, percent: Decimal) -> None:
    rebate = money.rebate(quantity, price, percent)
    whole = money.product(quantity, price)
    assert 0 <= rebate <= whole
    assert abs(rebate - whole * percent / 100) <= Decimal("0.01")
    assert money.value(quantity, price, rebate) >= 0


TYPED = NAMES.map(str.strip).filter(bool)
LINES = st.builds(
    Line,
    name=TYPED,
    rate=st.sampled_from(
        ["23", "22", "8", "7", "5", "4", "3", "0 KR", "0 WDT", "0 EX", "zw", "oo", "np I", "np II"]
    ),
    quantity=st.decimals("1", "999", places=3),
    unit=st.none() | TYPED,
    net_price=PRICES,
    discount=st.none() | st.just(Decimal("0.01")),
    gtu=st.sampled_from([None, "GTU_10"]),
    pkwiu=st.sampled_from([None, "62.01.11.0"]),
    cn=st.sampled_from([None, "2710"]),
    pkob=st.sampled_from([None, "1110"]),
    gtin=st.sampled_from([None, "5901234123457"]),
    index=st.sampled_from([None, "A-7"]),
    procedure=st.sampled_from([code or None for code, _ in PROCEDURES]),
    annex_15=st.booleans(),
    excise=st.none() | AMOUNTS,
    uu_id=st.sampled_from([None, "0b1c"]),
    sale_date=st.none() | DAYS,
)
SPECIAL = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"rate": st.none(), "oss_rate": st.decimals("0", "27", places=1)}),
    st.just({"rate": None}),
)


VEHICLES = st.builds(
    NowySrodekTransportu,
    p_22a=DAYS,
    p_nr_wiersza_nst=st.integers(1, 3),
    p_22bmk=st.none() | NAMES,
    p_22brp=st.sampled_from([None, "2026"]),
)
USES = st.one_of(
    st.fixed_dictionaries({"p_22b": NAMES, "p_22b2": NAMES, "p_22bt": st.none() | NAMES}),
    st.fixed_dictionaries({"p_22b": NAMES, "p_22b1": st.none() | NAMES}),
    st.fixed_dictionaries({"p_22c": NAMES, "p_22c1": st.none() | NAMES}),
    st.fixed_dictionaries({"p_22d": NAMES, "p_22d1": st.none() | NAMES}),
)
TRANSPORT = st.just({}) | st.builds(
    lambda one, use, duty: {"new_transport": (replace(one, **use),), "art_42_5": duty},
    VEHICLES,
    USES,
    st.booleans(),
)


@st.composite
def drafts(draw: st.DrawFn) -> InvoiceDraft:
    """Sales whose lines and marks the form can say."""
    is_gross = draw(st.booleans())
    lines = []
    for line in draw(st.lists(LINES, min_size=1, max_size=3)):
        special = draw(SPECIAL)
        if is_gross:
            lines.append(replace(line, gross_price=line.net_price, net_price=None, **special))
        else:
            lines.append(replace(line, **(special if special != {"rate": None} else {})))
    exempt = any(line.rate == "zw" for line in lines)
    margin = any(line.rate is None and line.oss_rate is None for line in lines)
    bases = st.sampled_from(["act", "directive", "other"])
    marks = Marks(
        **draw(TRANSPORT),
        cash_accounting=draw(st.booleans()),
        reverse_charge=draw(st.sampled_from([None, True, False])),
        split_payment=draw(st.booleans()),
        triangular=draw(st.booleans()),
        exemption=draw(st.builds(Exemption, text=NAMES, basis=bases)) if exempt else None,
        margin=draw(st.sampled_from(["travel", "second-hand", "art", "antiques"])) if margin else None,
    )
    begins, ends = sorted((draw(DAYS), draw(DAYS)))
    return InvoiceDraft(
        number="1",
        issue_date=draw(DAYS),
        period=draw(st.sampled_from([None, OkresFa(p_6_od=begins, p_6_do=ends)])),
        buyer=Party(name="Kupiec"),
        lines=tuple(lines),
        marks=marks,
        payment=Payment(),
        to_receipt=draw(st.booleans()),
        linked=draw(st.booleans()),
        excise_refund=draw(st.booleans()),
    )


COMPANY: Any = SimpleNamespace(name="A", nip="5265877635", line1="x", line2="y", email="", phone="")


@given(drafts())
def test_the_form_shows_all_of_a_draft_and_makes_it_again(meant: InvoiceDraft) -> None:
    assert composing.fits_form(COMPANY, meant)
    shown = composing.initial(meant, {"due_date": None, "account": ""})
    for typed, line in zip(shown[composing.LINES], meant.lines, strict=True):
        checked = LineForm({**typed, "annex_15": "on" if typed["annex_15"] else ""}, prices=shown["prices"])
        assert checked.is_valid(), checked.errors
        assert line_values.line(checked.cleaned_data) == line
        net, gross, _ = rows_of.worth(line)
        assert (gross if shown["prices"] == GROSS else net) == composing.worth(line)


@pytest.mark.parametrize("odd", [{"name": "waga\xa0"}, {"name": "waga", "unit": " szt."}])
def test_what_the_form_would_take_away_does_not_fit(odd: dict[str, Any]) -> None:
    line = Line(rate="23", net_price=Decimal(1), **odd)
    meant = InvoiceDraft(number="1", buyer=Party(name="K"), lines=(line,), payment=Payment())
    assert not composing.fits_form(COMPANY, meant)


def test_prices_of_both_kinds_do_not_fit() -> None:
    one, other = (
        Line(name="A", rate="23", net_price=Decimal(1)),
        Line(name="B", rate="23", gross_price=Decimal(1)),
    )
    assert line_values.prices_of([one]) == NET and line_values.prices_of([one, other]) == GROSS
    mixed = InvoiceDraft(number="1", buyer=Party(name="K"), lines=(one, other), payment=Payment())
    assert not composing.fits_form(COMPANY, mixed)
    assert line_values.initial(one, GROSS)["price"] == ""


@pytest.mark.skipif(not SHARED.is_dir(), reason="the official examples are not here")
@pytest.mark.parametrize("number", ["01", "09", "17", "19", "21", "23"])
def test_lines_and_marks_of_the_official_examples_fit(number: str) -> None:
    """What else these say (contacts, terms, registers) is not of lines and VAT."""
    meant, unread = draft_of(read((SHARED / f"spec/examples/fa3/przyklad_{number}.xml").read_bytes()))
    sale = InvoiceDraft(
        number="1",
        issue_date=meant.issue_date,
        buyer=Party(name="K"),
        lines=meant.lines,
        marks=meant.marks,
        period=meant.period,
        payment=Payment(),
        to_receipt=meant.to_receipt,
        linked=meant.linked,
        excise_refund=meant.excise_refund,
    )
    assert not unread and composing.fits_form(COMPANY, sale)

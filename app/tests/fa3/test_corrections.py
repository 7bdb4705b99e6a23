"""Corrections: from what an invoice says to what it should say, and what it comes to after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from liczydlo.fa3 import money
from liczydlo.fa3.build import build
from liczydlo.fa3.corrections import BUYER_KEY, NotCorrected, between, zeroed
from liczydlo.fa3.document import inspect
from liczydlo.fa3.draft import Address, Correction, InvoiceDraft, Line, Marks, Order, Original, Party
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.read import read
from liczydlo.fa3.rebates import NotTogether, rebate
from liczydlo.fa3.reverse import reverse
from liczydlo.fa3.standing import KINDS, Standing, is_zero, standing, with_lines
from liczydlo.fa3.write import write

from app.tests.fa3.cases import BUYER, DRAFT, EXEMPT, EXEMPTION, POT, TODAY, make
from app.tests.fa3.drafts import DRAFTS, PRICES

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WHY = Correction(
    originals=(Original(number="FV/1", issue_date=TODAY, ksef_number="5265877635-20261101-0123456789AB-1C"),),
    reason="Zwrot",
    effect=2,
)
MANY = settings(max_examples=25, suppress_health_check=list(HealthCheck))
ORIGINALS = DRAFTS.filter(lambda draft: draft.kind in KINDS)
SHARED = Path(__file__).parents[4] / "shared"


def corrected(now: Standing, right: InvoiceDraft, **how: Any) -> Faktura:
    return build(between(now, right, WHY, number="KOR/1", issue_date=TODAY, **how), created=NOW)


def nothing_left(now: Standing) -> bool:
    return not any(now.amounts.values())


@MANY
@given(ORIGINALS, st.booleans())
def test_a_correction_to_zero_takes_off_what_the_invoice_says(draft: InvoiceDraft, differences: bool) -> None:
    original = build(draft, created=NOW)
    now = standing(original)
    assume(any(now.amounts.values()))
    made = corrected(now, zeroed(now), differences=differences)
    assert made.fa.p_15 == -original.fa.p_15 and made.fa.platnosc is None
    later = standing(original, [made])
    assert nothing_left(later) and (draft.kind == "ZAL" or all(map(is_zero, later.lines)))
    with pytest.raises(NotCorrected, match="same"):
        corrected(later, zeroed(later))
    assert reverse(made)[1] == ()  # and it is kept and read again as any other draft


@st.composite
def changes(draw: st.DrawFn, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Lines with some of them changed, left out or added."""
    result = []
    for line in lines:
        match draw(st.sampled_from(["as it is", "fewer", "dearer", "renamed", "gone"])):
            case "fewer" if line.quantity is not None:
                result.append(replace(line, quantity=Decimal(draw(st.integers(0, 99)))))
            case "dearer" if line.net_price is not None:
                result.append(replace(line, net_price=draw(PRICES)))
            case "renamed":
                result.append(replace(line, name=f"{line.name or ''}!"))
            case "gone":
                pass
            case _:
                result.append(line)
    if draw(st.booleans()):
        result.append(Line(name="jeszcze to", rate="23", quantity=Decimal(2), net_price=draw(PRICES)))
    return tuple(result)


@MANY
@given(st.data(), ORIGINALS, st.booleans())
def test_correction_after_correction_and_then_to_zero(
    data: st.DataObject, draft: InvoiceDraft, pairs: bool
) -> None:
    assume(draft.kind != "ZAL")  # whose order may come to less than was paid
    original = build(draft, created=NOW)
    made: list[Faktura] = []
    for _ in range(2):
        now = standing(original, made)
        right = with_lines(now.draft, data.draw(changes(now.lines)))
        try:
            made.append(corrected(now, right, differences=not pairs))
        except NotCorrected:
            continue
        later = standing(original, made)
        before, after = {line.uu_id: line for line in right.lines}, {line.uu_id: line for line in later.lines}
        assert len(after) == len(later.lines)
        if pairs:
            assert all(after[uu_id] == line for uu_id, line in before.items() if uu_id is not None)
            assert all(
                is_zero(line)
                for uu_id, line in after.items()
                if uu_id in {one.uu_id for one in now.lines} - before.keys()
            )
            _numbered_and_tied(made[-1])
    now = standing(original, made)
    if not nothing_left(now):
        made.append(corrected(now, zeroed(now)))
    assert nothing_left(standing(original, made))
    assert money.total((original.fa.p_15, *(one.fa.p_15 for one in made))) == 0


def _numbered_and_tied(made: Faktura) -> None:
    """Each state counts from 1, and whatever was before has its line after under the same UU_ID and number."""
    rows = made.fa.fa_wiersz
    before = {row.uu_id: row for row in rows if row.stan_przed == 1}
    after = {row.uu_id: row for row in rows if row.stan_przed is None}
    assert sorted(row.nr_wiersza_fa for row in before.values()) == list(range(1, len(before) + 1))
    assert sorted(row.nr_wiersza_fa for row in after.values()) == list(range(1, len(after) + 1))
    assert before.keys() <= after.keys()
    assert all(after[uu_id].nr_wiersza_fa == row.nr_wiersza_fa for uu_id, row in before.items())


def test_only_the_lines_that_change_are_shown() -> None:
    now = standing(make(POT, replace(POT, name="Misa"), EXEMPT, marks=EXEMPTION))
    pot, bowl, course = now.lines
    made = corrected(now, replace(now.draft, lines=(pot, replace(bowl, quantity=Decimal(5)), course)))
    assert [(row.p_7, row.stan_przed, row.p_8b) for row in made.fa.fa_wiersz] == [
        ("Misa", 1, Decimal(6)),
        ("Misa", None, Decimal(5)),
    ]
    assert (made.fa.rodzaj_faktury, made.fa.typ_korekty, made.fa.p_15) == ("KOR", 2, Decimal("-232.47"))
    assert made.fa.adnotacje.zwolnienie.p_19 is None  # nothing that is shown is exempt
    assert made.fa.dane_fa_korygowanej[0].nr_ksef == 1 and made.fa.dane_fa_korygowanej[0].nr_ksef_n is None
    assert inspect(write(made), today=TODAY).warnings[0:] == _only_the_numbers_check(made)


def _only_the_numbers_check(made: Faktura) -> tuple[Any, ...]:
    """The KSeF number of these tests has no right checksum."""
    warnings = inspect(write(made), today=TODAY).warnings
    return tuple(one for one in warnings if one.code == "ksef-number")


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"quantity": Decimal(4)}, [(Decimal(-2), Decimal("189.00"))]),
        ({"net_price": Decimal("180.00")}, [(Decimal(6), Decimal("-9.00"))]),
        ({"rate": "8"}, [(Decimal(-6), Decimal("189.00")), (Decimal(6), Decimal("189.00"))]),
        (
            {"quantity": Decimal(4), "net_price": Decimal(1)},
            [(Decimal(-6), Decimal("189.00")), (Decimal(4), Decimal(1))],
        ),
    ],
)
def test_differences_instead_of_both_states(change: dict[str, Any], shown: list[Any]) -> None:
    original = make(POT)
    now = standing(original)
    right = replace(now.draft, lines=(replace(now.lines[0], **change),))
    made = corrected(now, right, differences=True)
    assert [(row.p_8b, row.p_9a) for row in made.fa.fa_wiersz] == shown
    assert not any(row.stan_przed for row in made.fa.fa_wiersz)
    assert made.fa.p_15 == corrected(now, right).fa.p_15
    assert standing(original, [made]).lines == right.lines


def test_tax_is_that_of_whole_sums_not_of_the_lines_shown() -> None:
    """Three lines of 0,33 have 0,23 of tax; two have 0,15: the third alone would say 0,08."""
    tiny = Line(name="Śrubka", net_price=Decimal("0.35"), rate="23")
    original = make(*(replace(tiny, name=name) for name in "abc"))
    now = standing(original)
    right = replace(now.draft, lines=now.lines[:2])
    made = corrected(now, right)
    tax_of_two = money.tax_on_net(Decimal("0.70"), Decimal(23))
    assert original.fa.p_14_1 is not None and made.fa.p_14_1 == tax_of_two - original.fa.p_14_1
    assert standing(original, [made]).amounts["p_14_1"] == tax_of_two


def test_the_buyers_data_are_shown_before_and_after() -> None:
    now = standing(make(POT))
    moved = replace(BUYER, name="Sklep II", address=Address(line1="ul. Nowa 1"))
    made = corrected(now, replace(now.draft, buyer=moved))
    assert (made.fa.p_15, made.fa.fa_wiersz) == (Decimal("0.00"), ())
    (was,) = made.fa.podmiot2k
    assert (was.dane_identyfikacyjne.nazwa, was.id_nabywcy) == ("Sklep", BUYER_KEY)
    assert (made.podmiot2.dane_identyfikacyjne.nazwa, made.podmiot2.id_nabywcy) == ("Sklep II", BUYER_KEY)
    later = standing(make(POT), [made])
    assert later.draft.buyer is not None and later.draft.buyer.name == "Sklep II"
    assert not [one for one in inspect(write(made), today=TODAY).warnings if one.code != "ksef-number"]


def test_the_buyers_number_cannot_be_corrected() -> None:
    now = standing(make(POT))
    with pytest.raises(NotCorrected, match="buyer-number"):
        corrected(now, replace(now.draft, buyer=replace(BUYER, nip="5265877635")))


def test_the_original_rate_of_exchange_is_kept() -> None:
    original = make(POT, currency="EUR", exchange_rate=Decimal("4.2512"))
    now = standing(original)
    made = corrected(now, replace(now.draft, lines=(replace(now.lines[0], quantity=Decimal(5)),)))
    assert {row.kurs_waluty for row in made.fa.fa_wiersz} == {Decimal("4.2512")}
    assert (made.fa.p_14_1, made.fa.p_14_1w) == (Decimal("-43.47"), Decimal("-184.80"))


ORDER = Order(lines=(Line(name="Dom", net_price=Decimal(1000), rate="23"),))


def test_an_advance_is_given_back_and_its_order_stays() -> None:
    original = make(kind="ZAL", order=ORDER, advance=Decimal("246.00"))
    now = standing(original)
    made = corrected(now, zeroed(now))
    fa = made.fa
    assert (fa.rodzaj_faktury, fa.p_15zk, fa.p_15, fa.p_13_1) == (
        "KOR_ZAL", Decimal("246.00"), Decimal("-246.00"), Decimal("-200.00"),
    )  # fmt: skip
    assert fa.zamowienie is not None and fa.zamowienie.wartosc_zamowienia == 1230
    assert [row.stan_przed_z for row in fa.zamowienie.zamowienie_wiersz] == [1, None]
    assert nothing_left(standing(original, [made]))


def test_an_advance_of_another_rate_and_amount() -> None:
    original = make(kind="ZAL", order=ORDER, advance=Decimal("246.00"))
    now = standing(original)
    house = replace(now.lines[0], rate="8")
    made = corrected(now, replace(with_lines(now.draft, (house,)), advance=Decimal("216.00")))
    assert (made.fa.p_13_1, made.fa.p_14_1) == (Decimal("-200.00"), Decimal("-46.00"))
    assert (made.fa.p_13_2, made.fa.p_14_2, made.fa.p_15) == (
        Decimal("200.00"),
        Decimal("16.00"),
        Decimal("-30.00"),
    )
    assert standing(original, [made]).total == 216


def test_a_settlement_says_what_was_left_before() -> None:
    from liczydlo.fa3.draft import Advance

    original = make(POT, kind="ROZ", advances=(Advance(number="FZ/1"),), advance=Decimal("394.82"))
    now = standing(original)
    made = corrected(now, replace(now.draft, lines=(replace(now.lines[0], quantity=Decimal(5)),)))
    assert (made.fa.rodzaj_faktury, made.fa.p_15zk) == ("KOR_ROZ", original.fa.p_15)
    assert (made.fa.p_13_1, made.fa.p_15) == (Decimal("-189.00"), Decimal("-232.47"))
    assert made.fa.faktura_zaliczkowa == original.fa.faktura_zaliczkowa


def test_a_simplified_invoice_without_values() -> None:
    example = SHARED / "spec/examples/fa3/przyklad_15.xml"
    if not example.exists():
        pytest.skip("no official examples here")
    original = read(example.read_bytes())
    now = standing(original)
    made = corrected(now, zeroed(now))
    assert made.fa.p_15 == -original.fa.p_15
    with pytest.raises(NotCorrected, match="same"):
        corrected(now, now.draft)


@pytest.mark.shared
@pytest.mark.parametrize("number", ["01", "09", "15", "17", "19", "21", "23", "25"])
def test_official_examples_are_corrected_to_zero(number: str) -> None:
    original = read((SHARED / f"spec/examples/fa3/przyklad_{number}.xml").read_bytes())
    now = standing(original)
    for differences in (False, True):
        made = corrected(now, zeroed(now), differences=differences)
        checked = inspect(write(made), today=date(2026, 11, 23))
        codes = {one.code for one in checked.warnings}
        assert codes <= {"ksef-number", "corrected-later"}, codes
        assert nothing_left(standing(original, [made]))


def test_other_peoples_corrections_without_identifiers_are_followed() -> None:
    """Lines tied by name and value, then by number."""
    original = make(POT, replace(POT, name="Misa"))
    lines = (replace(POT, name="Misa", before=True), replace(POT, name="Misa", net_price=Decimal(100)))
    theirs = make(*lines, kind="KOR", correction=WHY, number="K/1")
    now = standing(original, [theirs])
    assert [(line.name, line.net_price) for line in now.lines] == [
        ("Donica", Decimal("189.00")),
        ("Misa", Decimal(100)),
    ]
    assert now.total == original.fa.p_15 + theirs.fa.p_15


def test_a_difference_that_fits_no_line_stands_beside_them() -> None:
    original = make(POT)
    theirs = make(
        replace(POT, name="rabat", quantity=Decimal(1), net_price=Decimal(-50)), kind="KOR", correction=WHY
    )
    now = standing(original, [theirs])
    assert [line.name for line in now.lines] == ["Donica", "rabat"]
    made = corrected(now, zeroed(now))
    assert nothing_left(standing(original, [theirs, made]))


def test_a_correction_is_no_original() -> None:
    with pytest.raises(ValueError, match="correction itself"):
        standing(make(POT, kind="KOR", correction=WHY))


# a rebate on all sales of a period

PERIOD = replace(WHY, originals=WHY.originals * 2, period="listopad 2026")


def off(*invoices: Faktura, **how: Any) -> Faktura:
    draft = rebate([standing(one) for one in invoices], PERIOD, number="KOR/2", issue_date=TODAY, **how)
    return build(draft, created=NOW)


def test_a_rebate_in_percent_is_taken_off_each_rate() -> None:
    made = off(make(POT), make(POT, replace(POT, rate="8"), EXEMPT, marks=EXEMPTION), percent=Decimal(10))
    fa = made.fa
    assert (fa.p_13_1, fa.p_14_1) == (Decimal("-226.80"), Decimal("-52.16"))
    assert (fa.p_13_2, fa.p_14_2, fa.p_13_7) == (Decimal("-113.40"), Decimal("-9.07"), Decimal("-8.50"))
    assert (fa.okres_fa_korygowanej, len(fa.dane_fa_korygowanej), fa.fa_wiersz) == ("listopad 2026", 2, ())
    assert {one.code for one in inspect(write(made), today=TODAY).warnings} == {"ksef-number"}


SOLD = st.lists(
    st.builds(Line, net_price=PRICES, rate=st.sampled_from(["23", "8", "5", "zw", "0 KR"])), min_size=1
)


@MANY
@given(st.lists(SOLD, min_size=1, max_size=3), st.integers(1, 1000))
def test_a_rebate_of_an_amount_is_met_to_the_grosz(invoices: list[list[Line]], part: int) -> None:
    originals = [make(*lines) for lines in invoices]
    whole = money.total(one.fa.p_15 for one in originals)
    gross = money.portion(whole, Decimal(part), Decimal(1000))
    assume(gross > 0)
    assert off(*originals, gross=gross).fa.p_15 == -gross


def test_what_cannot_be_in_one_rebate() -> None:
    other = make(POT, buyer=Party(name="Ktoś", nip="5265877635"))
    euro = make(POT, currency="EUR", exchange_rate=Decimal(4))
    advance = make(kind="ZAL", order=ORDER, advance=Decimal(246))
    for invoices, how, code in (
        ((make(POT), other), {"percent": Decimal(5)}, "buyer"),
        ((make(POT), euro), {"percent": Decimal(5)}, "currency"),
        ((make(POT), advance), {"percent": Decimal(5)}, "kind"),
        ((), {"percent": Decimal(5)}, "nothing"),
        ((make(POT),), {"percent": Decimal(101)}, "above"),
        ((make(POT),), {"gross": Decimal(99999)}, "above"),
    ):
        with pytest.raises(NotTogether, match=code):
            off(*invoices, **how)
    assert DRAFT.marks == Marks()

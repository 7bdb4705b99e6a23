"""The finer rules of proposals: whole or part, several numbers of one party, amounts below one zloty."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from liczydlo.payments.models import StatementLine
from liczydlo.payments.statements import matching, proposals
from liczydlo.payments.statements.proposals import Proposal
from liczydlo.purchases.warnings.models import Seller, SellerAccount
from liczydlo.web import times

from app.tests.payments.statements.files import ACCOUNT, DAY, OTHER_ACCOUNT, line
from app.tests.payments.statements.world import BUYER as OTHER
from app.tests.payments.statements.world import SELLER, lines_of, purchase, sale

pytestmark = pytest.mark.django_db


def proposed(company: Any, row: StatementLine) -> list[Proposal]:
    return proposals.of(company, "PLN", [row]).get(row.pk, [])


def parts(one: Proposal) -> list[tuple[str, Decimal, bool]]:
    return [(part.invoice.number, part.amount, part.is_whole) for part in one.parts]


def test_each_part_says_whether_it_is_all_that_is_left(company: Any, owner: Any) -> None:
    first, second = purchase(company, "100.00", number="A/1"), purchase(company, "50.00", number="A/2")
    title = f"{first.entry.ksef_number} {second.entry.ksef_number}"
    (row,) = lines_of(company, owner, line("-120.00", title))
    (best,) = proposed(company, row)
    assert parts(best) == [("A/1", Decimal(100), True), ("A/2", Decimal(20), False)]
    assert best.remainder == 0
    matching.confirm(row, matching.choices(best), reason=best.reason, by=owner)
    (row,) = lines_of(company, owner, line("-30.00", title))
    (best, *_) = proposed(company, row)
    assert parts(best)[-1] == ("A/2", Decimal(30), True), "all that was left of it"


def test_several_numbers_of_one_party_are_proposed_together_and_each_alone(company: Any, owner: Any) -> None:
    for number, gross in (("FV/10/2026", "100.00"), ("FV/20/2026", "50.00")):
        sale(company, gross, number=number)
    (row,) = lines_of(company, owner, line("150.00", "za FV/10/2026 i FV/20/2026"))
    found = proposed(company, row)
    assert [[name for name, _, _ in parts(one)] for one in found] == [
        ["FV/10/2026", "FV/20/2026"],
        ["FV/10/2026"],
        ["FV/20/2026"],
    ]
    assert (found[0].remainder, found[1].remainder) == (0, 50)


def test_of_several_numbers_the_oldest_is_paid_first(company: Any, owner: Any) -> None:
    """Where the money is not enough for all, the youngest gets a part, however the title is read."""
    for age in range(1, 6):
        sale(company, "100.00", number=f"FV/{age}0/2026", issue_date=DAY - dt.timedelta(days=age))
    title = " ".join(f"FV/{age}0/2026" for age in (3, 1, 5, 2, 4))
    (row,) = lines_of(company, owner, line("450.00", title))
    found = proposed(company, row)
    assert len(found) == proposals.MOST_PROPOSALS, "further ones are searched for by hand"
    assert parts(found[0]) == [
        *((f"FV/{age}0/2026", Decimal(100), True) for age in (5, 4, 3, 2)),
        ("FV/10/2026", Decimal(50), False),
    ]


def test_one_number_of_two_firms_is_that_of_the_firm_that_the_line_names(company: Any, owner: Any) -> None:
    for nip in (SELLER, OTHER):
        purchase(company, number="FV/7/2026", seller_nip=nip, seller_name=f"Dostawca {nip}")
    neither, ours = lines_of(
        company, owner, line("-170.00", "FV/7/2026"), line("-170.00", f"FV/7/2026 NIP {OTHER}")
    )
    assert [len(one.parts) for one in proposed(company, neither)] == [1, 1], "never two firms' together"
    (only,) = proposed(company, ours)
    assert [part.invoice.party_nip for part in only.parts] == [OTHER]


def test_a_sum_is_right_to_the_grosz(company: Any, owner: Any) -> None:
    for gross in ("10.99", "20.99", "5.02"):
        purchase(company, gross, number=f"S/{gross}")
    exact, less = lines_of(company, owner, line("-31.98", f"NIP {SELLER}"), line("-31.97", f"NIP {SELLER}"))
    assert [[part.invoice.number for part in one.parts] for one in proposed(company, exact)] == [
        ["S/10.99", "S/20.99"]
    ]
    assert proposed(company, less) == []


def test_an_account_is_that_of_the_seller_who_named_it(company: Any, owner: Any) -> None:
    """Whatever other accounts the firm's sellers have."""
    purchase(company, number="A/1")
    purchase(company, number="A/2", seller_nip=OTHER, seller_name="Inny")
    for nip, number in ((SELLER, OTHER_ACCOUNT[2:]), (OTHER, ACCOUNT[2:])):
        seller = Seller.objects.create(company=company, environment=company.environment, nip=nip)
        SellerAccount.objects.create(company=company, seller=seller, number=number, since=times.now())
    (row,) = lines_of(company, owner, line("-177.00", "abonament", party_account=OTHER_ACCOUNT))
    (only,) = proposed(company, row)
    assert (parts(only), str(only.words)) == ([("A/1", Decimal(177), True)], "znany rachunek i kwota")


@pytest.mark.parametrize(
    ("gross", "moved", "amount"), [("0.50", "-0.40", "0.40"), ("-0.50", "0.40", "-0.40")]
)
def test_amounts_below_one_zloty_are_amounts(
    company: Any, owner: Any, gross: str, moved: str, amount: str
) -> None:
    invoice = purchase(company, gross, number="G/1")
    (row,) = lines_of(company, owner, line(moved, invoice.entry.ksef_number))
    (best,) = proposed(company, row)
    assert parts(best) == [("G/1", Decimal(amount), False)]

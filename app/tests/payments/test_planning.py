"""Which invoices go together, which transfer a correction lowers, and what their titles say; nothing is stored."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from liczydlo.documents.models import IndexEntry
from liczydlo.payments.transfers.addresses import Address
from liczydlo.payments.transfers.payees import Party
from liczydlo.payments.transfers.planning import PLACE, Choice, Item, Planned, Refusal, plan, vat_of
from liczydlo.purchases.models import ReceivedInvoice

pytestmark = pytest.mark.pure
SELLER, OTHER = "8567346215", "7251801126"
ONE, TWO = "PL61109010140000071219812874", "PL10105000997603123456789123"
PARTY = Party(name="Dostawca", address=Address())
_keys = itertools.count(1)


def item(amount: str, number: str = "D/1", **columns: object) -> Item:
    """All of an invoice that nobody stored; ``columns`` of its entry, ``paid`` is a part."""
    paid = columns.pop("paid", None)
    values: dict[str, object] = {
        "ksef_number": f"K-{number}",
        "seller_nip": SELLER,
        "seller_name": "Dostawca",
        "gross": Decimal(amount),
        "vat": Decimal("23.00"),
        "currency": "PLN",
        **columns,
    }
    purchase = ReceivedInvoice(pk=next(_keys), entry=IndexEntry(number=number, **values))
    return Item(purchase=purchase, amount=Decimal(str(paid or amount)), is_whole=paid is None)


def choice(
    amount: str, number: str = "D/1", *, iban: str = ONE, split: bool = False, **columns: object
) -> Choice:
    return Choice(
        item=item(amount, number, **columns),
        party=PARTY,
        iban=iban,
        bic="",
        source="document",
        is_split=split,
    )


def transfers(
    choices: list[Choice], *used: Item, together: bool = True, with_numbers: bool = False
) -> list[Planned]:
    return plan(choices, used, together=together, with_numbers=with_numbers)


def amounts(planned: list[Planned]) -> list[tuple[str, bool, str]]:
    return [(one.iban, one.is_split, f"{one.amount}") for one in planned]


def refused(choices: list[Choice], *used: Item) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        transfers(choices, *used)
    return caught.value.code, caught.value.value


def test_together_goes_what_has_one_seller_one_account_and_one_kind() -> None:
    choices = [
        choice("10", "A"),
        choice("20", "B"),
        choice("40", "C", iban=TWO),
        choice("80", "D", split=True),
        choice("160", "E", seller_nip=OTHER),
        choice("320", "F", ksef_number=""),
    ]
    assert amounts(transfers(choices)) == [
        (ONE, False, "30"),
        (TWO, False, "40"),
        (ONE, True, "80"),
        (ONE, False, "160"),
        (ONE, False, "320"),
    ]
    assert len(transfers(choices, together=False)) == 6
    unknown = [choice("10", name, ksef_number="") for name in "AB"]
    assert amounts(transfers(unknown)) == [(ONE, False, "20")], "also what KSeF does not know"


def test_sellers_without_a_nip_are_not_one_seller() -> None:
    choices = [choice("10", "A", seller_nip=""), choice("20", "B", seller_nip="")]
    assert len(transfers(choices)) == 2


def test_split_payment_of_what_ksef_does_not_know_goes_alone() -> None:
    """Its title names one invoice, and there is no identifier for several."""
    choices = [choice("10", name, split=True, ksef_number="") for name in ("A", "B")]
    assert [one.title.split("/INV/")[1] for one in transfers(choices)] == ["A/TXT/A", "B/TXT/B"]


def test_a_correction_lowers_the_greatest_transfer_that_is_no_split_payment() -> None:
    choices = [
        choice("100", "A"),
        choice("300", "B", iban=TWO),
        choice("500", "C", split=True),
        choice("900", "D", seller_nip=OTHER),
    ]
    credit = item("-50", "KOR/1")
    assert amounts(transfers(choices, credit)) == [
        (ONE, False, "100"),
        (TWO, False, "250"),
        (ONE, True, "500"),
        (ONE, False, "900"),
    ]
    great = item("-400", "KOR/2")
    assert amounts(transfers(choices, great))[2] == (ONE, True, "100"), "no other can hold it"


def test_something_must_be_left_of_a_lowered_transfer() -> None:
    assert amounts(transfers([choice("100", "A")], item("-99.50", "KOR/1"))) == [(ONE, False, "0.50")]
    for credit in ("-100", "-100.50"):
        assert refused([choice("100", "A")], item(credit, "KOR/1")) == ("credit", "Dostawca")
    assert refused([choice("100", "A")], item("-1", seller_nip=OTHER, seller_name="")) == ("credit", OTHER)


def test_two_corrections_share_what_there_is() -> None:
    choices = [choice("100", "A"), choice("90", "B", iban=TWO)]
    credits_used = item("-60", "KOR/1"), item("-60", "KOR/2")
    assert amounts(transfers(choices, *credits_used)) == [(ONE, False, "40"), (TWO, False, "30")]
    assert refused(choices, *credits_used, item("-60", "KOR/3"))[0] == "credit"


@pytest.mark.parametrize(
    ("split", "with_numbers", "several", "needs"),
    [
        (False, False, True, False),
        (False, True, True, True),
        (True, False, True, True),
        (False, True, False, False),
        (True, False, False, False),
    ],
)
def test_several_invoices_need_an_identifier_where_the_title_has_a_number(
    split: bool, with_numbers: bool, several: bool, needs: bool
) -> None:
    choices = [choice("10", name, split=split) for name in ("A", "B")[: 1 + several]]
    (only,) = transfers(choices, with_numbers=with_numbers)
    assert only.needs_identifier is needs
    assert (PLACE in only.title) is needs
    assert ("K-A" in only.title) is (not needs and (split or with_numbers))


def test_without_one_ksef_number_there_is_no_identifier() -> None:
    (only,) = transfers([choice("100", "A")], item("-10", "KOR/1", ksef_number=""), with_numbers=True)
    assert not only.needs_identifier
    assert PLACE not in only.title and "K-A" not in only.title
    assert refused([choice("100", "A", split=True)], item("-10", "KOR/1", ksef_number="")) == (
        "split-several",
        "KOR/1",
    )
    missing = item("-10", "KOR/1", ksef_number=""), item("-10", "KOR/2", ksef_number="")
    assert refused([choice("100", "A", split=True)], *missing) == ("split-several", "KOR/1, KOR/2")


def test_a_title_names_the_invoices_that_go_together() -> None:
    (ordinary,) = transfers([choice("10", name) for name in ("A", "B")])
    assert ordinary.title == "Faktury A, B"
    (split,) = transfers([choice("10", name, split=True) for name in ("A", "B")])
    assert split.title.endswith("/TXT/A, B")


def test_split_payment_is_of_zlotys_and_of_a_seller_with_a_nip() -> None:
    assert refused([choice("100", "A", split=True, currency="EUR")]) == ("split-currency", "A")
    assert refused([choice("100", "B", split=True, seller_nip="")]) == ("split-nip", "B")


def test_what_no_bank_takes_as_a_title_is_refused_by_what_it_is() -> None:
    long = "F/" + "1" * 34
    assert refused([choice("10", long, split=True, ksef_number="")]) == ("invoice", long)
    many = [choice("10", f"{number:035}") for number in range(5)]
    assert refused(many) == ("too-long", "Dostawca")
    assert refused([choice("10", "A", split=True, vat=Decimal(-1))]) == ("vat", "Dostawca")


def test_the_vat_of_a_part_is_a_part_of_the_vat() -> None:
    assert vat_of([item("123")]) == 23
    assert vat_of([item("123", paid="61.50")]) == Decimal("11.50")
    assert vat_of([item("123"), item("-61.50", vat=Decimal("-11.50"))]) == Decimal("11.50")
    assert vat_of([item("100", vat=None)]) == 0
    assert vat_of([item("100", paid="250", vat=Decimal(10))]) == 10, "never more than is on it"

"""The form between the list and an order: addresses, accounts, titles, corrections, what is refused."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.documents.models import IndexEntry
from liczydlo.payments.models import BankAccount, Transfer, TransferOrder
from liczydlo.payments.transfers import titles
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment
from liczydlo.web import times

from app.tests.payments.ordering import OTHER, account, address, invoice, paid_state, prepare
from app.tests.payments.test_files import OURS, THEIRS
from app.tests.purchases.test_outside import outside
from app.tests.purchases.test_pages import bought, text_of
from app.tests.sales.world import document, new_nip

__all__ = ["account"]
pytestmark = pytest.mark.django_db


def test_the_account_can_be_corrected_and_that_is_shown(
    ala: Client, company: Any, account: BankAccount
) -> None:
    row = invoice(company, paid_to="")
    refused = prepare(ala, company, row, __other="123")
    assert refused.status_code == 400 and "Polski rachunek ma 26 cyfr" in text_of(refused)
    assert prepare(ala, company, row, __other=OTHER[2:]).status_code == 302
    transfer = Transfer.objects.get()
    assert (transfer.iban, transfer.account_source) == (OTHER, "person")
    assert "wpisany ręcznie" in text_of(ala.get(TransferOrder.objects.get().get_absolute_url()))


def test_each_invoice_can_be_opened_before_it_is_paid(
    ala: Client, company: Any, account: BankAccount
) -> None:
    row = invoice(company)
    page = ala.get(address("prepare", company), {"id": [row.pk]}).content.decode()
    assert f'<a href="{row.get_absolute_url()}">{row.entry.number}</a>' in page


@pytest.mark.parametrize(
    ("day", "numbers", "split", "warned"),
    [
        ("2027-01-01", False, False, True),
        ("2026-12-31", False, False, False),
        ("2027-01-01", True, False, False),
        ("2027-01-01", False, True, False),
    ],
)
def test_an_order_for_a_day_from_which_titles_need_the_number_says_that_it_has_none(
    ala: Client, company: Any, account: BankAccount, day: str, numbers: bool, split: bool, warned: bool
) -> None:
    """The form's proposal is that of the day on which it is opened; the law is that of the transfer."""
    prepare(ala, company, invoice(company, split=split), day=day, with_numbers="on" if numbers else "")
    order = TransferOrder.objects.get()
    says = "przygotuj z zaznaczonym „Numer KSeF w tytule”"
    assert (says in text_of(ala.get(order.get_absolute_url()))) is warned
    ala.post(address("cancel", company, order.pk))
    assert says not in text_of(ala.get(order.get_absolute_url()))


def test_an_address_in_doubt_is_asked_for(ala: Client, company: Any, account: BankAccount) -> None:
    row = invoice(company, homeless=True)
    refused = prepare(ala, company, row)
    assert refused.status_code == 400 and not TransferOrder.objects.exists()
    assert prepare(ala, company, row, __town="Łódź", __postcode="90-001").status_code == 302
    assert Transfer.objects.get().town == "Łódź"


PAID_TO = f"<Platnosc><RachunekBankowy><NrRB>{THEIRS[2:]}</NrRB></RachunekBankowy></Platnosc></Fa>"


def test_a_seller_of_whose_name_nothing_is_left_is_named_by_its_number(
    ala: Client, company: Any, account: BankAccount
) -> None:
    """ISO 20022 takes no empty name, and the bank would refuse the whole file."""
    said = document(new_nip(), company.nip, number="D/1").decode().replace("</Fa>", PAID_TO)
    row = bought(company, re.sub("<Nazwa>.*?</Nazwa>", "<Nazwa>|</Nazwa>", said, count=1).encode())
    IndexEntry.objects.filter(pk=row.entry_id).update(seller_name="|")
    assert prepare(ala, company, row).status_code == 302
    assert Transfer.objects.get().name == row.entry.seller_nip


FACTOR = (
    "<Podmiot3><DaneIdentyfikacyjne><NIP>1111111111</NIP><Nazwa>Faktor SA</Nazwa></DaneIdentyfikacyjne>"
    "<Adres><KodKraju>PL</KodKraju><AdresL1>Złota 1, 00-002 Łódź</AdresL1></Adres><Rola>1</Rola></Podmiot3>"
)


def test_the_money_goes_to_the_holder_of_the_account(ala: Client, company: Any, account: BankAccount) -> None:
    xml = document(new_nip(), company.nip, number="D/1").decode().replace("<Fa>", f"{FACTOR}<Fa>", 1)
    paid_to = (
        f"<RachunekBankowy><NrRB>{THEIRS[2:]}</NrRB></RachunekBankowy>"
        f"<RachunekBankowyFaktora><NrRB>{OTHER[2:]}</NrRB></RachunekBankowyFaktora>"
    )
    row = bought(company, xml.replace("</Fa>", f"<Platnosc>{paid_to}</Platnosc></Fa>").encode())
    assert "Faktura wskazuje rachunek faktora" in text_of(ala.get(address("due", company)))
    prepare(ala, company, row)
    factor = Transfer.objects.get()
    assert (factor.iban, factor.name, factor.town) == (OTHER, "Faktor SA", "Łódź")
    assert factor.account_source == "factor"
    ala.post(address("cancel", company, factor.order_id))
    prepare(ala, company, row, __account=THEIRS)
    seller = Transfer.objects.exclude(pk=factor.pk).get()
    assert (seller.iban, seller.name, seller.town) == (THEIRS, "Żółta Łódź – Jan Gęśl", "Warszawa")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"__amount": "177,01"}, "nie większa niż to, co jest do zapłaty"),
        ({"__amount": "0"}, "nie większa niż to, co jest do zapłaty"),
        ({"__amount": "dużo"}, "To nie jest kwota"),
        ({"__country": "P1"}, "Kraj to dwie litery"),
        ({"__account": OTHER}, "Wybierz poprawną wartość"),
        ({"day": "2026-01-01"}, "Bank nie zrealizuje przelewu wstecz"),
        ({"account": "999999"}, "Wybierz poprawną wartość"),
        ({"credit": "999999"}, "zmieniła się w międzyczasie"),
    ],
)
def test_bad_input_is_refused_with_nothing_stored(
    ala: Client, company: Any, account: BankAccount, changes: dict[str, str], said: str
) -> None:
    refused = prepare(ala, company, invoice(company), **changes)
    assert refused.status_code == 400 and said in text_of(refused)
    assert not TransferOrder.objects.exists()


def test_a_firm_without_a_town_is_told(ala: Client, company: Any, account: BankAccount) -> None:
    company.line2 = ""
    company.save(update_fields=["line2"])
    assert "W danych firmy nie ma kodu" in text_of(prepare(ala, company, invoice(company)))
    assert not TransferOrder.objects.exists()


def test_split_payment_has_its_title_and_the_vat_of_the_part(
    ala: Client, company: Any, account: BankAccount
) -> None:
    row = invoice(company, split=True, gross=Decimal("177.00"), vat=Decimal("27.00"))
    prepare(ala, company, row, __amount="88,50")
    transfer = Transfer.objects.get()
    assert transfer.is_split
    assert transfer.title == f"/VAT/13,50/IDC/8567346215/INV/{row.entry.ksef_number}/TXT/D-1"
    text = ala.post(address("download", company, transfer.order_id)).content.decode()
    assert "<Prtry>VAT53</Prtry>" in text


def test_split_payment_is_for_zlote_alone(ala: Client, company: Any, account: BankAccount) -> None:
    BankAccount.objects.create(company=company, iban=OURS, name="euro", currency="EUR")
    row = invoice(company, currency="EUR", split=True)
    assert "jest tylko w złotych" in text_of(prepare(ala, company, row))


def test_invoices_of_one_seller_go_together_with_a_correction_set_off(
    ala: Client, company: Any, account: BankAccount
) -> None:
    one, two = invoice(company, "A"), invoice(company, "B")
    lowers = bought(company, number="KOR/1", kind="KOR", gross=Decimal("-54.00"))
    page = ala.get(address("prepare", company), {"id": [one.pk, two.pk]})
    assert "KOR/1" in text_of(page)
    prepare(ala, company, one, two, together="on", credit=lowers.pk)
    transfer = Transfer.objects.get()
    assert (transfer.amount, transfer.title) == (Decimal("300.00"), "Faktury A, B, KOR/1")
    seen = {row.pk: 0 for row in (one, two, lowers)}
    ala.post(
        address("mark_paid", company, transfer.order_id), {"seen": [f"{k}:{v}" for k, v in seen.items()]}
    )
    assert paid_state(lowers) == (Payment.PAID, None)


def test_a_correction_greater_than_what_is_due_is_refused(
    ala: Client, company: Any, account: BankAccount
) -> None:
    lowers = bought(company, number="KOR/1", kind="KOR", gross=Decimal("-177.00"))
    refused = prepare(ala, company, invoice(company), credit=lowers.pk)
    assert "większe niż to, co jest do zapłaty" in text_of(refused) and not TransferOrder.objects.exists()


def test_elixir_is_written_in_the_accounts_code_page(ala: Client, company: Any, account: BankAccount) -> None:
    BankAccount.objects.update(file_format="elixir-0", encoding="cp852")
    prepare(ala, company, invoice(company))
    answer = ala.post(address("download", company, TransferOrder.objects.get().pk))
    assert answer.content.decode("cp852").startswith("110,") and answer.content.endswith(b'"51",""\r\n')


def test_what_the_code_page_lacks_is_refused_in_words(
    ala: Client, company: Any, account: BankAccount
) -> None:
    BankAccount.objects.update(file_format="elixir-0")
    refused = prepare(ala, company, invoice(company, "漢/1"))
    assert "Znaku „漢” nie ma w stronie kodowej" in text_of(refused) and not TransferOrder.objects.exists()


def test_from_2027_the_ksef_number_is_in_the_title(
    ala: Client, company: Any, account: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = invoice(company)
    page = ala.get(address("prepare", company), {"id": row.pk})
    assert not page.context["form"].initial["with_numbers"]
    monkeypatch.setattr(times, "today", lambda: titles.NUMBERS_FROM)
    prepare(ala, company, row)
    assert Transfer.objects.get().title.startswith(row.entry.ksef_number)


def test_a_cost_outside_ksef_is_paid_to_its_typed_account(
    ala: Client, company: Any, account: BankAccount, owner: Any
) -> None:
    cost = outside(company, owner, account=THEIRS[2:])
    assert cost.entry.number in text_of(ala.get(address("due", company)))
    assert cost.entry.currency == "EUR" and "Firma nie ma rachunku w tej walucie" in text_of(
        ala.get(address("prepare", company), {"id": cost.pk})
    )
    BankAccount.objects.create(company=company, iban=OURS, name="euro", currency="EUR")
    assert prepare(ala, company, cost, with_numbers="on").status_code == 400, "nobody knows the address"
    assert prepare(ala, company, cost, with_numbers="on", __town="Berlin").status_code == 302
    transfer = Transfer.objects.get()
    assert (transfer.iban, transfer.town, transfer.title) == (
        THEIRS,
        "Berlin",
        f"Faktura {cost.entry.number}",
    )
    assert transfer.order.get_absolute_url() in text_of(ala.get(cost.get_absolute_url()))
    refused = ala.post(reverse("purchases:delete", args=[company.pk, cost.pk]), follow=True)
    assert "był w zleceniu przelewów" in text_of(refused)
    assert ReceivedInvoice.objects.filter(pk=cost.pk).exists()

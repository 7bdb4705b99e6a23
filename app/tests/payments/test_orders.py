"""From „Do zapłaty" to an order: who may, what stands in the way, what the file says, and what becomes of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.audit.models import Entry
from liczydlo.payments.models import BankAccount, OrderState, Transfer, TransferItem, TransferOrder
from liczydlo.payments.transfers import orders, pain, titles
from liczydlo.payments.views import due
from liczydlo.purchases import lifecycle
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment, State
from liczydlo.web import times
from lxml import etree

from app.tests.payments.test_files import OURS, THEIRS, schema
from app.tests.purchases.test_outside import outside
from app.tests.purchases.test_pages import ala, bought, text_of
from app.tests.sales.world import document, new_nip
from app.tests.sessions import at_once

__all__ = ["ala"]
pytestmark = pytest.mark.django_db
OTHER = "PL10105000997603123456789123"


@pytest.fixture
def account(company: Any) -> BankAccount:
    row: BankAccount = BankAccount.objects.create(company=company, iban=OURS, name="główny", is_default=True)
    return row


def address(name: str, company: Any, *arguments: Any) -> str:
    return reverse(f"payments:{name}", args=[company.pk, *arguments])


def invoice(
    company: Any, number: str = "D/1", *, paid_to: str = THEIRS[2:], **columns: Any
) -> ReceivedInvoice:
    xml = document(new_nip(), company.nip, number=number).decode()
    if paid_to:
        paid = f"<Platnosc><RachunekBankowy><NrRB>{paid_to}</NrRB></RachunekBankowy></Platnosc></Fa>"
        xml = xml.replace("</Fa>", paid)
    if columns.pop("split", False):
        xml = xml.replace("<P_18A>2", "<P_18A>1")
    if columns.pop("homeless", False):
        xml = xml.replace("<AdresL2>00-001 Warszawa</AdresL2>", "")
    return bought(company, xml.encode(), number=number, **columns)


def filled(page: Any) -> dict[str, Any]:
    """What a browser sends of the page of preparing, as it was shown."""
    context = page.context
    form = context["form"]
    values: dict[str, Any] = {"day": form.initial["day"].isoformat(), "account": form.initial["account"].pk}
    values |= {name: "on" for name in ("together", "with_numbers") if form.initial.get(name)}
    values["id"] = [line.row.proposal.purchase.pk for line in context["lines"]]
    for line in context["lines"]:
        for name, value in line.form.initial.items():
            if value is not False:
                values[f"{line.form.prefix}-{name}"] = value
    return values


def prepare(client: Client, company: Any, *purchases: ReceivedInvoice, **changes: Any) -> Any:
    """Prepares an order as it is proposed, with ``changes``; of the first purchase ``__amount`` and so on."""
    page = client.get(address("prepare", company), {"id": [row.pk for row in purchases]})
    values = filled(page)
    for name, value in changes.items():
        values[name.replace("__", f"{purchases[0].pk}-", 1) if name.startswith("__") else name] = value
    return client.post(address("prepare", company), values)


def paid_state(row: ReceivedInvoice) -> tuple[str, Decimal | None]:
    row.refresh_from_db()
    return row.payment, row.paid_amount


def test_the_list_is_by_the_day_of_payment_with_sums(ala: Client, company: Any, account: BankAccount) -> None:
    today = times.today()
    sunday = today + dt.timedelta(days=6 - today.weekday())
    invoice(company, "PO-TERMINIE", payment_due=today - dt.timedelta(days=1))
    invoice(company, "TYDZIEN", payment_due=sunday)
    invoice(company, "POZNIEJ", payment_due=sunday + dt.timedelta(days=1), currency="EUR")
    invoice(company, "BEZ-TERMINU")
    part = invoice(company, "CZESC", payment_due=today - dt.timedelta(days=2))
    ReceivedInvoice.objects.filter(pk=part.pk).update(payment=Payment.PART, paid_amount=Decimal("77.00"))
    for state in ({"payment": Payment.PAID}, {"state": State.HIDDEN}):
        away = invoice(company, f"NIE-{state}")
        ReceivedInvoice.objects.filter(pk=away.pk).update(**state)
    page = ala.get(address("due", company))
    groups = [
        (str(heading), [row.proposal.entry.number for row in rows])
        for heading, rows in page.context["groups"]
    ]
    assert groups == [
        ("Po terminie", ["CZESC", "PO-TERMINIE"]),
        ("W tym tygodniu", ["TYDZIEN"]),
        ("Później", ["POZNIEJ"]),
        ("Bez terminu", ["BEZ-TERMINU"]),
    ]
    assert page.context["total"].amounts == [("EUR", Decimal(177)), ("PLN", Decimal(631))]
    assert "100,00 zł" in text_of(page) and "NIE-" not in text_of(page)


def test_the_sum_of_a_searched_list_waits_for_a_person(ala: Client, company: Any) -> None:
    for number in range(51):
        invoice(company, f"FV/{number}")
    path = address("due", company)
    whole, one_page = [("PLN", Decimal(51 * 177))], [("PLN", Decimal(50 * 177))]
    assert ala.get(path).context["total"] == due.Total(amounts=whole)
    page = ala.get(path, {"q": "swit"})
    assert page.context["total"].amounts == one_page and "Do zapłaty na tej stronie:" in text_of(page)
    assert ala.get(path + page.context["total"].address).context["total"] == due.Total(amounts=whole)
    alone = ala.get(path, {"q": "FV/50"}).context["total"]
    assert alone == due.Total(amounts=[("PLN", Decimal(177))]), "one page is the whole list"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"q": "swit"}, {"A", "B"}),
        ({"q": "8567346215"}, {"A", "B"}),
        ({"do": "2026-12-01"}, {"A"}),
        ({"kwota_od": "200"}, {"B"}),
        ({"kwota_do": "177,00 zł"}, {"A"}),
        ({"kwota_od": "tysiąc", "do": "jutro"}, {"A", "B"}),
    ],
)
def test_the_list_is_filtered(
    ala: Client, company: Any, account: BankAccount, query: dict[str, str], numbers: set[str]
) -> None:
    invoice(company, "A", payment_due=dt.date(2026, 12, 1))
    invoice(company, "B", payment_due=dt.date(2026, 12, 2), gross=Decimal(500))
    rows = ala.get(address("due", company), query).context["page"].rows
    assert {row.entry.number for row in rows} == numbers


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ({"paid_to": ""}, "Na fakturze nie ma rachunku"),
        ({"paid_to": "61109010140000071219812875"}, "błędne cyfry kontrolne"),
        ({"currency": "EUR"}, "Firma nie ma rachunku w tej walucie"),
        ({"kind": "ZAL"}, "Faktura zaliczkowa zwykle potwierdza"),
    ],
)
def test_what_stands_in_the_way_is_named(
    ala: Client, company: Any, account: BankAccount, kind: dict[str, str], said: str
) -> None:
    row = invoice(company, **kind)
    assert said in text_of(ala.get(address("due", company)))
    assert said in text_of(ala.get(address("prepare", company), {"id": row.pk}))


def test_hidden_and_paid_ones_are_named_when_somebody_wants_to_pay_them(
    ala: Client, company: Any, account: BankAccount
) -> None:
    hidden, paid = invoice(company, "H"), invoice(company, "P")
    ReceivedInvoice.objects.filter(pk=hidden.pk).update(state=State.HIDDEN)
    ReceivedInvoice.objects.filter(pk=paid.pk).update(payment=Payment.PAID)
    text = text_of(ala.get(address("prepare", company), {"id": [hidden.pk, paid.pk]}))
    assert "Jest ukryta." in text and "Jest już zapłacona." in text
    posted = ala.post(address("prepare", company), {"id": [hidden.pk, paid.pk], "account": account.pk})
    assert posted.status_code == 200 and not TransferOrder.objects.exists()


def test_from_the_list_to_a_file_that_is_the_same_each_time(
    ala: Client, company: Any, account: BankAccount
) -> None:
    one, two = invoice(company, "D/1"), invoice(company, "D/2", gross=Decimal("50.05"))
    answer = prepare(ala, company, one, two, with_numbers="on")
    order = TransferOrder.objects.of(company).get()
    assert answer["Location"] == order.get_absolute_url()
    shown = text_of(ala.get(order.get_absolute_url()))
    assert "227,05 zł" in shown and f"{one.entry.ksef_number} Faktura D/1" in shown
    first = ala.post(address("download", company, order.pk))
    root = etree.fromstring(first.content)
    schema().assertValid(root)
    sums = [e.text for e in root.iter(f"{{{pain.NAMESPACE}}}InstdAmt")]
    assert sums == ["177.00", "50.05"]
    assert "attachment" in first["Content-Disposition"]
    company.name = "Inna nazwa"
    company.save(update_fields=["name"])
    account.file_format = "elixir-0"
    account.save(update_fields=["file_format"])
    again = ala.post(address("download", company, order.pk))
    assert again.content == first.content
    order.refresh_from_db()
    assert order.state == OrderState.DOWNLOADED
    actions = [entry.action for entry in Entry.objects.of(company).order_by("number")]
    assert actions == ["transfers-prepared", "transfers-downloaded"]


def test_no_reference_is_used_twice(ala: Client, company: Any, account: BankAccount) -> None:
    for number in ("A", "B"):
        prepare(ala, company, invoice(company, number))
    made = [order.message_id for order in TransferOrder.objects.all()]
    references = list(Transfer.objects.values_list("reference", flat=True))
    assert len({*made, *references}) == 4 and all(len(one) <= 35 for one in (*made, *references))


def test_a_persons_word_marks_the_purchases_paid(ala: Client, company: Any, account: BankAccount) -> None:
    whole, part = invoice(company, "A"), invoice(company, "B")
    prepare(ala, company, part, whole, __amount="100,00")
    order = TransferOrder.objects.get()
    page = ala.get(order.get_absolute_url())
    seen = [f"{pk}:{event}" for pk, event in page.context["seen"].items()]
    ala.post(address("mark_paid", company, order.pk), {"seen": seen})
    assert paid_state(whole) == (Payment.PAID, None)
    assert paid_state(part) == (Payment.PART, Decimal(100))
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert not TransferItem.objects.filter(is_open=True).exists()
    assert (
        ala.get(address("prepare", company), {"id": part.pk}).context["lines"][0].form.initial["amount"]
        == "77,00"
    )


def test_a_payment_changed_meanwhile_is_not_overwritten(
    ala: Client, company: Any, account: BankAccount, owner: Any
) -> None:
    one, two = invoice(company, "A"), invoice(company, "B")
    prepare(ala, company, one, two)
    order = TransferOrder.objects.get()
    seen = [f"{row.pk}:0" for row in (one, two)]
    lifecycle.pay(two, Payment.PART, amount=Decimal(5), on=times.today(), by=owner, seen=0)
    answer = ala.post(address("mark_paid", company, order.pk), {"seen": seen}, follow=True)
    assert "Nic nie zmieniono" in text_of(answer)
    assert (paid_state(one), paid_state(two)) == ((Payment.DUE, None), (Payment.PART, Decimal(5)))
    order.refresh_from_db()
    assert order.is_open


def test_a_purchase_that_the_page_did_not_show_is_not_marked_paid(
    ala: Client, company: Any, account: BankAccount
) -> None:
    """Nobody has ever changed its payment, and that is not the same as that somebody saw it so."""
    one, two = invoice(company, "A"), invoice(company, "B")
    prepare(ala, company, one, two)
    order = TransferOrder.objects.get()
    url = address("mark_paid", company, order.pk)
    for seen in ([], [f"{one.pk}:0"]):
        assert "Nic nie zmieniono" in text_of(ala.post(url, {"seen": seen}, follow=True))
        assert paid_state(one) == paid_state(two) == (Payment.DUE, None)
        order.refresh_from_db()
        assert order.is_open
    both = ala.post(url, {"seen": [f"{one.pk}:0", f"{two.pk}:0"]}, follow=True)
    assert "zapłacone: 2" in text_of(both)


def test_the_moment_of_the_download_is_kept_of_the_first_one_alone(
    ala: Client, company: Any, account: BankAccount
) -> None:
    prepare(ala, company, invoice(company))
    long_ago = times.now() - dt.timedelta(days=3)
    TransferOrder.objects.update(made_at=long_ago, changed_at=long_ago)
    order = TransferOrder.objects.get()
    before = times.now()
    ala.post(address("download", company, order.pk))
    order.refresh_from_db()
    first = order.changed_at
    assert (order.state, order.made_at) == (OrderState.DOWNLOADED, long_ago)
    assert before <= first <= times.now()
    ala.post(address("download", company, order.pk))
    order.refresh_from_db()
    assert order.changed_at == first


def test_a_cancelled_order_frees_its_purchases(ala: Client, company: Any, account: BankAccount) -> None:
    row = invoice(company)
    prepare(ala, company, row)
    order = TransferOrder.objects.get()
    assert "Jest już w zleceniu" in text_of(ala.get(address("due", company)))
    ala.post(address("cancel", company, order.pk))
    assert prepare(ala, company, row).status_code == 302
    assert TransferOrder.objects.count() == 2
    gone = ala.post(address("download", company, order.pk), follow=True)
    assert "anulowane, więc nie ma pliku" in text_of(gone)
    assert "Nic nie zmieniono" in text_of(
        ala.post(address("mark_paid", company, order.pk), {"seen": f"{row.pk}:0"}, follow=True)
    )
    assert paid_state(row) == (Payment.DUE, None)


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


def test_an_address_in_doubt_is_asked_for(ala: Client, company: Any, account: BankAccount) -> None:
    row = invoice(company, homeless=True)
    refused = prepare(ala, company, row)
    assert refused.status_code == 400 and not TransferOrder.objects.exists()
    assert prepare(ala, company, row, __town="Łódź", __postcode="90-001").status_code == 302
    assert Transfer.objects.get().town == "Łódź"


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


def test_a_viewer_sees_and_pays_nothing_and_a_stranger_sees_nothing(
    ala: Client, company: Any, account: BankAccount, member: Any, stranger: Any, browse: Any
) -> None:
    row = invoice(company)
    prepare(ala, company, row)
    order = TransferOrder.objects.get()
    viewer, issuer, outside = browse(member("viewer")), browse(member("issuer")), browse(stranger)
    other = stranger.companies.get()
    pages = [address("due", company), address("orders", company), order.get_absolute_url()]
    for url in pages:
        assert viewer.get(url).status_code == 200 and outside.get(url).status_code == 404
    assert "Zapłać zaznaczone" not in text_of(viewer.get(pages[0]))
    assert "Pobierz plik" not in text_of(viewer.get(pages[2]))
    for name in ("download", "mark_paid", "cancel"):
        for client in (viewer, issuer):
            assert client.post(address(name, company, order.pk)).status_code == 403
        assert outside.post(address(name, company, order.pk)).status_code == 404
        assert outside.post(address(name, other, order.pk)).status_code == 404
    assert viewer.get(address("prepare", company), {"id": row.pk}).status_code == 403
    BankAccount.objects.create(company=other, iban=OURS, name="obcy", is_default=True)
    assert outside.get(address("prepare", other), {"id": row.pk})["Location"] == address("due", other)
    order.refresh_from_db()
    assert order.state == OrderState.PREPARED


def test_marking_one_order_paid_leaves_another_alone(ala: Client, company: Any, account: BankAccount) -> None:
    mine, other = [invoice(company, "A"), invoice(company, "B")], invoice(company, "C")
    prepare(ala, company, *mine)
    prepare(ala, company, other)
    order = TransferOrder.objects.earliest("pk")
    page = ala.get(order.get_absolute_url())
    assert page.context["seen"] == {row.pk: 0 for row in mine}
    seen = [f"{row.pk}:0" for row in (*mine, other)]
    answer = ala.post(address("mark_paid", company, order.pk), {"seen": seen}, follow=True)
    assert "Oznaczono faktury jako zapłacone: 2." in text_of(answer)
    assert [paid_state(row)[0] for row in (*mine, other)] == [Payment.PAID, Payment.PAID, Payment.DUE]
    assert TransferItem.objects.get(is_open=True).purchase == other
    details = Entry.objects.of(company).get(action="transfers-paid").details
    assert details["amount"] == "354.00 PLN"


@pytest.mark.django_db(transaction=True)
def test_of_two_orders_at_once_one_gets_the_purchase(ala: Client, company: Any, account: BankAccount) -> None:
    row = invoice(company)
    values = filled(ala.get(address("prepare", company), {"id": row.pk}))
    answers = at_once(*(lambda: ala.post(address("prepare", company), values) for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [302, 400]
    (count,) = at_once(lambda: (TransferOrder.objects.count(), TransferItem.objects.count()))
    assert count == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_paying_and_cancelling_at_once_do_one_thing(ala: Client, company: Any, account: BankAccount) -> None:
    row = invoice(company)
    prepare(ala, company, row)
    order = TransferOrder.objects.get()
    at_once(
        lambda: ala.post(address("mark_paid", company, order.pk), {"seen": f"{row.pk}:0"}),
        lambda: ala.post(address("cancel", company, order.pk)),
    )
    (states,) = at_once(
        lambda: (
            TransferOrder.objects.get().state,
            ReceivedInvoice.objects.get(pk=row.pk).payment,
        )
    )
    assert states in ((OrderState.PAID, Payment.PAID), (OrderState.CANCELLED, Payment.DUE))


@pytest.mark.django_db(transaction=True)
def test_the_file_is_made_once(ala: Client, company: Any, account: BankAccount) -> None:
    prepare(ala, company, invoice(company))
    url = address("download", company, TransferOrder.objects.get().pk)
    one, two = at_once(*(lambda: ala.post(url).content for _ in range(2)))
    assert one == two and one.startswith(b"<?xml")


def test_an_order_needs_the_purchases_as_they_were_seen(
    company: Any, account: BankAccount, ala: Client, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = invoice(company)
    real = orders.payer

    def pays_meanwhile(firm: Any) -> Any:
        lifecycle.pay(row, Payment.PAID, amount=None, on=times.today(), by=owner, seen=0)
        return real(firm)

    monkeypatch.setattr(orders, "payer", pays_meanwhile)
    refused = prepare(ala, company, row)
    assert "zmieniła się w międzyczasie" in text_of(refused) and not TransferOrder.objects.exists()


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


def test_a_page_with_a_purchase_that_another_ordered_meanwhile_makes_no_order(
    ala: Client, company: Any, account: BankAccount
) -> None:
    rows = [invoice(company, name) for name in "ABC"]
    late = filled(ala.get(address("prepare", company), {"id": [row.pk for row in rows[1:]]}))
    prepare(ala, company, *rows[:2])
    page = ala.post(address("prepare", company), late)
    assert page.status_code == 400 and TransferOrder.objects.count() == 1
    assert "Faktura B zmieniła się w międzyczasie" in text_of(page)
    assert [line.row.proposal.entry.number for line in page.context["lines"]] == ["C"]

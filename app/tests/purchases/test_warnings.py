"""Warnings on purchases: made while documents are read, shown, settled; sellers trusted, hidden; abuse reported."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.purchases import reading
from liczydlo.purchases.models import Event, InvoiceWarning, ReceivedInvoice, Seller, SellerAccount
from liczydlo.purchases.warnings import decisions, services
from liczydlo.purchases.warnings.rules import Code

from app.tests.purchases.test_pages import address, bought, text_of
from app.tests.sales.world import document, new_nip
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
OLD, NEW = "61109010140000071219812874", "27114020040000300201355387"
FA = (
    "<Faktura xmlns='http://crd.gov.pl/wzor/2025/06/25/13775/'><Fa><P_2>{}</P_2><Platnosc>"
    "<TerminPlatnosci><Termin>{}</Termin></TerminPlatnosci>{}</Platnosc></Fa></Faktura>"
)
ACCOUNT = "<RachunekBankowy><NrRB>{}</NrRB></RachunekBankowy>"


def fa(number: str, *accounts: str, due: dt.date | None = None) -> bytes:
    day = due or timezone.localdate() + dt.timedelta(days=14)
    return FA.format(number, day, "".join(ACCOUNT.format(one) for one in accounts)).encode()


def read(company: Any) -> None:
    registry.enqueue(company.pk, reading.READ_JOB)
    assert registry.run(Job.objects.get(company=company, name=reading.READ_JOB).pk)


def came(company: Any, number: str, *accounts: str, **columns: Any) -> ReceivedInvoice:
    """A purchase with its accounts, read."""
    columns = {"buyer_nip": company.nip, **columns}
    due = columns.pop("due", None)
    row = bought(company, fa(number, *accounts, due=due), number=number, **columns)
    read(company)
    row.refresh_from_db()
    return row


def history(company: Any, count: int = 5, *accounts: str) -> None:
    """So many usual invoices of the usual seller, on days that are far from each other."""
    for at in range(count):
        bought(
            company,
            fa(f"H/{at}", *(accounts or (OLD,))),
            number=f"H/{at}",
            buyer_nip=company.nip,
            gross=Decimal(170 + at),
            issue_date=timezone.localdate() - dt.timedelta(days=30 * (at + 1)),
            acquired_at=timezone.now() - dt.timedelta(days=30 * (at + 1)),
        )
    read(company)


def codes(row: ReceivedInvoice) -> set[str]:
    return set(row.warnings.filter(settled_at=None).values_list("code", flat=True))


def test_a_usual_invoice_has_none(company: Any) -> None:
    history(company)
    row = came(company, "D/1", OLD)
    assert not codes(row) and row.open_warnings == 0


def test_a_changed_account(company: Any, ala: Client, owner: Any) -> None:
    history(company)
    row = came(company, "D/1", NEW)
    assert codes(row) == {Code.ACCOUNT} and row.open_warnings == 1
    assert services.warnings_of([row.entry]) == {row.entry_id: list(row.warnings.all())}
    shown = text_of(ala.get(row.get_absolute_url()))
    assert "27 1140 2004 0000 3002 0135 5387" in shown and "61 1090 1014 0000 0712 1981 2874" in shown
    assert shown.index("Zanim zapłacisz") < shown.index("Stan i zapłata")
    listed = text_of(ala.get(address("list", company), {"ostrzezenia": "open"}))
    assert "Zmieniony rachunek</span>" in listed and "H/1" not in listed
    # a second invoice with the thief's account is no better than the first
    second = came(company, "D/2", NEW, gross=Decimal(150))
    assert codes(second) == {Code.ACCOUNT}
    warning = row.warnings.get()
    answer = ala.post(address("settle", company, warning.pk), {"note": "telefon do p. \0Zofii"})
    assert answer["Location"] == row.get_absolute_url()
    row.refresh_from_db()
    assert row.open_warnings == 0
    assert "telefon do p. Zofii" in text_of(ala.get(row.get_absolute_url()))
    event = Event.objects.get(invoice=row)
    assert (event.step, event.by, event.details["code"]) == ("settle", owner, "account-changed")
    # the account is the seller's from now on
    assert not codes(came(company, "D/3", NEW, gross=Decimal(160)))
    ala.post(address("settle", company, warning.pk), {"note": "drugi raz"})
    warning.refresh_from_db()
    assert warning.note == "telefon do p. Zofii"


def test_a_first_seller_who_is_in_a_hurry(company: Any) -> None:
    history(company)
    row = came(
        company,
        "X/1",
        NEW,
        seller_nip="5265877635",
        seller_name="Obcy",
        gross=Decimal(48_000),
        due=timezone.localdate(),
    )
    assert codes(row) == {Code.FIRST, Code.URGENT}


def test_a_name_like_a_known_one(company: Any) -> None:
    history(company, 1)
    row = came(company, "X/1", NEW, seller_nip="5265877635", seller_name="DOSTAWCA „SW1T” sp. z o.o.")
    assert codes(row) == {Code.ALIKE}


def test_doubles_in_one_batch_and_later(company: Any) -> None:
    history(company)
    first = bought(company, fa("D/1", OLD), number="D/1", buyer_nip=company.nip)
    second = bought(company, fa("D 1", OLD), number="D 1", buyer_nip=company.nip, gross=Decimal(160))
    read(company)
    assert not codes(first)
    (warning,) = second.warnings.all()
    assert (warning.code, warning.params["entry"]) == (Code.NUMBER, first.entry_id)
    third = came(company, "D/9", OLD)
    assert codes(third) == {Code.DOUBLE}


def test_an_unusual_amount(company: Any) -> None:
    history(company)
    assert codes(came(company, "D/1", OLD, gross=Decimal(1770))) == {Code.AMOUNT}


def test_the_buyers_nip_is_another(company: Any) -> None:
    history(company)
    assert codes(came(company, "D/1", OLD, buyer_nip="")) == {Code.BUYER}


def test_what_came_long_ago_is_history_alone(company: Any) -> None:
    history(company)
    old = timezone.now() - dt.timedelta(days=91)
    row = came(company, "D/1", NEW, acquired_at=old)
    assert not codes(row)
    assert codes(came(company, "D/2", NEW, gross=Decimal(160))) == {Code.ACCOUNT}


def test_older_invoices_that_come_later_take_back_what_they_answer(company: Any) -> None:
    history(company)
    nip = "5265877635"
    row = came(company, "X/1", OLD, seller_nip=nip, seller_name="Obcy")
    changed = came(company, "X/2", NEW, seller_nip=nip, seller_name="Obcy", gross=Decimal(12))
    assert codes(row) == {Code.FIRST} and codes(changed) == {Code.ACCOUNT}
    month_ago = timezone.now() - dt.timedelta(days=30)
    came(company, "X/0", NEW, seller_nip=nip, seller_name="Obcy", acquired_at=month_ago, gross=Decimal(9))
    for one in (row, changed):
        one.refresh_from_db()
        assert not codes(one) and one.open_warnings == 0


def test_invoices_are_judged_in_ksefs_order(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 1)
    now = timezone.now()
    scam = bought(company, fa("D/2", NEW), number="D/2", buyer_nip=company.nip, acquired_at=now)
    honest = bought(
        company,
        fa("D/1", OLD),
        number="D/1",
        buyer_nip=company.nip,
        gross=Decimal(9),
        acquired_at=now - dt.timedelta(minutes=5),
    )
    ReceivedInvoice.objects.filter(pk=honest.pk).update(stored_at=now - dt.timedelta(minutes=5))
    read(company)
    assert not codes(honest) and codes(scam) == {Code.ACCOUNT}


def test_what_an_older_version_has_read_is_judged_and_otherwise_left(company: Any) -> None:
    history(company)
    row = came(company, "D/1", NEW)
    InvoiceWarning.objects.all().delete()
    Seller.objects.all().delete()
    read_at = timezone.now() - dt.timedelta(days=1)
    ReceivedInvoice.objects.update(judged_at=None, read_at=read_at, open_warnings=0)
    registry.enqueue(None, reading.ROUND)
    assert registry.run(Job.objects.get(name=reading.ROUND).pk)
    read(company)
    row.refresh_from_db()
    assert codes(row) == {Code.ACCOUNT} and row.read_at == read_at


def test_a_trusted_seller(ala: Client, company: Any) -> None:
    history(company)
    seller = Seller.objects.get()
    answer = ala.post(address("seller", company, seller.pk, "zaufaj"))
    assert answer["Location"] == address("sellers", company)
    row = came(company, "D/1", NEW, gross=Decimal(9999))
    assert codes(row) == {Code.ACCOUNT}
    assert "Zaufany od" in text_of(ala.get(row.get_absolute_url()))
    assert "Dostawca" in text_of(ala.get(address("sellers", company)))
    ala.post(address("seller", company, seller.pk, "zaufaj"))
    assert Entry.objects.of(company).filter(action="seller-trusted").count() == 1
    nowhere = ala.post(address("seller", company, seller.pk, "nie-ufaj"), {"invoice": "9" * 5000})
    assert nowhere["Location"] == address("sellers", company)
    assert Code.AMOUNT in codes(came(company, "D/2", OLD, gross=Decimal(9998)))
    assert Entry.objects.of(company).filter(action="seller-not-trusted").count() == 1


def test_a_hidden_seller_is_never_silent(ala: Client, company: Any, owner: Any) -> None:
    history(company)
    booked = came(company, "K/1", OLD)
    ReceivedInvoice.objects.filter(pk=booked.pk).update(state="booked")
    seller = Seller.objects.get()
    ala.post(address("seller", company, seller.pk, "ukryj"), {"invoice": str(booked.pk)})
    row = came(company, "D/1", OLD)
    assert row.state == "hidden"
    event = Event.objects.get(invoice=row)
    assert (event.step, event.by, event.details["seller"]) == ("hide", None, seller.nip)
    shown = text_of(ala.get(address("list", company)))
    assert "6 ukrytych" in shown and "K/1" in shown and ">D/1<" not in shown
    ala.post(address("seller", company, seller.pk, "przywroc"))
    assert not ReceivedInvoice.objects.filter(state="hidden").exists()
    assert " ukrytych</a>" not in text_of(ala.get(address("list", company)))
    assert list(Entry.objects.of(company).values_list("action", flat=True).order_by("number")) == [
        "seller-hidden",
        "seller-shown",
    ]


def test_reporting_an_abuse(ala: Client, company: Any, owner: Any, browse: Any) -> None:
    history(company)
    row = came(company, "X/1", NEW, seller_nip="5265877635", seller_name="Obcy")
    page = text_of(ala.get(address("abuse", company, row.pk)))
    for text in (row.entry.ksef_number, "X/1", "5265877635", NEW, company.nip, "/portal/"):
        assert text in page
    english = text_of(browse(owner, language="en").get(address("abuse", company, row.pk)))
    assert "Report an abuse" in english and "Zgłaszam fakturę" in english and "Z tego NIP-u" in english
    ala.post(address("reported", company, row.pk))
    ala.post(address("reported", company, row.pk))
    row.refresh_from_db()
    assert row.reported_at is not None and row.reported_by == owner
    assert "zgłoszona jako nadużycie" in text_of(ala.get(row.get_absolute_url()))
    assert "X/1" in text_of(ala.get(address("list", company), {"ostrzezenia": "reported"}))
    assert SellerAccount.objects.get(seller__nip="5265877635").doubted
    ala.post(address("reported", company, row.pk), {"back": "1"})
    row.refresh_from_db()
    assert row.reported_at is None
    assert [one.action for one in Entry.objects.of(company).order_by("number")] == [
        "abuse-reported",
        "abuse-taken-back",
    ]


def test_who_may_decide(company: Any, member: Any, stranger: Any, browse: Any) -> None:
    history(company)
    row = came(company, "D/1", NEW)
    seller, warning = Seller.objects.get(), row.warnings.get()
    posts = [
        address("settle", company, warning.pk),
        address("seller", company, seller.pk, "ukryj"),
        address("reported", company, row.pk),
    ]
    viewer, other = browse(member("viewer")), browse(stranger)
    for page in posts:
        assert viewer.post(page).status_code == 403
        assert other.post(page).status_code == 404
    for page in (address("sellers", company), address("abuse", company, row.pk)):
        assert viewer.get(page).status_code == 200
        assert other.get(page).status_code == 404
    shown = text_of(viewer.get(row.get_absolute_url()))
    assert "Zmieniony rachunek" in shown and posts[0] not in shown
    # nor through a company of one's own
    own = stranger.companies.get()
    assert other.post(address("settle", own, warning.pk)).status_code == 404
    assert other.post(address("seller", own, seller.pk, "ukryj")).status_code == 404
    assert other.post(address("reported", own, row.pk)).status_code == 404
    assert codes(row) == {Code.ACCOUNT}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_settle_one_wins(company: Any, owner: Any, member: Any) -> None:
    history(company)
    row = came(company, "D/1", NEW, gross=Decimal(9999))
    first, second = row.warnings.order_by("code")
    other, now = member("accountant"), timezone.now()

    def settle(warning: InvoiceWarning, who: Any) -> Any:
        return lambda: decisions.settle(warning, by=who, note=who.name, now=now)

    done = at_once(settle(first, owner), settle(first, other), settle(second, other))
    assert sorted(done[:2]) == [False, True] and done[2] is True

    def left() -> tuple[int, int]:
        return ReceivedInvoice.objects.get(pk=row.pk).open_warnings, Event.objects.filter(
            invoice=row.pk
        ).count()

    assert at_once(left) == [(0, 2)]


def test_characters_that_turn_what_one_reads(company: Any, ala: Client) -> None:
    """In a name, a number, an account; of a seller that is known and of one without a NIP."""
    history(company)
    columns: dict[str, Any] = {"seller_name": "Świt\u202e.KOPO", "gross": Decimal(171)}
    for number, account, more in (
        ("D/1", OLD, columns),
        ("D/\u202e2", OLD, {}),
        ("D/3", f"61\u200b{OLD[2:]}", {}),
        ("D/4", OLD, {**columns, "seller_nip": "", "seller_id": "DE1"}),
    ):
        row = came(company, number, account, **more)
        assert Code.HIDDEN in codes(row), number
        if row.entry.seller_nip:
            shown = text_of(ala.get(row.get_absolute_url()))
            assert "Ukryte znaki" in shown and "U+20" in shown
    assert "Ukryte znaki</span>" in text_of(ala.get(address("list", company), {"ostrzezenia": "open"}))


def test_the_document_says_the_character_and_is_not_turned(company: Any, ala: Client) -> None:
    xml = document(new_nip(), company.nip, number="D/9").replace(
        b"</P_7>", " \u202eezcan".encode() + b"</P_7>", 1
    )
    assert "\u202e".encode() in xml
    shown = text_of(ala.get(bought(company, xml, number="D/9").get_absolute_url()))
    assert "⟨U+202E⟩ezcan" in shown and "\u202e" not in shown

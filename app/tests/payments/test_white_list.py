"""Biała lista is asked again when a file of transfers is made, and stops it where it does not confirm an account."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from liczydlo.audit.models import Entry
from liczydlo.lookups.models import Answer, Pause
from liczydlo.payments.models import OrderState, Transfer, TransferOrder

from app.tests.lookups.test_white_list import LISTED, OTHER, nip, on, panel
from app.tests.payments.ordering import account, address, invoice, prepare
from app.tests.purchases.test_pages import text_of

__all__ = ["account", "nip", "on", "panel"]
pytestmark = pytest.mark.django_db


def ordered(ala: Client, company: Any, nip: str, paid_to: str) -> TransferOrder:
    row = invoice(company, paid_to=paid_to, seller_nip=nip, gross=Decimal(20_000))
    assert prepare(ala, company, row).status_code == 302
    order: TransferOrder = TransferOrder.objects.get()
    return order


def test_a_listed_account_gives_the_file_with_its_evidence(
    ala: Client, on: Any, account: Any, panel: Any, nip: str
) -> None:
    panel(nip, accounts=[LISTED])
    order = ordered(ala, on, nip, LISTED)
    answer = ala.post(address("download", on, order.pk))
    assert answer.status_code == 200 and answer["Content-Disposition"]
    kept, proof = Transfer.objects.get().checked, Answer.objects.get()
    assert (kept["state"], kept["request_id"], kept.get("who")) == ("listed", proof.request_id, None)
    assert proof.request_id in text_of(ala.get(order.get_absolute_url()))


def test_an_account_that_is_not_listed_stops_the_file_until_a_person_decides(
    ala: Client, on: Any, account: Any, panel: Any, nip: str, owner: Any
) -> None:
    panel(nip, accounts=[LISTED])
    order = ordered(ala, on, nip, OTHER)
    refused = ala.post(address("download", on, order.pk))
    text = text_of(refused)
    assert refused.status_code == 409
    for words in ("D/1", "27 1140 2004", "nie ma w wykazie", "15 000 zł", "117ba", "ZAW-NR", "anuluj"):
        assert words in text
    order.refresh_from_db()
    assert (order.state, bytes(order.content)) == (OrderState.PREPARED, b"")
    (check,) = refused.context["checks"]
    stale = ala.post(address("download", on, order.pk), {"anyway": f"{check.transfer.pk}:unknown:waiting"})
    assert stale.status_code == 409, "a decision about another answer"
    done = ala.post(address("download", on, order.pk), {"anyway": check.token})
    assert done.status_code == 200
    kept, proof = Transfer.objects.get().checked, Answer.objects.get()
    assert (kept["state"], kept["request_id"], kept["by"]) == ("not-listed", proof.request_id, owner.pk)
    logged = Entry.objects.get(action="transfer-unlisted")
    assert (logged.reference, logged.details["name"]) == (proof.request_id, "D/1")
    assert ala.post(address("download", on, order.pk)).content == done.content


def test_a_farmers_account_needs_no_decision(
    ala: Client, on: Any, account: Any, panel: Any, nip: str
) -> None:
    panel(nip, accounts=[LISTED])
    row = invoice(on, paid_to=OTHER, seller_nip=nip, gross=Decimal(20_000), kind="VAT_RR")
    assert prepare(ala, on, row).status_code == 302
    answer = ala.post(address("download", on, TransferOrder.objects.get().pk))
    assert answer.status_code == 200 and not Answer.objects.exists()


def test_silence_is_no_confirmation(ala: Client, on: Any, account: Any, panel: Any, nip: str) -> None:
    panel(nip, accounts=[LISTED])
    panel.limits(search=0, check=0)
    order = ordered(ala, on, nip, OTHER)
    refused = ala.post(address("download", on, order.pk))
    assert refused.status_code == 409 and "Nie sprawdzono" in text_of(refused)
    (check,) = refused.context["checks"]
    panel.limits(search=10_000, check=10_000)
    Pause.objects.all().delete()
    again = ala.post(address("download", on, order.pk), {"anyway": check.token})
    assert again.status_code == 409, "it is known by now that the account is not listed"
    (check,) = again.context["checks"]
    assert check.verdict.state == "not-listed"


def test_nothing_is_asked_where_it_is_off(ala: Client, company: Any, account: Any, nip: str) -> None:
    order = ordered(ala, company, nip, OTHER)
    assert ala.post(address("download", company, order.pk)).status_code == 200
    assert Transfer.objects.get().checked == {} and not Answer.objects.exists()

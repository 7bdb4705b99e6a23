"""Our client against our emulator: sending, receipts, refusals, Latarnia."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.ksef import latarnia, upo
from liczydlo.ksef.public_keys import PublicKey

from app.tests.builders import new_nip

from .conftest import invoice_xml, today
from .steps import decided, finished, sent


class TestSending:
    def test_from_a_session_to_every_receipt(self, company: Any) -> None:
        firm, buyer = company(), company()
        xml = invoice_xml(firm.nip, buyer.nip, number="FV/1/2026 & <próba>")
        digest = hashlib.sha256(xml).digest()
        before = datetime.now(UTC) - timedelta(minutes=1)
        session = firm.client.open_online()
        assert firm.client.session_status(session.reference).is_open
        reference = firm.client.send_invoice(session, xml)
        status = decided(firm.client, session.reference, reference)
        assert status.accepted, status
        assert (status.mode, status.sha256) == ("Online", digest)
        number = status.ksef_number
        assert number is not None
        assert number.startswith(firm.nip)

        receipt = upo.verify(firm.client.upo(session.reference, reference))
        document = receipt.document(number)
        assert document is not None
        assert (document.sha256, document.invoice_number) == (digest, "FV/1/2026 & <próba>")
        assert (document.mode, document.issue_date) == ("Online", today())
        assert (receipt.context_value, receipt.session_reference) == (firm.nip, session.reference)

        found = firm.client.find_invoice(session.reference, digest)
        assert found is not None
        assert found.reference == reference

        firm.client.close_online(session.reference)
        done = finished(firm.client, session.reference)
        assert (done.code, done.invoices, done.accepted, done.rejected or 0) == (200, 1, 1, 0)
        (page,) = done.upo_pages
        collective = upo.verify(firm.client.session_upo(session.reference, page.reference))
        assert collective.document(number) == document
        public = httpx2.get(page.url, trust_env=False)  # without a token
        assert upo.verify(public.content).documents == collective.documents

        assert firm.client.invoice(number) == xml
        assert buyer.client.invoice(number) == xml
        for client, subject in ((firm.client, "Subject1"), (buyer.client, "Subject2")):
            query = client.query_metadata(subject, before)
            (listed,) = list(query)
            assert (listed.ksef_number, listed.sha256) == (number, digest)
            assert (listed.seller.value, listed.buyer.value) == (firm.nip, buyer.nip)
            assert (listed.gross, listed.vat, listed.currency) == (Decimal(123), Decimal(23), "PLN")
            assert query.hwm is not None
            assert query.hwm >= listed.stored
        assert list(buyer.client.query_metadata("Subject1", before)) == []

    def test_pages_of_metadata(self, company: Any) -> None:
        firm, buyer = company(), new_nip()
        session = firm.client.open_online()
        references = [firm.client.send_invoice(session, invoice_xml(firm.nip, buyer)) for _ in range(5)]
        numbers = {decided(firm.client, session.reference, one).ksef_number for one in references}
        listed = list(firm.client.query_metadata("Subject1", datetime.now(UTC) - timedelta(hours=1)))
        assert {one.ksef_number for one in listed} == numbers
        assert [one.stored for one in listed] == sorted(one.stored for one in listed)
        assert [one.ordinal for one in firm.client.session_invoices(session.reference)] == [1, 2, 3, 4, 5]

    def test_a_duplicate_names_its_original(self, company: Any) -> None:
        firm = company()
        xml = invoice_xml(firm.nip, new_nip())
        first, second = sent(firm, xml), sent(firm, xml)
        assert first.accepted
        assert second.duplicate
        assert second.original_ksef_number == first.ksef_number
        assert second.original_session_reference

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda xml: xml.replace(b"<P_2>", b"<P_2x>").replace(b"</P_2>", b"</P_2x>"),
            lambda xml: b"\xef\xbb\xbf" + xml,
            lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
            lambda xml: xml.replace(b"?>\n", b"?>\n<!DOCTYPE Faktura []>\n", 1),
            lambda xml: xml.replace(b"?>\n", b"?>\n<?x y?>\n", 1),
            lambda xml: b"not xml",
        ],
        ids=["schema", "byte order mark", "utf-16", "doctype", "instruction", "not xml"],
    )
    def test_bad_documents(self, spoil: Any, company: Any) -> None:
        firm = company()
        status = sent(firm, spoil(invoice_xml(firm.nip, new_nip())))
        assert status.rejected
        assert status.code == 450
        assert status.details, "KSeF says what is wrong"

    def test_an_invoice_of_tomorrow(self, company: Any) -> None:
        firm = company()
        status = sent(firm, invoice_xml(firm.nip, new_nip(), issued=today() + timedelta(days=1)))
        assert status.code == 450

    def test_an_invoice_of_another_seller(self, company: Any) -> None:
        status = sent(company(), invoice_xml(new_nip(), new_nip()))
        assert status.code == 410

    def test_an_invoice_of_yesterday_is_offline_by_itself(self, company: Any) -> None:
        firm = company()
        status = sent(firm, invoice_xml(firm.nip, new_nip(), issued=today() - timedelta(days=1)))
        assert (status.accepted, status.mode) == (True, "Offline")

    def test_offline_and_its_technical_correction(self, company: Any) -> None:
        firm = company()
        good = invoice_xml(firm.nip, new_nip())
        bad = good.replace(b"<P_15>123.00</P_15>", b"")
        rejected = sent(firm, bad, offline=True)
        assert rejected.rejected
        corrected = sent(firm, good, offline=True, corrected_sha256=hashlib.sha256(bad).digest())
        assert (corrected.accepted, corrected.mode) == (True, "Offline")
        session = firm.client.open_online()
        with pytest.raises(ksef.Refused) as again:
            firm.client.send_invoice(
                session,
                invoice_xml(firm.nip, new_nip()),
                offline=True,
                corrected_sha256=hashlib.sha256(bad).digest(),
            )
        assert again.value.code == "21166"
        with pytest.raises(ksef.Refused) as fine:
            firm.client.send_invoice(
                session,
                invoice_xml(firm.nip, new_nip()),
                offline=True,
                corrected_sha256=hashlib.sha256(good).digest(),
            )
        assert fine.value.code == "21167"

    def test_a_withdrawn_public_key_is_replaced(self, company: Any, environment: Any) -> None:
        cache = ksef.PublicKeyCache()
        firm = company(keys=cache)
        (key, *_) = [k for k in firm.client.public_keys() if "SymmetricKeyEncryption" in k.usage]
        stale = PublicKey(
            id="A" * 43 + "=", usage=key.usage, valid_from=key.valid_from, valid_to=key.valid_to, key=key.key
        )
        cache.put(environment.api, datetime.now(UTC), (stale,))
        assert firm.client.open_online().reference
        held = cache.get(environment.api, datetime.now(UTC))
        assert held is not None
        assert stale not in held

    def test_a_wrong_symmetric_key(self, company: Any) -> None:
        firm = company()
        session = firm.client.open_online()
        wrong = ksef.OnlineSession(
            reference=session.reference, key=ksef.SessionKey.new(), valid_until=session.valid_until
        )
        reference = firm.client.send_invoice(wrong, invoice_xml(firm.nip, new_nip()))
        assert decided(firm.client, session.reference, reference).code == 435

    def test_a_closed_session(self, company: Any) -> None:
        firm = company()
        session = firm.client.open_online()
        firm.client.send_invoice(session, invoice_xml(firm.nip, new_nip()))
        firm.client.close_online(session.reference)
        for act in (
            lambda: firm.client.send_invoice(session, invoice_xml(firm.nip, new_nip())),
            lambda: firm.client.close_online(session.reference),
        ):
            with pytest.raises(ksef.Refused) as caught:
                act()
            assert caught.value.code == "21180"

    def test_an_empty_session_is_cancelled(self, company: Any) -> None:
        firm = company()
        session = firm.client.open_online()
        firm.client.close_online(session.reference)
        assert finished(firm.client, session.reference).code == 440

    def test_a_stranger_sees_nothing(self, company: Any) -> None:
        firm, stranger = company(), company()
        session = firm.client.open_online()
        reference = firm.client.send_invoice(session, invoice_xml(firm.nip, new_nip()))
        number = decided(firm.client, session.reference, reference).ksef_number
        assert number is not None
        for act, code in (
            (lambda: stranger.client.session_status(session.reference), "21173"),
            (lambda: stranger.client.invoice_status(session.reference, reference), "21173"),
            (lambda: list(stranger.client.session_invoices(session.reference)), "21173"),
            (lambda: stranger.client.upo(session.reference, reference), "21173"),
            (lambda: stranger.client.send_invoice(session, invoice_xml(stranger.nip, new_nip())), "21173"),
            (lambda: stranger.client.close_online(session.reference), "21173"),
            (lambda: stranger.client.invoice(number), "21164"),
        ):
            with pytest.raises(ksef.Refused) as caught:
                act()
            assert caught.value.code == code

    def test_what_is_not_there(self, company: Any) -> None:
        firm = company()
        with pytest.raises(ksef.Refused) as session:
            firm.client.session_status("20250604-SO-461EA5B000-537A6BA15D-D7")
        assert session.value.code == "21173"
        with pytest.raises(ksef.Refused) as number:
            firm.client.invoice("5265877635-20250916-0200A0D6723E-C2")
        assert number.value.code == "21164"


def test_latarnia_answers(environment: ksef.Environment) -> None:
    http = httpx2.Client(trust_env=False)
    assert latarnia.status(environment, http=http).state == "AVAILABLE"
    assert latarnia.messages(environment, http=http) == ()

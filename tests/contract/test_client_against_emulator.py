"""Our client and our emulator, written apart from the guide, understand each other: steps and refusals."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from liczydlo import ksef
from liczydlo.ksef import latarnia, login, upo
from liczydlo.ksef.conversation import Upload, converse
from liczydlo.ksef.packing import pack
from liczydlo.ksef.public_keys import PublicKey
from liczydlo.ksef.sessions import InvoiceStatus, SessionStatus
from liczydlo.web.reasons import explain

from app.tests.builders import new_nip

from .conftest import invoice_xml, new_pesel, self_signed, today

PATIENCE = 10.0  # seconds for one invoice to be decided


def decided(client: ksef.Client, session: str, reference: str) -> InvoiceStatus:
    """The invoice's status once KSeF has decided."""
    deadline = time.monotonic() + PATIENCE
    while True:
        status = client.invoice_status(session, reference)
        if not status.in_progress:
            return status
        assert time.monotonic() < deadline, "the invoice is not decided"
        time.sleep(0.02)


def finished(client: ksef.Client, reference: str) -> SessionStatus:
    """The session's status once nothing more changes."""
    deadline = time.monotonic() + PATIENCE
    while True:
        status = client.session_status(reference)
        if status.finished:
            return status
        assert time.monotonic() < deadline, "the session is not finished"
        time.sleep(0.02)


def sent(firm: Any, xml: bytes, **options: Any) -> InvoiceStatus:
    """Send one document in a session of its own, and wait for the verdict."""
    session = firm.client.open_online()
    reference = firm.client.send_invoice(session, xml, **options)
    status = decided(firm.client, session.reference, reference)
    firm.client.close_online(session.reference)
    return status


class TestLogin:
    @pytest.mark.parametrize("kind", ["EC", "RSA"])
    @pytest.mark.parametrize("schema", ["2.0", "2.1"])
    def test_owner_by_nip(self, kind: str, schema: Any, client: Any) -> None:
        nip = new_nip()
        asking = client()
        tokens = converse(
            login.certificate_login(
                ksef.Context(value=nip),
                self_signed(kind, nip=nip),
                clock=lambda: datetime.now(UTC),
                schema=schema,
            ),
            lambda request: asking._transport.perform(request, request.bearer or ""),
            time.sleep,
        )
        now = datetime.now(UTC)
        assert now < tokens.access_valid_until < tokens.refresh_valid_until

    def test_owner_by_seal(self, client: Any) -> None:
        nip = new_nip()
        assert client().login(ksef.Context(value=nip), self_signed(seal=nip)).access

    def test_refreshing_and_listing(self, company: Any) -> None:
        firm = company()
        first = firm.client.login()
        assert firm.client.refresh().access != first.access
        (session,) = firm.client.active_sessions()
        assert session.is_current
        assert session.redeemed
        firm.client.end_session()
        with pytest.raises(ksef.Refused):
            converse(
                login.refresh(first),
                lambda request: firm.client._transport.perform(request, request.bearer or ""),
                time.sleep,
            )

    def test_a_stranger_has_no_permissions(self, client: Any) -> None:
        with pytest.raises(ksef.LoginRefused) as caught:
            client().login(ksef.Context(value=new_nip()), self_signed(nip=new_nip()))
        assert (caught.value.code, caught.value.operation) == ("415", "login")
        assert "uprawnień" in explain(caught.value, "pl")

    def test_a_person_after_a_grant(self, client: Any, testdata: Any, company: Any) -> None:
        firm, pesel = company(), new_pesel()
        accountant, context = self_signed(pesel=pesel), ksef.Context(value=firm.nip)
        with pytest.raises(ksef.LoginRefused):
            client().login(context, accountant)
        testdata(
            "permissions",
            {
                "contextIdentifier": {"type": "Nip", "value": firm.nip},
                "authorizedIdentifier": {"type": "Pesel", "value": pesel},
                "permissions": [{"description": "faktury", "permissionType": "InvoiceRead"}],
            },
        )
        reader = client(context=context, credential=accountant)
        assert list(reader.query_metadata("Subject1", datetime.now(UTC) - timedelta(days=1))) == []
        with pytest.raises(ksef.Refused) as caught:
            reader.open_online()
        assert caught.value.status == 403
        assert "InvoiceWrite" in caught.value.missing_permissions
        assert caught.value.present_permissions == ("InvoiceRead",)
        assert "wystawianie faktur" in explain(caught.value, "pl")

    @pytest.mark.parametrize("valid", [(-10, -1), (1, 10)], ids=["expired", "not yet"])
    def test_dates_of_the_certificate(self, valid: tuple[int, int], client: Any) -> None:
        nip = new_nip()
        with pytest.raises(ksef.LoginRefused) as caught:
            client().login(ksef.Context(value=nip), self_signed(nip=nip, valid=valid))
        assert caught.value.code == "460"
        assert "certyfikat" in explain(caught.value, "pl").lower()

    def test_anothers_key(self, client: Any) -> None:
        nip = new_nip()
        mixed = ksef.Credential(
            private_key=ksef.new_private_key(), certificate=self_signed(nip=nip).certificate
        )
        with pytest.raises(ksef.LoginRefused) as caught:
            client().login(ksef.Context(value=nip), mixed)
        assert caught.value.code == "9105"

    def test_a_foreign_access_token(self, client: Any) -> None:
        now = datetime.now(UTC)
        tokens = ksef.Tokens(
            access="x.y.z",
            access_valid_until=now + timedelta(hours=1),
            refresh="x.y.z",
            refresh_valid_until=now + timedelta(hours=1),
        )
        with pytest.raises(ksef.LoginRefused) as caught:
            client(tokens=tokens).active_sessions()
        assert caught.value.status == 401

    def test_a_rejected_token_leads_to_a_new_login(self, client: Any, company: Any) -> None:
        firm, now = company(), datetime.now(UTC)
        tokens = ksef.Tokens(
            access="x.y.z",
            access_valid_until=now + timedelta(hours=1),
            refresh="x.y.z",
            refresh_valid_until=now + timedelta(hours=1),
        )
        kept: list[ksef.Tokens] = []
        again = client(tokens=tokens, credential=firm.credential, context=firm.context, on_tokens=kept.append)
        assert again.active_sessions()
        assert len(kept) == 1


class TestCertificates:
    @pytest.mark.parametrize("kind", ["EC", "RSA"])
    def test_from_request_to_login(self, kind: str, company: Any, client: Any) -> None:
        firm = company()
        key = ksef.new_private_key(kind)  # type: ignore[arg-type]
        data = firm.client.enrollment_data()
        assert firm.nip in (data.serial_number or "")
        csr = ksef.build_csr(key, data)
        issued = firm.client.wait_for_certificate(
            firm.client.request_certificate("Komputer w biurze", "Authentication", csr)
        )
        pair = ksef.load(*_files(key, issued.certificate), "Haslo-123456789!")
        assert (pair.serial, pair.purpose, pair.nip) == (issued.serial, "Authentication", firm.nip)
        ksef.check(pair, purpose="Authentication", now=datetime.now(UTC))
        with pytest.raises(ksef.CredentialError):
            ksef.check(pair, purpose="Offline", now=datetime.now(UTC))
        assert client().login(firm.context, pair).access
        (listed,) = firm.client.query_certificates(kind="Authentication")
        assert (listed.serial, listed.status, listed.subject_value) == (issued.serial, "Active", firm.nip)
        limits = firm.client.certificate_limits()
        assert limits.certificate.remaining == limits.certificate.limit - 1
        firm.client.revoke_certificate(issued.serial, "Superseded")
        with pytest.raises(ksef.LoginRefused) as caught:
            client().login(firm.context, pair)
        assert caught.value.code == "460"
        with pytest.raises(ksef.Refused) as twice:
            firm.client.revoke_certificate(issued.serial)
        assert twice.value.code == "25009"

    def test_an_offline_certificate_does_not_log_in(self, company: Any, client: Any) -> None:
        firm = company()
        pair = offline_credential(firm)
        assert pair.purpose == "Offline"
        with pytest.raises(ksef.LoginRefused) as caught:
            client().login(firm.context, pair)
        assert caught.value.code == "460"

    def test_refusals(self, company: Any) -> None:
        firm = company()
        key, data = ksef.new_private_key(), firm.client.enrollment_data()
        changed = ksef.EnrollmentData(
            common_name="Ktoś inny", country_name="PL", serial_number=data.serial_number
        )
        short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
        for csr, code in (
            (ksef.build_csr(key, changed), "25003"),
            (b"nonsense", "25004"),
            (ksef.build_csr(short, data), "25010"),
        ):
            with pytest.raises(ksef.Refused) as caught:
                firm.client.request_certificate("Komputer", "Authentication", csr)
            assert caught.value.code == code
        with pytest.raises(ksef.Refused) as unknown:
            firm.client.revoke_certificate("0123456789ABCDEF")
        assert unknown.value.code == "25008"
        with pytest.raises(ksef.Refused) as strange:
            firm.client.enrollment_status("20250604-CE-461EA5B000-537A6BA15D-D7")
        assert strange.value.code == "25005"


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


class TestCodes:
    def test_kod_1_finds_the_invoice(self, company: Any, environment: ksef.Environment) -> None:
        firm = company()
        xml = invoice_xml(firm.nip, new_nip())
        link = ksef.kod_1(
            environment, seller_nip=firm.nip, issue_date=today(), sha256=hashlib.sha256(xml).digest()
        )
        before = httpx2.get(link, trust_env=False).text
        status = sent(firm, xml)
        after = httpx2.get(link, trust_env=False).text
        assert status.ksef_number in after
        assert status.ksef_number not in before

    @pytest.mark.parametrize("kind", ["EC", "RSA"])
    def test_kod_2_names_the_issuer(self, kind: str, company: Any, environment: ksef.Environment) -> None:
        firm = company()
        pair = offline_credential(firm, kind)
        digest = hashlib.sha256(invoice_xml(firm.nip, new_nip())).digest()
        link = ksef.kod_2(
            environment, context=firm.context, seller_nip=firm.nip, sha256=digest, credential=pair
        )
        good = httpx2.get(link, trust_env=False)
        head, _, signature = link.rpartition("/")
        other = ("B" if signature[0] == "A" else "A") + signature[1:]
        bad = httpx2.get(f"{head}/{other}", trust_env=False)
        assert good.status_code == 200
        assert good.text != bad.text


def test_latarnia_answers(environment: ksef.Environment) -> None:
    http = httpx2.Client(trust_env=False)
    assert latarnia.status(environment, http=http).state == "AVAILABLE"
    assert latarnia.messages(environment, http=http) == ()


def offline_credential(firm: Any, kind: Any = "EC") -> ksef.Credential:
    """An Offline certificate of the firm, as its portal would give it."""
    key = ksef.new_private_key(kind)
    csr = ksef.build_csr(key, firm.client.enrollment_data())
    issued = firm.client.wait_for_certificate(
        firm.client.request_certificate("Praca offline", "Offline", csr)
    )
    return ksef.load(*_files(key, issued.certificate), "Haslo-123456789!")


def _files(key: Any, certificate: bytes) -> tuple[bytes, bytes]:
    """A ``.key`` and a ``.crt`` as the Ministry's portal leaves them on the user's disk."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    encrypted = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"Haslo-123456789!")
    )
    return encrypted, certificate


class TestBatches:
    @pytest.mark.parametrize("compression", ["Zip", "TarGz"])
    @pytest.mark.parametrize("offline", [False, True])
    def test_a_package_in_parts_has_a_verdict_and_a_receipt_for_each_invoice(
        self, compression: Any, offline: bool, company: Any, tmp_path: Any
    ) -> None:
        firm, key = company(), ksef.SessionKey.new()
        documents = {f"{index}.xml": invoice_xml(firm.nip, new_nip()) for index in range(5)}
        bad = b"<Faktura/>"
        package = pack(
            [*documents.items(), ("bad.xml", bad)], key, tmp_path, compression=compression, part_size=700
        )
        assert len(package.parts) > 1
        session = firm.client.open_batch(package, key, offline=offline)
        assert [upload.ordinal for upload in session.uploads] == [part.ordinal for part in package.parts]
        for upload, part in zip(session.uploads, package.parts, strict=True):
            firm.client.upload_part(upload, part.path)
            firm.client.upload_part(upload, part.path)  # after a lost answer, say
        firm.client.close_batch(session.reference)
        status = finished(firm.client, session.reference)
        assert (status.code, status.accepted, status.rejected) == (200, 5, 1)
        verdicts = {one.sha256: one for one in firm.client.session_invoices(session.reference)}
        assert verdicts[hashlib.sha256(bad).digest()].rejected
        accepted = [verdicts[hashlib.sha256(xml).digest()] for xml in documents.values()]
        assert {one.mode for one in accepted} == {"Offline" if offline else "Online"}
        (page,) = status.upo_pages
        receipt = upo.verify(firm.client.session_upo(session.reference, page.reference))
        assert {one.ksef_number for one in receipt.documents} == {one.ksef_number for one in accepted}

    def test_a_missing_part_and_another_file_are_refused(self, company: Any, tmp_path: Any) -> None:
        firm, key = company(), ksef.SessionKey.new()
        package = pack([("1.xml", invoice_xml(firm.nip, new_nip()))], key, tmp_path, part_size=500)
        session = firm.client.open_batch(package, key, offline=False)
        with pytest.raises(ksef.Refused):
            firm.client.close_batch(session.reference)
        other = tmp_path / "other"
        other.write_bytes(b"x" * 10)
        for upload in session.uploads:
            firm.client.upload_part(upload, other)
        with pytest.raises(ksef.Refused):
            firm.client.close_batch(session.reference)
        with pytest.raises(ksef.Refused) as caught:
            firm.client.upload_part(replace(upload, url=upload.url + "x"), other)
        assert (caught.value.code, caught.value.status) == ("upload-refused", 403)

    def test_an_address_of_another_kind_gets_nothing(self, company: Any, tmp_path: Any) -> None:
        (tmp_path / "part").write_bytes(b"x")
        with pytest.raises(ksef.Unavailable):
            company().client.upload_part(
                Upload(ordinal=1, method="PUT", url="https://127.0.0.1:1/part"), tmp_path / "part"
            )

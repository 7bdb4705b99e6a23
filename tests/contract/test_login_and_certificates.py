"""Our client against our emulator: logging in, permissions, certificates."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from liczydlo import ksef
from liczydlo.ksef import login
from liczydlo.ksef.conversation import converse
from liczydlo.web.reasons import explain

from app.tests.builders import new_nip

from .conftest import new_pesel, self_signed
from .steps import files, offline_credential


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
        pair = ksef.load(*files(key, issued.certificate), "Haslo-123456789!")
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

"""Whether a login succeeds and with what: each reason alone, on the registers themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from ksef_emulator.clock import Clock
from ksef_emulator.login.token_request import Policy
from ksef_emulator.model.access.ksef_tokens import KsefTokens
from ksef_emulator.model.access.logins import Login, Method
from ksef_emulator.model.access.permissions import Permission, Permissions
from ksef_emulator.model.access.verdicts import Verdicts
from ksef_emulator.model.identity.ca import Authority, KeyPair, new_key, serial_of
from ksef_emulator.model.identity.certificates import Certificates
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.peppol import Providers
from ksef_emulator.model.identity.subjects import Person, Subject, Subjects, SubjectType
from ksef_emulator.model.time.progress import Progress
from ksef_emulator.store import Store

from .conftest import Identity, self_signed

NIP, OTHER = "1111111111", "2222222222"
FIRM = Context(type=ContextType.NIP, value=NIP)
OWNER = Subject(type=SubjectType.NIP, value=NIP)
ANNA = Subject(type=SubjectType.PESEL, value="85041212344")
PROVIDER = Context(type=ContextType.PEPPOL_ID, value="PPL123456")
SECOND = timedelta(seconds=1)


@dataclass(kw_only=True)
class Registers:
    clock: Clock
    authority: Authority
    subjects: Subjects
    permissions: Permissions
    certificates: Certificates
    tokens: KsefTokens
    providers: Providers
    verdicts: Verdicts

    def login(self, certificate: x509.Certificate | None = None, **more: Any) -> Login:
        """Of the firm's owner with a qualified seal, unless it is said."""
        seal = self.authority.seal_of_company(nip=NIP, name="Firma").certificate
        values: dict[str, Any] = {
            "id": 1,
            "reference": "20260101-AU-0000000000-0000000000-00",
            "started": self.clock.now(),
            "context": FIRM,
            "subject": OWNER,
            "method": Method.QUALIFIED_SEAL,
            "certificate": certificate or seal,
            "document_hash": "h",
            "token": None,
            "refusal": None,
            "trusted_only": False,
            "policy": Policy(),
            "code": 100,
            "detail": None,
            "redeemed": None,
            "refreshed": None,
            "refresh_until": None,
        }
        return Login(**(values | more))

    def with_token(self, *permissions: Permission, author: Subject = OWNER, **more: Any) -> Login:
        token, _ = self.tokens.make(FIRM, author, permissions or [Permission.INVOICE_READ], "Próba")
        options = {"subject": author, "token": token.reference, "method": Method.TOKEN} | more
        return replace(self.login(**options), certificate=None)

    def issued(self, usage: Any = "Authentication", **more: Any) -> tuple[str, Login]:
        """A certificate of KSeF and a login with it."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Firma")])
        key = new_key()
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, _sha256())
        begins = more.pop("valid_from", self.clock.now() - timedelta(hours=1))
        made = self.certificates.enrol(OWNER, name="Serwer", usage=usage, request=request, valid_from=begins)
        certificate = x509.load_der_x509_certificate(made.certificate)  # type: ignore[union-attr]
        return serial_of(certificate), self.login(certificate, method=Method.INTERNAL_CERTIFICATE, **more)

    def of(self, login: Login) -> tuple[int, str | None]:
        return self.verdicts.of(login)


def _sha256() -> Any:
    from cryptography.hazmat.primitives import hashes

    return hashes.SHA256()


@pytest.fixture
def registers() -> Iterator[Registers]:
    store, clock = Store(), Clock()
    authority, subjects = Authority(store, clock), Subjects(store, clock)
    permissions = Permissions(store, subjects, clock)
    certificates = Certificates(store, clock, authority, subjects)
    tokens, providers = KsefTokens(store, clock, subjects), Providers(store, clock)
    verdicts = Verdicts(
        store=store,
        clock=clock,
        authority=authority,
        certificates=certificates,
        ksef_tokens=tokens,
        permissions=permissions,
        subjects=subjects,
        providers=providers,
    )
    yield Registers(
        clock=clock,
        authority=authority,
        subjects=subjects,
        permissions=permissions,
        certificates=certificates,
        tokens=tokens,
        providers=providers,
        verdicts=verdicts,
    )
    store.close()


class TestBlocked:
    def test_one_context_alone(self, registers: Registers) -> None:
        login = registers.login()
        other = Context(type=ContextType.NIP, value=OTHER)
        registers.verdicts.block(other)
        assert registers.of(login) == (200, None)
        for _ in range(2):
            registers.verdicts.block(FIRM)
        assert registers.of(login)[0] == registers.verdicts.now(replace(login, code=200)) == 480
        registers.verdicts.unblock(FIRM)
        assert registers.of(login) == (200, None)
        assert registers.verdicts.is_blocked(other)

    def test_before_anything_else(self, registers: Registers) -> None:
        registers.verdicts.block(FIRM)
        assert registers.of(replace(registers.with_token(), token=None))[0] == 480


class TestSubjects:
    def test_without_permissions(self, registers: Registers) -> None:
        login = registers.login(subject=ANNA)
        assert registers.of(login) == (415, "Brak przypisanych uprawnień")
        assert registers.verdicts.now(replace(login, code=200)) == 415
        registers.permissions.grant(NIP, ANNA, [(Permission.INVOICE_READ, "x")])
        assert registers.of(login) == (200, None)
        assert registers.verdicts.now(replace(login, code=200)) == 200
        assert registers.verdicts.permissions_of(login) == {Permission.INVOICE_READ}

    def test_dead(self, registers: Registers) -> None:
        login = registers.login()
        registers.subjects.add_person(Person(nip=OTHER, pesel=ANNA.value, description="A", deceased=True))
        assert registers.of(login) == (200, None)
        registers.subjects.add_person(Person(nip=NIP, pesel="90011500129", description="J", deceased=True))
        assert registers.of(login)[0] == registers.verdicts.now(replace(login, code=200)) == 470

    def test_what_stood_against_it_before_still_does(self, registers: Registers) -> None:
        for code in (425, 450, 100):
            assert registers.verdicts.now(registers.login(code=code)) == code


class TestTokens:
    def test_used(self, registers: Registers) -> None:
        login = registers.with_token()
        assert registers.of(login) == (200, None)
        token = registers.tokens.by_reference(str(login.token))
        assert token is not None
        assert token.used is not None

    def test_never_more_than_it_was_made_for_nor_than_its_author_has(self, registers: Registers) -> None:
        registers.permissions.grant(
            NIP, ANNA, [(Permission.INVOICE_READ, "x"), (Permission.INTROSPECTION, "y")]
        )
        login = registers.with_token(Permission.INVOICE_READ, Permission.INVOICE_WRITE, author=ANNA)
        assert registers.verdicts.permissions_of(login) == {Permission.INVOICE_READ}
        registers.permissions.revoke(NIP, ANNA)
        assert registers.verdicts.permissions_of(login) == frozenset()
        assert registers.of(login)[0] == 415

    @pytest.mark.parametrize(
        ("refusal", "detail"), [(None, "Nieprawidłowy token"), ("Nieprawidłowy czas", "Nieprawidłowy czas")]
    )
    def test_unread(self, registers: Registers, refusal: str | None, detail: str) -> None:
        login = replace(registers.with_token(), token=None, refusal=refusal)
        assert registers.of(login) == (450, detail)
        assert registers.verdicts.now(replace(login, code=200)) == 450
        assert registers.verdicts.permissions_of(login) == frozenset()
        unknown = replace(login, token="20260101-EC-0000000000-0000000000-00", refusal=None)
        assert registers.of(unknown) == (450, "Nieprawidłowy token")

    def test_in_another_context(self, registers: Registers) -> None:
        other = Context(type=ContextType.NIP, value=OTHER)
        assert registers.of(registers.with_token(context=other)) == (
            450,
            f"Token nie może być użyty w kontekście {OTHER}",
        )

    def test_pending_revoking_and_revoked(self, registers: Registers) -> None:
        registers.tokens.progress = Progress(seconds=60)
        login = registers.with_token()
        assert registers.of(login) == (450, "Token nieaktywny")
        registers.clock.move(60 * SECOND)
        assert registers.of(login) == (200, None)
        token = registers.tokens.by_reference(str(login.token))
        assert token is not None
        registers.tokens.revoke(token)
        for _ in range(2):
            assert registers.of(login) == (450, "Token unieważniony")
            assert registers.verdicts.now(replace(login, code=200)) == 450
            registers.clock.move(61 * SECOND)


class TestCertificates:
    def test_none(self, registers: Registers) -> None:
        assert registers.of(replace(registers.login(), certificate=None)) == (460, "Niepoprawny certyfikat")

    @pytest.mark.parametrize(
        ("ahead", "code"),
        [
            (-timedelta(days=1) - SECOND, 460),
            (-timedelta(days=1), 200),
            (timedelta(days=30), 200),
            (timedelta(days=30) + SECOND, 460),
        ],
    )
    def test_by_its_dates_both_inclusive(
        self, registers: Registers, ahead: timedelta, code: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: datetime = registers.clock.now().replace(microsecond=0)
        validity = (made - timedelta(days=1), made + timedelta(days=30))
        seal = registers.authority.seal_of_company(nip=NIP, name="F", validity=validity).certificate
        login = registers.login(seal)
        monkeypatch.setattr(registers.clock, "now", lambda: made + ahead)
        assert registers.of(login) == (code, "Nieważny certyfikat" if code == 460 else None)

    def test_whom_one_trusts(self, registers: Registers) -> None:
        """On TEST self-signed ones too, unless the client wants a chain; never one that another key signed."""
        own = self_signed(serial_number=f"TINPL-{NIP}").certificate
        assert registers.of(registers.login(own)) == (200, None)
        assert registers.of(registers.login(own, trusted_only=True)) == (
            460,
            "Niezaufany łańcuch certyfikatów",
        )
        assert registers.of(registers.login(trusted_only=True)) == (200, None)
        foreign = self_signed(serial_number=f"TINPL-{NIP}", signed_by=new_key(), issuer="Nieznany")
        assert registers.of(registers.login(foreign.certificate)) == (460, "Niezaufany łańcuch certyfikatów")

    def test_of_ksef(self, registers: Registers) -> None:
        serial, login = registers.issued()
        assert registers.of(login) == (200, None)
        known = registers.certificates.by_serial(serial)
        assert known is not None
        assert known.used is not None

    def test_of_ksef_for_invoices(self, registers: Registers) -> None:
        serial, login = registers.issued("Offline")
        assert registers.of(login) == (460, "Niepoprawny certyfikat")
        known = registers.certificates.by_serial(serial)
        assert known is not None
        assert known.used is None

    def test_of_ksef_that_the_register_has_not(self, registers: Registers) -> None:
        seal = registers.login(method=Method.INTERNAL_CERTIFICATE)
        assert registers.of(seal) == (460, "Niepoprawny certyfikat")

    def test_of_ksef_revoked_suspended_and_run_out(self, registers: Registers) -> None:
        for change, detail in (
            (lambda serial: registers.certificates.revoke(serial, "Unspecified"), "Certyfikat odwołany"),
            (lambda serial: registers.certificates.block(serial, "Unspecified"), "Certyfikat zawieszony"),
            (
                lambda serial: registers.certificates.shorten(serial, registers.clock.now() - SECOND),
                "Nieważny certyfikat",
            ),
        ):
            serial, login = registers.issued()
            change(serial)
            assert registers.of(login) == (460, detail)
            known = registers.certificates.by_serial(serial)
            assert known is not None
            assert known.used is None


class TestProviders:
    def seal(self, name: str = "PPL123456", organization: str = "Dostawca") -> Identity:
        return self_signed(common_name=name, organization=organization)

    def login(self, registers: Registers, seal: KeyPair | Identity, **more: Any) -> Login:
        options = {"context": PROVIDER, "method": Method.PEPPOL_SIGNATURE} | more
        thumb = Subject(type=SubjectType.FINGERPRINT, value="AB" * 32)
        return registers.login(seal.certificate, subject=thumb, **options)

    def test_opens_its_own_context_and_is_registered(self, registers: Registers) -> None:
        login = self.login(registers, self.seal())
        assert registers.of(login) == (200, None)
        assert registers.verdicts.permissions_of(login) == {Permission.PEF_INVOICE_WRITE}
        assert next(item.id for item in registers.providers.page(0, 10)) == "PPL123456"

    def test_others_are_not_registered(self, registers: Registers) -> None:
        before = registers.providers.page(0, 10)
        assert registers.of(registers.login()) == (200, None)
        assert registers.providers.page(0, 10) == before

    def test_not_anothers(self, registers: Registers) -> None:
        login = self.login(registers, self.seal("PPL654321"))
        assert registers.of(login)[0] == 415
        assert "PPL654321" not in [item.id for item in registers.providers.page(0, 10)]

"""The register of certificates and the authorities that issue them, without the wire before them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID, NameOID
from ksef_emulator.clock import Clock
from ksef_emulator.model.identity.ca import (
    ORGANIZATION_IDENTIFIER,
    UNIQUE_IDENTIFIER,
    Authority,
    KeyPair,
    new_key,
    serial_of,
)
from ksef_emulator.model.identity.certificate import (
    Certificate,
    CertificateLimit,
    CertificateStatus,
    EnrollmentLimit,
    Filter,
    RefusedRequest,
)
from ksef_emulator.model.identity.certificates import Certificates
from ksef_emulator.model.identity.subjects import Person, Subject, Subjects, SubjectType
from ksef_emulator.model.limits.counts import SubjectLimits
from ksef_emulator.model.time.progress import Progress
from ksef_emulator.store import Store

ANNA = Subject(type=SubjectType.PESEL, value="85041212344")
ANNAS_FIRM = Subject(type=SubjectType.NIP, value="1111111111")
JAN = Subject(type=SubjectType.PESEL, value="90011500129")
SECOND, DAY, BACK = timedelta(seconds=1), timedelta(days=1), timedelta(minutes=6)


@dataclass(kw_only=True)
class Registers:
    clock: Clock
    authority: Authority
    subjects: Subjects
    certificates: Certificates

    def enrol(self, subject: Subject = ANNA, *, key: Any = None, **more: Any) -> Certificate | RefusedRequest:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Jan Żółć")])
        request = (
            x509.CertificateSigningRequestBuilder()
            .subject_name(more.pop("subject_name", name))
            .sign(key or new_key(), hashes.SHA256())
        )
        options: dict[str, Any] = {
            "name": "Komputer",
            "usage": "Authentication",
            "valid_from": self.clock.now(),
        }
        result = self.certificates.enrol(subject, request=request, **(options | more))
        self.clock.move(SECOND)
        return result

    def issue(self, subject: Subject = ANNA, **more: Any) -> Certificate:
        result = self.enrol(subject, **more)
        assert isinstance(result, Certificate)
        return result

    def status(self, serial: str) -> CertificateStatus:
        result = self.certificates.by_serial(serial)
        assert result is not None
        return result.status(self.clock.now())

    def query(self, **wanted: Any) -> list[str]:
        return [item.serial for item in self.certificates.query(ANNA, Filter(**wanted))]


@pytest.fixture
def registers() -> Iterator[Registers]:
    store, clock = Store(), Clock()
    authority, subjects = Authority(store, clock), Subjects(store, clock)
    yield Registers(
        clock=clock,
        authority=authority,
        subjects=subjects,
        certificates=Certificates(store, clock, authority, subjects),
    )
    store.close()


class TestEnrolling:
    def test_what_the_register_keeps(self, registers: Registers) -> None:
        before = registers.clock.now()
        made = registers.issue(name="Serwer", usage="Offline")
        result = registers.certificates.by_serial(made.serial)
        assert result == made
        assert (made.subject, made.name, made.usage, made.common_name) == (
            ANNA,
            "Serwer",
            "Offline",
            "Jan Żółć",
        )
        certificate = x509.load_der_x509_certificate(made.certificate)
        assert serial_of(certificate) == made.serial
        assert len(made.serial) == 16
        assert (made.valid_from, made.valid_to) == (
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
        )
        assert before <= made.requested <= registers.clock.now()
        assert (made.issued, made.revoked, made.used, made.revoking) == (True, None, None, False)
        assert made.reference[8:12] == "-CE-"

    def test_without_a_common_name(self, registers: Registers) -> None:
        name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "PL")])
        assert registers.issue(subject_name=name).common_name == ""

    def test_a_key_that_is_anothers(self, registers: Registers) -> None:
        key = new_key()
        registers.issue(JAN, key=key)
        refused = registers.enrol(ANNA, key=key)
        assert isinstance(refused, RefusedRequest)
        assert (refused.subject, refused.decided) == (ANNA, True)
        assert "inny podmiot" in refused.reason
        assert registers.certificates.of(ANNA) == []
        assert registers.certificates.by_reference(ANNA, refused.reference) == refused
        assert registers.certificates.by_reference(JAN, refused.reference) is None

    def test_a_key_of_ones_own_again(self, registers: Registers) -> None:
        registers.subjects.add_person(Person(nip=ANNAS_FIRM.value, pesel=ANNA.value, description="Anna"))
        key = new_key()
        registers.issue(ANNA, key=key)
        registers.issue(ANNA, key=key)
        registers.issue(ANNAS_FIRM, key=key)

    def test_counted_with_the_refused_ones(self, registers: Registers) -> None:
        registers.certificates.limits.set_subject(ANNA, SubjectLimits(enrollments=3, certificates=9))
        key = new_key()
        registers.issue(JAN, key=key)
        assert registers.certificates.remaining(ANNA) == (3, 9)
        registers.issue(ANNA)
        registers.enrol(ANNA, key=key)
        assert registers.certificates.remaining(ANNA) == (1, 8)
        registers.issue(ANNA)
        with pytest.raises(EnrollmentLimit):
            registers.enrol(ANNA)
        assert registers.certificates.remaining(JAN) == (11, 5)

    def test_no_more_active_ones(self, registers: Registers) -> None:
        registers.certificates.limits.set_subject(ANNA, SubjectLimits(enrollments=9, certificates=1))
        made = registers.issue()
        with pytest.raises(CertificateLimit):
            registers.enrol()
        registers.certificates.revoke(made.serial, "Unspecified")
        registers.issue()
        registers.certificates.limits.set_subject(ANNA, SubjectLimits(enrollments=1, certificates=0))
        assert registers.certificates.remaining(ANNA) == (0, 0)

    def test_issued_when_its_time_has_come(self, registers: Registers) -> None:
        registers.certificates.progress = Progress(polls=2, seconds=60)
        made = registers.issue()
        assert not made.issued
        assert registers.certificates.by_serial(made.serial) is None
        assert registers.certificates.everybodys() == registers.certificates.query(ANNA, Filter()) == []
        registers.clock.move(timedelta(seconds=61))
        for issued in (False, True):
            result = registers.certificates.by_reference(ANNA, made.reference)
            assert isinstance(result, Certificate)
            assert result.issued is issued
        assert registers.certificates.by_serial(made.serial) is not None

    def test_refused_when_its_time_has_come(self, registers: Registers) -> None:
        key = new_key()
        registers.issue(JAN, key=key)
        registers.certificates.progress = Progress(polls=2, seconds=60)
        made = registers.enrol(ANNA, key=key)
        assert isinstance(made, RefusedRequest)
        assert not made.decided
        registers.clock.move(timedelta(seconds=61))
        for decided in (False, True):
            result = registers.certificates.by_reference(ANNA, made.reference)
            assert isinstance(result, RefusedRequest)
            assert result.decided is decided


class TestFinding:
    def test_ones_own(self, registers: Registers) -> None:
        made = registers.issue()
        assert registers.certificates.owned(ANNA, made.serial) == made
        assert registers.certificates.owned(JAN, made.serial) is None
        assert registers.certificates.owned(ANNA, "0" * 16) is None
        assert registers.certificates.by_reference(JAN, made.reference) is None
        assert registers.certificates.by_reference(ANNA, "20260101-CE-0000000000-0000000000-00") is None

    def test_by_both_numbers_of_one_person(self, registers: Registers) -> None:
        older, newer = registers.issue(ANNA), registers.issue(ANNAS_FIRM)
        assert registers.certificates.of(ANNA) == [older]
        registers.subjects.add_person(Person(nip=ANNAS_FIRM.value, pesel=ANNA.value, description="Anna"))
        assert registers.certificates.of(ANNA) == [newer, older]
        assert registers.certificates.owned(ANNA, newer.serial) == newer

    def test_everybodys_by_their_end(self, registers: Registers) -> None:
        late = registers.issue(valid_from=registers.clock.now() + DAY)
        soon = registers.issue(JAN)
        assert registers.certificates.everybodys() == [soon, late]

    def test_queried_by_each_part(self, registers: Registers) -> None:
        one = registers.issue(name="Komputer ANNY", usage="Authentication")
        two = registers.issue(name="Kasa", usage="Offline", valid_from=registers.clock.now() + DAY)
        registers.issue(JAN)
        assert registers.query() == [two.serial, one.serial]
        assert registers.query(serial=one.serial) == [one.serial]
        assert registers.query(usage="Offline") == [two.serial]
        assert registers.query(name="anny") == [one.serial]
        assert registers.query(name="") == [two.serial, one.serial]
        assert registers.query(name="x") == []
        assert registers.query(expires_after=one.valid_to) == [two.serial]
        assert registers.query(expires_after=one.valid_to - SECOND) == [two.serial, one.serial]
        registers.certificates.revoke(one.serial, "Unspecified")
        assert registers.query(status="Revoked") == [one.serial]
        assert registers.query(status="Active") == [two.serial]
        assert registers.query(status="Active", usage="Authentication") == []


class TestLife:
    def test_revoked_alone_and_once(self, registers: Registers) -> None:
        one, two = registers.issue(), registers.issue()
        registers.certificates.revoke(one.serial, "KeyCompromise")
        assert registers.status(one.serial) is CertificateStatus.REVOKED
        assert registers.status(two.serial) is CertificateStatus.ACTIVE
        first = registers.certificates.by_serial(one.serial)
        registers.clock.move(DAY)
        registers.certificates.revoke(one.serial, "Unspecified")
        assert registers.certificates.by_serial(one.serial) == first

    def test_blocked_while_it_is_revoked(self, registers: Registers) -> None:
        made, other = registers.issue(), registers.issue(JAN)
        registers.certificates.progress = Progress(polls=2)
        for item in (made, other):
            registers.certificates.revoke(item.serial, "Unspecified")
        for status in (CertificateStatus.BLOCKED, CertificateStatus.REVOKED, CertificateStatus.REVOKED):
            registers.query()
            assert registers.status(made.serial) is status
        assert registers.status(other.serial) is CertificateStatus.BLOCKED

    def test_blocked_without_end_until_it_is_revoked(self, registers: Registers) -> None:
        made = registers.issue()
        registers.certificates.block(made.serial, "Unspecified")
        for _ in range(5):
            registers.query()
        assert registers.status(made.serial) is CertificateStatus.BLOCKED
        registers.certificates.revoke(made.serial, "Unspecified")
        assert registers.status(made.serial) is CertificateStatus.REVOKED

    def test_shortened_alone(self, registers: Registers, monkeypatch: pytest.MonkeyPatch) -> None:
        one, two = registers.issue(), registers.issue()
        until = registers.clock.now() + DAY
        registers.certificates.shorten(one.serial, until)
        for moment, status in (
            (until, CertificateStatus.ACTIVE),
            (until + SECOND, CertificateStatus.EXPIRED),
        ):
            monkeypatch.setattr(registers.clock, "now", lambda moment=moment: moment)
            assert registers.status(one.serial) is status
            assert registers.status(two.serial) is CertificateStatus.ACTIVE

    def test_used_alone(self, registers: Registers) -> None:
        one, two = registers.issue(), registers.issue()
        before = registers.clock.now()
        registers.certificates.mark_used(one.serial)
        used = {item.serial: item.used for item in registers.certificates.of(ANNA)}
        assert used[two.serial] is None
        assert before <= used[one.serial] <= registers.clock.now()  # type: ignore[operator]


def usages(certificate: x509.Certificate) -> set[str]:
    result = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert result.critical
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign"),
    )
    return {name for name in names if getattr(result.value, name)}


def attributes(certificate: x509.Certificate) -> list[tuple[str, str]]:
    return [(item.oid.dotted_string, str(item.value)) for item in certificate.subject]


class TestAuthorities:
    """certyfikaty-KSeF.md; ETSI EN 319 412 of what a qualified certificate looks like."""

    @pytest.mark.parametrize(
        ("usage", "expected"),
        [("Authentication", {"digital_signature"}), ("Offline", {"content_commitment"})],
    )
    def test_of_ksef_for_one_use_and_two_years(
        self, registers: Registers, usage: Any, expected: set[str]
    ) -> None:
        start = registers.clock.now() + DAY
        made = registers.issue(usage=usage, valid_from=start)
        certificate = x509.load_der_x509_certificate(made.certificate)
        assert usages(certificate) == expected
        assert certificate.not_valid_before_utc == start.replace(microsecond=0)
        assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=730)
        assert registers.authority.is_of_ksef(certificate)
        assert not registers.authority.is_qualified(certificate)
        assert not registers.authority.is_self_signed(certificate)
        assert 0 < certificate.serial_number < 1 << 62

    def test_qualified_of_a_person(self, registers: Registers) -> None:
        pair = registers.authority.signature_of_person(
            given_name="Anna", surname="Żółć", serial_number="PNOPL-85041212344"
        )
        assert attributes(pair.certificate) == [
            ("2.5.4.6", "PL"),
            ("2.5.4.42", "Anna"),
            ("2.5.4.4", "Żółć"),
            ("2.5.4.5", "PNOPL-85041212344"),
            ("2.5.4.3", "Anna Żółć"),
        ]
        self.qualified(registers, pair, b"\x8e\x46\x01\x06\x01")

    def test_qualified_of_a_company(self, registers: Registers) -> None:
        pair = registers.authority.seal_of_company(nip="1111111111", name="Firma")
        assert attributes(pair.certificate) == [
            ("2.5.4.6", "PL"),
            ("2.5.4.10", "Firma"),
            (ORGANIZATION_IDENTIFIER.dotted_string, "VATPL-1111111111"),
            ("2.5.4.3", "Firma"),
        ]
        self.qualified(registers, pair, b"\x8e\x46\x01\x06\x02")

    def qualified(self, registers: Registers, pair: KeyPair, kind: bytes) -> None:
        certificate, now = pair.certificate, registers.clock.now()
        assert registers.authority.is_qualified(certificate)
        assert not registers.authority.is_of_ksef(certificate)
        assert usages(certificate) == {"content_commitment"}
        statements = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"))
        assert not statements.critical
        assert statements.value.public_bytes().endswith(kind)
        begins = certificate.not_valid_before_utc
        assert timedelta(minutes=4) < now - begins < timedelta(minutes=6)
        assert certificate.not_valid_after_utc - begins == timedelta(days=730)

    def test_foreigners_have_no_number(self, registers: Registers) -> None:
        person = registers.authority.signature_of_person(
            given_name="Max", surname="Muster", serial_number=None, country="DE"
        )
        company = registers.authority.seal_of_company(nip=None, name="Muster GmbH", country="DE")
        for pair, last in ((person, "Max Muster"), (company, "Muster GmbH")):
            result = attributes(pair.certificate)
            assert result[0] == ("2.5.4.6", "DE")
            assert result[-1] == ("2.5.4.3", last)
            assert not {"2.5.4.5", ORGANIZATION_IDENTIFIER.dotted_string} & {oid for oid, _ in result}

    @pytest.mark.parametrize("end", [None, timedelta(days=7)])
    def test_valid_as_was_asked(self, registers: Registers, end: timedelta | None) -> None:
        start = datetime.fromisoformat("2026-02-01T00:00:00+00:00")
        until = start + end if end else None
        pair = registers.authority.seal_of_company(nip=None, name="F", validity=(start, until))
        assert pair.certificate.not_valid_before_utc == start
        assert pair.certificate.not_valid_after_utc == start + (end or timedelta(days=730))

    def test_long_names_are_cut_at_whole_letters(self, registers: Registers) -> None:
        """64 bytes, of which a Polish letter needs two (X.520's bound, counted to be safe with every reader)."""
        for name, kept in (
            ("ż" * 40, "ż" * 32),
            ("aż" * 40, "aż" * 21 + "a"),
            ("a" + "ż" * 40, "a" + "ż" * 31),
            ("a" * 64, "a" * 64),
            ("a" * 63 + " b", "a" * 63),
        ):
            pair = registers.authority.seal_of_company(nip=None, name=name)
            assert attributes(pair.certificate)[-1] == ("2.5.4.3", kept)

    def test_kinds_of_keys(self, registers: Registers) -> None:
        for kind, made in (("EC", ec.EllipticCurvePrivateKey), ("RSA", rsa.RSAPrivateKey)):
            pair = registers.authority.seal_of_company(nip=None, name="F", key=kind)  # type: ignore[arg-type]
            assert isinstance(pair.private_key, made)
            assert pair.private_key.key_size == {"EC": 256, "RSA": 2048}[kind]

    def test_self_signed_is_by_its_own_key(self, registers: Registers) -> None:
        one = registers.authority.pair("one", "EC", "Jeden", authority=False)
        assert registers.authority.is_self_signed(one.certificate)
        assert not registers.authority.is_qualified(one.certificate)
        assert "CN=Jeden" in one.certificate.subject.rfc4514_string()
        with pytest.raises(x509.ExtensionNotFound):
            one.certificate.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS)

    def test_authorities_say_that_they_are(self, registers: Registers) -> None:
        one = registers.authority.pair("one", "EC", "Jeden")
        result = one.certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        assert result.critical
        assert (result.value.ca, result.value.path_length) == (True, 0)
        begins, now = one.certificate.not_valid_before_utc, registers.clock.now()
        assert timedelta(minutes=4) < now - begins < timedelta(minutes=6)
        assert one.certificate.not_valid_after_utc - begins == timedelta(days=3650)

    def test_kept_under_its_name(self, registers: Registers, tmp_path: Path) -> None:
        one = registers.authority.pair("one", "EC", "Jeden")
        assert registers.authority.pair("one", "RSA", "Inny").certificate == one.certificate
        assert registers.authority.pair("two", "EC", "Dwa").certificate != one.certificate
        renewed = registers.authority.certify_again("one", one)
        assert renewed.private_key is one.private_key
        assert renewed.certificate.subject == one.certificate.subject
        length = renewed.certificate.not_valid_after_utc - renewed.certificate.not_valid_before_utc
        assert length == timedelta(days=730)
        assert registers.authority.pair("one", "EC", "Jeden").certificate == renewed.certificate
        assert timedelta(minutes=4) < registers.clock.now() - renewed.certificate.not_valid_before_utc < BACK
        start = registers.clock.now() + DAY
        another = registers.authority.new("one", "EC", "Nowy", start=start)
        assert another.certificate.not_valid_before_utc == start.replace(microsecond=0)
        assert another.certificate.not_valid_after_utc == start.replace(microsecond=0) + timedelta(days=730)
        assert registers.authority.pair("one", "EC", "Jeden").certificate == another.certificate

        for pair in (renewed, another):
            with pytest.raises(x509.ExtensionNotFound):
                pair.certificate.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS)

    def test_no_key_shows(self, registers: Registers) -> None:
        pair = registers.authority.pair("one", "EC", "Jeden")
        assert repr(pair) == f"KeyPair({pair.certificate.subject.rfc4514_string()!r})"

    def test_numbers_as_ksef_writes_them(self, registers: Registers) -> None:
        assert UNIQUE_IDENTIFIER.dotted_string == "2.5.4.45"
        assert {len(registers.issue().serial) for _ in range(3)} == {16}

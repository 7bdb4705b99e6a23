"""Key and certificate files: every shape that users have is read, every mistake is named."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st
from liczydlo import ksef
from liczydlo.ksef import credential_errors
from liczydlo.ksef.credentials import CredentialError
from liczydlo.web.reasons import explain

PASSWORD = "Tajne-Haslo-2026!"


def pem(key: Any, password: str | None = PASSWORD, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    result: bytes = key.private_bytes(Encoding.PEM, form, encryption)
    return result


def der(key: Any, password: str | None = PASSWORD, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    result: bytes = key.private_bytes(Encoding.DER, form, encryption)
    return result


def cert_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def cert_der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def code_of(*arguments: Any) -> str:
    with pytest.raises(CredentialError) as caught:
        ksef.load(*arguments)
    for language in ("pl", "en"):
        text = explain(caught.value, language)  # type: ignore[arg-type]
        assert len(text) > 20
        assert "{" not in text
        assert PASSWORD not in text
    return caught.value.code


@pytest.mark.parametrize("kind", ["EC", "RSA"])
@pytest.mark.parametrize("write_certificate", [cert_pem, cert_der], ids=["pem", "der"])
@pytest.mark.parametrize(
    "write_key",
    [
        pem,
        der,
        lambda key: pem(key, None),
        lambda key: der(key, None),
        lambda key: pem(key, PASSWORD, PrivateFormat.TraditionalOpenSSL),
        lambda key: pem(key, None, PrivateFormat.TraditionalOpenSSL),
        lambda key: der(key, None, PrivateFormat.TraditionalOpenSSL),
        lambda key: base64.encodebytes(der(key)),
    ],
    ids=["pem", "der", "open-pem", "open-der", "trad-pem", "trad-open-pem", "trad-open-der", "base64"],
)
def test_every_shape_of_a_pair_is_read(
    kind: str, write_key: Any, write_certificate: Any, private_key: Any, certificate: Any
) -> None:
    key = private_key(kind)
    credential = ksef.load(write_key(key), write_certificate(certificate(key)), PASSWORD)
    assert credential.private_key.private_numbers() == key.private_numbers()


def test_bare_base64_and_byte_order_marks_are_read(private_key: Any, certificate: Any) -> None:
    key = private_key("EC")
    bare = base64.b64encode(cert_der(certificate(key)))
    assert ksef.load(b"\xef\xbb\xbf" + pem(key), bare, PASSWORD).nip == "5265877635"
    assert ksef.load(pem(key).decode().encode("utf-16"), bare, PASSWORD).nip == "5265877635"


def test_the_fitting_certificate_is_found_in_a_chain(private_key: Any, certificate: Any) -> None:
    key, other = private_key("EC"), private_key("EC", 1)
    chain = cert_pem(certificate(other, serial=5)) + cert_pem(certificate(key, serial=6))
    assert ksef.load(pem(key), chain, PASSWORD).serial == "0000000000000006"


@pytest.mark.parametrize("password", [PASSWORD, None])
def test_a_bundle_is_read(password: str | None, private_key: Any, certificate: Any) -> None:
    key = private_key("EC")
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    data = pkcs12.serialize_key_and_certificates(b"x", key, certificate(key), None, encryption)
    assert ksef.load_pkcs12(data, password).nip == "5265877635"


def test_attributes_of_a_person_a_seal_and_a_stranger(private_key: Any, certificate: Any) -> None:
    key = private_key("EC")

    def made(**options: Any) -> ksef.Credential:
        return ksef.Credential(private_key=key, certificate=certificate(key, **options))

    person = made(nip=None, pesel="88102341294")
    assert (person.nip, person.pesel) == (None, "88102341294")
    seal = made(nip=None, seal="5265877635")
    assert (seal.nip, seal.pesel) == ("5265877635", None)
    stranger = made(nip=None)
    assert (stranger.nip, stranger.pesel) == (None, None)
    assert len(stranger.fingerprint) == 64
    assert stranger.fingerprint == stranger.fingerprint.upper()
    assert made().serial == "01F20A5D352AE590"
    assert made(serial=0xABCDEF0123456789ABCDE).serial == "0ABCDEF0123456789ABCDE"
    assert made().subject_name == 'Jan Żółć, "Firma"'


@pytest.mark.parametrize(
    ("usage", "qualified", "purpose"),
    [
        ("Authentication", False, "Authentication"),
        ("Offline", False, "Offline"),
        ("Offline", True, None),
        (None, False, None),
    ],
)
def test_purpose_is_the_key_usage_of_a_ksef_certificate(
    usage: str | None, qualified: bool, purpose: str | None, credential: Any
) -> None:
    assert credential(usage=usage, qualified=qualified).purpose == purpose


def test_nothing_secret_is_shown(credential: Any) -> None:
    pair = credential()
    shown = repr(pair) + str(pair)
    assert "private_key" not in shown
    assert "Żółć" not in shown


def test_what_is_written_is_read_again(credential: Any) -> None:
    pair = credential()
    key, certificate = pair.to_pem(PASSWORD)
    assert b"ENCRYPTED PRIVATE KEY" in key
    assert ksef.load(key, certificate, PASSWORD).fingerprint == pair.fingerprint
    assert ksef.load(*pair.to_der()).fingerprint == pair.fingerprint


class TestMixUps:
    """Each wrong pair of files has its own code."""

    def test_swapped(self, private_key: Any, certificate: Any) -> None:
        key = private_key("EC")
        assert code_of(cert_pem(certificate(key)), pem(key), PASSWORD) == "swapped-files"
        assert code_of(cert_der(certificate(key)), der(key), PASSWORD) == "swapped-files"

    def test_two_of_a_kind(self, private_key: Any, certificate: Any) -> None:
        key = private_key("EC")
        assert code_of(pem(key), der(key), PASSWORD) == "two-keys"
        assert code_of(cert_pem(certificate(key)), cert_der(certificate(key)), None) == "two-certificates"

    def test_a_bundle_among_two_files(self, private_key: Any, certificate: Any) -> None:
        key = private_key("EC")
        bundle = pkcs12.serialize_key_and_certificates(
            b"x", key, certificate(key), None, BestAvailableEncryption(b"p")
        )
        assert code_of(bundle, cert_pem(certificate(key)), "p") == "pkcs12"
        assert code_of(pem(key), bundle, PASSWORD) == "pkcs12"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"%PDF-1.7 ...", "pdf-file"),
            (b"PK\x03\x04....", "archive-file"),
            (b"\x89PNG\r\n", "image-file"),
            (b"  <!DOCTYPE html><html>", "html-file"),
            (b"<html>", "html-file"),
            (b"<?xml version='1.0'?><a/>", "xml-file"),
        ],
    )
    def test_other_files(self, content: bytes, code: str, private_key: Any, certificate: Any) -> None:
        key = private_key("EC")
        assert code_of(content, cert_pem(certificate(key)), PASSWORD) == code
        assert code_of(pem(key), content, PASSWORD) == code
        with pytest.raises(CredentialError) as caught:
            ksef.load_pkcs12(content, PASSWORD)
        assert caught.value.code == code

    def test_nonsense(self, private_key: Any, certificate: Any) -> None:
        key = private_key("EC")
        assert code_of(b"haslo: 123", cert_pem(certificate(key)), None) == "not-a-key"
        assert code_of(pem(key), b"crt: nonsense", PASSWORD) == "not-a-certificate"
        assert code_of(pem(key), b"0\x03\x02\x01\x01", PASSWORD) == "not-a-certificate"
        assert code_of(b"\x02\x01\x01", cert_pem(certificate(key)), None) == "not-a-key"

    def test_empty_and_huge(self, private_key: Any, certificate: Any) -> None:
        key = private_key("EC")
        assert code_of(b"", cert_pem(certificate(key)), None) == "empty-file"
        assert code_of(pem(key), b" \n", None) == "empty-file"
        huge = b"x" * (credential_errors.MAX_FILE_SIZE + 1)
        assert code_of(huge, cert_pem(certificate(key)), None) == "too-large"
        assert code_of(pem(key), huge, None) == "too-large"

    def test_request_and_public_key(self, private_key: Any, certificate: Any) -> None:
        key = private_key("EC")
        csr = ksef.build_csr(key, ksef.EnrollmentData(common_name="A", country_name="PL"))
        assert code_of(pem(key), csr, PASSWORD) == "csr-file"
        request = x509.load_der_x509_csr(csr).public_bytes(Encoding.PEM)
        assert code_of(pem(key), request, PASSWORD) == "csr-file"
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        assert code_of(public, cert_pem(certificate(key)), None) == "public-key"


class TestKeys:
    def test_password(self, private_key: Any, certificate: Any) -> None:
        key = private_key("EC")
        for written in (pem(key), der(key)):
            assert code_of(written, cert_pem(certificate(key)), None) == "password-needed"
            assert code_of(written, cert_pem(certificate(key)), "") == "password-needed"
            assert code_of(written, cert_pem(certificate(key)), "nie to") == "wrong-password"

    def test_bundle_password(self, private_key: Any, certificate: Any) -> None:
        key = private_key("EC")
        data = pkcs12.serialize_key_and_certificates(
            b"x", key, certificate(key), None, BestAvailableEncryption(b"dobre")
        )
        for password, code in ((None, "password-needed"), ("złe", "wrong-password")):
            with pytest.raises(CredentialError) as caught:
                ksef.load_pkcs12(data, password)
            assert caught.value.code == code

    def test_bundle_without_a_key(self, private_key: Any, certificate: Any) -> None:
        data = pkcs12.serialize_key_and_certificates(
            b"x", None, certificate(private_key("EC")), None, NoEncryption()
        )
        with pytest.raises(CredentialError) as caught:
            ksef.load_pkcs12(data, None)
        assert caught.value.code == "pkcs12-without-key"

    def test_bundle_that_is_a_certificate(self, private_key: Any, certificate: Any) -> None:
        with pytest.raises(CredentialError) as caught:
            ksef.load_pkcs12(cert_der(certificate(private_key("EC"))), None)
        assert caught.value.code == "not-pkcs12"

    def test_a_stranger(self, private_key: Any, certificate: Any) -> None:
        key, stranger = private_key("EC"), private_key("EC", 1)
        assert code_of(pem(key), cert_pem(certificate(stranger)), PASSWORD) == "key-mismatch"

    def test_several(self, private_key: Any, certificate: Any) -> None:
        key, other = private_key("EC"), private_key("EC", 1)
        assert code_of(pem(key) + pem(other), cert_pem(certificate(key)), PASSWORD) == "several-keys"
        two = cert_pem(certificate(key, serial=1)) + cert_pem(certificate(key, serial=2))
        assert code_of(pem(key), two, PASSWORD) == "several-certificates"

    @pytest.mark.parametrize(
        ("make", "code"),
        [
            (lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024), "weak-key"),
            (lambda: ec.generate_private_key(ec.SECP224R1()), "weak-key"),
            (ed25519.Ed25519PrivateKey.generate, "unsupported-key"),
        ],
    )
    def test_weak_or_odd(self, make: Any, code: str, private_key: Any, certificate: Any) -> None:
        assert code_of(pem(make()), cert_pem(certificate(private_key("EC"))), PASSWORD) == code


class TestCheck:
    @pytest.mark.parametrize(
        ("usage", "wanted", "code"),
        [
            ("Offline", "Authentication", "offline-as-authentication"),
            ("Authentication", "Offline", "authentication-as-offline"),
            (None, "Offline", "authentication-as-offline"),
        ],
    )
    def test_wrong_purpose(
        self, usage: str | None, wanted: Any, code: str, credential: Any, now: datetime
    ) -> None:
        with pytest.raises(CredentialError) as caught:
            ksef.check(credential(usage=usage), purpose=wanted, now=now)
        assert caught.value.code == code

    @pytest.mark.parametrize(("usage", "wanted"), [("Offline", "Offline"), (None, "Authentication")])
    def test_right_purpose(self, usage: str | None, wanted: Any, credential: Any, now: datetime) -> None:
        ksef.check(credential(usage=usage), purpose=wanted, now=now)

    def test_a_qualified_certificate_logs_in(self, credential: Any, now: datetime) -> None:
        ksef.check(credential(usage="Offline", qualified=True), purpose="Authentication", now=now)

    def test_dates(self, credential: Any) -> None:
        pair = credential(
            not_before=datetime(2026, 1, 1, tzinfo=UTC), not_after=datetime(2026, 2, 1, tzinfo=UTC)
        )
        for moment, code, day in (
            (datetime(2025, 12, 31, tzinfo=UTC), "not-yet-valid", "01.01.2026"),
            (datetime(2026, 2, 1, tzinfo=UTC) + timedelta(seconds=1), "expired", "01.02.2026"),
        ):
            with pytest.raises(CredentialError) as caught:
                ksef.check(pair, purpose="Authentication", now=moment)
            assert caught.value.code == code
            assert day in explain(caught.value, "pl")
            assert day in explain(caught.value, "en")


@given(st.binary(max_size=400), st.binary(max_size=400), st.sampled_from((None, "", "haslo", "zażółć ")))
def test_no_bytes_cause_anything_but_a_credential_error(
    key: bytes, certificate: bytes, password: str | None
) -> None:
    with pytest.raises(CredentialError):
        ksef.load(key, certificate, password)
    with pytest.raises(CredentialError):
        ksef.load_pkcs12(key, password)


def test_a_request_repeats_the_data_exactly(private_key: Any) -> None:
    data = ksef.EnrollmentData(
        common_name="Jan Kowalski",
        country_name="PL",
        given_name="Jan",
        surname="Kowalski",
        serial_number="TINPL-5265877635",
        unique_identifier="d9995dd1",
    )
    for kind in ("EC", "RSA"):
        request = x509.load_der_x509_csr(ksef.build_csr(private_key(kind), data))
        assert request.is_signature_valid
        result = {attribute.oid.dotted_string: attribute.value for attribute in request.subject}
        assert result == {
            "2.5.4.3": "Jan Kowalski",
            "2.5.4.6": "PL",
            "2.5.4.42": "Jan",
            "2.5.4.4": "Kowalski",
            "2.5.4.5": "TINPL-5265877635",
            "2.5.4.45": "d9995dd1",
        }

"""What people upload instead of the signed document, and that the right one is taken."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from liczydlo import ksef
from liczydlo.ksef import xades
from liczydlo.ksef.signed_request import MOST, SignedRequestError, examine
from liczydlo.web.reasons import explain

NIP = "5265877635"
UNSIGNED = ksef.login_document(ksef.Context(value=NIP), "20260302-CR-461EA5B000-537A6BA15D-D7")
EARLIER = ksef.login_document(ksef.Context(value=NIP), "20260302-CR-461EA5B000-537A6BA15D-00")
ANOTHERS = ksef.login_document(ksef.Context(value="8567346215"), "20260302-CR-461EA5B000-537A6BA15D-D7")


@pytest.fixture
def refusal(now: datetime) -> Callable[[bytes], str]:
    """The code that a file is refused with; its text exists in both languages."""

    def refused(upload: bytes) -> str:
        with pytest.raises(SignedRequestError) as result:
            examine(upload, unsigned=UNSIGNED, now=now)
        assert explain(result.value, "pl") != explain(result.value, "en")
        assert "{" not in explain(result.value, "pl") + explain(result.value, "en")
        return result.value.code

    return refused


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_the_document_that_was_given_out_is_taken_and_its_signer_is_told(
    kind: str, credential: Any, now: datetime
) -> None:
    pair = credential(kind)
    signed = xades.sign(UNSIGNED, pair, signing_time=now)
    assert examine(signed, unsigned=UNSIGNED, now=now) == pair.certificate


def test_a_signature_around_the_document_is_taken(credential: Any, now: datetime) -> None:
    body = UNSIGNED.split(b"?>", 1)[1]
    around = b'<ds:Signature xmlns:ds="%s"><ds:Object>%s</ds:Object></ds:Signature>' % (
        xades.DS.encode(),
        body,
    )
    assert examine(around, unsigned=UNSIGNED, now=now) is None  # it carries no certificate; KSeF will say so


def test_white_space_between_elements_does_no_harm(credential: Any, now: datetime) -> None:
    pair = credential()
    spaced = UNSIGNED.replace(b"><", b">\n  <")
    assert examine(xades.sign(spaced, pair, signing_time=now), unsigned=UNSIGNED, now=now) == pair.certificate


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (b"", "empty-file"),
        (b" \n", "empty-file"),
        (b"<a>" + b" " * MOST, "too-large"),
        (b"nonsense", "not-xml"),
        (b"<!DOCTYPE a []><a/>", "not-xml"),
        (b"PK\x03\x04 an ASiC container", "detached"),
        (b"0\x82\x10\x00 CMS", "detached"),
        (b"%PDF-1.7", "detached"),
        (b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>', "detached"),
        (b"<Faktura/>", "not-a-request"),
        (UNSIGNED, "unsigned"),
    ],
)
def test_other_files(upload: bytes, code: str, refusal: Callable[[bytes], str]) -> None:
    assert refusal(upload) == code


def test_documents_that_are_not_this_one(
    credential: Any, now: datetime, refusal: Callable[[bytes], str]
) -> None:
    pair = credential()

    def signed(document: bytes) -> bytes:
        return xades.sign(document, pair, signing_time=now)

    assert refusal(signed(EARLIER)) == "other-attempt"
    assert refusal(signed(ANOTHERS)) == "other-company"
    assert refusal(signed(signed(UNSIGNED))) == "several-signatures"
    changed = signed(UNSIGNED).replace(b"certificateSubject", b"certificateFingerprint")
    assert refusal(changed) == "altered"
    added = UNSIGNED.replace(b"</AuthTokenRequest>", b"<Extra/></AuthTokenRequest>")
    assert refusal(signed(added)) == "altered"


def test_certificates_that_are_not_valid_now(credential: Any, now: datetime) -> None:
    pair = credential()
    signed = xades.sign(UNSIGNED, pair, signing_time=now)
    for moment, code in (
        (pair.not_after + timedelta(seconds=1), "signer-expired"),
        (pair.not_before - timedelta(seconds=1), "signer-not-yet"),
    ):
        with pytest.raises(SignedRequestError, match=code):
            examine(signed, unsigned=UNSIGNED, now=moment)


def base64_of(certificate: Any) -> bytes:
    return base64.b64encode(certificate.public_bytes(Encoding.DER))


def with_chain(signed: bytes, *before: Any, after: tuple[Any, ...] = ()) -> bytes:
    """The document with other certificates around the signer's; ``KeyInfo`` is not signed, so it stays valid."""
    first, last = (
        b"".join(b"<ds:X509Certificate>%s</ds:X509Certificate>" % base64_of(one) for one in chain)
        for chain in (before, after)
    )
    return signed.replace(b"<ds:X509Data>", b"<ds:X509Data>" + first).replace(
        b"</ds:X509Data>", last + b"</ds:X509Data>"
    )


@pytest.mark.shared
@pytest.mark.parametrize("name", ["signed-plain", "signed-root-first", "signed-xadesjs-ec"])
def test_documents_of_other_programs(name: str, shared: Path) -> None:
    folder = shared / "cases/signatures"
    moment = datetime(2026, 11, 28, 1, tzinfo=UTC)
    unsigned = (folder / "request.xml").read_bytes()
    result = examine((folder / f"{name}.xml").read_bytes(), unsigned=unsigned, now=moment)
    assert result is not None
    assert "Emulator" in result.issuer.rfc4514_string()
    with pytest.raises(SignedRequestError, match="unsigned"):
        examine(unsigned, unsigned=unsigned, now=moment)


def test_the_signer_is_the_certificate_that_the_signature_names(
    credential: Any, private_key: Any, certificate: Any, now: datetime
) -> None:
    pair = credential()
    past = {"not_before": now - timedelta(days=3000), "not_after": now - timedelta(days=2000)}
    authority = certificate(private_key("EC", 1), serial=7, **past)
    other = certificate(private_key("EC", 2), serial=8, **past)
    signed = xades.sign(UNSIGNED, pair, signing_time=now)
    for document in (
        with_chain(signed, authority),
        with_chain(signed, authority, other),
        with_chain(signed, authority, after=(other,)),
    ):
        assert examine(document, unsigned=UNSIGNED, now=now) == pair.certificate
        with pytest.raises(SignedRequestError, match="signer-expired") as caught:
            examine(document, unsigned=UNSIGNED, now=pair.not_after + timedelta(days=1))
        assert f"{pair.not_after:%d.%m.%Y}" in explain(caught.value, "pl")


@pytest.mark.parametrize("name", [b"SigningCertificateV2", b"SigningCertificate"])
def test_every_digest_that_a_signer_may_be_named_by(
    name: bytes, credential: Any, private_key: Any, certificate: Any, now: datetime
) -> None:
    pair, other = credential(), certificate(private_key("EC", 1))
    signed = with_chain(xades.sign(UNSIGNED, pair, signing_time=now), other)
    digest = base64.b64encode(pair.certificate.fingerprint(xades.hashes.SHA256()))
    written = xades.SHA256.encode() + b'"/><ds:DigestValue>' + digest
    for uri, make in xades._DIGESTS.items():
        value = base64.b64encode(pair.certificate.fingerprint(make()))
        named = signed.replace(written, uri.encode() + b'"/><ds:DigestValue>' + value)
        named = named.replace(b"xades:SigningCertificate>", b"xades:" + name + b">")
        assert examine(named, unsigned=UNSIGNED, now=now) == pair.certificate
    # Named by nothing that is known, or not at all, among several: nobody is blamed.
    for broken in (
        signed.replace(written, b'x"/><ds:DigestValue>' + digest),
        signed.replace(digest, b"!" + digest),
        signed.replace(b"xades:CertDigest", b"xades:Digest"),
    ):
        assert broken != signed
        assert examine(broken, unsigned=UNSIGNED, now=now) is None


def test_a_damaged_certificate_beside_the_signers(credential: Any, now: datetime) -> None:
    pair = credential()
    signed = xades.sign(UNSIGNED, pair, signing_time=now)
    beside = b"<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate>"
    assert examine(signed.replace(b"<ds:X509Data>", beside), unsigned=UNSIGNED, now=now) == pair.certificate
    assert examine(signed.replace(base64_of(pair.certificate), b"!!"), unsigned=UNSIGNED, now=now) is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-2"])
def test_another_encoding_is_refused_before_ksef_sees_it(
    encoding: str, credential: Any, now: datetime, refusal: Callable[[bytes], str]
) -> None:
    signed = xades.sign(UNSIGNED, credential(), signing_time=now).decode()
    _, body = signed.split("?>", 1)
    declared = encoding.removesuffix("-le").removesuffix("-be")
    written = f'<?xml version="1.0" encoding="{declared}"?>{body}'.encode(encoding)
    assert refusal(written) == "not-utf-8"
    with pytest.raises(SignedRequestError) as caught:
        examine(written, unsigned=UNSIGNED, now=now)
    assert "UTF-8" in explain(caught.value, "en")
    for accepted in (signed, f"\ufeff{signed}", body.lstrip()):
        assert examine(accepted.encode(), unsigned=UNSIGNED, now=now)


def test_a_processing_instruction_that_a_signing_program_adds(credential: Any, now: datetime) -> None:
    added = UNSIGNED.replace(b"?>", b'?><?xml-stylesheet href="a.xsl"?>', 1)
    pair = credential()
    assert examine(xades.sign(added, pair, signing_time=now), unsigned=UNSIGNED, now=now) == pair.certificate

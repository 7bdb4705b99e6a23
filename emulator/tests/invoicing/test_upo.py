"""Receipts: valid against the official schema, shaped like the Ministry's examples, sealed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from ksef_emulator.intake.identifiers import ksef_number
from ksef_emulator.intake.schemas import FA3
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.receipts.seal import Seal
from ksef_emulator.receipts.upo import Authentication, Entry, Page, compose, pages
from lxml import etree
from signxml.exceptions import InvalidSignature
from signxml.xades import XAdESVerifier

SESSION = "20260923-SO-47FA636000-5960B49115-9D"
NOW = datetime(2026, 9, 23, 9, 2, 41, 584321, tzinfo=UTC)
BY_HASH = Authentication(
    context=Context.of_nip("5265877635"),
    document_hash="kyqH+QUgP8ATWd/95IY632mP4uqibwG66Oqclq9+qno=",
)


def entry(technical: int = 1, number: str = "FV/1 <&>") -> Entry:
    return Entry(
        seller_nip="5265877635",
        ksef_number=ksef_number(seller_nip="5265877635", day=NOW.date(), technical=technical),
        number=number,
        issue_date=date(2026, 9, 23),
        sent=NOW,
        numbered=NOW + timedelta(milliseconds=500),
        sha256=b"\x01" * 32,
        mode="Online",
    )


def one(authentication: Authentication = BY_HASH, page: Page | None = None) -> bytes:
    return compose(
        session_reference=SESSION, authentication=authentication, form=FA3, entries=[entry()], page=page
    )


def shape(root: etree._Element) -> list[str]:
    return [etree.QName(item).localname for item in root.iter() if isinstance(item.tag, str)]


@pytest.mark.shared
@pytest.mark.parametrize(
    "authentication",
    [
        BY_HASH,
        Authentication(
            context=Context(type=ContextType.INTERNAL_ID, value="5265877635-12345"),
            token_reference="20260819-EC-1ECDD12000-5EE71AE5E3-B7",
        ),
        Authentication(
            context=Context(type=ContextType.NIP_VAT_UE, value="5265877635-DE123456789"),
            document_hash="a" * 44,
        ),
        Authentication(
            context=Context(type=ContextType.PEPPOL_ID, value="PPL000001"), document_hash="a" * 44
        ),
    ],
)
def test_valid_against_the_official_schema(shared: Path, authentication: Authentication) -> None:
    schema = etree.XMLSchema(etree.parse(shared / "spec/xsd/upo/upo-v4-3.xsd"))
    schema.assertValid(etree.fromstring(one(authentication)))
    schema.assertValid(etree.fromstring(one(authentication, pages(1)[0])))


@pytest.mark.shared
def test_shaped_like_the_ministrys_examples(shared: Path) -> None:
    folder = shared / "spec/examples/upo"
    single = etree.parse(folder / "upo-faktura-kontekst-id-nip.xml").getroot()
    assert shape(etree.fromstring(one())) == shape(single)
    collective = etree.parse(folder / "upo-sesja-kontekst-id-nip.xml").getroot()
    ours = compose(
        session_reference=SESSION,
        authentication=BY_HASH,
        form=FA3,
        entries=[entry(1), entry(2)],
        page=pages(2)[0],
    )
    assert shape(etree.fromstring(ours)) == shape(collective)


def test_times_are_polish_with_milliseconds() -> None:
    root = etree.fromstring(one())
    assert root.findtext(".//{*}DataPrzeslaniaDokumentu") == "2026-09-23T11:02:41.584+02:00"
    assert root.findtext(".//{*}DataNadaniaNumeruKSeF") == "2026-09-23T11:02:42.084+02:00"
    assert root.findtext(".//{*}NumerFaktury") == "FV/1 <&>"


def test_pages() -> None:
    assert pages(0) == []
    assert [(page.number, page.first, page.last) for page in pages(5, 2)] == [(1, 1, 2), (2, 3, 4), (3, 5, 5)]
    assert {page.pages for page in pages(5, 2)} == {3}


@pytest.mark.parametrize("kind", ["RSA", "EC"])
def test_the_seal_verifies_and_a_changed_receipt_does_not(kind: str) -> None:
    key = rsa.generate_private_key(65537, 2048) if kind == "RSA" else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Pieczęć")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    seal = Seal(key=key, certificate=certificate)
    assert "key" not in repr(seal)
    sealed = seal.sign(one(), at=NOW)
    results = XAdESVerifier().verify(sealed, x509_cert=certificate)
    assert etree.QName(results[0].signed_xml).localname == "Potwierdzenie"
    assert etree.fromstring(sealed).findtext(".//{*}SigningTime") == "2026-09-23T09:02:41+00:00"
    with pytest.raises(InvalidSignature):
        XAdESVerifier().verify(sealed.replace(b"FV/1", b"FV/2"), x509_cert=certificate)

"""Receipts: a genuine one is read, and every way of forging one stops at its step."""

from __future__ import annotations

import base64
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from liczydlo.ksef import upo, xades
from liczydlo.ksef.upo import UpoError

DOCUMENT = """<Dokument><NipSprzedawcy>5265877635</NipSprzedawcy>
<NumerKSeFDokumentu>5265877635-20250916-0200A0D6723E-C2</NumerKSeFDokumentu><NumerFaktury>FA/1</NumerFaktury>
<DataWystawieniaFaktury>2025-09-16</DataWystawieniaFaktury>
<DataPrzeslaniaDokumentu>2025-09-16T11:05:40.841+02:00</DataPrzeslaniaDokumentu>
<DataNadaniaNumeruKSeF>2025-09-16T11:05:41.045+02:00</DataNadaniaNumeruKSeF>
<SkrotDokumentu>GZMGNVzs3krF6URKgvaw77OOeG3nJ+WGziT5xguliQ8=</SkrotDokumentu><TrybWysylki>Online</TrybWysylki>
</Dokument>"""
UPO = f"""<?xml version="1.0" encoding="utf-8"?>
<Potwierdzenie xmlns="http://upo.schematy.mf.gov.pl/KSeF/v4-3">
<NazwaPodmiotuPrzyjmujacego>Ministerstwo Finansów</NazwaPodmiotuPrzyjmujacego>
<NumerReferencyjnySesji>36950822-93-9D5A28BFDA-47C899773E-5C</NumerReferencyjnySesji>
<Uwierzytelnienie><IdKontekstu><Nip>5265877635</Nip></IdKontekstu>
<SkrotDokumentuUwierzytelniajacego>kyqH+QUgP8ATWd/95IY632mP4uqibwG66Oqclq9+qno=</SkrotDokumentuUwierzytelniajacego>
</Uwierzytelnienie><NazwaStrukturyLogicznej>Schemat_FA(3)_v1-0E.xsd</NazwaStrukturyLogicznej>
<KodFormularza>FA (3)</KodFormularza>{DOCUMENT}</Potwierdzenie>""".encode()
NUMBER = "5265877635-20250916-0200A0D6723E-C2"


@pytest.fixture
def signer(credential: Any) -> Any:
    return credential("RSA")


@pytest.fixture
def signed(signer: Any, now: datetime) -> bytes:
    return xades.sign(UPO, signer, signing_time=now)


def step_of(xml: bytes, **options: Any) -> tuple[int, str]:
    with pytest.raises(UpoError) as caught:
        upo.verify(xml, **options)
    assert caught.value.text("pl") != caught.value.text("en")
    return caught.value.step, caught.value.code


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_a_genuine_receipt(kind: str, credential: Any, now: datetime) -> None:
    pair = credential(kind)
    found = upo.verify(xades.sign(UPO, pair, signing_time=now), trusted=pair.certificate)
    assert found.signed_at == now
    assert found.certificate == pair.certificate
    assert (found.context_kind, found.context_value) == ("Nip", "5265877635")
    assert found.session_reference == "36950822-93-9D5A28BFDA-47C899773E-5C"
    document = found.document(NUMBER)
    assert document is not None
    assert document.issue_date == date(2025, 9, 16)
    assert document.numbered.isoformat() == "2025-09-16T11:05:41.045000+02:00"
    assert document.sha256 == base64.b64decode("GZMGNVzs3krF6URKgvaw77OOeG3nJ+WGziT5xguliQ8=")
    assert found.document("other") is None


def test_without_trusted_certificates_the_document_is_only_whole(signed: bytes, signer: Any) -> None:
    assert upo.verify(signed).certificate == signer.certificate


def test_1_not_a_receipt(signer: Any, now: datetime) -> None:
    assert step_of(b"") == (1, "not-xml")
    assert step_of(b"<html>") == (1, "not-xml")
    assert step_of(b"<!DOCTYPE a []><a/>") == (1, "not-xml")
    assert step_of(xades.sign(b"<Potwierdzenie/>", signer, signing_time=now)) == (1, "not-a-upo")


def test_2_not_signed_or_oddly(signed: bytes) -> None:
    assert step_of(UPO) == (2, "not-signed")
    start, end = signed.index(b"<ds:Signature "), signed.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    signature = signed[start:end]
    assert step_of(signed.replace(b"</Potwierdzenie>", signature + b"</Potwierdzenie>")) == (
        2,
        "odd-signature",
    )
    moved = signed[:start] + signed[end:]
    moved = moved.replace(b"</KodFormularza>", b"</KodFormularza><x>" + signature + b"</x>")
    assert step_of(moved) == (2, "odd-signature")


def test_3_unknown_transforms(signed: bytes) -> None:
    xpath = b"http://www.w3.org/TR/1999/REC-xpath-19991116"
    assert step_of(signed.replace(xades.ENVELOPED.encode(), xpath, 1)) == (3, "unsupported-transform")
    method = b'CanonicalizationMethod Algorithm="'
    assert step_of(signed.replace(method, method + b"x", 1)) == (3, "unsupported-canonicalization")


def test_4_whose_certificate(signed: bytes, credential: Any, signer: Any) -> None:
    stranger = credential("EC").certificate
    assert step_of(signed, trusted=stranger) == (4, "untrusted-certificate")
    assert step_of(signed, trusted=[stranger]) == (4, "untrusted-certificate")
    assert upo.verify(signed, trusted=[stranger, signer.certificate])
    start, end = signed.index(b"<ds:KeyInfo>"), signed.index(b"</ds:KeyInfo>")
    assert step_of(signed[:start] + b"<ds:KeyInfo>" + signed[end:]) == (4, "no-certificate")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"FA/1", b"FA/2"),
        (b"GZMGNV", b"AAAAAA"),
        (b"2026-03-02T12:00:00Z", b"2026-03-02T13:00:00Z"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
    ],
)
def test_5_any_change(old: bytes, new: bytes, signed: bytes) -> None:
    assert old in signed
    assert step_of(signed.replace(old, new, 1)) == (5, "wrong-signature")


def test_5_a_certificate_of_another(signed: bytes, credential: Any, signer: Any) -> None:
    def text(certificate: Any) -> bytes:
        return base64.b64encode(certificate.public_bytes(xades.Encoding.DER))

    other = credential("EC").certificate
    assert step_of(signed.replace(text(signer.certificate), text(other))) == (5, "wrong-signature")


def test_6_a_signature_of_something_else(signer: Any, now: datetime) -> None:
    """A receipt that signs only its own properties, twice."""
    import copy

    from lxml import etree

    root = etree.fromstring(xades.sign(UPO, signer, signing_time=now))
    info = root.find(f".//{{{xades.DS}}}SignedInfo")
    assert info is not None
    whole, properties = info.findall(f"{{{xades.DS}}}Reference")
    info.replace(whole, copy.deepcopy(properties))
    value = root.find(f".//{{{xades.DS}}}SignatureValue")
    assert value is not None
    value.text = base64.b64encode(xades._method(signer.private_key).sign(xades._canonical(info))).decode()
    assert step_of(etree.tostring(root)) == (6, "document-not-signed")


def test_7_incomplete(signer: Any, now: datetime) -> None:
    for gone in (
        b"<KodFormularza>FA (3)</KodFormularza>",
        b"<Nip>5265877635</Nip>",
        b"<NumerFaktury>FA/1</NumerFaktury>",
    ):
        assert gone in UPO
        assert step_of(xades.sign(UPO.replace(gone, b""), signer, signing_time=now)) == (7, "incomplete")
    odd = UPO.replace(b"2025-09-16T11:05:40.841+02:00", b"wczoraj")
    assert step_of(xades.sign(odd, signer, signing_time=now)) == (7, "incomplete")


@pytest.mark.shared
def test_the_ministrys_examples_are_read(shared: Path) -> None:
    kinds = {}
    for path in sorted((shared / "spec/examples/upo").glob("*.xml")):
        found = upo.read(path.read_bytes())
        assert found.documents
        kinds[path.name] = (found.context_kind, len(found.documents), found.pages)
    assert {kind for kind, _, _ in kinds.values()} == {"Nip", "InternalId", "NipVatUe"}

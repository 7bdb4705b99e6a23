"""Receipts: a genuine one is read, and every way of forging one stops at its step."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from liczydlo import ksef
from liczydlo.ksef import upo, xades
from liczydlo.ksef.upo import UpoError
from lxml import etree

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
    return caught.value.step, caught.value.code


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_a_genuine_receipt(kind: str, credential: Any, now: datetime) -> None:
    pair = credential(kind)
    result = upo.verify(xades.sign(UPO, pair, signing_time=now), trusted=pair.certificate)
    assert result.signed_at == now
    assert result.certificate == pair.certificate
    assert (result.context_kind, result.context_value) == ("Nip", "5265877635")
    assert result.session_reference == "36950822-93-9D5A28BFDA-47C899773E-5C"
    document = result.document(NUMBER)
    assert document is not None
    assert document.issue_date == date(2025, 9, 16)
    assert document.numbered.isoformat() == "2025-09-16T11:05:41.045000+02:00"
    assert document.sha256 == base64.b64decode("GZMGNVzs3krF6URKgvaw77OOeG3nJ+WGziT5xguliQ8=")
    assert result.document("other") is None


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


def test_5_a_signature_out_of_its_schema(signed: bytes) -> None:
    for old, new in (
        (b"<ds:SignatureMethod ", b"<ds:Odd/><ds:SignatureMethod "),
        (b"rsa-sha256", b"rsa-odd"),
    ):
        assert step_of(signed.replace(old, new, 1)) == (5, "wrong-signature")


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

    def twice(root: etree._Element) -> None:
        whole, properties = references(root)
        whole.getparent().replace(whole, copy.deepcopy(properties))  # type: ignore[union-attr]

    assert step_of(signed_over(signer, now, twice)) == (6, "document-not-signed")


def signed_over(signer: Any, now: datetime, change: Callable[[etree._Element], None]) -> bytes:
    """A receipt whose ``SignedInfo`` was changed and signed again."""
    root = etree.fromstring(xades.sign(UPO, signer, signing_time=now))
    change(root)
    info = root.find(f".//{{{xades.DS}}}SignedInfo")
    value = root.find(f".//{{{xades.DS}}}SignatureValue")
    assert info is not None
    assert value is not None
    value.text = base64.b64encode(xades._method(signer.private_key).sign(xades._canonical(info))).decode()
    return etree.tostring(root)


def references(root: etree._Element) -> list[etree._Element]:
    return root.findall(f".//{{{xades.DS}}}Reference")


def test_6_a_receipt_inside_another(signer: Any, now: datetime) -> None:
    """The signature covers a receipt that stands inside, and the one around it says something else."""

    def wrap(root: etree._Element) -> None:
        inner = copy.deepcopy(root)
        inner.remove(inner.find(f"{{{xades.DS}}}Signature"))  # type: ignore[arg-type]
        inner.set("Id", "inner")
        root.insert(0, inner)
        whole = references(root)[0]
        whole.set("URI", "#inner")
        enveloped = whole.find(f".//{{{xades.DS}}}Transform")
        assert enveloped is not None
        enveloped.getparent().remove(enveloped)  # type: ignore[union-attr]
        digest = whole.find(f"{{{xades.DS}}}DigestValue")
        assert digest is not None
        digest.text = base64.b64encode(xades._digest(inner)).decode()

    assert step_of(signed_over(signer, now, wrap)) == (6, "document-not-signed")


def test_6_the_order_of_references_does_not_matter(signer: Any, now: datetime) -> None:
    def swap(root: etree._Element) -> None:
        whole, _properties = references(root)
        whole.getparent().append(whole)  # type: ignore[union-attr]

    result = upo.verify(signed_over(signer, now, swap), trusted=signer.certificate)
    assert result.document(NUMBER) is not None
    assert result.signed_at == now


def test_3_every_canonicalization_that_is_known(signer: Any, now: datetime) -> None:
    for algorithm in (
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
    ):

        def change(root: etree._Element, algorithm: str = algorithm) -> None:
            for transform in root.iterfind(f".//{{{xades.DS}}}Transform"):
                if transform.get("Algorithm") == xades.EXCLUSIVE:
                    transform.set("Algorithm", f"{algorithm}#WithComments")

        with pytest.raises(
            UpoError
        ) as caught:  # the digests are of another form, so it stops two steps later
            upo.verify(signed_over(signer, now, change))
        assert caught.value.step == 5


def test_4_the_signer_need_not_stand_first(
    signed: bytes, signer: Any, private_key: Any, certificate: Any
) -> None:
    authority = certificate(private_key("EC", 1), serial=7)
    text = base64.b64encode(authority.public_bytes(xades.Encoding.DER))
    before = b"<ds:X509Data><ds:X509Certificate>" + text + b"</ds:X509Certificate>"
    chain = signed.replace(b"<ds:X509Data>", before)
    assert upo.verify(chain, trusted=signer.certificate).certificate == signer.certificate
    assert step_of(chain, trusted=authority) == (4, "untrusted-certificate")


def test_a_key_value_of_rfc_4050_beside_the_certificate(credential: Any, now: datetime) -> None:
    pair = credential("EC")
    value = (
        b'<ds:KeyValue><e:ECDSAKeyValue xmlns:e="http://www.w3.org/2001/04/xmldsig-more#"><e:PublicKey/>'
        b"</e:ECDSAKeyValue></ds:KeyValue>"
    )
    signed = xades.sign(UPO, pair, signing_time=now).replace(b"<ds:KeyInfo>", b"<ds:KeyInfo>" + value)
    assert upo.verify(signed, trusted=pair.certificate).certificate == pair.certificate


def test_a_receipt_outlives_the_certificate_that_signed_it(private_key: Any, certificate: Any) -> None:
    """Receipts are kept for years; what counts is that the certificate was valid when it signed."""
    then = datetime.fromisoformat("2019-05-06T12:00:00+00:00")
    day = timedelta(days=1)
    crt = certificate(private_key("RSA"), not_before=then - day, not_after=then + day)
    pair = ksef.Credential(private_key=private_key("RSA"), certificate=crt)
    assert upo.verify(xades.sign(UPO, pair, signing_time=then), trusted=crt).signed_at == then
    for outside in (then - 2 * day, then + 2 * day):
        assert step_of(xades.sign(UPO, pair, signing_time=outside)) == (5, "wrong-signature")


@pytest.mark.parametrize("place", ["before", "behind"])
def test_5_what_stands_around_the_root_is_signed(
    place: str, signed: bytes, signer: Any, now: datetime
) -> None:
    instruction = b'<?xml-stylesheet href="a.xsl"?>'
    around = UPO.replace(b"?>", b"?>" + instruction, 1) if place == "before" else UPO + instruction
    with_one = xades.sign(around, signer, signing_time=now)
    assert upo.verify(with_one, trusted=signer.certificate).document(NUMBER)
    assert step_of(with_one.replace(b"a.xsl", b"b.xsl")) == (5, "wrong-signature")
    added = signed.replace(b"?>", b"?>" + instruction, 1) if place == "before" else signed + instruction
    assert step_of(added) == (5, "wrong-signature")
    assert upo.verify(signed.replace(b"?>", b"?><!-- a comment is not signed -->", 1))


def test_1_the_largest(signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upo, "MAX_SIZE", len(signed))
    assert upo.verify(signed)
    assert step_of(signed + b"\n") == (1, "too-large")


def test_a_page_of_a_session_and_other_holders(signer: Any, now: datetime) -> None:
    pages = b"<OpisPotwierdzenia><Strona>2</Strona><LiczbaStron>5</LiczbaStron></OpisPotwierdzenia></KodFormularza>"
    paged = UPO.replace(b"</KodFormularza>", b"</KodFormularza>" + pages.removesuffix(b"</KodFormularza>"))
    result = upo.verify(xades.sign(paged, signer, signing_time=now))
    assert (result.page, result.pages) == (2, 5)
    alone = upo.read(UPO)
    assert (alone.page, alone.pages, alone.signed_at, alone.certificate) == (1, 1, None, None)
    for name, kind in (("IdWewnetrzny", "InternalId"), ("IdZlozonyVatUE", "NipVatUe"), ("Inny", "Inny")):
        other = UPO.replace(b"<Nip>5265877635</Nip>", f"<{name}> 1 </{name}>".encode())
        assert (upo.read(other).context_kind, upo.read(other).context_value) == (kind, "1")


def test_7_a_moment_without_a_zone_is_utc_and_a_date_may_have_one(signer: Any) -> None:
    changed = UPO.replace(b"2025-09-16T11:05:40.841+02:00", b"2025-09-16T09:05:40").replace(
        b"<DataWystawieniaFaktury>2025-09-16<", b"<DataWystawieniaFaktury>2025-09-16+02:00<"
    )
    document = upo.read(changed).documents[0]
    assert document.sent.isoformat() == "2025-09-16T09:05:40+00:00"
    assert document.issue_date == date(2025, 9, 16)
    assert document.seller_nip == "5265877635"
    assert (document.invoice_number, document.mode) == ("FA/1", "Online")


def test_7_incomplete(signer: Any, now: datetime) -> None:
    for gone in (
        b"<KodFormularza>FA (3)</KodFormularza>",
        b"<Nip>5265877635</Nip>",
        b"<NumerFaktury>FA/1</NumerFaktury>",
    ):
        assert gone in UPO
        assert step_of(xades.sign(UPO.replace(gone, b""), signer, signing_time=now)) == (7, "incomplete")
    for broken in (
        UPO.replace(b"GZMGNV", b"GZMG-V"),
        UPO.replace(b"GZMGNV", b"GZMG-NV"),
        UPO.replace(b"2025-09-16<", b"16.09.2025<"),
        UPO.replace(b">FA/1<", b"> <"),
    ):
        assert step_of(xades.sign(broken, signer, signing_time=now)) == (7, "incomplete")
    odd = UPO.replace(b"2025-09-16T11:05:40.841+02:00", b"wczoraj")
    assert step_of(xades.sign(odd, signer, signing_time=now)) == (7, "incomplete")


def test_a_receipts_certificate_stays_out_of_logs() -> None:
    assert upo.Upo.__dataclass_fields__["certificate"].repr is False


@pytest.mark.shared
def test_the_ministrys_examples_are_read(shared: Path) -> None:
    kinds = {}
    for path in sorted((shared / "spec/examples/upo").glob("*.xml")):
        result = upo.read(path.read_bytes())
        assert result.documents
        kinds[path.name] = (result.context_kind, len(result.documents), result.pages)
    assert {kind for kind, _, _ in kinds.values()} == {"Nip", "InternalId", "NipVatUe"}

"""Our signatures satisfy an independent verifier, and the official schema of the login document."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from liczydlo import ksef
from liczydlo.ksef import login, xades
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.xades import XAdESVerifier

CHALLENGE = "20250604-CR-461EA5B000-537A6BA15D-D7"


def verify(signed: bytes, certificate: Any) -> list[Any]:
    return list(XAdESVerifier().verify(signed, x509_cert=certificate, expect_references=2))


def document(credential: ksef.Credential, **options: Any) -> bytes:
    context = options.pop("context", ksef.Context(value="5265877635"))
    return login.login_document(context, CHALLENGE, identified=credential.identified, **options)


@pytest.mark.parametrize("kind", ["EC", "RSA"])
@pytest.mark.parametrize("schema", ["2.0", "2.1"])
def test_an_independent_verifier_agrees(kind: str, schema: Any, credential: Any, now: datetime) -> None:
    pair = credential(kind)
    signed = xades.sign(document(pair, schema=schema), pair, signing_time=now)
    whole, properties = verify(signed, pair.certificate)
    assert whole.signed_xml.tag == f"{{http://ksef.mf.gov.pl/auth/token/{schema}}}AuthTokenRequest"
    assert whole.signed_xml.findtext("{*}Challenge") == CHALLENGE
    assert properties.signed_xml.findtext(".//{*}SigningTime") == "2026-03-02T12:00:00Z"


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1()])
def test_longer_curves(curve: Any, certificate: Any, now: datetime) -> None:
    key = ec.generate_private_key(curve)
    pair = ksef.Credential(private_key=key, certificate=certificate(key))
    verify(xades.sign(document(pair), pair, signing_time=now), pair.certificate)


def test_a_changed_document_fails(credential: Any, now: datetime) -> None:
    pair = credential()
    signed = xades.sign(document(pair), pair, signing_time=now)
    for old, new in ((b"5265877635", b"5265877636"), (b"2026-03-02T12", b"2026-03-02T13")):
        assert old in signed
        with pytest.raises(SignXMLException):
            verify(signed.replace(old, new, 1), pair.certificate)


INSTRUCTION = b'<?xml-stylesheet href="a.xsl"?>'


def independent(signed: bytes) -> None:
    """Verify by libxmlsec; raises ``xmlsec.Error``."""
    import xmlsec

    root = etree.fromstring(signed)
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    signature = xmlsec.tree.find_node(root, xmlsec.constants.NodeSignature)
    certificate = root.findtext(f".//{{{xades.DS}}}X509Certificate")
    pem = f"-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n"
    context.key = xmlsec.Key.from_memory(pem.encode(), xmlsec.constants.KeyDataFormatCertPem)
    context.verify(signature)


@pytest.mark.parametrize("place", ["before", "behind", "none"])
def test_what_stands_around_the_root_is_signed(place: str, credential: Any, now: datetime) -> None:
    """Canonical XML has processing instructions outside the root, and no comments."""
    import xmlsec

    pair = credential("RSA")
    plain = document(pair)
    around = {
        "before": plain.replace(b"?>", b"?>" + INSTRUCTION, 1),
        "behind": plain + INSTRUCTION,
        "none": plain,
    }[place]
    signed = xades.sign(around, pair, signing_time=now)
    independent(signed)
    independent(signed.replace(b"?>", b"?><!-- not signed -->", 1))
    for altered in (signed.replace(b"a.xsl", b"b.xsl"), signed + b"<?more?>"):
        if altered != signed:
            with pytest.raises(xmlsec.Error):
                independent(altered)


def test_a_strangers_certificate_fails(
    credential: Any, certificate: Any, private_key: Any, now: datetime
) -> None:
    pair = credential()
    signed = xades.sign(document(pair), pair, signing_time=now)
    with pytest.raises(SignXMLException):
        verify(signed, certificate(private_key("EC", 1)))


def test_comments_spaces_and_other_namespaces_survive(credential: Any, now: datetime) -> None:
    pair = credential()
    odd = (
        b'<?xml version="1.0"?>\n<!-- outside -->\n<a xmlns="urn:a" xmlns:b="urn:b" z="1" b:y=\'2\'>\r\n'
        b"  <!-- in --><b:c>\xc5\xbc &amp; &#13;</b:c><![CDATA[<x>]]>\n</a>"
    )
    whole, _ = verify(xades.sign(odd, pair, signing_time=now), pair.certificate)
    assert whole.signed_xml.findtext("{urn:b}c") == "ż & \r"


@pytest.mark.parametrize(
    "bad", [b"", b"<a>", b"<!DOCTYPE a []><a/>", b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>']
)
def test_what_is_not_plain_xml_is_refused(bad: bytes, credential: Any, now: datetime) -> None:
    with pytest.raises(ValueError, match=r"XML|DOCTYPE"):
        xades.sign(bad, credential(), signing_time=now)


@pytest.mark.shared
@pytest.mark.parametrize(
    "context",
    [
        ksef.Context(value="5265877635"),
        ksef.Context(kind="InternalId", value="5265877635-12345"),
        # the patterns of NipVatUe and PeppolId hold ^ and $, which libxml2 takes for plain characters
    ],
    ids=lambda context: context.kind,
)
def test_the_login_document_fits_the_official_schema(
    context: ksef.Context, credential: Any, shared: Path
) -> None:
    # schema 2.0 does not compile in libxml2
    xsd = etree.XMLSchema(etree.parse(shared / "spec/xsd/auth/schemat_auth_v2-1.xsd"))
    xsd.assertValid(etree.fromstring(document(credential(), context=context)))


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({}, "certificateSubject"),
        ({"nip": None, "pesel": "88102341294"}, "certificateSubject"),
        ({"nip": None, "seal": "5265877635"}, "certificateSubject"),
        ({"nip": None}, "certificateFingerprint"),
    ],
)
def test_the_subject_is_found_in_the_certificate_or_is_its_fingerprint(
    options: dict[str, Any], kind: str, credential: Any
) -> None:
    root = etree.fromstring(document(credential(**options)))
    assert root.findtext("{*}SubjectIdentifierType") == kind

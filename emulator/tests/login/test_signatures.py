"""Which signatures open the door, and which do not (ksef-docs auth/podpis-xades.md)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.xades.xades import XAdESSigner

from .conftest import (
    DS,
    ENVELOPED,
    EXCLUSIVE,
    MORE,
    Door,
    Identity,
    Signer,
    code,
    document,
    filter2,
    new_key,
    new_nip,
    self_signed,
    transform,
    xpath,
)

PSS = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"


class TestAccepted:
    @pytest.mark.parametrize("kind", ["RSA", "EC"])
    @pytest.mark.parametrize("schema", ["2.0", "2.1"])
    @pytest.mark.parametrize("form", ["enveloped", "enveloping"])
    def test_kinds_schemas_and_forms(self, kind: str, schema: str, form: str, door: Door, owner: Any) -> None:
        identity, context = owner(kind=kind)
        access, refresh = door.tokens(identity, context, schema=schema, signer=Signer(form=form))
        assert door.call("GET", "/auth/sessions", access).status_code == 200
        assert door.call("GET", "/auth/sessions", refresh).status_code == 401

    @pytest.mark.parametrize("form", ["enveloped", "enveloping"])
    @pytest.mark.parametrize("canonical", [method.value for method in CanonicalizationMethod])
    def test_canonical_forms(self, canonical: str, form: str, door: Door, owner: Any) -> None:
        identity, context = owner()
        assert door.tokens(identity, context, signer=Signer(form=form, canonical=canonical))

    @pytest.mark.parametrize("canonical", [method.value for method in CanonicalizationMethod])
    def test_signatures_as_dotnet_writes_them(self, canonical: str, door: Door, owner: Any) -> None:
        """Without prefixes, under a top element with namespaces that nothing uses."""
        identity, context = owner(kind="RSA")
        xml = document(door.challenge(), context).replace(
            b"<AuthTokenRequest ",
            b'<AuthTokenRequest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            b' xmlns:xsd="http://www.w3.org/2001/XMLSchema" ',
        )
        answer = door.send(Signer(canonical=canonical, bare=True)(xml, identity))
        assert answer.status_code == 202, answer.text

    @pytest.mark.parametrize("method", [f"{MORE}rsa-sha384", f"{MORE}rsa-sha512", DS + "rsa-sha1", PSS])
    def test_rsa_methods(self, method: str, door: Door, owner: Any) -> None:
        identity, context = owner(kind="RSA")
        assert door.tokens(identity, context, signer=Signer(method=method))

    @pytest.mark.parametrize(
        ("curve", "method"), [(ec.SECP384R1, "ecdsa-sha384"), (ec.SECP521R1, "ecdsa-sha512")]
    )
    def test_other_curves(self, curve: Any, method: str, door: Door, owner: Any) -> None:
        identity, context = owner(key=ec.generate_private_key(curve()))
        assert door.tokens(identity, context, signer=Signer(method=MORE + method))

    @pytest.mark.parametrize(
        "drop", [xpath(), filter2(), transform(ENVELOPED)], ids=["xpath", "filter2", "enveloped"]
    )
    def test_ways_to_leave_the_signature_out(self, drop: str, door: Door, owner: Any) -> None:
        identity, context = owner()
        assert door.tokens(identity, context, signer=Signer(transforms=drop + transform(EXCLUSIVE)))

    def test_a_document_inside_as_base64(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        assert door.tokens(identity, context, signer=Signer(form="base64"))

    def test_a_prefixed_namespace(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        assert door.tokens(identity, context, prefix="tns")

    @pytest.mark.parametrize("kind", ["RSA", "EC"])
    @pytest.mark.parametrize(
        "form", [SignatureConstructionMethod.enveloped, SignatureConstructionMethod.enveloping]
    )
    def test_what_signxml_signs(self, kind: str, form: Any, door: Door, owner: Any) -> None:
        identity, context = owner(kind=kind)
        signed = by_signxml(document(door.challenge(), context), identity, form)
        answer = door.send(signed)
        assert answer.status_code == 202, answer.text
        assert door.status(answer)["code"] == 200


def by_signxml(xml: bytes, identity: Identity, form: Any) -> bytes:
    signer = XAdESSigner(
        method=form,
        signature_algorithm="ecdsa-sha256"
        if isinstance(identity.key, ec.EllipticCurvePrivateKey)
        else "rsa-sha256",
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signed = signer.sign(
        etree.fromstring(xml), key=key, cert=[identity.certificate], always_add_key_value=False
    )
    return etree.tostring(signed)


class TestTampering:
    @pytest.mark.parametrize("form", ["enveloped", "enveloping"])
    def test_a_changed_document(self, form: str, door: Door, owner: Any) -> None:
        identity, context = owner()
        signed = Signer(form=form)(document(door.challenge(), context), identity)
        changed = signed.replace(context[1].encode(), new_nip().encode())
        assert changed != signed
        assert code(door.send(changed)) == 9105

    def test_changed_properties(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        signed = Signer()(document(door.challenge(), context), identity)
        assert code(door.send(signed.replace(b"<ds:X509SerialNumber>1<", b"<ds:X509SerialNumber>2<"))) == 9105

    def test_a_changed_signature_value(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        root = etree.fromstring(Signer()(document(door.challenge(), context), identity))
        value = next(root.iter(f"{{{DS}}}SignatureValue"))
        raw = bytearray(base64.b64decode(value.text or ""))
        raw[5] ^= 1
        value.text = base64.b64encode(raw).decode()
        assert code(door.send(etree.tostring(root))) == 9105

    def test_another_certificate_than_the_key(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        mixed = Identity(key=new_key(), certificate=identity.certificate)
        assert code(door.submit(mixed, context)) == 9105

    def test_another_certificate_than_the_properties_name(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        assert code(door.submit(identity, context, signer=Signer(certificate_digest=b"x" * 32))) == 9105

    def test_a_signed_document_wrapped_in_another(self, door: Door, owner: Any) -> None:
        """The enveloping signature verifies; the root it stands in was never signed."""
        victim, context = owner()
        good = etree.fromstring(Signer(form="enveloping")(document(door.challenge(), context), victim))
        evil = etree.fromstring(document(door.challenge(), ("Nip", new_nip())))
        evil.append(good)
        assert code(door.send(etree.tostring(evil))) == 9105

    def test_an_unsigned_document_beside_the_signed_one(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        root = etree.fromstring(Signer(form="enveloping")(document(door.challenge(), context), identity))
        other = etree.SubElement(root, f"{{{DS}}}Object")
        other.append(etree.fromstring(document(door.challenge(), ("Nip", new_nip()))))
        submitted = door.send(etree.tostring(root))
        assert submitted.status_code == 202
        access = door.redeem(submitted).json()["accessToken"]["token"]
        assert door.emulator.auth.principal(access).context.value == context[1]

    def test_two_elements_with_one_id(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        root = etree.fromstring(Signer(form="enveloping")(document(door.challenge(), context), identity))
        other = etree.SubElement(root, f"{{{DS}}}Object", Id="document")
        other.append(etree.fromstring(document(door.challenge(), ("Nip", new_nip()))))
        assert code(door.send(etree.tostring(root))) == 9105

    @pytest.mark.parametrize("covered", ["document", "properties"])
    def test_a_signature_of_half(self, covered: str, door: Door, owner: Any) -> None:
        identity, context = owner()
        assert code(door.submit(identity, context, signer=Signer(references=covered))) == 9105


class TestRefusedForms:
    def test_no_signature(self, door: Door) -> None:
        assert code(door.send(document(door.challenge(), ("Nip", new_nip())))) == 9102

    def test_two_signatures(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        once = Signer()(document(door.challenge(), context), identity)
        assert code(door.send(Signer()(once, identity))) == 9103

    def test_der_instead_of_r_and_s(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        assert code(door.submit(identity, context, signer=Signer(der=True))) == 9105

    @pytest.mark.parametrize(
        "transforms",
        [
            transform("http://www.w3.org/TR/1999/REC-xslt-19991116"),
            transform(EXCLUSIVE + "#WithComments"),
            xpath("true()"),
            xpath("not(ancestor-or-self::ds:Signature) and 1=2"),
            filter2("/", "intersect"),
            filter2("/descendant::ds:Object"),
        ],
        ids=["xslt", "unknown", "everything", "nothing", "intersect", "other element"],
    )
    def test_transforms_that_are_not_listed(self, transforms: str, door: Door, owner: Any) -> None:
        identity, context = owner()
        chosen = transform(ENVELOPED) + transforms + transform(EXCLUSIVE)
        assert code(door.submit(identity, context, signer=Signer(transforms=chosen))) == 9105

    def test_an_algorithm_that_is_not_listed(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        assert code(door.submit(identity, context, signer=Signer(method=f"{MORE}ecdsa-sha224"))) == 9105

    def test_a_short_key(self, door: Door, owner: Any) -> None:
        identity, context = owner(kind="RSA1024")
        assert code(door.submit(identity, context)) == 21115

    def test_a_small_curve(self, door: Door, owner: Any) -> None:
        identity, context = owner(key=ec.generate_private_key(ec.SECP224R1()))
        assert code(door.submit(identity, context)) == 21115

    def test_no_certificate_inside(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        assert code(door.submit(identity, context, signer=Signer(key_info=False))) == 21115

    @pytest.mark.parametrize(
        ("xml", "expected"),
        [
            (b"", 21001),
            (b"not xml", 21001),
            (b"<a><b></a>", 21001),
            ("<a>ż</a>".encode("utf-16"), 21217),
            ('<?xml version="1.0" encoding="ISO-8859-2"?><a>ż</a>'.encode("iso-8859-2"), 21217),
            (b"<a>\xff</a>", 21217),
            (b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', 9101),
            (b"<a>" + b" " * 1_000_001 + b"</a>", 9101),
            (b"<a/>", 9102),
        ],
        ids=["empty", "text", "broken", "utf-16", "latin", "bytes", "doctype", "huge", "other"],
    )  # fmt: skip
    def test_what_is_no_document(self, xml: bytes, expected: int, door: Door) -> None:
        assert code(door.send(xml)) == expected

    def test_a_signature_of_something_else(self, door: Door, owner: Any) -> None:
        identity, _ = owner()
        assert code(door.send(Signer()(b"<other>1</other>", identity))) == 21401
        assert code(door.send(Signer(form="enveloping")(b"<other>1</other>", identity))) == 9105


def test_a_certificate_of_another_kind_of_key(door: Door) -> None:
    nip = new_nip()
    identity = self_signed(serial_number=f"TINPL-{nip}")
    rsa_key = new_key("RSA")
    mixed = Identity(key=rsa_key, certificate=identity.certificate)
    assert code(door.submit(mixed, ("Nip", nip))) == 9105

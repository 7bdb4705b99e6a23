"""Every algorithm of the guide is accepted, and its neighbours are not (ksef-docs auth/podpis-xades.md)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from .conftest import DS, MORE, Door, Identity, Signer, code, document, new_key

PSS = "http://www.w3.org/2007/05/xmldsig-more#"
SHA3 = "http://www.w3.org/2021/04/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
RSA_METHODS = [
    DS + "rsa-sha1",
    *(f"{MORE}rsa-sha{bits}" for bits in (256, 384, 512)),
    *(f"{PSS}{name}-rsa-MGF1" for name in ("sha1", "sha256", "sha384", "sha512")),
    *(f"{PSS}sha3-{bits}-rsa-MGF1" for bits in (256, 384, 512)),
]
EC_METHODS = [
    *(f"{MORE}ecdsa-sha{bits}" for bits in (1, 256, 384, 512)),
    *(f"{SHA3}ecdsa-sha3-{bits}" for bits in (256, 384, 512)),
]
DIGESTS = [
    DS + "sha1",
    ENC + "sha256",
    MORE + "sha384",
    ENC + "sha512",
    *(f"{PSS}sha3-{bits}" for bits in (256, 384, 512)),
]
WEAK = [f"{MORE}sha224", f"{PSS}sha3-224", "http://www.w3.org/2001/04/xmldsig-more#md5", "", "sha256"]


@pytest.mark.parametrize("method", RSA_METHODS)
def test_rsa(method: str, door: Door, owner: Any) -> None:
    identity, context = owner(kind="RSA")
    assert door.submit(identity, context, signer=Signer(method=method)).status_code == 202


@pytest.mark.parametrize("method", EC_METHODS)
@pytest.mark.parametrize("curve", [ec.SECP256R1, ec.SECP384R1])
def test_ec(method: str, curve: Any, door: Door, owner: Any) -> None:
    identity, context = owner(key=ec.generate_private_key(curve()))
    assert door.submit(identity, context, signer=Signer(method=method)).status_code == 202


@pytest.mark.parametrize("digest", DIGESTS)
def test_digests_of_references_and_of_the_certificate(digest: str, door: Door, owner: Any) -> None:
    identity, context = owner()
    for signer in (Signer(digest=digest), Signer(certificate_digest_method=digest)):
        assert door.submit(identity, context, signer=signer).status_code == 202


@pytest.mark.parametrize("digest", WEAK)
def test_other_digests(digest: str, door: Door, owner: Any) -> None:
    identity, context = owner()
    for signer in (Signer(digest=digest), Signer(certificate_digest_method=digest)):
        assert code(door.submit(identity, context, signer=signer)) == 9105


@pytest.mark.parametrize(
    "method",
    [
        f"{MORE}rsa-sha224",
        f"{MORE}rsa-md5",
        f"{MORE}rsa-ripemd160",
        f"{PSS}sha224-rsa-MGF1",
        f"{PSS}sha3-224-rsa-MGF1",
        f"{PSS}rsa-pss",
        "",
        "http://example.com/none",
    ],
)
def test_other_rsa_methods(method: str, door: Door, owner: Any) -> None:
    identity, context = owner(kind="RSA")
    signed = Signer()(document(door.challenge(), context), identity)
    assert code(door.send(signed.replace(f"{MORE}rsa-sha256".encode(), method.encode()))) == 9105


@pytest.mark.parametrize("method", [f"{PSS}sha256-rsa-MGF1", f"{MORE}rsa-sha256"])
def test_the_key_beside_the_certificate(method: str, door: Door, owner: Any) -> None:
    """``KeyValue`` says the same once more, which signers are free to do; another key is refused."""
    identity, context = owner(kind="RSA")
    signed = Signer(method=method)(document(door.challenge(), context), identity)
    answer = door.send(with_key(signed, identity))
    assert answer.status_code == 202, answer.text
    other = Identity(
        key=rsa.generate_private_key(public_exponent=65537, key_size=2048), certificate=identity.certificate
    )
    signed = Signer(method=method)(document(door.challenge(), context), identity)
    assert code(door.send(with_key(signed, other))) == 9105


def with_key(signed: bytes, identity: Identity) -> bytes:
    numbers = identity.key.public_key().public_numbers()
    root = etree.fromstring(signed)
    info = next(root.iter(f"{{{DS}}}KeyInfo"))
    value = etree.SubElement(etree.SubElement(info, f"{{{DS}}}KeyValue"), f"{{{DS}}}RSAKeyValue")
    for name, number in (("Modulus", numbers.n), ("Exponent", numbers.e)):
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        etree.SubElement(value, f"{{{DS}}}{name}").text = base64.b64encode(raw).decode()
    return etree.tostring(root)


def test_two_certificates(door: Door, owner: Any) -> None:
    """A chain may stand there; another's key does not become the victim's by standing behind the victim's certificate:
    the login is the attacker's, who may do nothing in the victim's context."""
    victim, context = owner()
    attacker, _ = owner()
    signed = Signer()(document(door.challenge(), context), attacker)
    root = etree.fromstring(signed)
    data = next(root.iter(f"{{{DS}}}X509Data"))
    first = etree.Element(f"{{{DS}}}X509Certificate")
    first.text = base64.b64encode(victim.certificate.public_bytes(Encoding.DER)).decode()
    data.insert(0, first)
    submitted = door.send(etree.tostring(root))
    assert door.status(submitted)["code"] == 415
    assert door.redeem(submitted).status_code == 400


@pytest.mark.parametrize("method", [DS + "hmac-sha1", f"{MORE}hmac-sha256", f"{MORE}hmac-sha512"])
def test_hmac_with_the_public_key(method: str, door: Door, owner: Any) -> None:
    """The public key as a shared secret: key confusion."""
    identity, context = owner(kind="RSA")
    signed = Signer()(document(door.challenge(), context), identity)
    assert code(door.send(signed.replace(f"{MORE}rsa-sha256".encode(), method.encode()))) == 9105


def test_an_ec_method_with_an_rsa_key(door: Door, owner: Any) -> None:
    identity, context = owner(kind="RSA")
    signed = Signer()(document(door.challenge(), context), identity)
    swapped = signed.replace(f"{MORE}rsa-sha256".encode(), f"{MORE}ecdsa-sha256".encode())
    assert code(door.send(swapped)) == 9105
    assert (
        code(door.submit(Identity(key=new_key("RSA"), certificate=owner()[0].certificate), context)) == 9105
    )

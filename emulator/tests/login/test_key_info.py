"""What stands in ``KeyInfo`` beside the signer's certificate, and what stands around the root."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from ksef_emulator.login import signature
from ksef_emulator.problems import Problem
from lxml import etree

from .conftest import DS, EXCLUSIVE, MORE, Door, Signer, code, document, new_key, self_signed

CASES = Path(__file__).parents[4] / "shared" / "cases" / "signatures"
CURVES = {"secp256r1": "urn:oid:1.2.840.10045.3.1.7", "secp384r1": "urn:oid:1.3.132.0.34"}


@pytest.mark.shared
@pytest.mark.skipif(not CASES.exists(), reason=f"the cases are not beside the repository: {CASES}")
@pytest.mark.parametrize("name", ["signed-plain", "signed-root-first", "signed-xadesjs-ec"])
def test_rightly_signed_documents_from_the_field(name: str) -> None:
    signed = signature.verify((CASES / f"{name}.xml").read_bytes())
    assert "5265877635" in signed.certificate.subject.rfc4514_string()


@pytest.mark.parametrize("days", [(-1, 30), (-900, -300)], ids=["valid", "expired"])
def test_an_authority_before_the_signer(days: tuple[float, float], door: Door, owner: Any) -> None:
    """The signer is whom the digest names; another's dates and key say nothing."""
    identity, context = owner()
    authority = self_signed(common_name="Root", days=days, key=new_key("RSA1024")).certificate
    assert door.tokens(identity, context, signer=Signer(before=(authority,)))


def test_a_digest_of_another_certificate(door: Door, owner: Any) -> None:
    """Named is one certificate, signed was with the key of the other."""
    identity, context = owner()
    other, _ = owner()
    digest = bytes.fromhex(other.fingerprint)
    signer = Signer(before=(other.certificate,), certificate_digest=digest)
    assert code(door.submit(identity, context, signer=signer)) == 9105


def test_an_unreadable_certificate_is_named_first(door: Door, owner: Any) -> None:
    identity, context = owner()
    signed = Signer()(document(door.challenge(), context), identity)
    head, _, rest = signed.partition(b"<ds:X509Certificate>")
    for der, expected in ((b"MIIB", 9105), (b"&#167;", 21115)):
        broken = b"%b<ds:X509Certificate>%b</ds:X509Certificate><ds:X509Certificate>%b" % (head, der, rest)
        assert code(door.send(broken)) == expected


def key_value(key: ec.EllipticCurvePublicKey, form: str) -> str:
    """``ECDSAKeyValue`` as RFC 4050 writes it, or as the ``xadesjs`` library does."""
    numbers, curve = key.public_numbers(), CURVES[key.curve.name]
    size = (key.curve.key_size + 7) // 8
    x, y = numbers.x, numbers.y
    if form == "rfc":
        named, point = f'URN="{curve}"', f'<e:X Value="{x}"/><e:Y Value="{y}"/>'
    else:
        texts = [base64.b64encode(item.to_bytes(size, "big")).decode() for item in (x, y)]
        named, point = f'URI="{curve}"', "<e:X>{}</e:X><e:Y>{}</e:Y>".format(*texts)
    return (
        f'<ds:KeyValue><e:ECDSAKeyValue xmlns:e="{MORE}"><e:DomainParameters><e:NamedCurve {named}/>'
        f"</e:DomainParameters><e:PublicKey>{point}</e:PublicKey></e:ECDSAKeyValue></ds:KeyValue>"
    )


@pytest.mark.parametrize("form", ["rfc", "xadesjs"])
@pytest.mark.parametrize("curve", [ec.SECP256R1, ec.SECP384R1])
def test_key_values_of_rfc_4050(form: str, curve: Any, door: Door, owner: Any) -> None:
    identity, context = owner(key=ec.generate_private_key(curve()))
    signer = Signer(key_value=key_value(identity.key.public_key(), form))
    assert door.tokens(identity, context, signer=signer)


@pytest.mark.parametrize("form", ["rfc", "xadesjs"])
def test_a_key_value_of_another_key(form: str, door: Door, owner: Any) -> None:
    identity, context = owner()
    other = key_value(new_key().public_key(), form)
    assert code(door.submit(identity, context, signer=Signer(key_value=other))) == 9105
    own = key_value(identity.key.public_key(), form)
    curve = own.replace("1.2.840.10045.3.1.7", "1.3.132.0.34")
    for wrong in (curve, own.replace("<e:Y", "<e:Z").replace("/e:Y", "/e:Z")):
        assert code(door.submit(identity, context, signer=Signer(key_value=wrong))) == 9105


class Whole(Signer):
    """Signs the document with what stands beside its root, as ``URI=""`` means it."""

    around = (b"", b"")

    def _digest(self, element: etree._Element) -> bytes:
        if etree.QName(element).localname != "AuthTokenRequest":
            return super()._digest(element)
        before, after = self.around
        whole = etree.fromstring(before + etree.tostring(element) + after).getroottree()
        return hashlib.sha256(etree.tostring(whole, method="c14n", exclusive=True)).digest()


def around(signed: bytes, before: bytes, after: bytes) -> bytes:
    declaration, _, rest = signed.partition(b"?>")
    return b"%b?>%b%b%b" % (declaration, before, rest, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [(b'<?xml-stylesheet href="a.xsl"?>', b""), (b"<?a?><?b 2?>", b"<?c 3?>")],
    ids=["before", "around"],
)
def test_processing_instructions_around_the_root(before: bytes, after: bytes, door: Door, owner: Any) -> None:
    """They are part of the document: rightly signed with them, refused when one is put in, changed or taken out."""
    identity, context = owner()
    signer = Whole()
    signer.around = (before, after)
    signed = signer(document(door.challenge(), context), identity)
    assert code(door.send(signed)) == 9105
    assert code(door.send(around(signed, before + b"<?more?>", after))) == 9105
    assert code(door.send(around(signed, before.replace(b"a", b"z"), after))) == 9105
    answer = door.send(around(signed, before, after))
    assert answer.status_code == 202, answer.text


def test_a_processing_instruction_put_before_a_signed_document(door: Door, owner: Any) -> None:
    identity, context = owner()
    signed = Signer()(document(door.challenge(), context), identity)
    assert code(door.send(around(signed, b"<?evil?>", b""))) == 9105
    assert door.send(around(signed, b"<!-- no part of it -->", b"<!-- -->")).status_code == 202


SHA1 = {
    "digest": {"digest": f"{DS}sha1"},
    "digest of the certificate": {"certificate_digest_method": f"{DS}sha1"},
    "signature": {"method": f"{MORE}ecdsa-sha1"},
}


@pytest.mark.parametrize("where", SHA1)
def test_sha_1_taken_or_refused(where: str, door: Door, owner: Any) -> None:
    """The guide lists it; production has been seen to refuse it."""
    identity, context = owner()
    signed = Signer(canonical=EXCLUSIVE, **SHA1[where])(document(door.challenge(), context), identity)  # type: ignore[arg-type]
    with pytest.raises(Problem, match=r"9105.*sha1"):
        signature.verify(signed, sha1=False)
    door.emulator.behaviour.sha1 = "refused"
    assert code(door.send(signed)) == 9105
    door.emulator.behaviour.sha1 = "accepted"
    assert door.send(signed).status_code == 202


def test_sha_1_of_unsigned_timestamps_is_no_matter(door: Door, owner: Any) -> None:
    identity, context = owner()
    xml = Signer()(document(door.challenge(), context), identity)
    assert signature.verify(xml, sha1=False).certificate == identity.certificate

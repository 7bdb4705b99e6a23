"""Attacks on signed XML and on tokens that are known from elsewhere: each is refused, and none is a failure of ours."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from ksef_emulator.login import signature, token_request
from lxml import etree

from .conftest import (
    DS,
    ENVELOPED,
    EXCLUSIVE,
    NAMESPACES,
    XADES,
    Door,
    Signer,
    code,
    document,
    new_nip,
    transform,
)

AUTH = NAMESPACES["2.1"]


def signed_by(owner: Any, door: Door, **options: Any) -> tuple[etree._Element, str]:
    """A good signed document, and the NIP of whoever signed it."""
    identity, context = owner()
    return etree.fromstring(Signer(**options)(document(door.challenge(), context), identity)), context[1]


def evil_request(door: Door) -> etree._Element:
    return etree.fromstring(document(door.challenge(), ("Nip", new_nip())))


class TestWrapping:
    """A good signature stands where a program finds it, what it signed where no program looks."""

    def test_the_signed_root_moved_into_the_signature(self, door: Door, owner: Any) -> None:
        good, _ = signed_by(owner, door)
        evil = evil_request(door)
        moved = good.find(f"{{{DS}}}Signature")
        assert moved is not None
        inner = copy.deepcopy(good)
        inner.remove(next(inner.iter(f"{{{DS}}}Signature")))
        etree.SubElement(moved, f"{{{DS}}}Object").append(inner)
        evil.append(moved)
        assert code(door.send(etree.tostring(evil))) == 9105

    def test_the_signed_root_moved_beside_the_signature(self, door: Door, owner: Any) -> None:
        good, _ = signed_by(owner, door)
        evil = evil_request(door)
        evil.append(next(good.iter(f"{{{DS}}}Signature")))
        evil.append(good)
        assert code(door.send(etree.tostring(evil))) == 9105

    def test_the_signed_root_under_another(self, door: Door, owner: Any) -> None:
        good, _ = signed_by(owner, door)
        wrapper = etree.Element("wrapper")
        wrapper.append(evil_request(door))
        wrapper.append(good)
        assert code(door.send(etree.tostring(wrapper))) == 21401

    def test_the_signature_deeper_than_the_root(self, door: Door, owner: Any) -> None:
        good, _ = signed_by(owner, door)
        made = next(good.iter(f"{{{DS}}}Signature"))
        context = good.find(f"{{{AUTH}}}ContextIdentifier")
        assert context is not None
        context.append(made)
        assert code(door.send(etree.tostring(good))) == 9105

    def test_another_request_beside_the_signed_one(self, door: Door, owner: Any) -> None:
        """Both in the object that is signed: which is meant?"""
        identity, context = owner()
        holder = etree.Element("holder")
        holder.append(evil_request(door))
        holder.append(etree.fromstring(document(door.challenge(), context)))
        signed = etree.fromstring(Signer(form="enveloping")(etree.tostring(holder), identity))
        assert code(door.send(etree.tostring(signed))) == 9105

    def test_two_requests_in_the_signed_object(self, door: Door, owner: Any) -> None:
        class Two(Signer):
            """Signs an object that holds two requests."""

            def _digest(self, element: etree._Element) -> bytes:
                if element.get("Id") == "document":
                    element.insert(0, evil_request(door))
                return super()._digest(element)

        identity, context = owner()
        signed = Two(form="enveloping")(document(door.challenge(), context), identity)
        assert code(door.send(signed)) == 9105

    def test_the_signed_one_hidden_in_unsigned_properties(self, door: Door, owner: Any) -> None:
        """Signatures there are timestamps' and are not counted: they must not be verified instead either."""
        good, _ = signed_by(owner, door)
        mine, _ = signed_by(owner, door)
        properties = next(mine.iter(f"{{{XADES}}}QualifyingProperties"))
        hidden = etree.SubElement(properties, f"{{{XADES}}}UnsignedProperties")
        hidden.append(good)
        context = mine.find(f"{{{AUTH}}}ContextIdentifier/{{{AUTH}}}Nip")
        assert context is not None
        context.text = new_nip()
        assert code(door.send(etree.tostring(mine))) == 9105

    def test_a_second_signed_info(self, door: Door, owner: Any) -> None:
        good, _ = signed_by(owner, door)
        info = next(good.iter(f"{{{DS}}}SignedInfo"))
        for place in (0, 1):
            other = copy.deepcopy(good)
            twin = copy.deepcopy(info)
            next(twin.iter(f"{{{DS}}}DigestValue")).text = base64.b64encode(bytes(32)).decode()
            next(other.iter(f"{{{DS}}}Signature")).insert(place, twin)
            assert code(door.send(etree.tostring(other))) == 9105

    def test_second_signed_properties(self, door: Door, owner: Any) -> None:
        good, _ = signed_by(owner, door)
        properties = next(good.iter(f"{{{XADES}}}SignedProperties"))
        twin = copy.deepcopy(properties)
        properties.getparent().append(twin)  # type: ignore[union-attr]
        assert code(door.send(etree.tostring(good))) == 9105

    def test_text_around_the_signature(self, door: Door, owner: Any) -> None:
        good, _ = signed_by(owner, door)
        good.text = f"{new_nip()}{good.text or ''}"
        assert code(door.send(etree.tostring(good))) == 9105


class TestReferences:
    @pytest.mark.parametrize(
        "uri",
        [
            "#nothing",
            "#properties",
            "#signature",
            "#xpointer(/)",
            "#xpointer(id('document'))",
            "file:///etc/passwd",
            "http://127.0.0.1:9/secret",
            "//example.com/",
            "..",
            "' or '1'='1",
        ],
    )
    def test_to_something_else(self, uri: str, door: Door, owner: Any) -> None:
        """With the digest of the document all the same: what is fetched must be what was signed."""
        identity, context = owner()

        class Elsewhere(Signer):
            """Signs an address that is not the document's."""

            def _sign(self, data: bytes, key: Any) -> bytes:
                return super()._sign(data.replace(b'URI=""', f'URI="{uri}"'.encode()), key)

        signed = Elsewhere()(document(door.challenge(), context), identity)
        answer = door.send(signed.replace(b'URI=""', f'URI="{uri}"'.encode()))
        assert code(answer) == 9105

    def test_no_address(self, door: Door, owner: Any) -> None:
        identity, context = owner()

        class Nowhere(Signer):
            """Signs a reference without an address."""

            def _sign(self, data: bytes, key: Any) -> bytes:
                return super()._sign(data.replace(b' URI=""', b""), key)

        signed = Nowhere()(document(door.challenge(), context), identity)
        assert code(door.send(signed.replace(b' URI=""', b""))) == 9105

    def test_many(self, door: Door, owner: Any) -> None:
        good, _ = signed_by(owner, door)
        info = next(good.iter(f"{{{DS}}}SignedInfo"))
        reference = next(info.iter(f"{{{DS}}}Reference"))
        for _ in range(1000):
            info.append(copy.deepcopy(reference))
        assert code(door.send(etree.tostring(good))) == 9105

    def test_many_transforms(self, door: Door, owner: Any) -> None:
        """A chain of canonical forms costs time, and the signature's schema does not bound it; each after the first
        changes nothing."""
        identity, context = owner()
        chain = transform(ENVELOPED) + transform(EXCLUSIVE) * 500
        answer = door.submit(identity, context, signer=Signer(transforms=chain))
        assert answer.status_code == 202, answer.text
        assert answer.elapsed < timedelta(seconds=10)

    @pytest.mark.parametrize("name", ["Id", "ID", "id"])
    def test_one_name_twice(self, name: str, door: Door, owner: Any) -> None:
        good, _ = signed_by(owner, door, form="enveloping")
        twin = etree.SubElement(good, f"{{{DS}}}Object")
        twin.set(name, "document")
        assert code(door.send(etree.tostring(good))) == 9105


class TestDocuments:
    @pytest.mark.parametrize(
        "declared",
        [
            '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
            '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
            '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;&l;&l;"><!ENTITY n "&m;&m;&m;&m;&m;">]>',
            "<!DOCTYPE AuthTokenRequest [<!ATTLIST Challenge Id ID #IMPLIED>]>",
            "<!DOCTYPE\na>",
        ],
        ids=["external", "entity", "parameter", "laughs", "attribute", "newline"],
    )
    def test_document_types(self, declared: str, door: Door, owner: Any) -> None:
        identity, context = owner()
        signed = Signer()(document(door.challenge(), context), identity).decode()
        head, _, rest = signed.partition("?>")
        assert code(door.send(f"{head}?>{declared}{rest}".encode())) == 9101

    def test_an_entity_in_another_encoding(self, door: Door) -> None:
        """UTF-7 and UTF-16 hide a document type from a search for it."""
        xml = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'
        assert code(door.send(xml.encode("utf-16"))) == 21217
        seven = '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-'
        assert code(door.send(seven.encode())) == 21217

    @pytest.mark.parametrize(
        ("xml", "expected"),
        [
            (b"<a>" * 100_000, 21001),
            (b"<a " + b" ".join(b'a%d="1"' % number for number in range(50_000)) + b"/>", 9102),
            (b'<a xmlns="' + b"x" * 900_000 + b'"/>', 9102),
            (b"<a>" + b"<!-- -->" * 100_000 + b"</a>", 9102),
        ],
        ids=["depth", "attributes", "name", "comments"],
    )
    def test_what_costs_time(self, xml: bytes, expected: int, door: Door) -> None:
        answer = door.send(xml)
        assert code(answer) == expected
        assert answer.elapsed < timedelta(seconds=5)

    def test_ten_megabytes(self, door: Door) -> None:
        assert code(door.send(b"<a>" + b"x" * 10_000_000 + b"</a>")) == 9101

    def test_processing_instructions(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        xml = document(door.challenge(), context).replace(
            b"<SubjectIdentifierType>",
            b'<?xml-stylesheet href="http://127.0.0.1:9/"?><SubjectIdentifierType>',
        )
        answer = door.send(Signer()(xml, identity))
        assert answer.status_code == 202, answer.text

    @pytest.mark.parametrize("canonical", [EXCLUSIVE, f"{EXCLUSIVE}WithComments"])
    def test_comments_within_values(self, canonical: str, door: Door, owner: Any) -> None:
        """``111<!-- -->2223334`` was signed as 1112223334: nobody may read 111 of it, nor 2223334."""
        identity, context = owner()
        nip = context[1]
        split = nip[:4].encode() + b"<!-- x -->" + nip[4:].encode()
        xml = document(door.challenge(), context).replace(nip.encode(), split)
        answer = door.send(Signer(canonical=canonical)(xml, identity))
        assert answer.status_code == 202, answer.text
        reference = answer.json()["referenceNumber"]
        assert door.emulator.auth.login(reference).context.value == nip

    def test_a_comment_put_in_afterwards(self, door: Door, owner: Any) -> None:
        """It leaves the signature valid, for comments are not signed, and must change nothing."""
        identity, context = owner()
        nip = context[1]
        signed = Signer()(document(door.challenge(), context), identity)
        cut = signed.replace(nip.encode(), nip.encode()[:-1] + b"<!---->" + nip.encode()[-1:])
        answer = door.send(cut)
        assert answer.status_code == 202
        assert door.emulator.auth.login(answer.json()["referenceNumber"]).context.value == nip

    def test_what_is_read_is_what_was_signed(self, door: Door, owner: Any) -> None:
        """The verifier gives the canonical form back, not the document that came."""
        identity, context = owner()
        xml = Signer()(document(door.challenge(), context), identity)
        request = token_request.read(signature.verify(xml).request)
        assert request.context.value == context[1]
        assert not any(True for _ in signature.verify(xml).request.iter(f"{{{DS}}}Signature"))


class TestReplays:
    def test_a_document_sent_again(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        signed = Signer()(document(door.challenge(), context), identity)
        assert door.send(signed).status_code == 202
        assert code(door.send(signed)) == 21111

    def test_a_challenge_in_another_document(self, door: Door, owner: Any) -> None:
        challenge = door.challenge()
        assert door.submit(*owner(), challenge=challenge).status_code == 202
        assert code(door.submit(*owner(), challenge=challenge)) == 21111

    def test_a_challenge_that_is_too_old(self, door: Door, owner: Any) -> None:
        identity, context = owner()
        challenge = door.challenge()
        door.emulator.clock.move(timedelta(minutes=10, seconds=1))
        assert code(door.submit(identity, context, challenge=challenge)) == 21111

    def test_a_challenge_that_was_never_given(self, door: Door, owner: Any) -> None:
        made_up = "20250101-CR-0000000000-0000000000-00"
        assert code(door.submit(*owner(), challenge=made_up)) == 21111

    def test_a_wrong_signature_spends_no_challenge(self, door: Door, owner: Any) -> None:
        """Otherwise whoever sees a challenge could spend it."""
        identity, context = owner()
        challenge = door.challenge()
        signed = Signer()(document(challenge, context), identity)
        assert code(door.send(signed.replace(context[1].encode(), new_nip().encode()))) == 9105
        assert door.send(signed).status_code == 202


class TestForgedTokens:
    def forged(self, header: dict[str, Any], claims: str, secret: bytes) -> str:
        head = f"{part(json.dumps(header).encode())}.{claims}"
        return f"{head}.{part(hmac.new(secret, head.encode(), hashlib.sha256).digest())}"

    def test_public_keys_as_secrets(self, door: Door, owner: Any) -> None:
        """Key confusion: what everybody may know signs nothing."""
        access, _ = door.tokens(*owner())
        claims = access.split(".")[1]
        secrets = [b"", b"secret", b"\0" * 32]
        for item in door.call("GET", "/security/public-key-certificates").json():
            der = base64.b64decode(item["certificate"])
            key = load_der_x509_certificate(der).public_key()
            secrets += [der, item["certificate"].encode(), item["publicKeyId"].encode()]
            for encoding in (Encoding.DER, Encoding.PEM):
                secrets.append(key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo))
        for secret in secrets:
            for algorithm in ("HS256", "RS256", "ES256", "none", "None", "hs256"):
                token = self.forged({"alg": algorithm, "typ": "JWT"}, claims, secret)
                assert door.emulator.auth.principal(token) is None

    @pytest.mark.parametrize(
        "header",
        [
            {"alg": "none", "typ": "JWT"},
            {"alg": "NONE"},
            {"alg": "HS512", "typ": "JWT"},
            {"alg": "HS256", "typ": "JWT", "kid": "../../dev/null"},
            {"alg": "HS256", "typ": "JWT", "kid": "' UNION SELECT 'x"},
            {"alg": "HS256", "typ": "JWT", "jku": "http://127.0.0.1:9/keys"},
            {"alg": "HS256", "typ": "JWT", "jwk": {"kty": "oct", "k": "c2VjcmV0"}},
            {"typ": "JWT"},
            [],
        ],
    )
    def test_headers(self, header: Any, door: Door, owner: Any) -> None:
        access, _ = door.tokens(*owner())
        claims, mark = access.split(".")[1:]
        for token in (
            f"{part(json.dumps(header).encode())}.{claims}.{mark}",
            f"{part(json.dumps(header).encode())}.{claims}.",
            self.forged(header, claims, b"secret"),
        ):
            assert door.call("GET", "/auth/sessions", token).status_code == 401

    def test_other_claims_under_a_good_signature(self, door: Door, owner: Any) -> None:
        access, _ = door.tokens(*owner())
        head, claims, mark = access.split(".")
        body = json.loads(base64.urlsafe_b64decode(claims + "=="))
        for change in (
            {"civ": new_nip()},
            {"exp": body["exp"] + 9999},
            {"per": ["Owner"]},
            {"typ": "RefreshToken"},
        ):
            forged = part(json.dumps(body | change, separators=(",", ":")).encode())
            if forged != claims:
                assert door.call("GET", "/auth/sessions", f"{head}.{forged}.{mark}").status_code == 401


def part(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

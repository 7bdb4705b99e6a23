"""The verifier's own rules, each by the words of its refusal: what signxml refuses by itself, too, is no proof of
them (ksef-docs auth/podpis-xades.md)."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from ksef_emulator.login import signature
from ksef_emulator.problems import Problem
from lxml import etree

from .conftest import (
    DS,
    ENVELOPED,
    EXCLUSIVE,
    MORE,
    NAMESPACES,
    SHA256,
    XADES,
    XPATH,
    Signer,
    document,
    filter2,
    new_key,
    self_signed,
    transform,
    xpath,
)

XML = document("20260101-CR-0123456789-0123456789-00", ("Nip", "1112223334"))
MD5 = f"{MORE}md5"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
AUTH = NAMESPACES["2.1"]


@pytest.fixture(scope="module")
def sign() -> Callable[..., etree._Element]:
    """Sign `XML` in some way, with one key of this module."""
    identity = self_signed(serial_number="TINPL-1112223334")

    def make(xml: bytes = XML, **options: object) -> etree._Element:
        return etree.fromstring(Signer(**options)(xml, identity))  # type: ignore[arg-type]

    return make


def accepted(root: etree._Element) -> signature.Signed:
    return signature.verify(etree.tostring(root))


def refused(root: etree._Element) -> tuple[int, str]:
    with pytest.raises(Problem) as caught:
        signature.verify(etree.tostring(root))
    return caught.value.code, " ".join(caught.value.details)


def first(root: etree._Element, name: str, space: str = DS) -> etree._Element:
    return next(root.iter(f"{{{space}}}{name}"))


def countersigned(root: etree._Element, digest: str) -> etree._Element:
    """With a signature of the signature, as XAdES-X and beyond have them, in the unsigned properties."""
    counter = copy.deepcopy(first(root, "Signature"))
    counter.remove(first(counter, "Object"))
    for element in counter.iter():
        element.attrib.pop("Id", None)
    for method in counter.iter(f"{{{DS}}}DigestMethod"):
        method.set("Algorithm", digest)
    properties = etree.SubElement(
        first(root, "QualifyingProperties", XADES), f"{{{XADES}}}UnsignedProperties"
    )
    place = etree.SubElement(properties, f"{{{XADES}}}UnsignedSignatureProperties")
    etree.SubElement(place, f"{{{XADES}}}CounterSignature").append(counter)
    return root


class TestCanonicalForms:
    @pytest.mark.parametrize("method", ["", "http://www.w3.org/2000/09/xmldsig#base64", f"{EXCLUSIVE}x"])
    def test_of_signed_info_another(self, sign: Callable[..., etree._Element], method: str) -> None:
        root = sign()
        first(root, "CanonicalizationMethod").set("Algorithm", method)
        assert refused(root) == (9105, "Niedozwolona metoda kanonizacji.")

    def test_of_signed_info_none(self, sign: Callable[..., etree._Element]) -> None:
        root = sign()
        first(root, "SignedInfo").remove(first(root, "CanonicalizationMethod"))
        assert refused(root) == (9105, "Niedozwolona metoda kanonizacji.")

    def test_of_signed_info_unnamed(self, sign: Callable[..., etree._Element]) -> None:
        root = sign()
        del first(root, "CanonicalizationMethod").attrib["Algorithm"]
        assert refused(root) == (9105, "Niedozwolona metoda kanonizacji.")


class TestTransforms:
    @pytest.mark.parametrize("algorithm", [XSLT, "", f"{EXCLUSIVE}#WithComments"])
    def test_not_listed_of_the_document(self, sign: Callable[..., etree._Element], algorithm: str) -> None:
        root = sign(transforms=transform(ENVELOPED) + transform(algorithm) + transform(EXCLUSIVE))
        assert refused(root) == (9105, f"Niedozwolone przekształcenie: {algorithm}.")

    def test_not_listed_of_the_properties(self, sign: Callable[..., etree._Element]) -> None:
        root = sign()
        list(root.iter(f"{{{DS}}}Transform"))[-1].set("Algorithm", XSLT)
        assert refused(root) == (9105, f"Niedozwolone przekształcenie: {XSLT}.")

    @pytest.mark.parametrize(
        "drop",
        [
            xpath(),
            xpath("not(ancestor-or-self::ds:Signature[1])"),
            xpath(" not( ancestor-or-self::ds:Signature )\n"),
            filter2(),
            filter2("//ds:Signature"),
            transform(ENVELOPED),
        ],
    )
    def test_those_that_leave_the_signature_out(self, sign: Callable[..., etree._Element], drop: str) -> None:
        assert signature.is_request(accepted(sign(transforms=drop + transform(EXCLUSIVE))).request)

    @pytest.mark.parametrize(
        "drop",
        [
            xpath("true()"),
            xpath("not(ancestor-or-self::ds:Signature) or true()"),
            xpath("not(ancestor-or-self::ds:Signature[2])"),
            xpath("/descendant::ds:Signature"),
            filter2("not(ancestor-or-self::ds:Signature)"),
            filter2(kind="intersect"),
            filter2(kind="union"),
            filter2("/descendant::ds:Object"),
            transform(XPATH),
            xpath().replace("</ds:Transform>", "<ds:XPath>true()</ds:XPath></ds:Transform>"),
        ],
        ids=[
            *("everything", "or everything", "another", "the other's", "the one's", "intersect", "union"),
            *("other element", "empty", "two"),
        ],
    )
    def test_expressions_that_leave_out_something_else(
        self, sign: Callable[..., etree._Element], drop: str
    ) -> None:
        root = sign(transforms=transform(ENVELOPED) + drop + transform(EXCLUSIVE))
        assert refused(root) == (9105, "Niedozwolone wyrażenie XPath w przekształceniu.")

    def test_an_expression_whose_names_have_no_prefix(self, sign: Callable[..., etree._Element]) -> None:
        """To XPath such a name is of no namespace, and leaves nothing out."""
        text = etree.tostring(sign(transforms=xpath() + transform(EXCLUSIVE)))
        bare = text.replace(b"xmlns:ds=", b"xmlns=").replace(b"ds:", b"")
        assert refused(etree.fromstring(bare)) == (9105, "Niedozwolone wyrażenie XPath w przekształceniu.")

    @pytest.mark.parametrize(
        "drop", [xpath(), filter2(), transform(ENVELOPED)], ids=["xpath", "filter2", "enveloped"]
    )
    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_the_text_behind_the_signature_stays(
        self, sign: Callable[..., etree._Element], drop: str, place: int
    ) -> None:
        """Wherever the signature stands, the text before and behind it belongs to the document."""
        root = sign(transforms=drop + transform(EXCLUSIVE))
        made = first(root, "Signature")
        root.remove(made)
        root.insert(place, made)
        if place:
            before = root[place - 1]
            whole = before.tail or ""
            before.tail, made.tail = whole[:1], whole[1:]
        else:
            whole = root.text or ""
            root.text, made.tail = whole[:1], whole[1:]
        assert len(whole) > 1
        assert signature.is_request(accepted(root).request)
        made.tail = "\n"
        assert refused(root)[0] == 9105


class TestDigests:
    def test_foreign_ones_of_signed_parts(self, sign: Callable[..., etree._Element]) -> None:
        for place in (0, 1, 2):
            root = sign()
            list(root.iter(f"{{{DS}}}DigestMethod"))[place].set("Algorithm", MD5)
            assert refused(root) == (9105, f"Niedozwolony algorytm skrótu: {MD5}.")

    def test_foreign_ones_of_unsigned_properties(self, sign: Callable[..., etree._Element]) -> None:
        """Timestamps of XAdES-T and beyond are not KSeF's to judge."""
        accepted(countersigned(sign(), MD5))

    def test_foreign_ones_behind_unsigned_properties(self, sign: Callable[..., etree._Element]) -> None:
        root = countersigned(sign(), MD5)
        etree.SubElement(first(root, "Object"), f"{{{DS}}}DigestMethod", Algorithm=MD5)
        assert refused(root) == (9105, f"Niedozwolony algorytm skrótu: {MD5}.")


class TestSignatures:
    def test_countersignatures_do_not_count(self, sign: Callable[..., etree._Element]) -> None:
        accepted(countersigned(sign(), SHA256))

    def test_one_more_elsewhere_counts(self, sign: Callable[..., etree._Element]) -> None:
        for place in ("Object", "KeyInfo"):
            root = sign()
            etree.SubElement(first(root, place), f"{{{DS}}}Signature")
            assert refused(root)[0] == 9103

    def test_only_a_countersignature_is_none(self, sign: Callable[..., etree._Element]) -> None:
        root = etree.fromstring(XML)
        outer = etree.SubElement(root, f"{{{XADES}}}UnsignedProperties")
        outer.append(first(sign(), "Signature"))
        assert refused(root)[0] == 9102

    def test_deeper_than_the_top(self, sign: Callable[..., etree._Element]) -> None:
        root = sign()
        context = root.find(f"{{{AUTH}}}ContextIdentifier")
        assert context is not None
        context.append(first(root, "Signature"))
        assert refused(root) == (9105, "Podpis musi być otaczany albo otaczający.")

    def test_at_the_top_of_something_else(self, sign: Callable[..., etree._Element]) -> None:
        other = etree.Element("other")
        other.append(first(sign(), "Signature"))
        assert refused(other) == (21401, "Nieoczekiwany element główny: other.")
        deeper = etree.Element("other")
        deeper.append(sign())
        assert refused(deeper) == (21401, "Nieoczekiwany element główny: other.")


class TestReferences:
    @pytest.mark.parametrize("covered", ["document", "properties"])
    def test_of_half(self, sign: Callable[..., etree._Element], covered: str) -> None:
        assert refused(sign(references=covered)) == (
            9105,
            "Podpis XAdES musi obejmować dokument i SignedProperties.",
        )

    def test_three_and_four(self) -> None:
        """Some signers cover ``KeyInfo``, or the document's description, with a third one."""
        identity = self_signed(serial_number="TINPL-1112223334")

        class More(Signer):
            """Repeats the reference of the properties."""

            times = 1

            def _sign(self, data: bytes, key: object) -> bytes:
                info = etree.fromstring(data)
                for _ in range(self.times):
                    info.append(copy.deepcopy(info[-1]))
                return super()._sign(
                    etree.tostring(info, method="c14n", exclusive=True, with_comments=False), key
                )

        for times, count in ((1, 3), (2, 4)):
            signer = More()
            signer.times = times
            root = etree.fromstring(signer(XML, identity))
            info = first(root, "SignedInfo")
            for _ in range(times):
                info.append(copy.deepcopy(info[-1]))
            assert len(info.findall(f"{{{DS}}}Reference")) == count
            if count == 3:
                accepted(root)
            else:
                assert refused(root) == (9105, "Podpis XAdES musi obejmować dokument i SignedProperties.")


class TestIdentifiers:
    """An address must mean one element, or what is verified and what is read may differ."""

    WORDS = "Ten sam identyfikator nosi więcej niż jeden element."

    @pytest.mark.parametrize("inner", ["Id", "ID", "id"])
    @pytest.mark.parametrize("outer", ["Id", "ID", "id"])
    def test_nested(self, sign: Callable[..., etree._Element], outer: str, inner: str) -> None:
        root = sign(form="enveloping")
        holder = etree.SubElement(root, f"{{{DS}}}Object")
        holder.set(outer, "same")
        deep = etree.SubElement(etree.SubElement(holder, "a"), "b")
        deep.set(inner, "same")
        assert refused(root) == (9105, self.WORDS)

    def test_of_the_signed_one_far_away(self, sign: Callable[..., etree._Element]) -> None:
        root = sign(form="enveloping")
        far = etree.SubElement(root, f"{{{DS}}}Object")
        for level in range(5):
            far = etree.SubElement(far, "a", Id=f"level-{level}")
        etree.SubElement(far, "b", Id="document")
        assert refused(root) == (9105, self.WORDS)

    def test_others_may_stand_in_the_same_element_and_nearby(
        self, sign: Callable[..., etree._Element]
    ) -> None:
        root = sign(form="enveloping")
        holder = etree.SubElement(root, f"{{{DS}}}Object", Id="one")
        etree.SubElement(holder, "a", Id="two", ID="three", id="five")
        etree.SubElement(etree.SubElement(holder, "a", Id="four"), "b", Name="one")
        accepted(root)


class TestCertificates:
    @pytest.mark.parametrize("text", ["", "!!!!", "AAAA", base64.b64encode(b"no certificate").decode()])
    def test_unreadable(self, sign: Callable[..., etree._Element], text: str) -> None:
        root = sign()
        first(root, "X509Certificate").text = text
        assert refused(root) == (21115, "Nieczytelny certyfikat.")

    def test_letters_that_are_not_base64(self, sign: Callable[..., etree._Element]) -> None:
        """A lenient reader would skip them."""
        root = sign()
        place = first(root, "X509Certificate")
        place.text = f"!{place.text}"
        assert refused(root) == (21115, "Nieczytelny certyfikat.")

    @pytest.mark.parametrize("text", ["A", "żółć", ""])
    def test_a_digest_of_it_that_is_unreadable(self, sign: Callable[..., etree._Element], text: str) -> None:
        root = sign()
        first(first(root, "CertDigest", XADES), "DigestValue").text = text
        assert refused(root)[0] == 9105

    def test_spaces_and_lines_within(self, sign: Callable[..., etree._Element]) -> None:
        root = sign()
        place = first(root, "X509Certificate")
        text = place.text or ""
        place.text = "\n".join(["", *(f"  {text[at : at + 60]}" for at in range(0, len(text), 60)), ""])
        accepted(root)

    def test_none(self, sign: Callable[..., etree._Element]) -> None:
        assert refused(sign(key_info=False)) == (21115, "W podpisie brak certyfikatu (X509Certificate).")

    @pytest.mark.parametrize(
        "key", [ec.generate_private_key(ec.SECP256R1()), new_key("RSA")], ids=["EC", "RSA"]
    )
    def test_keys_just_strong_enough(self, key: object) -> None:
        identity = self_signed(serial_number="TINPL-1112223334", key=key)
        accepted(etree.fromstring(Signer()(XML, identity)))

    @pytest.mark.parametrize(
        "key", [ec.generate_private_key(ec.SECP224R1()), new_key("RSA1024")], ids=["EC", "RSA"]
    )
    def test_keys_that_are_too_short(self, key: object) -> None:
        identity = self_signed(serial_number="TINPL-1112223334", key=key)
        code, words = refused(etree.fromstring(Signer()(XML, identity)))
        assert (code, "2048" in words) == (21115, True)

    def test_a_key_of_another_kind(self, sign: Callable[..., etree._Element]) -> None:
        """Ed25519 is not on the guide's list."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding

        key = ed25519.Ed25519PrivateKey.generate()
        known = self_signed(serial_number="TINPL-1112223334").certificate
        made = (
            x509.CertificateBuilder(issuer_name=known.issuer, subject_name=known.subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(known.not_valid_before_utc)
            .not_valid_after(known.not_valid_after_utc)
            .sign(key, None)
        )
        root = sign()
        first(root, "X509Certificate").text = base64.b64encode(made.public_bytes(Encoding.DER)).decode()
        code, words = refused(root)
        assert (code, "2048" in words) == (21115, True)


class TestWhatIsSigned:
    def test_an_object_beside_the_request(self, sign: Callable[..., etree._Element]) -> None:
        """The signed properties and other objects are no request, whatever they hold."""
        root = sign(form="enveloping")
        etree.SubElement(root, f"{{{DS}}}Object").append(etree.fromstring(XML))
        request = accepted(root).request
        assert request.getparent().get("Id") == "document"  # type: ignore[union-attr]

    def test_a_request_deeper_in_the_signed_object(self) -> None:
        identity = self_signed(serial_number="TINPL-1112223334")
        holder = etree.Element("holder")
        holder.append(etree.fromstring(XML))
        signed = Signer(form="enveloping")(etree.tostring(holder), identity)
        assert refused(etree.fromstring(signed)) == (9105, "Podpis nie obejmuje dokumentu AuthTokenRequest.")

    def test_the_certificate_is_the_signers(self, sign: Callable[..., etree._Element]) -> None:
        subject = accepted(sign()).certificate.subject.rfc4514_string()
        assert "TINPL-1112223334" in subject

"""Logging in as a client would: certificates, documents, and a signer of our own that can also sign wrongly."""

from __future__ import annotations

import base64
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier
from ksef_emulator.config import Config
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.testing import Running, running_emulator
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ENVELOPED = DS + "enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"
NAMESPACES = {"2.0": "http://ksef.mf.gov.pl/auth/token/2.0", "2.1": "http://ksef.mf.gov.pl/auth/token/2.1"}
_nips = itertools.count(random.randint(10**6, 8 * 10**6))
_KEYS: dict[str, Any] = {}


def new_nip() -> str:
    """A NIP of the right shape that no other test uses."""
    return f"111{next(_nips):07d}"


def new_key(kind: str = "EC") -> Any:
    """EC P-256, or the one RSA 2048 key of this run (they take long to make)."""
    if kind == "EC":
        return ec.generate_private_key(ec.SECP256R1())
    if kind not in _KEYS:
        size = {"RSA": 2048, "RSA1024": 1024}[kind]
        _KEYS[kind] = rsa.generate_private_key(public_exponent=65537, key_size=size)
    return _KEYS[kind]


@dataclass(kw_only=True)
class Identity:
    """A key and a certificate."""

    key: Any = field(repr=False)
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex().upper()


def self_signed(
    *,
    serial_number: str | None = None,
    organization_identifier: str | None = None,
    organization: str = "Firma",
    common_name: str = "Jan Żółć",
    surname: str | None = None,
    kind: str = "EC",
    days: tuple[float, float] = (-1, 30),
    key: Any = None,
    signed_by: Any = None,
    issuer: str | None = None,
) -> Identity:
    """A certificate as TEST takes them; ``signed_by`` another key makes it an unknown authority's."""
    key = key or new_key(kind)
    values = [(NameOID.COUNTRY_NAME, "PL"), (NameOID.COMMON_NAME, common_name)]
    if organization_identifier or organization != "Firma":
        values.append((NameOID.ORGANIZATION_NAME, organization))
        if organization_identifier:
            values.append((ObjectIdentifier("2.5.4.97"), organization_identifier))
    else:
        values += [(NameOID.GIVEN_NAME, "Jan"), (NameOID.SURNAME, "Żółć")]
    if surname:
        values.append((NameOID.SURNAME, surname))
    if serial_number:
        values.append((NameOID.SERIAL_NUMBER, serial_number))
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in values])
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]) if issuer else name
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .sign(signed_by or key, hashes.SHA256())
    )
    return Identity(key=key, certificate=certificate)


def document(
    challenge: str,
    context: tuple[str, str],
    *,
    schema: str = "2.1",
    subject: str = "certificateSubject",
    extra: str = "",
    prefix: str = "",
) -> bytes:
    """An unsigned ``AuthTokenRequest``."""
    kind, value = context
    p, declared = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<{p}AuthTokenRequest {declared}="{NAMESPACES[schema]}">\n'
        f"  <{p}Challenge>{challenge}</{p}Challenge>\n"
        f"  <{p}ContextIdentifier>\n    <{p}{kind}>{value}</{p}{kind}>\n  </{p}ContextIdentifier>\n"
        f"  <{p}SubjectIdentifierType>{subject}</{p}SubjectIdentifierType>{extra}\n</{p}AuthTokenRequest>"
    ).encode()


@dataclass(kw_only=True)
class Signer:
    """XAdES-BES, written apart from the emulator's verifier; every knob is a way to sign rightly or wrongly."""

    form: str = "enveloped"
    canonical: str = EXCLUSIVE
    method: str | None = None
    transforms: str | None = None
    der: bool = False
    salt: int | None = None
    references: str = "both"
    certificate_digest: bytes | None = None
    digest: str = SHA256
    certificate_digest_method: str = SHA256
    key_info: bool = True
    bare: bool = False
    """Signature elements without a prefix, as .NET writes them."""
    before: tuple[x509.Certificate, ...] = ()
    """Certificates that stand before the signer's in ``KeyInfo``."""
    key_value: str = ""
    """``KeyValue`` as it is to stand before the certificates."""

    def __call__(self, xml: bytes, identity: Identity) -> bytes:
        root = etree.fromstring(xml)
        empty = self._empty(identity)
        signature = etree.fromstring(
            empty.replace("xmlns:ds", "xmlns").replace("ds:", "") if self.bare else empty
        )
        if self.form == "enveloped":
            digest = self._digest(root)
            root.append(signature)
            top, uri = root, ""
        elif self.form == "enveloping":
            holder = etree.SubElement(signature, f"{{{DS}}}Object", Id="document")
            holder.append(root)
            digest = self._digest(holder)
            top, uri = signature, "#document"
        elif self.form == "base64":
            holder = etree.SubElement(signature, f"{{{DS}}}Object", Id="document")
            holder.text = base64.b64encode(xml).decode()
            digest = _hashed(xml, self.digest)
            top, uri = signature, "#document"
        else:
            raise ValueError(self.form)
        properties = next(signature.iter(f"{{{XADES}}}SignedProperties"))
        info = signature.find(f"{{{DS}}}SignedInfo")
        assert info is not None
        if self.references != "properties":
            _reference(info, uri, self._transforms(), digest, self.digest)
        if self.references != "document":
            _reference(info, "#properties", _transform(self.canonical), self._digest(properties), self.digest)
        value = signature.find(f"{{{DS}}}SignatureValue")
        assert value is not None
        value.text = base64.b64encode(self._sign(_c14n(info, self.canonical), identity.key)).decode()
        return etree.tostring(top, xml_declaration=True, encoding="UTF-8")

    def _method(self, key: Any) -> str:
        return self.method or (
            f"{MORE}rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else f"{MORE}ecdsa-sha256"
        )

    def _transforms(self) -> str:
        if self.transforms is not None:
            return self.transforms
        if self.form == "base64":
            return _transform(DS + "base64")
        before = _transform(ENVELOPED) if self.form == "enveloped" else ""
        return before + _transform(self.canonical)

    def _sign(self, data: bytes, key: Any) -> bytes:
        name = self._method(key).rpartition("#")[2]
        algorithm = _hash_of(name)
        if "MGF1" in name:
            pss = padding.PSS(mgf=padding.MGF1(algorithm), salt_length=self.salt or algorithm.digest_size)
            return bytes(key.sign(data, pss, algorithm))
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, padding.PKCS1v15(), algorithm)
        signed: bytes = key.sign(data, ec.ECDSA(algorithm))
        if self.der:
            return signed
        r, s = decode_dss_signature(signed)
        size = (key.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    def _digest(self, element: etree._Element) -> bytes:
        return _hashed(_c14n(element, self.canonical), self.digest)

    def _empty(self, identity: Identity) -> str:
        der = identity.certificate.public_bytes(Encoding.DER)
        own = self.certificate_digest or _hashed(der, self.certificate_digest_method)
        digest = base64.b64encode(own).decode()
        certificates = "".join(
            f"<ds:X509Certificate>{base64.b64encode(item.public_bytes(Encoding.DER)).decode()}</ds:X509Certificate>"
            for item in (*self.before, identity.certificate)
        )
        key_info = f"<ds:KeyInfo>{self.key_value}<ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo>"
        if not self.key_info:
            key_info = ""
        return (
            f'<ds:Signature xmlns:ds="{DS}" Id="signature"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{self.canonical}"/>'
            f'<ds:SignatureMethod Algorithm="{self._method(identity.key)}"/></ds:SignedInfo><ds:SignatureValue/>'
            f"{key_info}<ds:Object>"
            f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#signature">'
            '<xades:SignedProperties Id="properties"><xades:SignedSignatureProperties>'
            f"<xades:SigningTime>{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</xades:SigningTime>"
            f"<xades:SigningCertificate><xades:Cert><xades:CertDigest>"
            f'<ds:DigestMethod Algorithm="{self.certificate_digest_method}"/>'
            f"<ds:DigestValue>{digest}</ds:DigestValue></xades:CertDigest><xades:IssuerSerial>"
            "<ds:X509IssuerName>CN=x</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber>"
            "</xades:IssuerSerial></xades:Cert></xades:SigningCertificate></xades:SignedSignatureProperties>"
            "</xades:SignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature>"
        )


def _transform(algorithm: str, inner: str = "") -> str:
    return f'<ds:Transform xmlns:ds="{DS}" Algorithm="{algorithm}">{inner}</ds:Transform>'


def xpath(expression: str = "not(ancestor-or-self::ds:Signature)") -> str:
    """The XPath transform of the guide."""
    return _transform(XPATH, f"<ds:XPath>{expression}</ds:XPath>")


def filter2(expression: str = "/descendant::ds:Signature", kind: str = "subtract") -> str:
    """The XPath filter 2 transform."""
    return _transform(FILTER2, f'<f:XPath xmlns:f="{FILTER2}" Filter="{kind}">{expression}</f:XPath>')


def transform(algorithm: str) -> str:
    """Any transform."""
    return _transform(algorithm)


def _reference(info: etree._Element, uri: str, transforms: str, digest: bytes, method: str) -> None:
    kind = ' Type="http://uri.etsi.org/01903#SignedProperties"' if uri == "#properties" else ""
    info.append(
        etree.fromstring(
            f'<ds:Reference xmlns:ds="{DS}" URI="{uri}"{kind}><ds:Transforms>{transforms}</ds:Transforms>'
            f'<ds:DigestMethod Algorithm="{method}"/>'
            f"<ds:DigestValue>{base64.b64encode(digest).decode()}</ds:DigestValue></ds:Reference>"
        )
    )


def _c14n(element: etree._Element, algorithm: str) -> bytes:
    exclusive = algorithm.startswith(EXCLUSIVE)
    comments = algorithm.endswith("WithComments")
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(alone, method="c14n", exclusive=exclusive, with_comments=comments)


def _hash_of(algorithm: str) -> hashes.HashAlgorithm:
    """The hash that an algorithm's address names."""
    names = {
        "sha3-512": hashes.SHA3_512,
        "sha3-384": hashes.SHA3_384,
        "sha3-256": hashes.SHA3_256,
        "sha3-224": hashes.SHA3_224,
        "sha512": hashes.SHA512,
        "sha384": hashes.SHA384,
        "sha224": hashes.SHA224,
        "sha1": hashes.SHA1,
        "md5": hashes.MD5,
    }
    result = next(
        (made for name, made in names.items() if name in algorithm.rpartition("#")[2]), hashes.SHA256
    )
    return result()


def _hashed(data: bytes, algorithm: str) -> bytes:
    digest = hashes.Hash(_hash_of(algorithm))
    digest.update(data)
    return digest.finalize()


@dataclass(kw_only=True)
class Door:
    """A client at the emulator's door."""

    running: Running
    http: httpx2.Client

    @property
    def emulator(self) -> Any:
        return self.running.emulator

    def call(self, method: str, path: str, token: str = "", **more: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= more.pop("headers", {})
        return self.http.request(method, f"{self.running.url}/v2{path}", headers=headers, **more)

    def challenge(self) -> str:
        return str(self.call("POST", "/auth/challenge").json()["challenge"])

    def send(self, xml: bytes, query: str = "") -> httpx2.Response:
        return self.call(
            "POST", f"/auth/xades-signature{query}", content=xml, headers={"Content-Type": "application/xml"}
        )

    def submit(
        self, identity: Identity, context: tuple[str, str], *, signer: Signer | None = None, **options: Any
    ) -> httpx2.Response:
        query = options.pop("query", "")
        xml = document(options.pop("challenge", None) or self.challenge(), context, **options)
        return self.send((signer or Signer())(xml, identity), query)

    def status(self, submitted: httpx2.Response) -> dict[str, Any]:
        body = submitted.json()
        token = body["authenticationToken"]["token"]
        result = self.call("GET", f"/auth/{body['referenceNumber']}", token)
        assert result.status_code == 200, result.text
        return dict(result.json()["status"])

    def redeem(self, submitted: httpx2.Response) -> httpx2.Response:
        return self.call("POST", "/auth/token/redeem", submitted.json()["authenticationToken"]["token"])

    def tokens(self, identity: Identity, context: tuple[str, str], **options: Any) -> tuple[str, str]:
        """Log in; the access and the refresh token."""
        submitted = self.submit(identity, context, **options)
        assert submitted.status_code == 202, submitted.text
        assert self.status(submitted)["code"] == 200, self.status(submitted)
        body = self.redeem(submitted).json()
        return body["accessToken"]["token"], body["refreshToken"]["token"]


def code(answer: httpx2.Response) -> int:
    """KSeF's code of a refused request."""
    assert answer.status_code == 400, answer.text
    return int(answer.json()["exception"]["exceptionDetailList"][0]["exceptionCode"])


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    with running_emulator(Config(progress=AT_ONCE)) as one:
        yield one


@pytest.fixture
def door(running: Running) -> Iterator[Door]:
    with httpx2.Client(trust_env=False, timeout=20) as http:
        yield Door(running=running, http=http)
    running.emulator.clock.reset()
    running.emulator.metadata.lag = timedelta()
    running.emulator.behaviour.sha1 = "accepted"


@pytest.fixture
def owner(door: Door) -> Callable[..., tuple[Identity, tuple[str, str]]]:
    """An owner: a certificate with a NIP, and the context of that NIP."""

    def make(**options: Any) -> tuple[Identity, tuple[str, str]]:
        nip = new_nip()
        return self_signed(serial_number=f"TINPL-{nip}", **options), ("Nip", nip)

    return make

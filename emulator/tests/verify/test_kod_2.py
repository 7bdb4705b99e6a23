"""The page behind KOD II: every step of the guide, held and broken (ksef-docs kody-qr.md)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from ksef_emulator.model.access.grants import Grant, Identifier, Kind
from ksef_emulator.model.access.permissions import Permission
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.subjects import Subject, SubjectType

from ..login.conftest import Door, new_key, new_nip, self_signed

DIGEST = "UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE"
STEPS = ("register", "type", "valid", "signature", "holder", "seller")


def base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(kw_only=True)
class Issuer:
    """A certificate of KSeF and its key; how it signs can be changed."""

    key: Any
    serial: str
    nip: str
    host: str
    der: bool = False
    salt: int = 32

    def link(self, *, context: str = "", seller: str = "", digest: str = DIGEST, serial: str = "") -> str:
        path = f"{context or 'Nip/' + self.nip}/{seller or self.nip}/{serial or self.serial}/{digest}"
        unsigned = f"/qr/certificate/{path}"
        return f"{unsigned}/{base64url(self.sign(f'{self.host}{unsigned}'.encode()))}"

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=self.salt)
            return self.key.sign(data, pss, hashes.SHA256())
        signed: bytes = self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        if self.der:
            return signed
        r, s = decode_dss_signature(signed)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@pytest.fixture
def issuer(door: Door) -> Callable[..., Issuer]:
    """Somebody with an Offline certificate; by default the firm itself, by its NIP."""

    def make(
        kind: str = "EC",
        *,
        usage: str = "Offline",
        subject: Subject | None = None,
        starts: timedelta = timedelta(),
    ) -> Issuer:
        nip, emulator = new_nip(), door.emulator
        key = new_key() if kind == "EC" else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = self_signed(serial_number=f"TINPL-{nip}").certificate.subject
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
        made = emulator.certificates.enrol(
            subject or Subject(type=SubjectType.NIP, value=nip),
            name="Offline",
            usage=usage,
            request=request,
            valid_from=emulator.clock.now() + starts,
        )
        return Issuer(key=key, serial=made.serial, nip=nip, host=door.running.url.removeprefix("http://"))

    return make


@pytest.fixture
def failed(look: Any) -> Callable[[str], set[str]]:
    """The steps that the page says do not hold; the verdict above them must agree."""

    def steps(path: str) -> set[str]:
        page = look(path)
        assert page.status_code == 200, page.text
        marks = re.findall(r'<li class="(yes|no)">', page.text)
        assert len(marks) == len(STEPS)
        result = {step for step, mark in zip(STEPS, marks, strict=True) if mark == "no"}
        verdict = "Wystawca nie jest potwierdzony" if result else "Wystawca jest autentyczny"
        assert verdict in page.text
        return result

    return steps


class TestSignatures:
    @pytest.mark.parametrize("kind", ["EC", "RSA"])
    def test_right(self, kind: str, issuer: Any, failed: Any) -> None:
        assert failed(issuer(kind).link()) == set()

    def test_as_der(self, issuer: Any, failed: Any) -> None:
        assert failed(replace(issuer(), der=True).link()) == set()

    def test_in_english(self, issuer: Any, look: Any) -> None:
        page = look(issuer().link() + "?lang=en")
        assert "The issuer is authentic" in page.text

    def test_says_what_holds_and_what_does_not(self, issuer: Any, look: Any) -> None:
        made = issuer()
        right, wrong = look(made.link()).text, look(made.link(serial="0123456789ABCDEF")).text
        for holds, fails in (
            ("Certyfikat istnieje", "Certyfikat nie istnieje"),
            ("Certyfikat jest aktywny", "Certyfikat nie jest aktywny"),
            ("Podpis wystawcy jest prawidłowy", "Podpis wystawcy jest nieprawidłowy"),
            ("Wystawca posiada uprawnienia", "Wystawca nie posiada uprawnień"),
        ):
            assert holds in right and fails not in right
            assert fails in wrong and holds not in wrong

    def test_another_salt(self, issuer: Any, failed: Any) -> None:
        assert failed(replace(issuer("RSA"), salt=20).link()) == {"signature"}

    def test_another_key(self, issuer: Any, failed: Any) -> None:
        assert failed(replace(issuer(), key=new_key()).link()) == {"signature"}

    def test_another_invoice(self, issuer: Any, failed: Any) -> None:
        other = base64url(b"x" * 32)
        assert failed(issuer().link().replace(DIGEST, other)) == {"signature"}

    def test_another_environment(self, issuer: Any, failed: Any) -> None:
        assert failed(replace(issuer(), host="qr-test.ksef.mf.gov.pl").link()) == {"signature"}

    def test_the_address_that_the_reader_used(self, issuer: Any, failed: Any, look: Any) -> None:
        path = replace(issuer(), host="qr.example.pl").link()
        assert failed(path) == {"signature"}
        assert "Wystawca jest autentyczny" in look(path, Host="qr.example.pl").text

    def test_an_address_without_tls(self, issuer: Any, failed: Any) -> None:
        """Clients take the protocol away by looking for „https://"."""
        made = issuer()
        assert failed(replace(made, host=f"http://{made.host}").link()) == set()

    @pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\xff" * 64, b"\x30\x00", b"z" * 300])
    def test_rubbish(self, signature: bytes, issuer: Any, failed: Any, look: Any) -> None:
        path = issuer().link().rpartition("/")[0] + "/" + base64url(signature)
        if signature:
            assert failed(path) == {"signature"}
        else:
            assert look(path).status_code == 404


class TestCertificate:
    def test_that_nobody_has(self, issuer: Any, failed: Any) -> None:
        path = issuer().link(serial="0123456789ABCDEF")
        assert failed(path) == {"register", "type", "valid", "signature", "holder"}

    def test_for_logging_in(self, issuer: Any, failed: Any) -> None:
        assert failed(issuer(usage="Authentication").link()) == {"type"}

    def test_revoked(self, issuer: Any, failed: Any, door: Door) -> None:
        made = issuer()
        door.emulator.certificates.revoke(made.serial, "KeyCompromise")
        assert failed(made.link()) == {"valid"}

    def test_not_yet_valid(self, issuer: Any, failed: Any, door: Door) -> None:
        path = issuer(starts=timedelta(days=30)).link()
        assert failed(path) == {"valid"}
        door.emulator.clock.move(timedelta(days=31))
        assert failed(path) == set()

    def test_expired(self, issuer: Any, failed: Any, door: Door) -> None:
        path = issuer().link()
        door.emulator.clock.move(timedelta(days=731))
        assert failed(path) == {"valid"}


class TestWho:
    def test_a_stranger(self, issuer: Any, failed: Any) -> None:
        firm = new_nip()
        assert failed(issuer().link(context=f"Nip/{firm}", seller=firm)) == {"holder"}

    @pytest.mark.parametrize(
        ("permission", "missing"), [("InvoiceWrite", set()), ("InvoiceRead", {"holder"})]
    )
    def test_an_accountant(
        self, permission: str, missing: set[str], issuer: Any, failed: Any, door: Door
    ) -> None:
        firm, accountant = new_nip(), Subject(type=SubjectType.PESEL, value="88010112345")
        made = issuer(subject=accountant)
        door.emulator.permissions.grant(firm, accountant, [(Permission(permission), "faktury")])
        assert failed(made.link(context=f"Nip/{firm}", seller=firm)) == missing
        door.emulator.permissions.revoke(firm, accountant)
        assert failed(made.link(context=f"Nip/{firm}", seller=firm)) == {"holder"}

    def test_another_seller(self, issuer: Any, failed: Any) -> None:
        assert failed(issuer().link(seller=new_nip())) == {"seller"}

    @pytest.mark.parametrize("scope", ["SelfInvoicing", "RRInvoicing", "TaxRepresentative"])
    def test_another_seller_who_let_it_issue(self, scope: str, issuer: Any, failed: Any, door: Door) -> None:
        """A buyer who bills himself or buys from a flat-rate farmer, and a tax representative."""
        made, seller = issuer(), new_nip()
        owner, entity = (Identifier(type="Nip", value=nip) for nip in (seller, made.nip))
        grant = Grant(
            kind=Kind.AUTHORIZATION,
            context=owner,
            giver=owner,
            subject=entity,
            author=owner,
            permission=scope,
            description="Wystawianie faktur",
        )
        door.emulator.permissions.grants.add([grant])
        assert failed(made.link(seller=seller)) == set()

    @pytest.mark.parametrize("kind", ["VatGroup", "JST"])
    def test_a_unit_issues_for_its_parent(self, kind: str, issuer: Any, failed: Any, door: Door) -> None:
        made, parent = issuer(), new_nip()
        subject = {
            "subjectNip": parent,
            "subjectType": kind,
            "description": "jednostka nadrzędna",
            "subunits": [{"subjectNip": made.nip, "description": "jednostka podrzędna"}],
        }
        assert door.call("POST", "/testdata/subject", json=subject).is_success
        assert failed(made.link(seller=parent)) == set()
        assert door.call("POST", "/testdata/subject/remove", json={"subjectNip": parent}).is_success
        assert failed(made.link(seller=parent)) == {"seller"}

    def test_a_unit_with_an_internal_number(self, issuer: Any, failed: Any, door: Door) -> None:
        made = issuer()
        unit = Context(type=ContextType.INTERNAL_ID, value=f"{made.nip}-12345")
        link = made.link(context=f"InternalId/{unit.value}")
        assert failed(link) == {"holder"}
        give(door, unit, Subject(type=SubjectType.NIP, value=made.nip), Permission.INVOICE_WRITE)
        assert failed(link) == set()

    def test_a_bailiff_issues_for_anybody(self, issuer: Any, failed: Any, door: Door) -> None:
        made = issuer()
        person = {"nip": made.nip, "pesel": "77010112345", "isBailiff": True, "description": "Komornik"}
        assert door.call("POST", "/testdata/person", json=person).is_success
        assert failed(made.link(seller=new_nip())) == set()


@pytest.mark.parametrize(
    "path",
    [
        "Nip/1111111111/1111111111/01F20A5D352AE590/short/c2ln",
        "Nip/1111111111/1111111111/01f20a5d352ae590/{digest}/c2ln",
        "Nip/111/1111111111/01F20A5D352AE590/{digest}/c2ln",
        "Regon/1111111111/1111111111/01F20A5D352AE590/{digest}/c2ln",
        "Nip/1111111111/111111111/01F20A5D352AE590/{digest}/c2ln",
        "Nip/1111111111/1111111111/01F20A5D352AE590/{digest}/c2ln=",
    ],
)
def test_a_damaged_link(path: str, look: Any) -> None:
    page = look("/qr/certificate/" + path.format(digest=DIGEST))
    assert page.status_code == 400
    assert "Ten link jest uszkodzony" in page.text


def give(door: Door, context: Context, subject: Subject, permission: Permission) -> None:
    """What the unit's administrator would grant."""
    where = Identifier(type=context.type, value=context.value)
    who = Identifier(type=subject.type, value=subject.value)
    grant = Grant(
        kind=Kind.PERSON,
        context=where,
        giver=where,
        subject=who,
        author=who,
        permission=permission,
        description="Wystawianie faktur",
    )
    door.emulator.permissions.grants.add([grant])

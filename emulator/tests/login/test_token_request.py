"""The login document's own check says what the official schema says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ksef_emulator.login import token_request
from ksef_emulator.login.token_request import Policy
from ksef_emulator.problems import Problem
from lxml import etree

from .conftest import NAMESPACES, document

CHALLENGE = "20261123-CR-0123456789-ABCDEF0123-4F"
GOOD = document(CHALLENGE, ("Nip", "5265877635")).decode()
POLICY = "<AuthorizationPolicy><AllowedIps>{}</AllowedIps></AuthorizationPolicy>"
CONTEXTS = {
    "Nip": [
        "5265877635",
        "0265877635",
        "5005877635",
        "526587763",
        "52658776355",
        " 5265877635",
        "５265877635",
        "",
    ],
    "InternalId": ["5265877635-12345", "5265877635-1234", "5265877635", "5265877635-123456"],
    "NipVatUe": [
        "5265877635-DE123456789",
        "5265877635-DE12345678",
        "5265877635-ATU12345678",
        "5265877635-BE0123456789",
        "5265877635-BE2123456789",
        "5265877635-ESX1234567X",
        "5265877635-ES123456789",
        "5265877635-FRAB123456789",
        "5265877635-IE1A12345A",
        "5265877635-IE1234567AB",
        "5265877635-NLAB+*12345678",
        "5265877635-RO12",
        "5265877635-RO1",
        "5265877635-XIGD123",
        "5265877635-XI123456789012",
        "5265877635-PL1234567890",
        "DE123456789",
    ],
    "PeppolId": ["PPL123456", "PPL12345", "PP1123456", "XPL123456", "PPL1234567"],
    "Pesel": ["88010112345"],
}
ADDRESSES = {
    "Ip4Address": [
        "10.0.0.1",
        "255.255.255.255",
        "256.0.0.1",
        "10.0.0",
        "01.0.0.1",
        "10.0.0.1/8",
        "",
        " 10.0.0.1 ",
    ],
    "Ip4Range": [
        "10.0.0.1-10.0.0.9",
        "10.0.0.1",
        "10.0.0.1–10.0.0.9",
        "10.0.0.1-10.0.0.256",
        "10.0.0.1-",
        "-10.0.0.1",
        "10.0.0-10.0.0.9",
    ],
    "Ip4Mask": [
        "10.0.0.0/8",
        "10.0.0.0/0",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/-1",
    ],
}


def reads(xml: str) -> bool:
    """Whether our check takes it; it refuses only in its own way."""
    try:
        token_request.read(etree.fromstring(xml.encode()))
    except Problem as problem:
        assert problem.code == 21401
        assert problem.details
        return False
    return True


def variants() -> list[str]:
    """Documents at the borders of every rule."""
    texts = [GOOD]
    for kind, values in CONTEXTS.items():
        texts += [document(CHALLENGE, (kind, value)).decode() for value in values]
    for name, values in ADDRESSES.items():
        texts += [
            GOOD.replace("</Auth", POLICY.format(f"<{name}>{value}</{name}>") + "</Auth") for value in values
        ]
        for count in (2, 10, 11):
            many = f"<{name}>{values[0]}</{name}>" * count
            texts.append(GOOD.replace("</Auth", POLICY.format(many) + "</Auth"))
    both = "<Ip4Address>10.0.0.1</Ip4Address><Ip4Mask>10.0.0.0/8</Ip4Mask>"
    wrong = "<Ip4Mask>10.0.0.0/8</Ip4Mask><Ip4Address>10.0.0.1</Ip4Address>"
    texts += [
        GOOD.replace("</Auth", POLICY.format(inner) + "</Auth") for inner in (both, wrong, "", "x", "<A/>")
    ]
    texts += [
        GOOD.replace("</Auth", item + "</Auth") for item in ("<AuthorizationPolicy/>", "<Other/>", "text")
    ]
    empty = POLICY.format("")
    texts += [
        GOOD.replace("</Auth", empty.replace("</AuthorizationP", f"{more}</AuthorizationP") + "</Auth")
        for more in ("<AllowedIps/>", "<Other/>")
    ]
    texts += [
        GOOD.replace(CHALLENGE, value)
        for value in (
            CHALLENGE.lower(),
            CHALLENGE[:-1],
            CHALLENGE + "0",
            f"  {CHALLENGE}\n",
            CHALLENGE.replace("CR", "XX"),
            CHALLENGE.replace("-CR", " CR"),
            "",
        )
    ]
    texts += [
        GOOD.replace("certificateSubject", value)
        for value in (
            "certificateFingerprint",
            "certificatesubject",
            " certificateSubject ",
            "certificate Subject",
            "",
        )
    ]
    challenge = f"  <Challenge>{CHALLENGE}</Challenge>\n"
    texts += [
        GOOD.replace(challenge, ""),
        GOOD.replace(challenge, challenge * 2),
        GOOD.replace(challenge, "").replace("</Auth", challenge + "</Auth"),
        GOOD.replace("<Nip>5265877635</Nip>", ""),
        GOOD.replace("<Nip>5265877635</Nip>", "<Nip>5265877635</Nip>" * 2),
        GOOD.replace("<Nip>5265877635</Nip>", "<Nip><b/>5265877635</Nip>"),
        GOOD.replace("<Nip>5265877635</Nip>", "<Nip>5265<!-- a comment -->877635</Nip>"),
        GOOD.replace("<Nip>5265877635</Nip>", '<Nip xmlns="urn:other">5265877635</Nip>'),
        GOOD.replace("<Nip>", '<Nip id="1">'),
        GOOD.replace("<Challenge>", '<Challenge id="1">'),
        GOOD.replace("<ContextIdentifier>", '<ContextIdentifier a="1">'),
        GOOD.replace("<AuthTokenRequest ", '<AuthTokenRequest Id="1" '),
        GOOD.replace("<AuthTokenRequest ", '<AuthTokenRequest xmlns:xsd="http://www.w3.org/2001/XMLSchema" '),
        GOOD.replace("<SubjectIdentifierType>", "loose text<SubjectIdentifierType>"),
        GOOD.replace("<SubjectIdentifierType>", "<!-- a comment --><SubjectIdentifierType>"),
        GOOD.replace("token/2.1", "token/2.2"),
        GOOD.replace(f' xmlns="{NAMESPACES["2.1"]}"', ""),
    ]
    return [item.split("?>\n", 1)[1] for item in texts]


@pytest.fixture(scope="module")
def official(shared: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared / "spec" / "xsd" / "auth" / "schemat_auth_v2-1.xsd"))


@pytest.fixture(scope="module")
def shared() -> Path:
    return Path(__file__).resolve().parents[4] / "shared"


# The official patterns of these two are written with ^ and $, which an XSD pattern takes for characters: as they
# stand they would match nothing that a person would write. KSeF takes such contexts, so the anchors are not meant.
MISWRITTEN = ("<NipVatUe>", "<PeppolId>")


@pytest.mark.shared
@pytest.mark.parametrize(
    "xml", [variant for variant in variants() if not any(one in variant for one in MISWRITTEN)]
)
def test_as_the_official_schema(xml: str, official: etree.XMLSchema) -> None:
    assert reads(xml) == official.validate(etree.fromstring(xml.encode()))


@pytest.mark.shared
@settings(max_examples=150)
@given(data=st.data())
def test_any_change_is_judged_as_by_the_schema(data: Any) -> None:
    """One character taken out, put in or replaced, anywhere in the elements' text."""
    shared = Path(__file__).resolve().parents[4] / "shared"
    schema = etree.XMLSchema(etree.parse(shared / "spec" / "xsd" / "auth" / "schemat_auth_v2-1.xsd"))
    root = etree.fromstring(GOOD.encode())
    leaf = data.draw(st.sampled_from([element for element in root.iter() if not len(element)]))
    text = leaf.text or ""
    at = data.draw(st.integers(0, len(text)))
    letter = data.draw(st.sampled_from(["", "0", "9", "A", "a", "-", " ", "\n", "ż"]))
    leaf.text = text[:at] + letter + text[at + data.draw(st.integers(0, 1)) :]
    assert reads(etree.tostring(root).decode()) == schema.validate(root)


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        ("NipVatUe", {*CONTEXTS["NipVatUe"]} - {"DE123456789"}),
        ("PeppolId", {"PPL123456"}),
    ],
)
def test_contexts_whose_official_pattern_is_miswritten(kind: str, good: set[str]) -> None:
    bad = {"DE12345678", "BE2123456789", "ES123456789", "RO1", "PL1234567890"}
    for value in CONTEXTS[kind]:
        expected = value in good and value.partition("-")[2] not in bad
        assert reads(document(CHALLENGE, (kind, value)).decode().split("?>\n", 1)[1]) is expected, value


@pytest.mark.parametrize("schema", ["2.0", "2.1"])
def test_what_it_reads(schema: str) -> None:
    extra = POLICY.format(
        "<Ip4Address>10.0.0.1</Ip4Address><Ip4Range>10.0.1.1-10.0.1.9</Ip4Range>"
        "<Ip4Mask>10.0.2.0/24</Ip4Mask>"
    )
    xml = document(CHALLENGE, ("InternalId", "5265877635-12345"), schema=schema, extra=extra)
    value = token_request.read(etree.fromstring(xml))
    assert value.challenge == CHALLENGE
    assert (value.context.type, value.context.value, value.context.nip) == (
        "InternalId",
        "5265877635-12345",
        "5265877635",
    )
    assert not value.by_fingerprint
    assert value.policy == Policy(
        addresses=("10.0.0.1",), ranges=("10.0.1.1-10.0.1.9",), masks=("10.0.2.0/24",)
    )


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("10.0.0.1", True),
        ("10.0.0.2", False),
        ("10.0.1.5", True),
        ("10.0.1.10", False),
        ("10.0.2.255", True),
        ("10.0.3.0", False),
        ("::1", False),
        ("", False),
    ],
)
def test_a_policy(address: str, allowed: bool) -> None:
    policy = Policy(
        addresses=("10.0.0.9", "10.0.0.1"),
        ranges=("10.9.0.1-10.9.0.2", "10.0.1.1-10.0.1.9"),
        masks=("10.9.2.0/24", "10.0.2.7/24"),
    )
    assert policy.allows(address) is allowed
    assert Policy().allows(address)

"""What people upload instead of the signed document, and that the right one is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from liczydlo import ksef
from liczydlo.ksef import xades
from liczydlo.ksef.signed_request import MOST, TEXTS, SignedRequestError, examine

NIP = "5265877635"
UNSIGNED = ksef.login_document(ksef.Context(value=NIP), "20260302-CR-461EA5B000-537A6BA15D-D7")
EARLIER = ksef.login_document(ksef.Context(value=NIP), "20260302-CR-461EA5B000-537A6BA15D-00")
ANOTHERS = ksef.login_document(ksef.Context(value="8567346215"), "20260302-CR-461EA5B000-537A6BA15D-D7")


@pytest.fixture
def refusal(now: datetime) -> Callable[[bytes], str]:
    """The code that a file is refused with; its text exists in both languages."""

    def refused(upload: bytes) -> str:
        with pytest.raises(SignedRequestError) as found:
            examine(upload, unsigned=UNSIGNED, now=now)
        assert found.value.text("pl") != found.value.text("en")
        assert "{" not in found.value.text("pl") + found.value.text("en")
        return found.value.code

    return refused


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_the_document_that_was_given_out_is_taken_and_its_signer_is_told(
    kind: str, credential: Any, now: datetime
) -> None:
    pair = credential(kind)
    signed = xades.sign(UNSIGNED, pair, signing_time=now)
    assert examine(signed, unsigned=UNSIGNED, now=now) == pair.certificate


def test_a_signature_around_the_document_is_taken(credential: Any, now: datetime) -> None:
    body = UNSIGNED.split(b"?>", 1)[1]
    around = b'<ds:Signature xmlns:ds="%s"><ds:Object>%s</ds:Object></ds:Signature>' % (
        xades.DS.encode(),
        body,
    )
    assert examine(around, unsigned=UNSIGNED, now=now) is None  # it carries no certificate; KSeF will say so


def test_white_space_between_elements_does_no_harm(credential: Any, now: datetime) -> None:
    pair = credential()
    spaced = UNSIGNED.replace(b"><", b">\n  <")
    assert examine(xades.sign(spaced, pair, signing_time=now), unsigned=UNSIGNED, now=now) == pair.certificate


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (b"", "empty-file"),
        (b" \n", "empty-file"),
        (b"<a>" + b" " * MOST, "too-large"),
        (b"nonsense", "not-xml"),
        (b"<!DOCTYPE a []><a/>", "not-xml"),
        (b"PK\x03\x04 an ASiC container", "detached"),
        (b"0\x82\x10\x00 CMS", "detached"),
        (b"%PDF-1.7", "detached"),
        (b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>', "detached"),
        (b"<Faktura/>", "not-a-request"),
        (UNSIGNED, "unsigned"),
    ],
)
def test_other_files(upload: bytes, code: str, refusal: Callable[[bytes], str]) -> None:
    assert refusal(upload) == code


def test_documents_that_are_not_this_one(
    credential: Any, now: datetime, refusal: Callable[[bytes], str]
) -> None:
    pair = credential()

    def signed(document: bytes) -> bytes:
        return xades.sign(document, pair, signing_time=now)

    assert refusal(signed(EARLIER)) == "other-attempt"
    assert refusal(signed(ANOTHERS)) == "other-company"
    assert refusal(signed(signed(UNSIGNED))) == "several-signatures"
    changed = signed(UNSIGNED).replace(b"certificateSubject", b"certificateFingerprint")
    assert refusal(changed) == "altered"
    added = UNSIGNED.replace(b"</AuthTokenRequest>", b"<Extra/></AuthTokenRequest>")
    assert refusal(signed(added)) == "altered"


def test_certificates_that_are_not_valid_now(credential: Any, now: datetime) -> None:
    pair = credential()
    signed = xades.sign(UNSIGNED, pair, signing_time=now)
    for moment, code in (
        (pair.not_after + timedelta(seconds=1), "signer-expired"),
        (pair.not_before - timedelta(seconds=1), "signer-not-yet"),
    ):
        with pytest.raises(SignedRequestError, match=code):
            examine(signed, unsigned=UNSIGNED, now=moment)


def test_every_text_exists_in_both_languages() -> None:
    assert all(pl and en and pl != en for pl, en in TEXTS.values())

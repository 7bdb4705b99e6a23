"""Requests as ASP.NET reads them: members in any letters, moments with seven digits."""

from __future__ import annotations

import pytest
from ksef_emulator.api.contract.auth import InitTokenAuthenticationRequest
from ksef_emulator.api.contract.invoices import InvoiceQueryDateRange
from pydantic import ValidationError

CHALLENGE = "20261123-CR-0000000000-0000000000-00"


@pytest.mark.parametrize("write", [str, str.lower, str.upper, lambda name: name[0].upper() + name[1:]])
def test_names_in_any_letters(write):
    result = InitTokenAuthenticationRequest.model_validate(
        {
            write("challenge"): CHALLENGE,
            write("contextIdentifier"): {write("type"): "Nip", write("value"): "5265877635", "unknown": 1},
            write("encryptedToken"): "AAAA",
        }
    )
    assert result.challenge == CHALLENGE
    assert result.contextIdentifier.value == "5265877635"


def test_a_name_that_python_keeps_for_itself():
    body = {"DateType": "Issue", "From": "2026-01-01T00:00:00Z"}
    assert InvoiceQueryDateRange.model_validate(body).from_.year == 2026


def test_the_exact_name_goes_first():
    body = {"challenge": CHALLENGE, "Challenge": "x", "contextIdentifier": {}, "encryptedToken": "AAAA"}
    with pytest.raises(ValidationError) as refused:
        InitTokenAuthenticationRequest.model_validate(body)
    assert {error["loc"] for error in refused.value.errors()} == {
        ("contextIdentifier", "type"),
        ("contextIdentifier", "value"),
    }


@pytest.mark.parametrize(
    ("written", "microsecond"),
    [
        ("00.1234560Z", 123456),
        ("00.1234561Z", 123457),
        ("00.0000001+01:00", 1),
        ("00Z", 0),
        ("00.5Z", 500_000),
    ],
)
def test_moments_finer_than_microseconds(written, microsecond):
    body = {"dateType": "Issue", "from": f"2026-01-01T00:00:{written}"}
    assert InvoiceQueryDateRange.model_validate(body).from_.microsecond == microsecond


@pytest.mark.parametrize("word", ["Issue", "issue", "ISSUE"])
def test_words_in_any_letters(word):
    body = {"dateType": word, "from": "2026-01-01T00:00:00Z"}
    assert InvoiceQueryDateRange.model_validate(body).dateType == "Issue"


@pytest.mark.parametrize("word", ["Issues", "", 1, None])
def test_words_that_are_none(word):
    with pytest.raises(ValidationError):
        InvoiceQueryDateRange.model_validate({"dateType": word, "from": "2026-01-01T00:00:00Z"})

"""Checksums, Polish days, decryption."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from hypothesis import given
from hypothesis import strategies as st
from ksef_emulator.intake.cipher import decrypt
from ksef_emulator.intake.facts import grosze
from ksef_emulator.intake.identifiers import (
    crc8,
    internal_id_checksum_holds,
    ksef_number,
    ksef_number_holds,
    nip_checksum_holds,
)
from ksef_emulator.intake.polish_time import from_polish_local, in_poland, polish_day
from ksef_emulator.intake.refusals import Refusal


def test_the_guides_number() -> None:
    assert ksef_number_holds("5265877635-20250826-0100001AF629-AF")
    assert crc8("5265877635-20250826-0100001AF629") == "AF"
    assert not ksef_number_holds("5265877635-20250826-0100001AF629-AE")
    assert not ksef_number_holds("5265877635-20250826-0100001AF62-AF")


@given(st.integers(0, 2**48 - 1), st.dates(date(2026, 1, 1), date(2099, 12, 31)))
def test_every_number_made_holds_and_no_changed_digit_does(technical: int, day: date) -> None:
    number = ksef_number(seller_nip="5265877635", day=day, technical=technical)
    assert len(number) == 35
    assert ksef_number_holds(number)
    changed = number[:25] + ("0" if number[25] != "0" else "1") + number[26:]
    assert not ksef_number_holds(changed)


def test_nip() -> None:
    assert nip_checksum_holds("5265877635")
    assert not nip_checksum_holds("5265877636")
    assert not nip_checksum_holds("526587763")
    assert not nip_checksum_holds("0265877635")
    assert internal_id_checksum_holds("5265877635-12345")
    assert not internal_id_checksum_holds("5265877636-12345")
    assert not internal_id_checksum_holds("5265877635-1234")


@given(st.integers(946_684_800, 2_100_000_000))
def test_polish_time_agrees_with_the_zone_database(seconds: int) -> None:
    try:
        zone = ZoneInfo("Europe/Warsaw")
    except ZoneInfoNotFoundError:
        pytest.skip("no zone database on this machine")
    aware = datetime.fromtimestamp(seconds, UTC)
    if aware < datetime(2037, 1, 1, tzinfo=UTC):
        assert in_poland(aware).utcoffset() == aware.astimezone(zone).utcoffset()


def test_midnight_in_poland() -> None:
    assert polish_day(datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert polish_day(datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert polish_day(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == date(2026, 7, 2)
    assert from_polish_local(datetime.fromisoformat("2026-07-01T12:00")).utcoffset() == timedelta(hours=2)
    aware = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert from_polish_local(aware) is aware


@given(st.binary(max_size=200))
def test_decryption_gives_back_what_was_sealed(content: bytes) -> None:
    key, iv = os.urandom(32), os.urandom(16)
    padder = PKCS7(128).padder()
    padded = padder.update(content) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(padded) + encryptor.finalize()
    assert decrypt(sealed, key=key, iv=iv) == content
    with pytest.raises(Refusal) as caught:
        decrypt(sealed[:-1], key=key, iv=iv)
    assert caught.value.code == 435


def test_nothing_is_no_ciphertext() -> None:
    with pytest.raises(Refusal) as caught:
        decrypt(b"", key=b"k" * 32, iv=b"i" * 16)
    assert caught.value.details == ("Plik niepoprawnie zaszyfrowany",)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", 1200),
        ("12.34", 1234),
        ("1.5", 150),
        ("0.07", 7),
        ("-12.34", -1234),
        ("-0.5", -50),
        ("-3", -300),
        ("1.006", 101),
    ],
)
def test_amounts_are_read_in_grosze_however_many_places_they_have(text: str, amount: int) -> None:
    assert grosze(text) == amount

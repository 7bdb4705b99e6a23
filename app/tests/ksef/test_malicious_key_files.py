"""Damaged and malicious key files: each ends soon, with a reason."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from liczydlo import ksef
from liczydlo.ksef import credential_files, der, key_protection, pkcs12
from liczydlo.ksef.credentials import CredentialError
from liczydlo.web.reasons import explain

from app.tests.ksef.key_files import (
    ABSURD,
    PASSWORD,
    bundle,
    code_of,
    patched,
    pkcs8,
    plain,
    refusal,
)

__all__ = ["bundle"]
pytestmark = pytest.mark.openssl


class TestMalice:
    """Each of these took minutes, and nobody else was served meanwhile."""

    def quickly(self, act: Callable[..., Any], *arguments: Any) -> str:
        begin, computed = time.monotonic(), time.process_time()
        code = code_of(act, *arguments)
        assert time.process_time() - computed < 1, "it was computed before it was refused"
        assert time.monotonic() - begin < pkcs12.PATIENCE / 2, "another process was ended for it"
        return code

    @pytest.mark.parametrize(
        "options", [("-v2", "aes-256-cbc"), ("-v1", "PBE-SHA1-3DES"), ("-v1", "PBE-MD5-DES")]
    )
    def test_rounds_without_end(self, options: tuple[str, ...], private_key: Any) -> None:
        written = patched(pkcs8(private_key("EC"), *options, "-iter", "2345", form="DER"), 2345)
        assert self.quickly(credential_files.open_key, written, PASSWORD) == "excessive-protection"
        armoured = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n%s-----END ENCRYPTED PRIVATE KEY-----\n"
        armoured %= base64.encodebytes(written)
        assert self.quickly(credential_files.open_key, armoured, PASSWORD) == "excessive-protection"

    @pytest.mark.parametrize(("number", "old"), [("N", 16384), ("r", 8), ("p", 3)])
    def test_memory_without_end(self, number: str, old: int, private_key: Any) -> None:
        written = pkcs8(
            private_key("EC"), "-scrypt", "-scrypt_N", "16384", "-scrypt_r", "8", "-scrypt_p", "3", form="DER"
        )
        assert self.quickly(credential_files.open_key, patched(written, old, 2**20), PASSWORD) == (
            "excessive-protection"
        )

    @pytest.mark.parametrize(("length", "excessive"), [(32, False), (64, False), (65, True), (ABSURD, True)])
    def test_a_derived_key_without_end(self, length: int, excessive: bool) -> None:
        """RFC 7914 §7 and RFC 8018 §A.2 let a file say how long the derived key is."""

        def kdf(oid: str, *numbers: int) -> bytes:
            encoded = [pkcs12._value(2, one.to_bytes(one.bit_length() // 8 + 1, "big")) for one in numbers]
            parameters = pkcs12._value(0x30, pkcs12._value(4, b"salt") + b"".join(encoded))
            return pkcs12._value(0x30, pkcs12._value(6, bytes.fromhex(oid)) + parameters)

        scrypt = kdf("2b06010401da47040b", 16384, 8, 1, length)
        pbkdf2 = kdf("2a864886f70d01050c", 2048, length)
        assert [key_protection.protection(one).excessive for one in (scrypt, pbkdf2)] == [excessive] * 2
        assert key_protection.protection(kdf("2b06010401da47040b", 16384, 8)).excessive  # p is missing
        assert key_protection.protection(kdf("2a864886f70d01050c")).excessive

    def test_a_bundle_whose_mac_or_bags_never_end(self, bundle: Callable[..., bytes]) -> None:
        written = bundle("-iter", "2345")
        for which in (1, 2, 3):
            # One by one: the encrypted certificates', the key's, the MAC's rounds.
            data = written
            for _ in range(which):
                data = patched(data, 2345, 2346, count=1)
            data = patched(data, 2345) if which < 3 else patched(data, 2346)
            assert self.quickly(ksef.load_pkcs12, data, PASSWORD) == "excessive-protection"

    def test_the_work_of_all_parts_is_added(self, bundle: Callable[..., bytes]) -> None:
        part = key_protection.MOST_WORK // 3
        assert not key_protection.protection(patched(bundle("-iter", "2345"), 2345, part)).excessive
        assert key_protection.protection(patched(bundle("-iter", "2345"), 2345, part + 1)).excessive

    def test_a_bundle_that_hides_its_rounds_inside_is_ended(self, bundle: Callable[..., bytes]) -> None:
        """Encrypted certificates are followed by more that only shows once the outer part is open."""
        begin = time.monotonic()
        with pytest.raises(CredentialError, match="excessive-protection"):
            pkcs12.opened(patched(bundle("-iter", "2345"), 2345), [PASSWORD.encode()], patience=0.5)
        assert time.monotonic() - begin < 10

    def test_a_key_whose_primes_take_minutes_to_prove(self) -> None:
        """An RSA number of 24 000 bits, plain and in a bundle's place."""
        numbers = rsa.generate_private_key(65537, 2048).private_numbers()
        long = [
            0,
            numbers.public_numbers.n << 22000 | 1,
            65537,
            numbers.d,
            numbers.p << 11000 | 1,
            *[numbers.q] * 4,
        ]
        written = pkcs12._value(
            0x30, b"".join(pkcs12._value(2, one.to_bytes(one.bit_length() // 8 + 1, "big")) for one in long)
        )
        assert self.quickly(credential_files.open_key, written, None) == "oversized-key"

    def test_a_file_of_beginnings(self) -> None:
        many = b"-----BEGIN CERTIFICATE-----\n" * 3600
        begin = time.process_time()
        assert credential_files.inspect(many, file="key").other == "damaged-file"
        assert time.process_time() - begin < 1

    @pytest.mark.parametrize(
        "data",
        [
            b"\x30\x80" * 50_000,
            b"\x30\x80" * 39 + b"\x05\0" * 49_000 + b"\0\0" * 39,
            b"\x24\x80" * 50_000,
            b"\x30\x84\x7f\xff\xff\xff" * 16_000,
            b"\x1f" + b"\xff" * 99_000,
            pkcs12._value(0x30, b"\x05\0" * 40_000),
        ],
        ids=["open", "wide", "pieces", "long", "tag", "flat"],
    )
    def test_the_reader_does_not_hang(self, data: bytes) -> None:
        begin = time.process_time()
        with pytest.raises(der.DerError):
            list(der.walk(data))
        assert time.process_time() - begin < 1.5

    @given(
        st.binary(max_size=300) | st.binary(max_size=300).map(lambda data: b"\x30\x80\x02\x01\x03\x30" + data)
    )
    def test_the_reader_raises_nothing_else(self, data: bytes) -> None:
        for judge in (
            key_protection.protection,
            key_protection.encrypted_key,
            key_protection.plain_key,
            key_protection.public_key,
        ):
            try:
                judge(data)
            except der.DerError:
                continue

    def test_what_the_reader_reads(self) -> None:
        """X.690 §8.1: tags above 30, long and unknown lengths, strings in pieces, object identifiers."""
        long_tag, long_length, unknown = der.elements(
            bytes.fromhex("1f8101 01 aa04 8101 bb2480 0401cc 0401dd 0000".replace(" ", ""))
        )
        assert (long_tag.content, long_tag.constructed) == (b"\xaa", False)
        assert long_length.octets() == b"\xbb"
        assert unknown.octets() == b"\xcc\xdd"
        for text, oid in (
            ("2a864886f70d01050d", "1.2.840.113549.1.5.13"),
            ("5504", "2.5.4"),
            ("8837", "2.999"),
        ):
            assert der.Element(der.OBJECT_IDENTIFIER, bytes.fromhex(text)).oid() == oid
        with pytest.raises(der.DerError):
            der.Element(der.OBJECT_IDENTIFIER, b"\x80").oid()
        assert der.first(b"\x05\0\r\n") == (der.Element(0x05, b""), 2)

    def test_a_salt_that_begins_like_a_sequence_is_a_salt(self, private_key: Any) -> None:
        """One of 65 536 does; such a key was refused as damaged."""
        how = BestAvailableEncryption(PASSWORD.encode())
        key = private_key("EC").private_bytes(Encoding.DER, PrivateFormat.PKCS8, how)
        pbes2 = der.first(key)[0].children()[0].children()[1]
        salt = pbes2.children()[0].children()[1].children()[0].content
        noise = bytes.fromhex("300e8b049f6183c1bc5817a2ee2e87c4")
        assert len(salt) == len(noise) and key.count(salt) == 1
        assert code_of(credential_files.open_key, key.replace(salt, noise), PASSWORD) == "wrong-password"

    def test_every_cut_of_a_key_is_refused_with_a_reason(self, private_key: Any) -> None:
        whole = pkcs8(private_key("EC"), form="DER")
        for end in range(1, len(whole)):
            error = refusal(credential_files.open_key, whole[:end], PASSWORD)
            assert error.code == "damaged-file", end

    def test_a_key_with_one_octet_changed_is_refused_or_read(self, private_key: Any) -> None:
        whole = pkcs8(private_key("EC"), "-iter", "10", form="DER")
        for at in range(len(whole)):
            changed = bytearray(whole)
            changed[at] ^= 0x55
            try:
                credential_files.open_key(bytes(changed), "x")
            except CredentialError as error:
                assert error.code != "password-needed"


class TestDamage:
    def test_a_bundle_cut_in_half(self, bundle: Callable[..., bytes], private_key: Any) -> None:
        whole = bundle()
        half = whole[: len(whole) // 2]
        assert code_of(ksef.load_pkcs12, half, PASSWORD) == "damaged-file"
        assert code_of(ksef.load, half, plain(private_key("EC")), PASSWORD) == "damaged-file"
        assert "hasł" in explain(refusal(ksef.load_pkcs12, half, PASSWORD))

    def test_a_bundle_that_breaks_openssl(self, bundle: Callable[..., bytes], monkeypatch: Any) -> None:
        monkeypatch.setattr(pkcs12, "_PROGRAM", Path("/nowhere/at-all.py"))
        assert code_of(ksef.load_pkcs12, bundle(), PASSWORD) == "damaged-file"

    def test_keys_cut_off_or_with_holes(self, private_key: Any, certificate: Any) -> None:
        crt = certificate(private_key("EC")).public_bytes(Encoding.PEM)
        written = pkcs8(private_key("EC"))
        lines = written.splitlines(keepends=True)
        for broken in (
            written[:-40],
            b"".join(lines[:2] + lines[3:]),
            written.replace(lines[2][:10], b"!" * 10),
            pkcs8(private_key("EC"), form="DER")[:-1],
            plain(private_key("EC")).replace(b"M", b"N", 1),
        ):
            assert code_of(ksef.load, broken, crt, PASSWORD) == "damaged-file"

    def test_a_key_cut_off_before_another_block(self, private_key: Any) -> None:
        """As when two files are pasted together: what ends does not hide what does not."""
        parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
        for cut in (plain(private_key("EC"))[:-30], b"\n" + plain(private_key("EC"))[:-30]):
            assert credential_files.inspect(cut + b"\n" + parameters, file="key").other == "damaged-file"
        assert credential_files.inspect(parameters, file="key").other is None

    def test_a_ciphertext_that_is_no_whole_block(self, private_key: Any) -> None:
        algorithm, text = der.first(pkcs8(private_key("EC"), form="DER"))[0].children()
        for kept in (text.content[:-3], b""):
            short = pkcs12._value(0x30, pkcs12._value(0x30, algorithm.content) + pkcs12._value(4, kept))
            assert code_of(credential_files.open_key, short, PASSWORD) == "damaged-file"

    def test_a_damaged_certificate(self, private_key: Any, certificate: Any) -> None:
        crt = certificate(private_key("EC"))
        written = crt.public_bytes(Encoding.PEM)
        key = plain(private_key("EC"))
        for broken in (
            written[:300],
            crt.public_bytes(Encoding.DER)[:-5],
            written.replace(b"MII", b"NII", 1),
        ):
            assert code_of(ksef.load, key, broken, None) == "damaged-file"

    @pytest.mark.parametrize(
        "options", [("-v2", "des3"), ("-v2", "aes-256-cbc"), ("-v1", "PBE-SHA1-RC4-128")]
    )
    def test_whole_keys_of_other_lengths(self, options: tuple[str, ...], private_key: Any) -> None:
        assert credential_files.open_key(pkcs8(private_key("RSA"), *options), PASSWORD)

    def test_half_a_character_of_utf_16(self, private_key: Any) -> None:
        written = plain(private_key("EC")).decode().encode("utf-16")
        assert credential_files.inspect(written + b"\x41", file="key").keys
        assert credential_files.inspect(written[:-81], file="key").other == "damaged-file"

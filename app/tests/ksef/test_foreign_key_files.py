"""Key and certificate files of other programs, and passwords as people paste them."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from liczydlo import ksef
from liczydlo.ksef import credential_files, der, key_protection, passwords, pkcs12
from liczydlo.web.reasons import explain

from app.tests.ksef.key_files import LEGACY, PASSWORD, bundle, code_of, openssl, pkcs8, plain, refusal

__all__ = ["bundle"]
pytestmark = pytest.mark.openssl


class TestForeignKeys:
    @pytest.mark.parametrize(
        "options",
        [
            ("-v2", "camellia-256-cbc"),
            ("-v2", "camellia-128-cbc"),
            ("-v2", "aria-256-cbc"),
            ("-v2", "des"),
            ("-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"),
            ("-v2", "des3"),
            ("-v1", "PBE-SHA1-2DES"),
            ("-v1", "PBE-SHA1-3DES"),
            ("-v1", "PBE-SHA1-RC4-128"),
            ("-v1", "PBE-SHA1-RC2-128"),
            ("-v1", "PBE-MD5-DES"),
            ("-scrypt",),
            ("-scrypt", "-v2", "camellia-256-cbc"),
        ],
        ids=" ".join,
    )
    def test_whatever_openssl_encrypts_with_is_opened(
        self, options: tuple[str, ...], private_key: Any
    ) -> None:
        key = private_key("EC")
        written = pkcs8(key, *options)
        opened = credential_files.open_key(written, PASSWORD)
        assert opened.private_numbers() == key.private_numbers()  # type: ignore[union-attr]
        assert code_of(credential_files.open_key, written, "nie to") == "wrong-password"
        assert code_of(credential_files.open_key, written, None) == "password-needed"

    def test_an_unknown_cipher_is_named_and_the_password_is_not_blamed(self, private_key: Any) -> None:
        written = pkcs8(private_key("EC"), "-v2", "aes-256-cbc", form="DER")
        aes_256 = bytes.fromhex("060960864801650304012a")
        assert aes_256 in written
        odd = written.replace(aes_256, aes_256[:-1] + b"\x7e")
        error = refusal(credential_files.open_key, odd, PASSWORD)
        assert (error.code, error.cipher) == ("unsupported-cipher", "2.16.840.1.101.3.4.1.126")
        assert "2.16.840.1.101.3.4.1.126" in explain(error, "pl")

    @pytest.mark.parametrize(
        ("cipher", "name"),
        [
            ("camellia256", "CAMELLIA-256-CBC"),
            ("aria256", "ARIA-256-CBC"),
            ("seed", "SEED-CBC"),
            ("aes192", "AES-192-CBC"),
        ],
    )
    def test_an_old_pem_with_another_cipher_is_named(self, cipher: str, name: str, private_key: Any) -> None:
        made = openssl("ec", f"-{cipher}", "-passout", "pass:x", *LEGACY, given=plain(private_key("EC")))
        error = refusal(credential_files.open_key, made, "x")
        assert error.code == "unsupported-cipher"
        assert name in explain(error, "en")

    @pytest.mark.parametrize("cipher", ["aes256", "aes128", "des3"])
    def test_an_old_pem_is_opened(self, cipher: str, private_key: Any) -> None:
        key = private_key("EC")
        made = openssl("ec", f"-{cipher}", "-passout", "pass:stare", given=plain(key))
        assert b"DEK-Info" in made
        opened = credential_files.open_key(made.replace(b"\n", b"\r\n"), "stare ")
        assert opened.private_numbers() == key.private_numbers()  # type: ignore[union-attr]
        assert code_of(credential_files.open_key, made, "nowe") == "wrong-password"
        assert code_of(credential_files.open_key, made, "") == "password-needed"

    def test_a_curve_that_nobody_uses(self) -> None:
        made = openssl("ecparam", "-name", "prime239v1", "-genkey", "-noout")
        assert code_of(credential_files.open_key, made, None) == "unsupported-key"

    @pytest.mark.parametrize(
        "options",
        [
            ("-legacy",),
            ("-keypbe", "aria-256-cbc", "-certpbe", "camellia-256-cbc"),
            ("-keypbe", "PBE-SHA1-2DES", "-certpbe", "PBE-SHA1-RC2-40"),
            ("-keypbe", "NONE", "-certpbe", "NONE"),
            ("-nomac",),
        ],
        ids=" ".join,
    )
    def test_a_bundle_of_any_cipher(self, options: tuple[str, ...], bundle: Callable[..., bytes]) -> None:
        written = bundle(*options)
        assert ksef.load_pkcs12(written, PASSWORD).nip == "5265877635"
        assert code_of(ksef.load_pkcs12, written, "nie to") == "wrong-password"

    def test_a_bundle_in_pieces_as_browsers_write_it(self, bundle: Callable[..., bytes]) -> None:
        """BER: lengths that are not told, octet strings in pieces."""
        outer = der.first(bundle())[0]
        version, info, mac = outer.children()
        oid, holder = info.children()
        octets = holder.children()[0].octets()
        pieces = b"".join(pkcs12._value(0x04, octets[at : at + 100]) for at in range(0, len(octets), 100))
        content = b"\xa0\x80\x24\x80" + pieces + b"\0\0\0\0"
        value = pkcs12._value
        written = b"".join(
            (
                b"\x30\x80",
                value(version.tag, version.content),
                b"\x30\x80" + value(oid.tag, oid.content) + content + b"\0\0",
                value(mac.tag, mac.content) + b"\0\0",
            )
        )
        assert ksef.load_pkcs12(written, PASSWORD).nip == "5265877635"


class TestPasswords:
    @pytest.mark.parametrize(
        "end", [" ", "\n", "\r\n", "\N{NO-BREAK SPACE}", "\t", "\u200b", "\ufeff", " \u200b\n"]
    )
    def test_what_was_pasted_along(self, end: str, private_key: Any) -> None:
        key = private_key("EC")
        written = pkcs8(key)
        for typed in (PASSWORD + end, end + PASSWORD, end + PASSWORD + end):
            opened = credential_files.open_key(written, typed)
            assert opened.private_numbers() == key.private_numbers()  # type: ignore[union-attr]

    @pytest.mark.parametrize("real", [f"{PASSWORD} ", f" {PASSWORD}", f"{PASSWORD}\N{NO-BREAK SPACE}"])
    def test_a_space_that_belongs_to_the_password(self, real: str, private_key: Any) -> None:
        written = pkcs8(private_key("EC"), password=real)
        assert credential_files.open_key(written, real)
        assert credential_files.open_key(written, f"{real}\n")
        assert code_of(credential_files.open_key, written, PASSWORD) == "wrong-password"

    @pytest.mark.parametrize("made", ["NFC", "NFD"])
    def test_both_forms_of_unicode(self, made: Any, private_key: Any) -> None:
        written = pkcs8(private_key("EC"), password=unicodedata.normalize(made, PASSWORD))
        for typed in ("NFC", "NFD"):
            assert credential_files.open_key(written, unicodedata.normalize(typed, PASSWORD) + "\n")  # type: ignore[arg-type]

    def test_a_key_of_an_old_windows_program(self, private_key: Any) -> None:
        written = pkcs8(private_key("EC"), password=PASSWORD.encode("cp1250"))
        assert credential_files.open_key(written, unicodedata.normalize("NFD", PASSWORD) + " ")

    def test_a_bundle_and_a_pasted_password(self, bundle: Callable[..., bytes]) -> None:
        assert ksef.load_pkcs12(bundle(), f"{PASSWORD}\r\n").nip == "5265877635"

    def test_the_order_and_the_number_of_tries(self) -> None:
        assert passwords.variants("haslo") == (b"haslo",)
        assert passwords.variants(" a \n") == (b" a \n", b" a ", b" a", b"a")
        nfd = unicodedata.normalize("NFD", "ą")
        assert passwords.variants("ą ") == (
            "ą ".encode(),
            "ą".encode(),
            f"{nfd} ".encode(),
            nfd.encode(),
            b"\xb9 ",
            b"\xb9",
        )
        assert passwords.variants("ж") == ("ж".encode(),)
        assert passwords.variants(" ") == (b" ",)
        assert passwords.variants("\ud800")

    @given(st.text(alphabet=" \n\u200baże\u0301\u0436", max_size=20))
    def test_what_was_typed_comes_first(self, typed: str) -> None:
        tried = passwords.variants(typed)
        assert len(tried) <= 16
        assert tried[:1] == ((typed.encode(errors="surrogatepass"),) if typed else ())

    def test_costly_files_get_fewer_tries(self) -> None:
        def tries(work: int) -> int:
            return len(credential_files._attempts(" ą \n", key_protection.Protection(work=work)))

        assert tries(2048) == 12
        assert tries(key_protection.MOST_WORK) == 4
        assert tries(10 * key_protection.MOST_WORK) == 1


class TestCertificateFiles:
    @pytest.fixture
    def pair(self, private_key: Any, certificate: Any) -> tuple[bytes, bytes]:
        return plain(private_key("EC")), certificate(private_key("EC")).public_bytes(Encoding.PEM)

    def test_trust_settings_of_openssl(self, pair: tuple[bytes, bytes]) -> None:
        key, crt = pair
        trusted = openssl("x509", "-trustout", "-addtrust", "clientAuth", given=crt)
        assert b"BEGIN TRUSTED CERTIFICATE" in trusted
        assert ksef.load(key, trusted).nip == "5265877635"

    @pytest.mark.parametrize("form", ["PEM", "DER"])
    def test_pkcs7(self, form: str, pair: tuple[bytes, bytes], tmp_path: Path) -> None:
        key, crt = pair
        (tmp_path / "crt").write_bytes(crt)
        made = openssl("crl2pkcs7", "-nocrl", "-certfile", str(tmp_path / "crt"), "-outform", form)
        assert ksef.load(key, made).nip == "5265877635"
        assert ksef.load(key, made + b"\r\n").nip == "5265877635"
        assert code_of(ksef.load, made, crt) == "two-certificates"

    @pytest.mark.parametrize("form", ["PEM", "DER"])
    def test_pkcs7_without_a_certificate(self, form: str, pair: tuple[bytes, bytes]) -> None:
        empty = openssl("crl2pkcs7", "-nocrl", "-outform", form)
        assert code_of(ksef.load, pair[0], empty) == "pkcs7-without-certificate"

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\0\0", b"\x1a", b" \n"])
    def test_der_with_something_behind(self, end: bytes, pair: tuple[bytes, bytes], bundle: Any) -> None:
        key, crt = pair
        der_key = openssl("pkcs8", "-topk8", "-nocrypt", "-outform", "DER", given=key)
        der_crt = openssl("x509", "-outform", "DER", given=crt)
        assert ksef.load(der_key + end, der_crt + end).nip == "5265877635"
        encrypted = openssl("pkcs8", "-topk8", "-outform", "DER", "-passout", "pass:x", given=key)
        assert ksef.load(encrypted + end, crt, "x").nip == "5265877635"
        assert ksef.load(base64.b64encode(encrypted + end), crt, "x").nip == "5265877635"

    def test_a_bundle_with_a_line_end(self, bundle: Callable[..., bytes]) -> None:
        assert ksef.load_pkcs12(bundle() + b"\r\n", PASSWORD).nip == "5265877635"

    def test_a_public_key_in_der(self, pair: tuple[bytes, bytes]) -> None:
        public = openssl("pkey", "-pubout", "-outform", "DER", given=pair[0])
        assert code_of(ksef.load, public, pair[1]) == "public-key"

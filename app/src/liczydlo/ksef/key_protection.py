"""What it costs to open an encrypted key, and with what it was encrypted: read from the file, before any password.

PKCS#5 v2.1 (RFC 8018): PBES1, PBES2 with PBKDF2. RFC 7914: scrypt. PKCS#12 (RFC 7292): the MAC, and the encryption of
bags and of whole parts. RFC 9579: a MAC by PBMAC1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from liczydlo.ksef import der
from liczydlo.ksef.der import Element

MOST_WORK: Final = 2_000_000
"""Rounds of a hash that one try of a password may take: about a second. KeePass and OWASP advise 600 000, openssl takes
2048."""
MOST_KEY_BYTES: Final = 3072
"""Of a private key, encrypted or not. RSA with 4096 bits takes 2400; the library proves the primes of a key when it
reads it, which at 8192 bits takes seconds."""
_LONGEST_DERIVED: Final = 64
"""Bytes of a derived key: no cipher here takes more than 32."""
_PBKDF2: Final = "1.2.840.113549.1.5.12"
_SCRYPT: Final = "1.3.6.1.4.1.11591.4.11"
_PBES2: Final = "1.2.840.113549.1.5.13"
_PBES1: Final = "1.2.840.113549.1.5."
_PKCS12_PBE: Final = "1.2.840.113549.1.12.1."
_BY_PASSWORD: Final = {  # PKCS#5 §A.3 and PKCS#12 §C: the cipher is a part of the scheme
    _PBES1 + "3": "DES (PBE-MD5-DES)",
    _PBES1 + "10": "DES (PBE-SHA1-DES)",
    _PBES1 + "6": "RC2 (PBE-MD5-RC2)",
    _PBES1 + "11": "RC2 (PBE-SHA1-RC2)",
    _PKCS12_PBE + "1": "RC4-128",
    _PKCS12_PBE + "2": "RC4-40",
    _PKCS12_PBE + "3": "3DES",
    _PKCS12_PBE + "4": "2DES",
    _PKCS12_PBE + "5": "RC2-128",
    _PKCS12_PBE + "6": "RC2-40",
}
_CIPHERS: Final = {
    "2.16.840.1.101.3.4.1.2": "AES-128",
    "2.16.840.1.101.3.4.1.22": "AES-192",
    "2.16.840.1.101.3.4.1.42": "AES-256",
    "1.2.840.113549.3.7": "3DES",
    "1.2.840.113549.3.2": "RC2",
    "1.3.14.3.2.7": "DES",
    "1.2.392.200011.61.1.1.1.2": "Camellia-128",
    "1.2.392.200011.61.1.1.1.3": "Camellia-192",
    "1.2.392.200011.61.1.1.1.4": "Camellia-256",
    "1.2.410.200046.1.1.2": "ARIA-128",
    "1.2.410.200046.1.1.7": "ARIA-192",
    "1.2.410.200046.1.1.12": "ARIA-256",
    "1.2.410.200004.1.4": "SEED",
    "1.2.156.10197.1.104.2": "SM4",
}
_OF_CRYPTOGRAPHY: Final = {
    "AES-128",
    "AES-192",
    "AES-256",
    "3DES",
    "RC4-128",
    "RC2-40",
    "RC2",
    "DES (PBE-MD5-DES)",
}
"""What ``load_der_private_key`` opens by itself; the rest needs the way through PKCS#12."""
_STREAMS: Final = {"RC4-128", "RC4-40"}


@dataclass(frozen=True, kw_only=True)
class Protection:
    """How a file is protected. ``work``: rounds of a hash for one try; 0 when nothing is encrypted."""

    work: int = 0
    ciphers: tuple[str, ...] = ()
    unknown: str | None = None
    """The object identifier of an algorithm that is not known here, the first one."""

    @property
    def excessive(self) -> bool:
        """Whether opening it takes more work (``MOST_WORK``) than any honest program demands."""
        return self.work > MOST_WORK

    @property
    def by_cryptography(self) -> bool:
        """Whether the library opens a key protected so without help."""
        return set(self.ciphers) <= _OF_CRYPTOGRAPHY


def protection(data: bytes) -> Protection:
    """How a PKCS#8 key or a PKCS#12 file is protected, all its parts taken together. Raises :class:`DerError`."""
    work = _mac_rounds(data)
    ciphers: list[str] = []
    unknown: str | None = None
    for element in der.walk(data):
        algorithm = _algorithm(element)
        if algorithm is None:
            continue
        oid, parameters = algorithm
        if oid == _PBKDF2:
            work += _pbkdf2(parameters)
        elif oid == _SCRYPT:
            work += _scrypt(parameters)
        elif oid == _PBES2:
            cipher = _algorithm(parameters[1]) if len(parameters) > 1 else None
            name = _CIPHERS.get(cipher[0]) if cipher else None
            ciphers += [name] if name else []
            unknown = unknown or (cipher[0] if cipher and not name else None)
        elif oid in _BY_PASSWORD:
            work += parameters[1].number() if len(parameters) > 1 else 1
            ciphers.append(_BY_PASSWORD[oid])
    return Protection(work=work, ciphers=tuple(ciphers), unknown=unknown)


def encrypted_key(data: bytes) -> bool:
    """Whether this DER is an EncryptedPrivateKeyInfo (RFC 5208 §6). Raises :class:`DerError`."""
    parts = der.first(data)[0].children()
    return [part.tag for part in parts] == [der.SEQUENCE, der.OCTET_STRING] and _algorithm(
        parts[0]
    ) is not None


def plain_key(data: bytes) -> bool:
    """Whether this DER is laid out as PKCS#8, RSAPrivateKey (RFC 8017) or ECPrivateKey (RFC 5915). Raises DerError."""
    tags = [part.tag for part in der.first(data)[0].children()]
    return (
        tags[:3] == [der.INTEGER, der.SEQUENCE, der.OCTET_STRING]
        or tags[:2] == [der.INTEGER, der.OCTET_STRING]
        or tags[:9] == [der.INTEGER] * 9
    )


def public_key(data: bytes) -> bool:
    """Whether this DER is laid out as SubjectPublicKeyInfo (RFC 5280 §4.1). Raises :class:`DerError`."""
    return [part.tag for part in der.first(data)[0].children()] == [der.SEQUENCE, der.BIT_STRING]


def damaged_ciphertext(data: bytes, how: Protection) -> bool:
    """Whether an encrypted key cannot be whole: a block cipher's output has whole blocks of 8 bytes at least."""
    text = der.first(data)[0].children()[1].content
    return not text or (not set(how.ciphers) & _STREAMS and len(text) % 8 != 0)


def _algorithm(element: Element) -> tuple[str, list[Element]] | None:
    """An AlgorithmIdentifier with the members of its parameters."""
    if element.tag != der.SEQUENCE:
        return None
    parts = element.children()
    if not 1 <= len(parts) <= 2 or parts[0].tag != der.OBJECT_IDENTIFIER:
        return None
    return parts[0].oid(), parts[1].children() if len(parts) == 2 and parts[1].constructed else []


def _pbkdf2(parameters: list[Element]) -> int:
    """RFC 8018 §A.2: salt, iterations, optionally the key's length."""
    numbers = [one.number() for one in parameters[1:] if one.tag == der.INTEGER]
    if not numbers or any(length > _LONGEST_DERIVED for length in numbers[1:]):
        return MOST_WORK + 1
    return numbers[0]


def _scrypt(parameters: list[Element]) -> int:
    """RFC 7914 §7: salt, N, r, p, optionally the key's length. A step of N·r·p takes the time of two rounds."""
    numbers = [one.number() for one in parameters[1:] if one.tag == der.INTEGER]
    if len(numbers) < 3 or any(length > _LONGEST_DERIVED for length in numbers[3:]):
        return MOST_WORK + 1
    n, r, p = numbers[:3]
    return 2 * n * r * p


def _mac_rounds(data: bytes) -> int:
    """RFC 7292 §4: the iterations of a PFX's MAC, which stand beside its salt; 0 for what is no PFX."""
    parts = der.first(data)[0].children()
    if [part.tag for part in parts] != [der.INTEGER, der.SEQUENCE, der.SEQUENCE]:
        return 0
    mac = parts[2].children()
    return mac[2].number() if len(mac) > 2 else 1

"""HTTPS with a certificate authority of the installation's own.

The authority is made once and kept in the data directory, in one file that only its owner reads; clients are told to
trust its certificate. Whoever had its key could pose as somebody else to those clients, so it may certify nothing but
the names an emulator answers to: its name constraints (RFC 5280 4.2.1.10) are this machine, private networks, names
reserved for such use, KSeF's own domain, and the hosts it was made for. The certificate of the server and its key live
as long as the process. All times here are real ones, not the emulator's clock: clients look at their own.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import secrets
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import hosts

if TYPE_CHECKING:
    from ..config import Config

FILE = "tls-ca.pem"
"""In the data directory: the authority's private key and certificate."""
LIFE = timedelta(days=3650)
SERVER_LIFE = timedelta(days=397)  # clients take no longer ones
ALWAYS = ("localhost", "127.0.0.1", "::1")
DOMAINS = (
    hosts.DOMAIN,
    *hosts.OLDER,
    "localhost",
    "test",
    "example",
    "internal",
    "local",
    "lan",
    "home.arpa",
)
NETWORKS = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fd00::/8")
_EARLIER = timedelta(days=1)  # clients' clocks differ
_LAST = timedelta(days=30)  # before its end an authority is not used any more

Pair = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


class Untrusted(OSError):
    """The authority of the data directory cannot be used; the text says why."""


class Trust:
    """One emulator's authority and server certificate, made when they are asked for first."""

    def __init__(self, config: Config) -> None:
        """The data directory and the host names are the configuration's."""
        self._folder = config.data_dir
        self._hosts = hosts.own(config)

    @functools.cached_property
    def _pair(self) -> Pair:
        if self._folder is None:
            return _authority(self._hosts)
        file = self._folder / FILE
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            _keep(file, _authority(self._hosts))
        pair = _read(file)
        missing = [name for name in self._hosts if not _permits(pair[1], name)]
        if missing:
            raise Untrusted(
                f"CA z {file} nie obejmuje {', '.join(missing)}; usuń ten plik, a powstanie nowe, któremu klienci "
                "muszą zaufać / it does not cover this name: delete that file, and clients will have to trust a new CA"
            )
        return pair

    @property
    def certificate(self) -> bytes:
        """The authority's certificate, PEM: what clients are told to trust. Raises Untrusted, OSError."""
        return self._pair[1].public_bytes(serialization.Encoding.PEM)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate."""
        return self._pair[1].fingerprint(hashes.SHA256()).hex(":").upper()

    def context(self) -> ssl.SSLContext:
        """What the server needs. Raises Untrusted, OSError."""
        names = [*ALWAYS, *self._hosts, *hosts.OLDER]
        names += [name for service in hosts.SERVICES for name in hosts.live(service)]
        key, certificate = _server(self._pair, list(dict.fromkeys(names)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        with tempfile.TemporaryDirectory(prefix="ksef-emulator-tls-") as folder:  # for its owner alone
            file = Path(folder) / "server.pem"
            file.write_bytes(_pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
            context.load_cert_chain(file)
        return context


def _authority(names: list[str]) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Emulator KSeF (to nie jest KSeF)"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Emulator KSeF CA {secrets.token_hex(4)}"),
        ]
    )
    domains = [x509.DNSName(domain) for domain in DOMAINS]
    networks = [x509.IPAddress(ipaddress.ip_network(network)) for network in NETWORKS]
    for item in names:
        if (address := _address(item)) is None:
            domains.append(x509.DNSName(item))
        else:
            networks.append(x509.IPAddress(ipaddress.ip_network(address)))
    usage = dict.fromkeys(_USAGES, False) | {"key_cert_sign": True, "crl_sign": True}
    certificate = (
        _builder(name, name, key.public_key(), key.public_key(), LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.NameConstraints([*domains, *networks], None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _server(authority: Pair, names: list[str]) -> Pair:
    issuer, trusted = authority
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Emulator KSeF")])
    usage = dict.fromkeys(_USAGES, False) | {"digital_signature": True}
    certificate = (
        _builder(name, trusted.subject, key.public_key(), issuer.public_key(), SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(item) for item in names]), critical=False)
        .sign(issuer, hashes.SHA256())
    )
    return key, certificate


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuers: ec.EllipticCurvePublicKey,
    life: timedelta,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now - _EARLIER + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers), critical=False)
    )


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _general(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _permits(authority: x509.Certificate, name: str) -> bool:
    allowed = (
        authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    )
    address = _address(name)
    if address is not None:
        networks = [
            ipaddress.ip_network(str(item.value)) for item in allowed if isinstance(item, x509.IPAddress)
        ]
        return any(address in network for network in networks)
    return any(isinstance(item, x509.DNSName) and f".{name}".endswith(f".{item.value}") for item in allowed)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _keep(file: Path, pair: Pair) -> None:
    """Wholly or not at all."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(_pem(pair[0]) + pair[1].public_bytes(serialization.Encoding.PEM))
        written.flush()
        os.fsync(written.fileno())
    try:
        temporary.rename(file)
    finally:
        temporary.unlink(missing_ok=True)


def _read(file: Path) -> Pair:
    content = file.read_bytes()
    file.chmod(0o600)
    try:
        key = serialization.load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
    except ValueError as error:
        raise Untrusted(f"{file}: to nie jest klucz z certyfikatem / no key with a certificate") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise Untrusted(f"{file}: klucz nie od tego certyfikatu / the key is not the certificate's")
    if certificate.not_valid_after_utc < datetime.now(UTC) + _LAST:
        raise Untrusted(
            f"{file}: certyfikat wygasa, usuń ten plik / the certificate expires, delete that file"
        )
    return key, certificate

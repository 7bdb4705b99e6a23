"""A real IMAP server, Debian's Dovecot, on a loopback port: the mailbox to which letters come back."""

from __future__ import annotations

import datetime as dt
import imaplib
import os
import pwd
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from liczydlo.web.mailbox import Address

from tests.servers import PATIENCE, free_port

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PASSWORD = "haslo:do/skrzynki@1"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
auth_failure_delay = 0
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
{own}
"""
OWN = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class ImapServer:
    """``add`` puts messages into the mailbox of ``user``, who is another one in each test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.user = folder, "zwroty"
        self.port, self.tls_port = free_port(), free_port()
        _certificate(folder)
        is_root = os.geteuid() == 0
        who = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
        for one in ("run", "state", "mail"):
            (folder / one).mkdir()
        if is_root:
            shutil.chown(folder / "mail", who.pw_name)
            folder.chmod(0o755)
        own = "" if is_root else OWN.format(user=who.pw_name, group=who.pw_gid)
        ports = {"port": self.port, "tls_port": self.tls_port}
        config = CONFIG.format(
            folder=folder, uid=who.pw_uid, gid=who.pw_gid, own=own, password=PASSWORD, **ports
        )
        (folder / "conf").write_text(config)
        command = [str(DOVECOT), "-F", "-c", str(folder / "conf")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.client().logout()
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    log = self.folder / "log"
                    raise AssertionError(log.read_text() if log.exists() else "no log") from None
                time.sleep(0.05)  # a foreign process has no clock of ours to turn
            else:
                return

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)

    @property
    def address(self) -> Address:
        return Address(
            host="localhost",
            port=self.tls_port,
            user=self.user,
            password=PASSWORD,
            folder="INBOX",
            is_tls=True,
        )

    def client(self) -> imaplib.IMAP4_SSL:
        trust = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        return imaplib.IMAP4_SSL("localhost", self.tls_port, ssl_context=trust, timeout=PATIENCE)

    def _open(self) -> imaplib.IMAP4_SSL:
        client = self.client()
        client.login(self.user, PASSWORD)
        client.select()
        return client

    def add(self, *messages: bytes) -> None:
        """As they are, but with lines that end as the wire wants them."""
        client = self._open()
        for one in messages:
            crlf = one.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            assert client.append("INBOX", "", "", crlf)[0] == "OK"
        client.logout()

    def untouched(self) -> list[str]:
        """Of every message, what somebody has done with it."""
        client = self._open()
        answer = client.fetch("1:*", "(FLAGS)")[1]
        client.logout()
        return [bytes(one).decode().partition("FLAGS ")[2] for one in answer if isinstance(one, bytes)]

    def empty(self) -> None:
        """Make the mailbox anew: its UIDs begin again."""
        shutil.rmtree(self.folder / "mail" / self.user)


def _certificate(folder: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=400))
        .not_valid_after(now + dt.timedelta(days=400))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[ImapServer]:
    """One server for all tests of a worker."""
    assert DOVECOT, "what this machine lacks is skipped by the root's conftest"
    version = subprocess.run([DOVECOT, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("2.3."), f"CONFIG is Dovecot 2.3's, and this is {version.split()[0]}"
    folder = Path(tempfile.mkdtemp(prefix="liczydlo-imap-"))
    server = ImapServer(folder)
    try:
        server.wait()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def imap(
    dovecot: ImapServer, settings: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> ImapServer:
    """The application's mailbox, an empty one; its certificate is trusted as the machine's own are."""
    dovecot.user = f"zwroty{sha256(request.node.nodeid.encode()).hexdigest()[:12]}"
    settings.LICZYDLO_IMAP = dovecot.address
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.folder / "cert.pem"))
    return dovecot

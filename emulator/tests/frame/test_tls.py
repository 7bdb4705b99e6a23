"""HTTPS with a certificate authority of the installation's own."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from ksef_emulator import cli
from ksef_emulator.config import Config
from ksef_emulator.http import tls
from ksef_emulator.http.hosts import OLDER, SERVICES, live
from ksef_emulator.http.tls import FILE, Trust, Untrusted
from ksef_emulator.testing import Running, running_emulator

LIVE = [name for service in SERVICES for name in live(service)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data") / "new"


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    with running_emulator(Config(tls=True, data_dir=folder)) as one:
        yield one


@pytest.fixture(scope="module")
def ca(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the control port gives it."""
    file = tmp_path_factory.mktemp("trusted") / "ca.pem"
    file.write_bytes(httpx2.get(f"{running.control_url}/ca.pem", trust_env=False).raise_for_status().content)
    return file


def port(running: Running) -> int:
    return running.emulator.config.port


def strict(ca: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_httpx_trusts_it(host: str, running: Running, ca: Path) -> None:
    assert running.url.startswith("https://127.0.0.1:")
    with httpx2.Client(trust_env=False, verify=strict(ca)) as http:
        answer = http.post(f"https://{host}:{port(running)}/v2/auth/challenge")
    assert answer.status_code == 200


def test_who_does_not_know_the_authority_does_not_trust_it(running: Running) -> None:
    with httpx2.Client(trust_env=False) as http, pytest.raises(httpx2.ConnectError):
        http.get(f"{running.url}/latarnia/status")


def test_plain_http_is_not_answered(running: Running) -> None:
    with httpx2.Client(trust_env=False) as http, pytest.raises(httpx2.HTTPError):
        http.get(f"http://127.0.0.1:{port(running)}/latarnia/status")


@pytest.mark.curl
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("api-test.ksef.mf.gov.pl", "/v2/security/public-key-certificates"),
        ("api.ksef.mf.gov.pl", "/v2/security/public-key-certificates"),
        ("api-latarnia-test.ksef.mf.gov.pl", "/status"),
        ("qr-demo.ksef.mf.gov.pl", "/qr/invoice/x/y/z"),
        ("localhost", "/docs/v2/openapi.json"),
    ],
)
def test_curl_trusts_it_under_live_names(host: str, path: str, running: Running, ca: Path) -> None:
    address = f"{host}:{port(running)}"
    shown = ["-o", "/dev/null", "-w", "%{http_code} %{ssl_verify_result}"]
    done = subprocess.run(
        [
            "curl",
            "-sS",
            "--noproxy",
            "*",
            "--cacert",
            ca,
            "--resolve",
            f"{address}:127.0.0.1",
            *shown,
            f"https://{address}{path}",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) in (("200 0", ""), ("400 0", ""))


def test_the_server_certificate_names_live_hosts(running: Running, ca: Path) -> None:
    certificate = x509.load_pem_x509_certificate(
        ssl.get_server_certificate(("127.0.0.1", port(running)), ca_certs=str(ca)).encode()
    )
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", *LIVE, *OLDER} <= set(names.get_values_for_type(x509.DNSName))
    assert {str(item) for item in names.get_values_for_type(x509.IPAddress)} == {"127.0.0.1", "::1"}


def test_the_key_stays_and_only_its_owner_reads_it(running: Running, folder: Path, ca: Path) -> None:
    file = folder / FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE KEY" in file.read_bytes()
    assert b"PRIVATE KEY" not in ca.read_bytes()
    assert [path.name for path in folder.iterdir() if path.name.startswith((".tls", "tls"))] == [FILE]


def test_it_is_made_once(tmp_path: Path) -> None:
    first = Trust(Config(data_dir=tmp_path)).certificate
    assert Trust(Config(data_dir=tmp_path, public_url="https://ksef.test")).certificate == first
    assert Trust(Config()).certificate != Trust(Config()).certificate
    (tmp_path / FILE).chmod(0o644)
    assert Trust(Config(data_dir=tmp_path)).certificate == first
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_an_authority_vouches_for_its_own_names_only(tmp_path: Path) -> None:
    trust = Trust(Config(public_url="https://ksef-emulator", storage_url="https://files.firma.pl"))
    authority = x509.load_pem_x509_certificate(trust.certificate)
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    for name in ("ksef-emulator", "files.firma.pl", "x.test", "api-test.ksef.mf.gov.pl", "10.1.2.3", "::1"):
        assert tls._permits(authority, name), name
    for name in (
        "firma.pl",
        "www.mf.gov.pl",
        "mf.gov.pl",
        "example.com",
        "8.8.8.8",
        "2001:db8::1",
        "xksef-emulator",
    ):
        assert not tls._permits(authority, name), name
    verify = PolicyBuilder().store(Store([authority]))
    for name, fine in (("files.firma.pl", True), ("bank.example.com", False)):
        _, leaf = tls._server(trust._pair, [name])
        if fine:
            verify.build_server_verifier(x509.DNSName(name)).verify(leaf, [])
        else:
            with pytest.raises(VerificationError):
                verify.build_server_verifier(x509.DNSName(name)).verify(leaf, [])
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_a_name_beyond_the_kept_authority_is_refused(tmp_path: Path) -> None:
    _ = Trust(Config(data_dir=tmp_path)).certificate
    with pytest.raises(Untrusted, match=r"ksef\.firma\.pl"):
        _ = Trust(Config(data_dir=tmp_path, public_url="https://ksef.firma.pl")).certificate


def test_a_file_that_is_no_authority_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"")
    with pytest.raises(Untrusted):
        _ = Trust(Config(data_dir=tmp_path)).certificate
    key, _ = tls._authority([])
    _, other = tls._authority([])
    (tmp_path / FILE).unlink()
    tls._keep(tmp_path / FILE, (key, other))
    with pytest.raises(Untrusted):
        _ = Trust(Config(data_dir=tmp_path)).certificate
    assert isinstance(key, ec.EllipticCurvePrivateKey)


def test_the_command_exports_the_certificate_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = tmp_path / "data", tmp_path / "ca.pem"
    assert cli.main(["ca", "--data-dir", str(data), "--export", str(out)]) == 0
    assert cli.main(["ca", "--data-dir", str(data)]) == 0
    assert capsys.readouterr().out == out.read_text() == Trust(Config(data_dir=data)).certificate.decode()
    assert "PRIVATE" not in out.read_text()


@pytest.mark.parametrize(
    "wrong", [[], ["--data-dir", "{tmp}/file"], ["--data-dir", "{tmp}", "--export", "{tmp}"]]
)
def test_the_command_says_what_is_wrong_in_one_line(
    wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    assert cli.main(["ca", *(item.format(tmp=tmp_path) for item in wrong)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_without_tls_there_is_no_authority() -> None:
    with running_emulator(Config()) as plain:
        assert httpx2.get(f"{plain.control_url}/ca.pem", trust_env=False).status_code == 404

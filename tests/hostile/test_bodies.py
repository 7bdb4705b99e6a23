"""What a real server does with bodies that are too large, and what it leaves behind: on the disk, in the log."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.processes import PATIENCE, ROOT, Application, await_health, environment

PASSWORD = "Kwiecień-plecień 2026"
EMAIL = "ala@example.com"
CSRF = 'name="csrfmiddlewaretoken" value="([^"]+)"'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Application, str, Path]]:
    """``liczydlo serve`` with an owner, in a folder that everybody may read; its own folder for temporary files."""
    folder, temporary = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("temporary")
    folder.chmod(0o755)
    (folder / "liczydlo.sqlite3").touch(0o644)  # as an earlier version left it
    application = Application(folder=folder, emulator="http://127.0.0.1:9")
    process, address = application.serve(LICZYDLO_WORKER="off", TMPDIR=str(temporary))
    try:
        await_health(address, process)
        owner = {"name": "Ala Nowak", "email": EMAIL, "password1": PASSWORD, "password2": PASSWORD}
        with httpx2.Client(base_url=address, trust_env=False, follow_redirects=True) as browser:
            page = browser.get("/start/")
            token = re.search(CSRF, page.text)
            assert token is not None
            owner |= {"csrfmiddlewaretoken": token.group(1), "password": PASSWORD, "repeated": PASSWORD}
            assert browser.post("/start/", data=owner, headers={"Referer": address}).is_success
        yield application, address, temporary
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=PATIENCE)


def answer(address: str, path: str, *, length: int | None, sent: int, host: str = "") -> str:
    """Send a head, then zeros, in chunks where there is no ``length``; the answer as far as it comes."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE) as connection:
        size = f"Content-Length: {length}" if length is not None else "Transfer-Encoding: chunked"
        kind = "Content-Type: multipart/form-data; boundary=x"
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{size}\r\n{kind}\r\n\r\n".encode()
        )
        begin = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        piece = b"\0" * min(sent, 65536)
        try:
            for at in range(0, sent, len(piece) or 1):
                data = begin + piece if at == 0 else piece
                connection.sendall(data if length is not None else b"%x\r\n%s\r\n" % (len(data), data))
            if length is None:
                connection.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server has answered and hung up, which is what it should do
        received = b""
        while b"</html>" not in received and (more := connection.recv(65536)):
            received += more
    return received.decode()


@pytest.mark.parametrize("path", ["/konto/login/", "/start/", "/firmy/1/sprzedaz/wgraj/", "/nowhere/"])
def test_strangers_send_no_files(served: tuple[Application, str, Path], path: str) -> None:
    _, address, temporary = served
    for length, sent in ((400_000_000, 0), (4_000_000, 4_000_000), (64_001, 0)):
        said = answer(address, path, length=length, sent=sent)
        assert said.startswith("HTTP/1.1 413 "), said[:200]
        assert "Za dużo danych" in said
    assert answer(address, path, length=None, sent=4_000_000).startswith("HTTP/1.1 413 ")
    assert "Nie podano długości danych" in answer(address, path, length=None, sent=1)
    assert list(temporary.iterdir()) == []


def test_nobody_else_reads_the_installation(served: tuple[Application, str, Path]) -> None:
    application, _, _ = served
    open_to_others = [
        path.name
        for path in application.folder.iterdir()
        if path.name != "serve.log" and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []
    assert {"liczydlo.sqlite3", "liczydlo.sqlite3-wal", "secret.key"} <= {
        path.name for path in application.folder.iterdir()
    }


def test_no_link_that_sets_a_password_is_logged(served: tuple[Application, str, Path]) -> None:
    application, address, _ = served
    with httpx2.Client(base_url=address, trust_env=False, follow_redirects=True) as browser:
        page = browser.get("/konto/password/reset/")
        assert "liczydlo manage password_link" in page.text
        assert "odnośnik pojawi się" not in page.text
        sent_from = re.search(CSRF, browser.get("/konto/login/").text)
        assert sent_from is not None
        sent = {"email": EMAIL, "csrfmiddlewaretoken": sent_from.group(1)}
        done = browser.post("/konto/password/reset/", data=sent, headers={"Referer": address})
        assert done.is_success
        assert "nie ma serwera poczty" in done.text
        log = (application.folder / "serve.log").read_text()
        assert "no mail server is configured" in log
        assert "/password/reset/key/" not in log
        assert EMAIL not in log

        made = subprocess.run(
            [sys.executable, "-m", "liczydlo", "manage", "password_link", EMAIL, "--address", address],
            env=environment(application.folder, application.emulator),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert made.returncode == 0, made.stderr
        assert "/password/reset/key/" not in made.stderr
        link = made.stdout.splitlines()[0]
        form = browser.get(link)
        match = re.search(CSRF, form.text)
        assert match is not None
        new = {
            "password1": "Inne-haslo-2027!",
            "password2": "Inne-haslo-2027!",
            "csrfmiddlewaretoken": match.group(1),
        }
        assert browser.post(str(form.url), data=new, headers={"Referer": address}).is_success
        again = httpx2.get(link, trust_env=False, follow_redirects=True)
        assert "password1" not in again.text, "the link works twice"

"""The vault: only the right place opens a secret, and a rotation changes nothing but the wrapping."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.connection import keyring, vault
from liczydlo.connection.vault import VaultError

PLACE = vault.Label(company_id=1, row="EMULATOR/AB", purpose="private-key/Offline")


@pytest.fixture(autouse=True)
def in_folder(settings: Any, tmp_path: Path) -> None:
    settings.LICZYDLO_DATA = tmp_path


@given(secret=st.binary(max_size=4096))
def test_a_sealed_secret_opens_in_its_place(secret: bytes) -> None:
    sealed = vault.seal(secret, **PLACE)
    assert vault.unseal(sealed, **PLACE) == secret
    assert len(secret) < 8 or secret not in sealed


def test_the_same_secret_is_never_sealed_alike() -> None:
    assert vault.seal(b"klucz", **PLACE) != vault.seal(b"klucz", **PLACE)


@pytest.mark.parametrize(
    "elsewhere", [{"company_id": 2}, {"row": "EMULATOR/AC"}, {"purpose": "ksef-tokens"}, {"row": "TEST/AB"}]
)
def test_another_place_does_not_open_it(elsewhere: dict[str, Any]) -> None:
    sealed = vault.seal(b"klucz", **PLACE)
    with pytest.raises(VaultError, match="does-not-open"):
        vault.unseal(sealed, **{**PLACE, **elsewhere})


@given(st.data())
def test_a_changed_byte_anywhere_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(vault.seal(b"tajne", **PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(VaultError):
        vault.unseal(bytes(sealed), **PLACE)


def test_a_secret_cut_off_anywhere_is_refused() -> None:
    sealed = vault.seal(b"", **PLACE)
    for end in range(len(sealed)):
        with pytest.raises(VaultError) as caught:
            vault.unseal(sealed[:end], **PLACE)
        assert caught.value.code == "not-sealed", end


@given(junk=st.binary(max_size=200))
def test_what_was_never_sealed_is_said_so(junk: bytes) -> None:
    with pytest.raises(VaultError, match="not-sealed"):
        vault.unseal(junk, **PLACE)


def test_the_key_file_is_only_its_owners(tmp_path: Path) -> None:
    vault.seal(b"x", **PLACE)
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


def test_without_its_master_key_nothing_opens(tmp_path: Path) -> None:
    sealed = vault.seal(b"x", **PLACE)
    (tmp_path / "master.key").unlink()
    with pytest.raises(VaultError, match="unknown-master-key"):
        vault.unseal(sealed, **PLACE)


def test_a_new_master_key_opens_the_old_and_seals_anew(tmp_path: Path) -> None:
    old = vault.seal(b"sekret", **PLACE)
    keyring.put_in_front(bytes(range(32)))
    new = vault.rewrap(old)
    assert vault.unseal(old, **PLACE) == vault.unseal(new, **PLACE) == b"sekret"
    assert vault.rewrap(new) == new
    tail = len(vault.MAGIC) + 8 + 12 + 48
    assert new[tail:] == old[tail:], "the secret itself is not touched"
    keyring.keep_only_current()
    assert vault.unseal(new, **PLACE) == b"sekret"
    with pytest.raises(VaultError, match="unknown-master-key"):
        vault.unseal(old, **PLACE)
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


def test_keys_from_the_environment(settings: Any, tmp_path: Path) -> None:
    first, second = (base64.b64encode(bytes(range(n, n + 32))).decode() for n in (1, 2))
    settings.LICZYDLO_MASTER_KEY = first
    sealed = vault.seal(b"x", **PLACE)
    settings.LICZYDLO_MASTER_KEY = f"{second},{first}"
    assert vault.unseal(vault.rewrap(sealed), **PLACE) == b"x"
    assert not list(tmp_path.iterdir())
    with pytest.raises(ImproperlyConfigured):
        keyring.put_in_front(bytes(32))


@pytest.mark.parametrize(
    "given",
    [
        "za krótki",
        "abc",
        "YWJj",
        ",",
        base64.b64encode(bytes(range(31))).decode(),
        base64.b64encode(bytes(range(33))).decode(),
        base64.b64encode(bytes(32)).decode(),
    ],
)
def test_what_is_not_a_key_is_refused_without_repeating_it(settings: Any, given: str) -> None:
    settings.LICZYDLO_MASTER_KEY = given
    with pytest.raises(ImproperlyConfigured) as refusal:
        vault.seal(b"x", **PLACE)
    assert given not in str(refusal.value) or given == ","
    assert "openssl rand -base64 32" in str(refusal.value)


@pytest.mark.parametrize(
    "short", ["a", "krótkie", "aaaaaaaaaaaaaaaaaaaa", "ababab ababab", " " * 20, "jedenaście1" + " "]
)
def test_a_passphrase_that_is_guessed_in_no_time(short: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        keyring.check_passphrase(short, "LICZYDLO_MASTER_PASSPHRASE")
    assert "at least 12 characters" in str(refusal.value)
    assert short not in str(refusal.value) or len(short) == 1
    keyring.check_passphrase("dwanaście123", "LICZYDLO_MASTER_PASSPHRASE")


@pytest.mark.parametrize(
    ("name", "value"), [("LICZYDLO_MASTER_KEY", "abc"), ("LICZYDLO_MASTER_PASSPHRASE", "a")]
)
@pytest.mark.parametrize("command", [("serve", "--port", "1"), ("worker",), ("manage", "check")])
def test_a_bad_master_key_stops_the_start_with_one_line(
    name: str, value: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "liczydlo", *command],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(keyring.__file__).parents[2]),
            "LICZYDLO_DATA": str(tmp_path),
            name: value,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"liczydlo: {name} is ")
    assert len(done.stderr.splitlines()) == 1


def test_a_passphrase_gives_the_same_key_each_time(settings: Any, tmp_path: Path) -> None:
    settings.LICZYDLO_MASTER_PASSPHRASE = "cztery słowa i przecinek"
    sealed = vault.seal(b"x", **PLACE)
    settings.LICZYDLO_MASTER_PASSPHRASE = "inne słowa"
    with pytest.raises(VaultError, match="unknown-master-key"):
        vault.unseal(sealed, **PLACE)
    settings.LICZYDLO_MASTER_PASSPHRASE = "cztery słowa i przecinek"
    assert vault.unseal(sealed, **PLACE) == b"x"
    assert (tmp_path / "master.salt").exists()


def test_a_master_key_never_shows_itself() -> None:
    key = keyring.all_keys()[0]
    assert repr(key) == "MasterKey()"
    assert key.version not in key.value


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    script = (
        "import sys;from django.conf import settings;settings.configure(LICZYDLO_DATA=sys.argv[1],"
        "LICZYDLO_MASTER_KEY='',LICZYDLO_MASTER_PASSPHRASE='');"
        "from liczydlo.connection import keyring;print(keyring.all_keys()[0].version.hex())"
    )
    source = str(Path(keyring.__file__).parents[2])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": source},
        )
        for _ in range(4)
    ]
    said = {process.communicate()[0] for process in started}
    assert len(said) == 1 and b"" not in said

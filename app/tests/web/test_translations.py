"""Every Polish sentence has its English one, and what is compiled is what is written."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import liczydlo
import pytest
from django.core.management import call_command

ROOT = Path(liczydlo.__file__).parent
PO = Path("locale/en/LC_MESSAGES/django.po")
FEATURES = sorted(path.parents[3].relative_to(ROOT).as_posix() for path in ROOT.rglob(PO.as_posix()))

pytestmark = pytest.mark.gettext


def messages(po: Path) -> dict[str, str]:
    """Untranslated, fuzzy and obsolete ones are not among them."""
    plain = subprocess.run(
        ["msgattrib", "--translated", "--no-fuzzy", "--no-obsolete", "--no-wrap", str(po)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    result = {}
    for block in plain.split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        text = "\n".join(lines)
        if "msgstr" in text:
            source, _, translation = text.partition("\nmsgstr")
            result[source] = translation
    return result


def test_the_three_features_are_translated() -> None:
    assert {"web", "companies", "connection", "home"} <= set(FEATURES)


@pytest.mark.parametrize("feature", FEATURES)
def test_nothing_is_left_in_polish(feature: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / feature
    shutil.copytree(ROOT / feature, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    monkeypatch.chdir(copy)
    call_command("makemessages", locale=["en"], no_location=True, verbosity=0)
    expected = subprocess.run(
        ["msgattrib", "--no-obsolete", "--untranslated", str(copy / PO)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert expected.count("msgid ") <= 1, expected
    fuzzy = subprocess.run(
        ["msgattrib", "--no-obsolete", "--only-fuzzy", str(copy / PO)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert not fuzzy, fuzzy
    assert set(messages(copy / PO)) == set(messages(ROOT / feature / PO)), "texts that nobody shows any more"


@pytest.mark.parametrize("feature", FEATURES)
def test_the_compiled_file_is_up_to_date(feature: str, tmp_path: Path) -> None:
    made = tmp_path / "django.mo"
    po = ROOT / feature / PO
    subprocess.run(["msgfmt", "--check-format", "-o", str(made), str(po)], check=True)
    assert made.read_bytes() == po.with_suffix(".mo").read_bytes()

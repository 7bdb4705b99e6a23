"""What is compiled before the workers begin is what their imports would make, and take."""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest.assertion import rewrite

from tests.compiled import ROOT, compile_all, modules


def cached(path: Path) -> Path:
    return rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)


def test_an_import_takes_the_rewritten_test_until_the_test_changes(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    test, helper = tmp_path / "test_one.py", tmp_path / "helper.py"
    test.write_text("def test_it():\n    assert 1 == 2\n")
    helper.write_text("ONE = 1\n")
    compile_all([test, helper], request.config)
    code = rewrite._read_pyc(test, cached(test))
    assert code is not None and "@pytest_ar" in code.co_names, "its assertions tell what they compared"
    assert list(tmp_path.glob("__pycache__/helper.*.pyc")) and not cached(helper).exists()
    before = cached(test).stat().st_mtime_ns
    compile_all([test, helper], request.config)
    assert cached(test).stat().st_mtime_ns == before, "it is not done again"
    test.write_text("def test_it():\n    assert 1 == 3\n")
    assert rewrite._read_pyc(test, cached(test)) is None
    compile_all([test], request.config)
    assert rewrite._read_pyc(test, cached(test)) is not None


def test_a_module_that_does_not_compile_stops_none(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    broken, whole = tmp_path / "test_broken.py", tmp_path / "test_whole.py"
    broken.write_text("def (")
    whole.write_text("assert True\n")
    compile_all([broken, whole], request.config)
    assert cached(whole).exists() and not cached(broken).exists()


def test_every_test_is_among_them(request: pytest.FixtureRequest) -> None:
    assert set(modules()) >= {item.path for item in request.session.items}
    assert ROOT / "conftest.py" in modules()


def test_no_package_is_rewritten_because_it_offers_a_plugin(request: pytest.FixtureRequest) -> None:
    """Rewriting them was a quarter of a collection that finds no compiled modules."""
    rewritten = request.config.pluginmanager.rewrite_hook._must_rewrite
    assert not {"anyio", "hypothesis", "ksef_emulator", "schemathesis"} & rewritten

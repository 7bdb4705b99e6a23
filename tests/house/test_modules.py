"""The shape of the source: no module too long to read at a sitting, no circle of imports."""

from __future__ import annotations

from collections.abc import Mapping

import grimp
import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.pure
MOST_LINES = 400


def test_no_module_is_too_long() -> None:
    sources = [path for part in ("app", "emulator") for path in (ROOT / part / "src").rglob("*.py")]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in sources}
    assert not {name: length for name, length in lengths.items() if length > MOST_LINES}


def circles(imports: Mapping[str, set[str]]) -> list[set[str]]:
    """Groups of modules of which each is reached from each; a module alone is none."""
    reached: dict[str, set[str]] = {}
    for start in imports:
        seen: set[str] = set()
        ahead = [*imports[start]]
        while ahead:
            if (module := ahead.pop()) not in seen:
                seen.add(module)
                ahead += imports[module]
        reached[start] = seen
    groups = {
        frozenset(other for other in reached[module] if module in reached[other])
        for module in imports
        if module in reached[module]
    }
    return [set(group) for group in groups]


@pytest.mark.parametrize("package", ["liczydlo", "ksef_emulator"])
def test_no_import_leads_back(package: str) -> None:
    """Imports inside functions count too: they hide a circle and do not open it; those for types alone do not."""
    graph = grimp.build_graph(package, exclude_type_checking_imports=True, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 100
    assert not circles(imports)


def test_what_counts_as_a_circle() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [{"b", "c"}]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []

"""Documents from the field that the rules once judged wrongly, and those that they must leave alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from liczydlo.fa3.document import inspect
from liczydlo.fa3.problems import DocumentError
from liczydlo.web.reasons import explain

CASES = Path(__file__).parents[4] / "shared" / "cases" / "documents"
TODAY = date(2026, 11, 29)
EXPECTED = {
    "f08-order-doubled-no-warning": ("order-value", "1845.00"),
    "f13a-polish-nip-not-in-NIP": ("nip-elsewhere", None),
    "f13b-polish-nip-not-in-NIP": ("nip-elsewhere", None),
    "f14-zal-impossible-tax": ("tax", "23.00"),
    "f15-NrKSeFN-with-ksef-number": ("outside-ksef", None),
}


@pytest.mark.shared
@pytest.mark.parametrize("path", sorted(CASES.glob("*.xml")), ids=lambda path: path.stem)
def test_a_document_of_the_field(path: Path) -> None:
    if path.stem == "f10-kodSystemowy-message":
        with pytest.raises(DocumentError) as caught:
            inspect(path.read_bytes(), today=TODAY)
        (problem,) = caught.value.problems
        assert "kodSystemowy" in explain(problem, "pl")
        assert "„FA (3)”" in explain(problem, "pl")
        assert "U+00A0" in explain(problem, "pl")
        return
    result = [
        (warning.code, warning.params.get("expected"))
        for warning in inspect(path.read_bytes(), today=TODAY).warnings
    ]
    assert result == ([EXPECTED[path.stem]] if path.stem in EXPECTED else [])

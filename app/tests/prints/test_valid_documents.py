"""Whatever the schema of FA(3) allows is printed without a fault, and its page says every value of it."""

from __future__ import annotations

import html
import re
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from liczydlo.prints import reading
from liczydlo.prints.invoice import invoice_html, invoice_pdf

from app.tests.fa3 import valid
from app.tests.prints import papers

pytestmark = pytest.mark.pure


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.booleans())
def test_every_value_is_on_the_page(seed: int, whole: bool) -> None:
    """The paper too, but for letters that its type lacks."""
    xml = valid.document(Random(seed), whole=whole)
    page = invoice_html(xml, language="pl")
    assert page is not None
    text = re.sub(
        r"⟨U\+(....)⟩", lambda one: chr(int(one[1], 16)), page
    )  # those that would turn what follows
    said = papers.squeezed(html.unescape(re.sub(r"<[^>]+>", " ", text)))
    lost = papers.lost(reading.document(xml, "pl"), said)
    assert [
        one for one in lost if papers.squeezed(one[1]) not in said
    ] == []  # texts like a figure stay as they are
    assert invoice_pdf(xml, codes=papers.OFFLINE).startswith(b"%PDF")

"""Why a file is not XML is said in the reader's language, without the library's English."""

from __future__ import annotations

import re
from datetime import date

import pytest
from liczydlo.fa3.document import inspect
from liczydlo.fa3.problems import DocumentError
from liczydlo.web.reasons import explain
from lxml import etree

BROKEN = [
    b"<a>",
    b"<a><b></a>",
    b"x",
    b"<a/><b/>",
    b"<a>&nbsp;</a>",
    b"<a>& b</a>",
    b"<a b=1/>",
    b"<a b='1' b='2'/>",
    b"<a b='<'/>",
    b"<p:a/>",
    b"<a>&#1;</a>",
    b"<a",
    b"<a><!-- -- --></a>",
    b"<a>]]></a>",
    b"<a b/>",
    b"<a><![CDATA[x</a>",
    b"<a>" * 300,
    b"<a>&amp</a>",
    b" <?xml version='1.0'?><a/>",
]


def words_of(text: str) -> set[str]:
    """Words of four letters and more."""
    return set(re.findall(r"[a-ząćęłńóśźż]{4,}", text.casefold()))


@pytest.mark.parametrize("xml", BROKEN)
def test_what_is_wrong_is_said_in_words_of_ours(xml: bytes) -> None:
    with pytest.raises(etree.XMLSyntaxError) as theirs:
        etree.fromstring(xml, etree.XMLParser(resolve_entities=False))
    with pytest.raises(DocumentError) as caught:
        inspect(xml, today=date(2026, 11, 23))
    problem = caught.value.problems[0]
    assert (problem.code, problem.line) == ("not-xml", theirs.value.lineno)
    polish, english = explain(problem, "pl"), explain(problem, "en")
    assert not words_of(polish) & (words_of(str(theirs.value)) - {"nbsp"}), polish
    assert polish != english
    assert "niepoprawny" not in polish or xml in (b"<a><!-- -- --></a>", b"<a>]]></a>")

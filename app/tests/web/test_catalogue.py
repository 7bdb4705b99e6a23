"""Every code that is raised has a text in both languages with the params that it is raised with, and none is dead."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import liczydlo
import pytest
from django.utils import translation
from django.utils.functional import Promise
from liczydlo.ksef.errors import RateLimited, Refused, Unavailable
from liczydlo.web.catalogue import registry
from liczydlo.web.catalogue.ksef_refusals import REFUSALS, UNAVAILABLE
from liczydlo.web.catalogue.permissions import PERMISSIONS
from liczydlo.web.reasons import Reason, explain

ROOT = Path(liczydlo.__file__).parent
FAMILIES = {
    "Problem": "invoice",
    "warning": "invoice",
    "off": "invoice",
    "nested": "invoice",
    "_refused": "invoice",  # fa3.read
    "CredentialError": "credential",
    "StatementError": "statement",
    "TableError": "table",
    "SignedRequestError": "signed-request",
    "Reason": "",
    "NotConnected": "",
    "NotStored": "",
    "PackageError": "",
    "DocumentProblem": "",
}
"""What a code is made with, and the family that it belongs to."""
OFF = {"value", "expected"}
CREDENTIAL = {"file", "date", "cipher"}  # always there
OWN = {"file", "reference", "ksef_code", "temporary", "family", "details"}  # arguments that are no params
TEXTS: dict[str, str | Promise] = {
    **{code: text for code, text in registry.TEXTS.items() if not callable(text)},
    **{f"ksef {code}": text for code, text in (REFUSALS | UNAVAILABLE | PERMISSIONS).items()},
}


@functools.cache
def modules() -> list[tuple[Path, ast.Module]]:
    """What may write a code: read when a test runs, for every worker collects this module."""
    result = []
    for path in ROOT.rglob("*.py"):
        if "migrations" not in path.parts and "catalogue" not in path.as_posix():
            result.append((path, ast.parse(path.read_text(encoding="utf-8"))))
    return result


def keys_of(node: ast.expr | None) -> set[str] | None:
    """The names in a dict's display; None where it is made elsewhere."""
    if node is None:
        return set()
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        return {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}
    return None


def raised() -> Iterator[tuple[str, str, set[str] | None]]:
    """Where, the code, and the params; every call in which the code is written out."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            name = (
                called.id
                if isinstance(called, ast.Name)
                else getattr(called, "attr", "").replace("warning", "log")
            )
            if name not in FAMILIES or (name == "_refused" and path.name != "read.py"):
                continue
            named = {one.arg: one.value for one in node.keywords if one.arg}
            first = named.get("code") or (node.args[0] if node.args else None)
            if name == "_refused":
                first = node.args[1]
            codes = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            for code in codes:
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    yield where, registry.key(code.value, FAMILIES[name]), params_of(name, node, named)


def params_of(name: str, node: ast.Call, named: dict[str, ast.expr]) -> set[str] | None:
    match name:
        case "Problem":
            return keys_of(named.get("params"))
        case "Reason":
            return keys_of(node.args[1] if len(node.args) > 1 else named.get("params"))
        case "CredentialError":
            return CREDENTIAL
        case "_refused":
            return None
        case "off":
            return OFF | set(named)
    return set(named) - OWN


def test_what_is_raised_has_a_text_that_its_params_fill() -> None:
    codes = list(raised())
    assert len(codes) > 120
    assert {code.partition(":")[0] if ":" in code else "" for _, code, _ in codes} == set(FAMILIES.values())
    assert [(where, code) for where, code, _ in codes if code not in registry.TEXTS] == []
    texts = [(where, registry.TEXTS[code], params) for where, code, params in codes]
    assert [
        (where, text, params)
        for where, text, params in texts
        if params is not None and not callable(text) and not registry.places(text) <= params
    ] == []


def patterns() -> Iterator[str]:
    """Of every text in the source, a formatted one with anything in its places."""
    for _, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [one.value if isinstance(one, ast.Constant) else None for one in node.values]
                if any(part and len(str(part)) > 3 for part in parts):  # else it could be anything
                    yield "".join("[a-z0-9-]+" if part is None else re.escape(str(part)) for part in parts)


def test_no_code_is_dead() -> None:
    """Each is written somewhere in the source: raised, or in a table of what is raised; KSeF sends the others."""
    written = re.compile("|".join(set(patterns())))
    ours = {code for code in registry.TEXTS if code not in REFUSALS} - {"ksef"}
    dead = [
        code for code in ours if not (written.fullmatch(code) or written.fullmatch(code.rpartition(":")[2]))
    ]
    assert not dead


@pytest.mark.parametrize("code", TEXTS)
def test_every_text_exists_in_both_languages_with_the_same_places(code: str) -> None:
    polish, english = str(TEXTS[code]), ""
    with translation.override("en"):
        english = str(TEXTS[code])
    assert registry.places(polish) == registry.places(english)
    assert polish.strip("{}") and english
    assert polish != english or polish in {".p12"}


def test_params_are_written_for_people() -> None:
    expired = Reason("certificate-expired", {"date": "2026-11-05"})
    assert " 05.11.2026." in expired.text("pl") and " 05.11.2026." in expired.text("en")
    room = Reason("certificate-limit-room", {"date": "2027-01-01"}).as_json()
    full = Reason("certificate-limit", {"limit": 6, "room": room})
    assert "może być 6). Miejsce zwolni się samo 01.01.2027, gdy" in full.text("pl")
    empty = Reason("certificate-limit", {"limit": 6, "room": None})
    assert "może być 6). Od razu" in empty.text("pl")


def test_a_row_that_is_older_than_a_place_of_its_text_is_shown_all_the_same() -> None:
    assert "(–)" in Reason("duplicate").text("pl")


def test_a_param_is_no_template() -> None:
    text = Reason("number-used", {"number": "{date} {0} %s"}).text("pl")
    assert "{date} {0} %s" in text


def test_nobody_registers_a_code_twice() -> None:
    with pytest.raises(ValueError, match="duplicate"):
        registry.register({"duplicate": "x"})


@pytest.mark.parametrize(
    ("error", "polish", "english"),
    [
        (
            Refused(status=400, code="21405", description="Błąd", details=("pole a",)),
            "KSeF odrzucił dane żądania. KSeF podaje: pole a",
            "KSeF rejected the request's data. KSeF says: pole a",
        ),
        (
            Refused(status=415, code="415", operation="login"),
            "Zalogowano poprawnie, ale",
            "The certificate is right, but",
        ),
        (
            Refused(status=400, code="99999", description="Nowość", details=("a", " b ")),
            "KSeF odmówił: Nowość a b",
            "KSeF refused (its words are Polish): Nowość a b",
        ),
        (
            Refused(status=403, code="brand-new"),
            "KSeF odmówił: brand-new",
            "KSeF refused (its words are Polish)",
        ),
        (
            Refused(status=403, code="missing-permissions", required_permissions=("X", "InvoiceWrite")),
            "Brakuje uprawnienia: wystawianie faktur albo X. Nada",
            "A permission is missing: issuing invoices or X. The",
        ),
        (RateLimited(10.2), "Następna próba za 11 s.", "Next attempt in 11 s."),
        (
            Unavailable("timeout", answer_lost=True),
            "KSeF nie odpowiedział na czas. Żądanie mogło dotrzeć",
            "KSeF did not answer in time. The request may have arrived",
        ),
    ],
)
def test_what_ksef_said_is_explained(error: Any, polish: str, english: str) -> None:
    assert polish in explain(error, "pl")
    assert english in explain(error, "en")
    kept = Reason.from_json(Reason.of(error).as_json())
    assert str(kept) == explain(error, "pl")
    assert not re.search(r"[{}]", str(kept))

"""Reading KSeF's JSON: every kind of field, what is allowed to be absent, and the path that an error names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.ksef import wire
from liczydlo.ksef.wire import Malformed, Node

READERS: dict[str, tuple[Callable[[Node], Any], list[tuple[Any, Any]], list[Any]]] = {
    "text": (
        lambda node: node.text("f"),
        [("a", "a"), ("", ""), ("żółw 🐢", "żółw 🐢")],
        [1, True, None, [], {}, "\0", "\ud83d"]),
    "integer": (
        lambda node: node.integer("f"),
        [(7, 7), (0, 0), (-1, -1)],
        ["7", True, False, None, Decimal("7.5"), 2**63, -(2**63)]),
    "scalar": (lambda node: node.scalar("f"), [("K/1", "K/1"), (7, "7"), (0, "0")], [True, None, Decimal("7.5")]),
    "decimal": (
        lambda node: node.decimal("f"),
        [(Decimal("1.10"), Decimal("1.10")), (3, Decimal(3)), (0, Decimal(0))],
        ["1.10", True, None, 1.5, Decimal("NaN"), Decimal("1E+16"), -(10**16), Decimal("1E+999999")],
    ),
    "flag": (lambda node: node.flag("f"), [(True, True), (False, False)], [None, 0, 1, "true"]),
    "moment": (
        lambda node: node.moment("f"),
        [
            ("2026-03-02T12:00:00+01:00", datetime(2026, 3, 2, 11, tzinfo=UTC)),
            ("2026-03-02T12:00:00Z", datetime(2026, 3, 2, 12, tzinfo=UTC)),
            ("2026-03-02T12:00:00", datetime(2026, 3, 2, 12, tzinfo=UTC)),
            ("0001-01-01T00:00:00+02:00", wire.EARLIEST),
            ("9999-12-31T23:59:59.9999999-02:00", wire.LATEST),
            ("2026-03-02T12:00:00.1234567+00:00", datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)),
        ],
        ["wczoraj", 1772452800, None],
    ),
    "day": (lambda node: node.day("f"), [("2026-03-02", date(2026, 3, 2))], ["2.03.2026", 20260302, None]),
    "octets": (lambda node: node.octets("f"), [("AAE=", b"\x00\x01"), ("", b"")], ["AAE", "żółw", "AA ==", 1, None]),
    "node": (lambda node: node.node("f").text("g"), [({"g": "x"}, "x")], [[], "x", None, 1]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("reader", "given_value", "expected"),
    [(name, value, result) for name, (_, good, _) in READERS.items() for value, result in good],
)
def test_a_field_is_read(reader: str, given_value: Any, expected: Any) -> None:
    outcome = READERS[reader][0](Node({"f": given_value}))
    assert outcome == expected
    assert type(outcome) is type(expected)
    if isinstance(outcome, datetime):
        assert outcome.utcoffset() == expected.utcoffset(), "moments are told in UTC"


@pytest.mark.parametrize(
    ("reader", "value"), [(name, value) for name, (_, _, bad) in READERS.items() for value in bad]
)
def test_a_field_of_another_type_is_named(reader: str, value: Any) -> None:
    with pytest.raises(Malformed) as caught:
        READERS[reader][0](Node({"f": value}))
    assert str(caught.value) == "f"


@pytest.mark.parametrize("reader", READERS)
def test_an_absent_field_is_named(reader: str) -> None:
    with pytest.raises(Malformed, match=r"^f$"):
        READERS[reader][0](Node({}))


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (lambda node: node.optional_text("f"), "a", "a"),
        (lambda node: node.optional_integer("f"), 0, 0),
        (lambda node: node.optional_moment("f"), "2026-03-02T12:00:00Z", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        (lambda node: node.optional_octets("f"), "AA==", b"\x00"),
        (lambda node: node.optional_node("f") and node.optional_node("f").text("g"), {"g": "x"}, "x"),
    ],
    ids=["text", "integer", "moment", "octets", "node"],
)  # fmt: skip
def test_what_may_be_absent(read: Callable[[Node], Any], value: Any, expected: Any) -> None:
    """Absent and null are None; a value of another type is an error all the same."""
    assert read(Node({"f": value})) == expected
    assert read(Node({"f": None})) is None
    assert read(Node({})) is None
    with pytest.raises(Malformed):
        read(Node({"f": True}))


def test_a_flag_may_have_a_default() -> None:
    for default in (True, False):
        assert Node({}).flag("f", default=default) is default
        assert Node({"f": None}).flag("f", default=default) is default
        assert Node({"f": not default}).flag("f", default=default) is not default
    with pytest.raises(Malformed):
        Node({"f": "no"}).flag("f", default=False)


def test_lists_and_mappings_may_be_absent() -> None:
    for fields in ({}, {"f": None}):
        node = Node(fields)
        assert node.texts("f") == ()
        assert node.mapping("f") == {}
        assert list(node.nodes("f")) == []
    node = Node({"f": ["a", 1], "g": {"a": 1, "b": None, "c": "x"}, "h": [{"n": 1}, {"n": 2}]})
    assert node.texts("f") == ("a", "1")
    assert node.mapping("g") == {"a": "1", "c": "x"}
    assert [one.integer("n") for one in node.nodes("h")] == [1, 2]
    for read in (Node.texts, Node.mapping, Node.nodes):
        with pytest.raises(Malformed, match=r"^f$"):
            read(Node({"f": "text"}), "f")
    for value in (["a", "\0"], ["\ud83d"], {"a": "\0"}, {"\ud83d": "a"}):
        with pytest.raises(Malformed, match=r"^f$"):
            (Node.texts if isinstance(value, list) else Node.mapping)(Node({"f": value}), "f")


def test_an_error_names_the_whole_path_and_no_value() -> None:
    node = wire.parse_object(b'{"a": {"b": [{"c": "x"}, {"c": "secret"}, 3]}}')
    items = node.node("a").nodes("b")
    next(items)
    with pytest.raises(Malformed) as caught:
        next(items).integer("c")
    assert str(caught.value) == "a.b[1].c"
    with pytest.raises(Malformed) as caught:
        next(items)
    assert str(caught.value) == "a.b[2]"


def test_the_outermost_value_is_what_was_expected() -> None:
    assert [one.integer("n") for one in wire.parse_list(b'[{"n": 1}, {"n": 2}]')] == [1, 2]
    for body in (
        b"[]",
        b'"x"',
        b"1",
        b"null",
        b"<html>",
        b"",
        b"\xff",
        b"[" * 100_000,
        b'{"n": 1e99999999999999999999}',
    ):
        with pytest.raises(Malformed):
            wire.parse_object(body)
    for body in (b"{}", b"null", b"<html>", b"[1]"):
        with pytest.raises(Malformed):
            list(wire.parse_list(body))


@given(st.decimals(-(10**15), 10**15, places=2))
def test_amounts_are_exact(amount: Decimal) -> None:
    assert wire.parse_object(b'{"f": %s}' % f"{amount:f}".encode()).decimal("f") == amount

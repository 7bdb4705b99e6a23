"""What the emulator serves as its OpenAPI against the official file: the same, but for prose and EXCEPTIONS."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ksef_emulator.emulator import Emulator
from ksef_emulator.http.server import public
from starlette.testclient import TestClient

OFFICIAL = Path(__file__).parents[4] / "shared" / "spec" / "openapi-2.9.0.json"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not OFFICIAL.exists(), reason=f"the official OpenAPI is not beside the repository: {OFFICIAL}"
    ),
]
METHODS = ("get", "post", "put", "delete", "patch")
EXCEPTIONS = {
    # The official file writes the most elements of these three lists as `maximum`, which says nothing about a list.
    "AllowedIps": lambda schema: {
        **schema,
        "properties": {
            name: {"maxItems": each.pop("maximum"), **{key: each[key] for key in each if key != "minimum"}}
            for name, each in schema["properties"].items()
        },
    },
}
"""Schema → what the official one is read as, each with its reason."""


@cache
def official() -> dict[str, Any]:
    return json.loads(OFFICIAL.read_text(encoding="utf-8"))


@cache
def served() -> dict[str, Any]:
    emulator = Emulator()
    try:
        answer = TestClient(public(emulator)).get("/docs/v2/openapi.json")
        assert answer.status_code == 200
        return answer.json()
    finally:
        emulator.close()


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def bare(node: Any) -> Any:
    """Without prose and without the two ways of saying one thing."""
    if isinstance(node, list):
        return [bare(each) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("properties"), dict):
        rest = bare({key: value for key, value in node.items() if key != "properties"})
        return {**rest, "properties": {name: bare(each) for name, each in node["properties"].items()}}
    prose = ("description", "summary", "example", "examples", "title", "x-summary")
    found = {key: bare(value) for key, value in node.items() if key not in prose}
    if "allOf" in found:  # a reference with more beside it; `required` only repeats what the reference says
        found.pop("required", None)
        found = {**found.pop("allOf")[0], **found}
    if isinstance(found.get("required"), list):
        found["required"] = sorted(found["required"])
    if found.get("additionalProperties") in ({"nullable": True}, {}, True):
        found.pop("additionalProperties")
    return found


def described(operation: dict[str, Any]) -> dict[str, Any]:
    found = bare(operation)
    found["parameters"] = {(each["in"], each["name"]): each for each in found.get("parameters", [])}
    if not found.get("security"):
        found.pop("security", None)
    found["responses"] = dict(sorted(found["responses"].items()))
    body = found.get("requestBody")
    if body:
        body.pop("required", None)  # every body is
    return found


def test_the_same_operations() -> None:
    assert sorted(operations(served())) == sorted(operations(official()))


@pytest.mark.parametrize("name", sorted(operations(official())) if OFFICIAL.exists() else [])
def test_the_same_operation(name: str) -> None:
    own = operations(served()).get(name)
    assert own is not None, f"{name} is not there"
    assert described(own) == described(operations(official())[name])


def test_the_same_schemas() -> None:
    theirs = official()["components"]["schemas"]
    own = served()["components"]["schemas"]
    assert sorted(own) == sorted(theirs)
    different = {}
    for name, schema in theirs.items():
        wanted = bare(schema)
        if name in EXCEPTIONS:
            wanted = EXCEPTIONS[name](wanted)
        if bare(own[name]) != wanted:
            different[name] = (bare(own[name]), wanted)
    assert different == {}


def test_the_same_way_of_saying_who_one_is() -> None:
    assert bare(served()["components"]["securitySchemes"]) == bare(
        official()["components"]["securitySchemes"]
    )
    assert [tag["name"] for tag in served()["tags"]] == sorted(tag["name"] for tag in official()["tags"])

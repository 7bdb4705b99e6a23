"""Validation against the official FA(3) schema, and its findings in words.

The schema is the copy inside the installed ``ksef-client`` distribution, found without importing it and compared by
SHA-256: official files are not kept in this repository.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import re
import threading
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree

from liczydlo.fa3 import source
from liczydlo.fa3.problems import Problem

MOST: Final = 20  # problems told at once
_FILES: Final = {
    "schemat_FA(3)_v1-0E.xsd": "50c655de247d8efc706c1791468624e6768e12772b901b1d344240e8e3987e41",
    "StrukturyDanych_v10-0E.xsd": "d26095dc6c68b40be67bb855be2ea59b1215f812ebb63176af294f43e9915a65",
    "ElementarneTypyDanych_v10-0E.xsd": "20f79cb00c12800a3b48c3fced4c05fd0455d9ec6da2a699d964fb23c84edbad",
    "KodyKrajow_v10-0E.xsd": "48be2a9f181d7ff80f185c62491ba12604c5cacbbe21af8e2aaaf2c585bbd214",
}
_MAIN: Final = "schemat_FA(3)_v1-0E.xsd"
_KINDS: Final = {
    "SCHEMAV_CVC_ENUMERATION_VALID": "schema-enumeration",
    "SCHEMAV_CVC_PATTERN_VALID": "schema-pattern",
    "SCHEMAV_CVC_LENGTH_VALID": "schema-length",
    "SCHEMAV_CVC_MINLENGTH_VALID": "schema-length",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "schema-length",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "schema-range",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "schema-range",
    "SCHEMAV_CVC_MINEXCLUSIVE_VALID": "schema-range",
    "SCHEMAV_CVC_MAXEXCLUSIVE_VALID": "schema-range",
    "SCHEMAV_CVC_TOTALDIGITS_VALID": "schema-digits",
    "SCHEMAV_CVC_FRACTIONDIGITS_VALID": "schema-digits",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "schema-type",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_2": "schema-type",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_3": "schema-type",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "schema-attribute",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "schema-attribute",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "schema-attribute",
}
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (.*?) \)")
_NAME: Final = re.compile(r"\{[^}]*\}")
_local = threading.local()


class SchemaFilesError(Exception):
    """The installed schema files are missing or are not the ones that were checked."""


class _OnlyThese(etree.Resolver):
    """Answers the schemas' absolute addresses with files that were read, and refuses any other address."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:  # type: ignore[override]  # noqa: ARG002
        """lxml's hook."""
        name = unquote((system_url or "").rsplit("/", 1)[-1])
        if name not in self._files:
            raise SchemaFilesError(f"schema outside the known set: {system_url}")
        return self.resolve_string(self._files[name], context, base_url=f"schema:///{name}")


def violations(xml: bytes) -> list[Problem]:
    """What the schema has against a document, in the order of lines; at most ``MOST``. Raises DocumentError.

    Thread-safe. The error is for what is not an FA(3) file at all (``source.parse``).
    """
    return of_tree(source.parse(xml))


def of_tree(tree: etree._ElementTree) -> list[Problem]:
    """As ``violations``, for a tree that was parsed."""
    validator = _validator()
    if validator.validate(tree):
        return []
    found: dict[tuple[int, str], Problem] = {}
    log: Any = validator.error_log
    for entry in log:
        problem = _problem(tree, entry)
        found.setdefault((problem.line or 0, problem.path), problem)
    return sorted(found.values(), key=lambda problem: problem.line or 0)[:MOST]


def _validator() -> etree.XMLSchema:
    """One for each thread: its error log belongs to the last validation, whoever made it."""
    made: etree.XMLSchema | None = getattr(_local, "validator", None)
    if made is None:
        files = _files()
        parser = etree.XMLParser(no_network=True, resolve_entities=False)
        parser.resolvers.add(_OnlyThese(files))
        root = etree.fromstring(files[_MAIN], parser, base_url=f"schema:///{_MAIN}")
        made = _local.validator = etree.XMLSchema(etree.ElementTree(root))
    return made


@functools.cache
def _files() -> dict[str, bytes]:
    package = importlib.util.find_spec("ksef_client")
    if package is None or not package.submodule_search_locations:
        raise SchemaFilesError("the ksef-client distribution is not installed")
    folder = Path(package.submodule_search_locations[0]) / "documents" / "fa3" / "schemas"
    found = {}
    for name, digest in _FILES.items():
        content = (folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise SchemaFilesError(f"{name} is not the file that was checked")
        found[name] = content
    return found


def path_of(element: etree._Element) -> str:
    """``Fa/FaWiersz[2]/P_12``: without the root; numbered where there are several of the name."""
    steps = []
    for each in (element, *element.iterancestors()):
        parent = each.getparent()
        if parent is None:
            break
        name = etree.QName(each).localname
        same = [child for child in parent if child.tag == each.tag]
        steps.append(name if len(same) == 1 else f"{name}[{same.index(each) + 1}]")
    return "/".join(reversed(steps))


def _problem(tree: etree._ElementTree, entry: Any) -> Problem:
    places: Any = tree.xpath(entry.path) if entry.path else []
    element: etree._Element = places[0] if places else tree.getroot()
    name = etree.QName(element).localname
    params = {"element": name}
    message = _NAME.sub("", entry.message)
    if entry.type_name == "SCHEMAV_ELEMENT_CONTENT":
        code = "schema-missing" if "Missing child" in message else "schema-unexpected"
        expected = _EXPECTED.search(message)
        names = expected[1] if expected else ""
        params |= {
            "expected": f"Oczekiwano: {names}." if names else "",
            "expected_en": f"Expected: {names}." if names else "",
        }
    else:
        code = _KINDS.get(entry.type_name, "schema")
        params |= {"value": (element.text or "").strip()[:80], "message": message}
    return Problem(code=code, line=entry.line, path=path_of(element), params=params)

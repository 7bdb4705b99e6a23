"""Validation against the official FA(3) schema, and its findings in words.

The schema is the copy inside the installed ``ksef-client`` distribution, found without importing it and compared by
SHA-256: official files are not kept in this repository.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import re
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree

from liczydlo.fa3 import findings
from liczydlo.fa3.problems import Problem

MOST: Final = 20  # problems told at once
_FILES: Final = {
    "schemat_FA(3)_v1-0E.xsd": "50c655de247d8efc706c1791468624e6768e12772b901b1d344240e8e3987e41",
    "StrukturyDanych_v10-0E.xsd": "d26095dc6c68b40be67bb855be2ea59b1215f812ebb63176af294f43e9915a65",
    "ElementarneTypyDanych_v10-0E.xsd": "20f79cb00c12800a3b48c3fced4c05fd0455d9ec6da2a699d964fb23c84edbad",
    "KodyKrajow_v10-0E.xsd": "48be2a9f181d7ff80f185c62491ba12604c5cacbbe21af8e2aaaf2c585bbd214",
}
_MAIN: Final = "schemat_FA(3)_v1-0E.xsd"
_PREFIXED: Final = re.compile(r"/[^/:\[*@]+:([^/:\[]+)")
_ATTEMPTS: Final = 5
_compiling: Final = threading.Lock()
_idle: Final[deque[etree.XMLSchema]] = deque()


class SchemaFilesError(Exception):
    """The installed schema files are missing or are not the ones that were checked."""


class _OnlyThese(etree.Resolver):
    """Answers the schemas' absolute addresses with files that were read, and refuses any other address."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:  # type: ignore[override]  # noqa: ARG002
        name = unquote((system_url or "").rsplit("/", 1)[-1])
        if name not in self._files:
            raise SchemaFilesError(f"schema outside the known set: {system_url}")
        return self.resolve_string(self._files[name], context, base_url=f"schema:///{name}")


def of_tree(tree: etree._ElementTree) -> list[Problem]:
    """What the schema has against a document that ``source.parse`` read, in the order of lines; at most ``MOST``.
    Thread-safe."""
    with _validator() as validator:
        if validator.validate(tree):
            return []
        log: Any = validator.error_log  # a copy
    problems: dict[tuple[int, str], Problem] = {}
    for entry in log:
        problem = _problem(tree, entry)
        problems.setdefault((problem.line or 0, problem.path), problem)
        if len(problems) == MOST:
            break
    return sorted(problems.values(), key=lambda problem: problem.line or 0)


@contextlib.contextmanager
def _validator() -> Iterator[etree.XMLSchema]:
    """One to oneself, compiled when all others are busy: its error log belongs to the last validation of any thread."""
    try:
        validator = _idle.pop()
    except IndexError:
        validator = _compiled()
    try:
        yield validator
    finally:
        _idle.append(validator)


def _compiled() -> etree.XMLSchema:
    """A new one. lxml's resolvers hang on one pointer of the whole process, which a parser of another thread takes away
    now and then: what is imported is then not found, the schema does not compile, and another attempt helps.
    """
    schemas = files()
    for attempt in range(1, _ATTEMPTS + 1):
        parser = etree.XMLParser(no_network=True, resolve_entities=False)
        parser.resolvers.add(_OnlyThese(schemas))
        with _compiling:
            try:
                root = etree.fromstring(schemas[_MAIN], parser, base_url=f"schema:///{_MAIN}")
                return etree.XMLSchema(etree.ElementTree(root))
            except etree.XMLSchemaParseError:
                if attempt == _ATTEMPTS:
                    raise
    raise AssertionError


@functools.cache
def files() -> dict[str, bytes]:
    """The schema files by name, main one first. Raises SchemaFilesError when they are not those that were checked."""
    package = importlib.util.find_spec("ksef_client")
    if package is None or not package.submodule_search_locations:
        raise SchemaFilesError("the ksef-client distribution is not installed")
    folder = Path(package.submodule_search_locations[0]) / "documents" / "fa3" / "schemas"
    contents = {}
    for name, digest in _FILES.items():
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            raise SchemaFilesError(f"{name} cannot be read") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise SchemaFilesError(f"{name} is not the file that was checked")
        contents[name] = content
    return contents


def path_of(element: etree._Element) -> str:
    """``Fa/FaWiersz[2]/P_12``: without the root; numbered where there are several of the name."""
    steps = []
    for node in (element, *element.iterancestors()):
        parent = node.getparent()
        if parent is None:
            break
        name = etree.QName(node).localname
        same = [child for child in parent if child.tag == node.tag]
        steps.append(name if len(same) == 1 else f"{name}[{same.index(node) + 1}]")
    return "/".join(reversed(steps))


def _problem(tree: etree._ElementTree, entry: Any) -> Problem:
    element = _element(tree, entry.path or "")
    code, params = findings.of(entry.type_name, entry.message, element)
    path = path_of(element)
    if "attribute" in params:
        path = f"{path}/@{params['attribute']}"
    return Problem(code=code, line=entry.line, path=path, params=params)


def _element(tree: etree._ElementTree, path: str) -> etree._Element:
    """The element of libxml2's path, whose prefixes are those of the document; or the nearest above it."""
    steps = _PREFIXED.sub(r"/*[local-name()='\1']", path)
    while steps:
        matches: Any = tree.xpath(steps)
        if matches and isinstance(matches[0], etree._Element):
            return matches[0]
        steps = steps.rpartition("/")[0]
    return tree.getroot()

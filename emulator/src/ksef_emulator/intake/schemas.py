"""Form codes and their schemas: which documents KSeF takes, and validation against the official XSD.

FA(3) is validated with the copy inside the installed `ksef-client` package, found without importing it and
checked by SHA-256. The other structures need a directory of official files (the OpenAPI's table of form
codes names them); without it their form codes are „not supported", which is said when a session is opened.
Nothing is read from any address: a schema refers to files by name, and they have to be there.
"""

from __future__ import annotations

import hashlib
import importlib.util
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from .refusals import wrong_content

MAX_SCHEMA_ERRORS = 10
MAIN = "main.xsd"
_XS = "{http://www.w3.org/2001/XMLSchema}"
_REFERRING = (f"{_XS}include", f"{_XS}import", f"{_XS}redefine")


@dataclass(frozen=True, kw_only=True)
class FormCode:
    """The triple that names a structure, as in `formCode` of the API; `schema_file` is what a UPO writes."""

    system_code: str
    schema_version: str
    value: str
    schema_file: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What two codes are compared by."""
        return self.system_code, self.schema_version, self.value


FA3 = FormCode(system_code="FA (3)", schema_version="1-0E", value="FA", schema_file="Schemat_FA(3)_v1-0E.xsd")
FA2 = FormCode(system_code="FA (2)", schema_version="1-0E", value="FA", schema_file="Schemat_FA(2)_v1-0E.xsd")
PEF = FormCode(
    system_code="PEF (3)", schema_version="2-1", value="PEF", schema_file="Schemat_PEF(3)_v2-1.xsd"
)
PEF_KOR = FormCode(
    system_code="PEF_KOR (3)", schema_version="2-1", value="PEF", schema_file="Schemat_PEF_KOR(3)_v2-1.xsd"
)
FA_RR = FormCode(
    system_code="FA_RR (1)", schema_version="1-1E", value="FA_RR", schema_file="Schemat_FA_RR(1)_v1-1E.xsd"
)
FORM_CODES = (FA3, FA2, PEF, PEF_KOR, FA_RR)

FA3_DIGESTS: dict[str, str] = {
    "schemat_FA(3)_v1-0E.xsd": "50c655de247d8efc706c1791468624e6768e12772b901b1d344240e8e3987e41",
    "StrukturyDanych_v10-0E.xsd": "d26095dc6c68b40be67bb855be2ea59b1215f812ebb63176af294f43e9915a65",
    "ElementarneTypyDanych_v10-0E.xsd": "20f79cb00c12800a3b48c3fced4c05fd0455d9ec6da2a699d964fb23c84edbad",
    "KodyKrajow_v10-0E.xsd": "48be2a9f181d7ff80f185c62491ba12604c5cacbbe21af8e2aaaf2c585bbd214",
}


class SchemaFilesError(Exception):
    """The installed schema files are missing or are not the ones that were checked."""


class Schemas:
    """Compiled schemas, one per form code and thread (lxml keeps a validator's errors in the validator)."""

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory
        self._threads = threading.local()
        self._files: dict[FormCode, dict[str, bytes]] = {}
        self._lock = threading.Lock()

    def find(self, system_code: str, schema_version: str, value: str) -> FormCode | None:
        """The form code of this triple, if documents of it can be taken here."""
        for code in FORM_CODES:
            if code.key == (system_code, schema_version, value):
                return code if code == FA3 or self._official(code) else None
        return None

    def check(self, root: etree._Element, code: FormCode) -> None:
        """Raises a `Refusal` 450 with the lines and rules that the document breaks."""
        schema = self._compiled(code)
        if schema.validate(root):
            return
        errors = [f"Linia {entry.line}: {entry.message}" for entry in schema.error_log]  # type: ignore[attr-defined]
        raise wrong_content(
            "Dokument nie jest zgodny ze schemą (xsd).", *list(dict.fromkeys(errors))[:MAX_SCHEMA_ERRORS]
        )

    def prepare(self, code: FormCode) -> None:
        """Compile a schema before it is needed. Raises `SchemaFilesError` when its files are not all there, or are
        not a schema."""
        try:
            self._compiled(code)
        except (etree.XMLSchemaParseError, etree.XMLSyntaxError, OSError) as error:
            raise SchemaFilesError(f"{code.system_code}: {error}") from error

    def _compiled(self, code: FormCode) -> etree.XMLSchema:
        compiled: dict[FormCode, etree.XMLSchema] = self._threads.__dict__.setdefault("compiled", {})
        if code not in compiled:
            compiled[code] = _compile(self._neighbours(code))
        return compiled[code]

    def _neighbours(self, code: FormCode) -> dict[str, bytes]:
        with self._lock:
            if code not in self._files:
                name, files = _installed_fa3() if code == FA3 else self._from_directory(code)
                self._files[code] = _as_neighbours(name, files)
            return self._files[code]

    def _official(self, code: FormCode) -> Path | None:
        if self.directory is None:
            return None
        file = code.schema_file.lower()
        return next((path for path in self.directory.rglob("*.xsd") if path.name.lower() == file), None)

    def _from_directory(self, code: FormCode) -> tuple[str, dict[str, bytes]]:
        """The schema with all that it refers to: from beside it, from anywhere in the directory, or, the Ministry's
        common types, from what came with FA(3). Raises `SchemaFilesError`."""
        main = self._official(code)
        if main is None or self.directory is None:
            raise SchemaFilesError(f"no schema file for {code.system_code}")
        places = [*sorted(main.parent.rglob("*.xsd")), *sorted(self.directory.rglob("*.xsd"))]
        by_name = {path.name: path for path in reversed(places)}
        files = {main.name: main.read_bytes()}
        waiting = [main.name]
        while waiting:
            for name in _referred(files[waiting.pop()]):
                if name not in files:
                    files[name] = by_name[name].read_bytes() if name in by_name else _common(name)
                    waiting.append(name)
        return main.name, files


def _referred(schema: bytes) -> list[str]:
    """Names of the files that a schema refers to, whatever their address."""
    root = etree.fromstring(schema, etree.XMLParser(no_network=True, resolve_entities=False))
    return [unquote(node.get("schemaLocation", "").rsplit("/", 1)[-1]) for node in root.iter(*_REFERRING)]


def _common(name: str) -> bytes:
    if name not in FA3_DIGESTS:
        raise SchemaFilesError(f"schema outside the known set: {name}")
    return _installed_fa3()[1][name]


def _as_neighbours(main: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files under names of one folder, each referring to its neighbours and to nothing else."""
    names = {name: MAIN if name == main else f"{number}.xsd" for number, name in enumerate(sorted(files))}
    neighbours = {}
    for name, content in files.items():
        root = etree.fromstring(content, etree.XMLParser(no_network=True, resolve_entities=False))
        for node in root.iter(*_REFERRING):
            file = unquote(node.get("schemaLocation", "").rsplit("/", 1)[-1])
            if file not in names:
                raise SchemaFilesError(f"schema outside the known set: {node.get('schemaLocation')}")
            node.set("schemaLocation", names[file])
        neighbours[names[name]] = etree.tostring(root)
    return neighbours


def _compile(neighbours: dict[str, bytes]) -> etree.XMLSchema:
    """The schema, read from a folder that is there only meanwhile: one that stayed would outlive a killed process.

    Answering the schemas' absolute addresses by a resolver would need no folder, but lxml exchanges one loader of the
    whole process while it compiles, and two threads that do so at a time fail now and then.
    """
    with tempfile.TemporaryDirectory(prefix="ksef-emulator-schemas-") as folder:
        for name, content in neighbours.items():
            (Path(folder) / name).write_bytes(content)
        return etree.XMLSchema(file=str(Path(folder) / MAIN))


def _installed_fa3() -> tuple[str, dict[str, bytes]]:
    spec = importlib.util.find_spec("ksef_client")
    if spec is None or spec.origin is None:
        raise SchemaFilesError("the package ksef-client, which carries the FA(3) schema, is not installed")
    folder = Path(spec.origin).parent / "documents" / "fa3" / "schemas"
    files = {}
    for name, digest in FA3_DIGESTS.items():
        content = (folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise SchemaFilesError(f"{name} in ksef-client is not the file that was checked")
        files[name] = content
    return "schemat_FA(3)_v1-0E.xsd", files

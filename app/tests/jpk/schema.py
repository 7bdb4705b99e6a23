"""The Ministry's schema of JPK_FA(4), with ``types.xsd`` in place of the types that it imports from an address."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from liczydlo.jpk.writing import Address, Heading
from lxml import etree

OFFICIAL = Path(__file__).parents[4] / "shared" / "spec" / "xsd"
FILE = OFFICIAL / "jpk" / "Schemat_JPK_FA(4)_v1-0.xsd"
NAMES = {"j": "http://jpk.mf.gov.pl/wzor/2022/02/17/02171/"}
ADDRESS = Address(
    voivodeship="mazowieckie",
    county="m.st. Warszawa",
    municipality="Warszawa",
    street="Garncarska",
    house="3",
    town="Warszawa",
    postcode="00-001",
)
HEADING = Heading(
    nip="5265877635",
    name="Pracownia Ceramiczna Gliniany Dzban",
    office="1435",
    address=ADDRESS,
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
    created=datetime(2026, 11, 29, 9, tzinfo=UTC),
)


@functools.cache
def schema() -> Any:
    tree = etree.parse(str(FILE))
    (imported,) = tree.findall("{http://www.w3.org/2001/XMLSchema}import")
    imported.set("schemaLocation", (Path(__file__).parent / "types.xsd").as_uri())
    return etree.XMLSchema(tree)


def checked(xml: bytes) -> Any:
    """The root of a file, which the schema takes where it is here."""
    root = etree.fromstring(xml)
    if FILE.exists():
        schema().assertValid(root)
    return root


def texts(root: Any, path: str) -> list[str]:
    return [
        element.text or "" for element in root.findall(path.replace("/", "/j:").replace("j:.", "."), NAMES)
    ]

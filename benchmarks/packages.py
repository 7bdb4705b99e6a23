"""10 000 invoices from rows of a database to an encrypted package, ready to be declared.

By turns, each in a process of its own: Liczydło, which reads rows as it packs and writes encrypted parts to files, and
the PyPI client ``ksef-client``, whose functions take a dictionary of files and return bytes. Both read the same SQLite
table of finished documents: what is compared is reading, packing, encrypting and hashing, of which zlib is the most;
building the documents is in ``build_invoices.py``. Seconds of processor time and growth of memory. Ends with 1 when
over the budget of memory (DESIGN, „Budgets").
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from _emulator import invoice

MEMORY = 100  # megabytes of growth
CONTENDERS = ("liczydlo", "ksef-client")


def rows(database: Path) -> Iterator[tuple[str, bytes]]:
    """File names and documents, as a cursor gives them."""
    with sqlite3.connect(database) as connection:
        for number, xml in connection.execute("SELECT id, xml FROM document ORDER BY id"):
            yield f"{number}.xml", xml


def liczydlo(database: Path, folder: Path) -> int:
    """Bytes of the encrypted parts."""
    from liczydlo.ksef.envelope import SessionKey
    from liczydlo.ksef.packing import pack, smaller

    package = pack(rows(database), SessionKey.new(), folder, compression=smaller(rows(database)))
    return sum(part.size for part in package.parts)


def ksef_client(database: Path, folder: Path) -> int:
    """Theirs, as its batch workflow puts it together; the parts go to files, for they wait for their addresses."""
    import os

    from ksef_client.services.batch import encrypt_batch_parts
    from ksef_client.utils.zip_utils import build_zip

    archive = build_zip(dict(rows(database)))
    parts, _ = encrypt_batch_parts(archive, os.urandom(32), os.urandom(16))
    for index, part in enumerate(parts):
        (folder / f"{index}.aes").write_bytes(part)
    return sum(map(len, parts))


def contend(name: str, database: Path) -> None:
    """One contender's process: prints seconds, megabytes of growth and the size of the package."""
    run = liczydlo if name == "liczydlo" else ksef_client
    with tempfile.TemporaryDirectory() as folder:
        small = database.with_name("small")  # imports and first calls are not what is measured
        run(small, Path(folder))
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        size = run(database, Path(folder))
        used = time.process_time() - began
    growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps([used, growth, size]))


def fill(database: Path, many: int) -> None:
    """A table of different documents of twenty lines."""
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE document (id INTEGER PRIMARY KEY, xml BLOB)")
        documents = ((invoice(f"FV/{index}"),) for index in range(many))
        connection.executemany("INSERT INTO document (xml) VALUES (?)", documents)


def main() -> int:
    """Run; print a line for each contender."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--database", type=Path, help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.contender:
        contend(flags.contender, flags.database)
        return 0
    results: dict[str, list[list[float]]] = {name: [] for name in CONTENDERS}
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "rows")
        fill(database, flags.invoices)
        fill(database.with_name("small"), 3)
        for _ in range(flags.rounds):
            for name in CONTENDERS:
                command = [sys.executable, __file__, "--contender", name, "--database", str(database)]
                out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                results[name].append(json.loads(out))
    seconds, growth = {}, {}
    for name in CONTENDERS:
        used, memory, sizes = zip(*results[name], strict=True)
        seconds[name], growth[name] = statistics.median(used), statistics.median(memory)
        print(f"  {name}: {seconds[name]:.2f} s, memory +{growth[name]:.0f} MB, {sizes[0] / 1e6:.1f} MB")
    ratio = seconds["ksef-client"] / seconds["liczydlo"]
    print(
        f"package of {flags.invoices}: {seconds['liczydlo']:.2f} s, {ratio:.1f} × as fast as ksef-client",
        end=", ",
    )
    print(f"memory +{growth['liczydlo']:.0f} MB (budget {MEMORY})")
    return int(growth["liczydlo"] > MEMORY)


if __name__ == "__main__":
    sys.exit(main())

"""An invoice with two codes from XML to PDF/A-3b, by turns with an empty page of Typst in one process.

The empty page has the same type, the same standard and the same attachment: it is what no print of Typst can be
faster than, and the ratio of the two stays when the machine is busy. Every document is another one, because Typst
remembers what it has set. Processor time of one thread; also an invoice of 500 lines, how memory grows, and
a cell of a large attachment. Ends with 1 when over the budget.

WeasyPrint is compared with where it is; it needs Pango, so it has an environment and a lock of its own:
``python3 -m venv ENV && ENV/bin/pip install --require-hashes -r benchmarks/weasyprint.lock``, then
``LICZYDLO_WEASYPRINT=ENV/bin/python python3 dev.py bench prints``.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "app/src"))

import _weasyprint  # noqa: E402
import typst  # noqa: E402
from liczydlo.demo.samples import faktura_of, samples  # noqa: E402
from liczydlo.fa3.draft import Address, Party  # noqa: E402
from liczydlo.fa3.write import write  # noqa: E402
from liczydlo.prints import content, fonts  # noqa: E402
from liczydlo.prints.codes import Codes  # noqa: E402
from liczydlo.prints.invoice import invoice_pdf  # noqa: E402
from lxml import etree  # noqa: E402

BUDGET = 20.0  # milliseconds of one core for a document
RATIO = 8.0  # times the empty page: what is aimed at
TIMES = 6.0  # faster than WeasyPrint
COMPARED = 12  # documents of WeasyPrint
GROWTH = 60.0  # MB over a run
CELL = 80.0  # microseconds of one core for a cell of a large attachment
ATTACHED = (40, 250, 8)  # blocks with a table of rows of cells
EMPTY = """#set document(title: "a")
#set text(font: "Inter", size: 8.5pt, lang: "pl")
#pdf.attach("a.xml", bytes(sys.inputs.xml), relationship: "source", mime-type: "application/xml", description: "FA")
#sys.inputs.number
"""
HOST = "https://qr-test.ksef.mf.gov.pl"


def invoice(lines: int = 0) -> bytes:
    """The project's own example of three lines, or the same with more."""
    address = Address(line1="ul. Gliniana 4", line2="30-001 Kraków")
    firm = Party(nip="5265877635", name="Garncarnia Łęg sp. z o.o.", address=address)
    xml = write(faktura_of(samples(firm, firm, date(2026, 11, 23))["several-rates"]))
    if not lines:
        return xml
    root = etree.fromstring(xml)
    first = next(root.iter("{*}FaWiersz"))
    for number in range(lines, 1, -1):
        copy = etree.fromstring(etree.tostring(first))
        copy[0].text = str(number)
        first.addnext(copy)
    return etree.tostring(root)


def attached() -> bytes:
    """The example with an attachment as a supplier of energy makes it."""
    blocks, rows, cells = ATTACHED
    head = "".join(f'<Kol Typ="dec"><NKom>Strefa {at}</NKom></Kol>' for at in range(cells))
    tables = (
        "".join(
            "<Wiersz>"
            + "".join(
                f"<WKom>{(block * 7919 + row * 104729 + at * 977) % 1000003 / 37:.2f}</WKom>"
                for at in range(cells)
            )
            + "</Wiersz>"
            for row in range(rows)
        )
        for block in range(blocks)
    )
    pair = "<MetaDane><ZKlucz>Adres</ZKlucz><ZWartosc>Polna 1</ZWartosc></MetaDane>"
    body = "".join(
        f"<BlokDanych>{pair}<Tabela><TNaglowek>{head}</TNaglowek>{table}</Tabela></BlokDanych>"
        for table in tables
    )
    return invoice().replace(b"</Faktura>", f"<Zalacznik>{body}</Zalacznik></Faktura>".encode())


def codes(number: int) -> Codes:
    """Other ones for every document; the second as long as ECDSA makes it."""
    digest = f"{number:07d}Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzI"
    signed = f"{HOST}/certificate/Nip/5265877635/5265877635/01F20A5D352AE590/{digest}/{'aB3_-z' * 14}x9"
    return Codes(kod_1=f"{HOST}/invoice/5265877635/23-11-2026/{digest}", caption="OFFLINE", kod_2=signed)


def timed(work: Callable[[int], object], number: int) -> float:
    """Milliseconds of the processor."""
    start = time.process_time()
    work(number)
    return (time.process_time() - start) * 1000


def peak() -> float:
    """Most memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200)
    flags = parser.parse_args()
    xml = invoice()

    def numbered(number: int) -> bytes:
        return xml.replace(b"FV/002/", b"FV/%d/" % number)

    def ours(number: int) -> object:
        return invoice_pdf(numbered(number), codes=codes(number))

    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "empty.typ"
        page.write_text(EMPTY)
        compiler = typst.Compiler(
            root=folder,
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.FOLDER)]
            ),
            ignore_system_fonts=True,
        )

        def empty(number: int) -> object:
            inputs = {"xml": xml.decode(), "number": str(number)}
            return compiler.compile(page, format="pdf", sys_inputs=inputs, pdf_standards="a-3b")

        ours(0), empty(0)
        before = peak()
        pairs = [(timed(ours, number), timed(empty, number)) for number in range(1, flags.documents + 1)]
    growth = peak() - before
    mine, floor = ([pair[index] for pair in pairs] for index in (0, 1))
    tenths = [statistics.quantiles(times, n=10) for times in (mine, floor)]
    print(f"one invoice with two codes, {flags.documents} times, milliseconds of the processor")
    print(f"{'':12}{'fastest tenth':>15}{'median':>9}{'slowest tenth':>15}")
    for name, row in zip(("Liczydło", "empty page"), tenths, strict=True):
        print(f"{name:12}{row[0]:15.1f}{row[4]:9.1f}{row[8]:15.1f}")
    long = invoice(500)
    took = min(
        timed(lambda number: invoice_pdf(long, codes=codes(number)), 10**6 + turn) for turn in range(3)
    )
    best, ratio = tenths[0][0], statistics.median(mine) / statistics.median(floor)
    print(f"{ratio:.1f} times the empty page, of which {RATIO:.0f} are aimed at; 500 lines in {took:.0f} ms")
    large = attached()
    idle = resource.getrusage(resource.RUSAGE_CHILDREN)
    invoice_pdf(large, codes=codes(2 * 10**6))
    done = resource.getrusage(resource.RUSAGE_CHILDREN)  # in a process of its own
    each = (done.ru_utime + done.ru_stime - idle.ru_utime - idle.ru_stime) * 10**6
    each /= ATTACHED[0] * ATTACHED[1] * ATTACHED[2]
    print(f"an attachment of {len(large) / 10**6:.1f} MB in {each:.0f} µs for a cell; budget {CELL:.0f}")
    pages = [
        (
            _weasyprint.page(content.invoice(numbered(number), codes=codes(number), language="pl")),
            xml.decode(),
        )
        for number in range(COMPARED + 1)
    ]
    theirs = _weasyprint.measured(pages)
    if theirs:
        median = statistics.median(theirs)
        print(
            f"WeasyPrint {median:.0f} ms, {median / statistics.median(mine):.1f} times Liczydło's; {TIMES:.0f} aimed at"
        )
    else:
        print(f"WeasyPrint was not measured: {_weasyprint.PYTHON} names no Python that has it")
    print(f"memory grew by {growth:.0f} MB of {peak():.0f}")
    print(
        f"budget {BUDGET:.0f} ms, held by the fastest tenth, which shows the machine when others leave it alone"
    )
    return int(best > BUDGET or growth > GROWTH or each > CELL)


if __name__ == "__main__":
    sys.exit(main())

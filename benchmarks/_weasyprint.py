"""The same invoice by WeasyPrint: HTML of the same reading, the same type and standard, both codes, the XML attached.

``page`` makes the HTML; run as a program, by the Python of an environment with ``weasyprint.lock``, this takes pairs of
HTML and XML as JSON and answers with the milliseconds of the processor that each PDF took. The HTML is made before, and
stylesheet and fonts are read once: whatever can be kept between documents is kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liczydlo.prints.content import InvoiceView

PYTHON = "LICZYDLO_WEASYPRINT"
"""Variable with the path of the Python that has WeasyPrint."""
TYPEFACES = Path(__file__).resolve().parents[1] / "app/src/liczydlo/prints/typefaces"
STYLE = f"""
@font-face {{ font-family: Inter; font-weight: 400; src: url("file://{TYPEFACES}/Inter-Regular.ttf") }}
@font-face {{ font-family: Inter; font-weight: 600; src: url("file://{TYPEFACES}/Inter-SemiBold.ttf") }}
@page {{ size: A4; margin: 16mm 18mm 19mm }}
body {{ font: 8.5pt Inter; color: #1b2430 }}
h1 {{ font-size: 18pt; font-weight: 600; margin: 0 }}
h2 {{ font-size: 6.8pt; font-weight: 600; color: #0f766e; text-transform: uppercase; margin: 4mm 0 1mm }}
table {{ width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }}
td, th {{ padding: 1.4mm; border-bottom: 0.4pt solid #cdd3d9; text-align: left; font-weight: 400 }}
th, .due {{ font-weight: 600; background: #f2f4f5 }}
.parties td, .codes td {{ border: 0; vertical-align: top; width: 50% }}
.codes svg {{ width: 30mm; height: 30mm }}
small {{ font-size: 5.4pt; white-space: nowrap }}
"""


def page(view: InvoiceView) -> str:
    """The view in HTML: head, parties, lines, sums, what is due, other groups, codes."""
    assert view.lines is not None
    assert view.sums is not None
    parties = "".join(
        f"<td><h2>{escape(party.title)}</h2><b>{escape(party.name)}</b><br>"
        + "<br>".join(
            [f"{escape(title)} {escape(value)}" for title, value in party.identifiers]
            + [escape(row) for row in party.address]
        )
        + "</td>"
        for party in view.parties
    )
    codes = "".join(
        f"<td>{escape(code['words'])}<br>{code['svg']}<br>{escape(code['caption'])}<br>"
        f'<small><a href="{escape(code["link"])}">{"<br>".join(map(escape, code["shown"]))}</a></small></td>'
        for code in view.codes
    )
    groups = "".join(
        f"<h2>{escape(group['title'])}</h2>"
        + _table([[str(cell) for cell in pair[:2]] for pair in group["pairs"]])
        for column in view.groups
        for group in column
    )
    return (
        f'<html lang="pl"><head><meta charset="utf-8"><title>{escape(view.title)}</title></head><body>'
        f"<h1>{escape(view.title)}</h1><b>{escape(view.number)}</b>{_table(view.dates)}"
        f'<table class="parties"><tr>{parties}</tr></table>'
        + _table(
            [row["cells"] for row in view.lines["rows"]],
            [column["label"] for column in view.lines["columns"]],
        )
        + _table([*view.sums["rows"], view.sums["total"] or []], view.sums["columns"])
        + f'<div class="due">{_table(view.amounts)}{escape(view.paid)}</div>{groups}'
        f'<table class="codes"><tr>{codes}</tr></table><small>{escape(view.made)}</small></body></html>'
    )


def _table(rows: Any, heads: Any = ()) -> str:
    top = f"<thead><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr></thead>" if heads else ""
    cells = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{top}<tbody>{cells}</tbody></table>"


def measured(documents: list[tuple[str, str]]) -> list[float]:
    """Milliseconds of each document after the first; none without an environment."""
    python = os.environ.get(PYTHON)
    if not python:
        return []
    answer = subprocess.run(
        [python, __file__], input=json.dumps(documents), capture_output=True, text=True, check=True
    )
    times: list[float] = json.loads(answer.stdout.splitlines()[-1])
    return times[1:]


def main() -> None:
    """Print the documents of standard input, answer with their times."""
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    style = CSS(string=STYLE, font_config=fonts)
    times = []
    for html, xml in json.load(sys.stdin):
        start = time.process_time()
        made = HTML(string=html).write_pdf(
            stylesheets=[style],
            font_config=fonts,
            pdf_variant="pdf/a-3b",
            attachments=[Attachment(string=xml, name="faktura.xml", relationship="Source")],
        )
        times.append((time.process_time() - start) * 1000)
        if target := os.environ.get("LICZYDLO_WEASYPRINT_KEEP"):
            Path(target).write_bytes(made)
    print(json.dumps(times))


if __name__ == "__main__":
    main()

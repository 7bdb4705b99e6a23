"""What the demo shows: one line per step, and a table in which the documents move."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.live import Live
from rich.table import Table

from liczydlo.demo.parcels import Parcel

console = Console(highlight=False)
_STYLES = {
    "accepted": "green",
    "held": "yellow",
    "waiting": "yellow",
    "rejected": "red",
    "refused": "red",
}


def say(text: str) -> None:
    """One line, in words."""
    console.print(text, markup=False, soft_wrap=True)


def table(parcels: Sequence[Parcel]) -> Table:
    """All documents with their states; a reason stands where there is no number."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("Document", overflow="fold", ratio=3)
    table.add_column("State", no_wrap=True)
    table.add_column("KSeF number, or why not", overflow="fold", ratio=6)
    for parcel in parcels:
        state = f"[{style}]{parcel.state}[/]" if (style := _STYLES.get(parcel.state)) else parcel.state
        table.add_row(parcel.file, state, _detail(parcel))
    return table


def _detail(parcel: Parcel) -> str:
    if parcel.faults:
        return "[red]" + "; ".join(parcel.faults).replace("[", r"\[") + "[/]"
    if parcel.invoice and parcel.invoice.entry.ksef_number:
        return parcel.invoice.entry.ksef_number + ("" if parcel.recorded else "  (receipt on its way)")
    code = parcel.reason.ksef_code if parcel.reason else ""
    return (parcel.explanation("en") or "").replace("[", r"\[") + (f" [dim]({code})[/]" if code else "")


def end_of_table() -> None:
    """Where there is no terminal, the table is printed without the end of its last line."""
    if not console.is_terminal:
        console.print()


def live(parcels: Sequence[Parcel]) -> Live:
    """The table, drawn again as it changes; in a log it is printed once, at the end."""
    return Live(table(parcels), console=console, auto_refresh=False, transient=False)


def deadlines(rows: Sequence[tuple[str, str, str, str, str, str]]) -> None:
    """Invoice, mode, last day for sending, when it was sent, whether in time, KSeF number."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("Invoice", "Mode", "Send by", "Sent", "", "KSeF number"):
        table.add_column(name, no_wrap=name != "KSeF number", overflow="fold")
    for *cells, last, number in rows:
        table.add_row(*cells, f"[{'red' if last == 'late' else 'green'}]{last}[/]", number)
    console.print(table)

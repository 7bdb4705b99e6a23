"""What a person has typed into the editor so far, before anything of it is checked."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from liczydlo.sales import composing, pasting, sections
from liczydlo.sales.editing import stock
from liczydlo.sales.editing.sale import Sale
from liczydlo.sales.line_forms import MOST_LINES
from liczydlo.web.paging import ids


def lines(edited: Sale, post: QueryDict) -> Any:
    """The lines as they were posted, to be checked."""
    return edited.line_set(post, prices=post.get("prices"))


def fields(edited: Sale, post: QueryDict) -> dict[str, Any]:
    """The fields beside the lines as they were typed; nothing is checked."""
    many = ("advances",)
    typed = {name: post.getlist(name) if name in many else post.get(name, "") for name in edited.form_fields}
    return {**typed, sections.SECTIONS_FIELD: sections.relined(post)}


def relined(edited: Sale, post: QueryDict) -> tuple[Any, stock.Stock, pasting.Pasted]:
    """The lines as typed, one more or one less, filled from the list or pasted; nothing is checked yet."""
    count = next(iter(ids([post.get(f"{composing.LINES}-TOTAL_FORMS", "")])), 0)
    rows = [
        {name: post.get(f"{composing.LINES}-{index}-{name}", "") for name in edited.line_form.base_fields}
        for index in range(min(count, MOST_LINES))
    ]
    for out in ids([post.get("remove", "")]):
        del rows[out : out + 1]
    if "add" in post and len(rows) < MOST_LINES:
        rows.append({"quantity": "1", "unit": "szt.", "rate": rows[-1]["rate"] if rows else "23"})
    taken = stock.fill(edited.company, rows, post)
    pasted = pasting.fill(rows, post, edited.line_form)
    return edited.line_set(initial=rows or None, prices=post.get("prices")), taken, pasted

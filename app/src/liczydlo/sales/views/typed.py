"""What a person has typed into the editor so far, before anything of it is checked."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.http import QueryDict

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales import composing, pasting, sections, unfinished
from liczydlo.sales.editing import stock, usual
from liczydlo.sales.editing.sale import Sale
from liczydlo.sales.line_forms import MOST_LINES, OPENED
from liczydlo.web.paging import ids

_OWN: Final = frozenset(
    f"csrfmiddlewaretoken {unfinished.TAB} {unfinished.CANCEL} kind about wzor proposed seen version number".split()
)
"""Fields in which nobody types, and the number, which is looked at apart."""
_MANAGED: Final = re.compile(r"[a-z]+-[A-Z_]+_FORMS")
MORE: Final = "more"
"""The button of a line of a long invoice, with its number, that shows the fields behind „Więcej"."""
BUTTONS: Final = ("add", "remove", "redraw", MORE)
"""Names of the buttons of the lines, which do not finish the form."""


def lines(edited: Sale, post: QueryDict) -> Any:
    """The lines as they were posted, to be checked."""
    return edited.line_set(post, prices=post.get("prices"))


def fields(edited: Sale, post: QueryDict) -> dict[str, Any]:
    """The fields beside the lines as they were typed; nothing is checked."""
    typed = {
        name: post.getlist(name) if _is_many(one) else post.get(name, "")
        for name, one in edited.form_fields.items()
    }
    return edited.refilled({**typed, sections.SECTIONS_FIELD: sections.relined(post)}, post)


def relined(
    edited: Sale, post: QueryDict, usual_values: usual.Usual = usual.NOTHING
) -> tuple[Any, stock.Stock, pasting.Pasted]:
    """The lines as typed, one more or one less, filled from the list or pasted; nothing is checked yet. Those that are
    empty begin with what is ``usual_values`` to be usual with the buyer."""
    count = next(iter(ids([post.get(f"{composing.LINES}-TOTAL_FORMS", "")])), 0)
    rows = [
        {name: post.get(f"{composing.LINES}-{index}-{name}", "") for name in edited.line_form.base_fields}
        for index in range(min(count, MOST_LINES))
    ]
    for out in ids([post.get("remove", "")]):
        del rows[out : out + 1]
    if "add" in post and len(rows) < MOST_LINES:
        rows.append({**usual.NEW_LINE, **({"rate": rows[-1]["rate"]} if rows else {})})
    for opened in ids([post.get(MORE, "")]):
        for row in rows[opened : opened + 1]:
            row[OPENED] = "1"
    usual.fill_rows(usual_values, rows)
    stock_items = stock.fill(edited.company, rows, post)
    pasted = pasting.fill(rows, post, edited.line_form)
    return edited.line_set(initial=rows or None, prices=post.get("prices")), stock_items, pasted


def focus(
    post: QueryDict, form: forms.Form, lines: Any, *, buyer: bool, sought: bool, filled: int | None
) -> None:
    """Put the keyboard where a person goes on after a button, which the answer has replaced: into the first line when
    the ``buyer`` has been filled in, or back to his NIP where it was ``sought`` in vain; into the line that was added,
    that came into the place of a removed one, whose „Więcej" was opened, or that was ``filled`` from the list."""
    rows, out = lines.forms, next(iter(ids([post.get("remove", "")])), None)
    opened = next((one for one in rows if OPENED in one.initial), None)
    if buyer and rows:
        bound = rows[0].fields["name"]
    elif sought:
        bound = form.fields["buyer_nip"]
    elif filled is not None:
        bound = rows[filled].fields["quantity"]
    elif opened is not None:
        bound = opened.rare[0].field
    elif rows and ("add" in post or out is not None):
        bound = rows[-1 if out is None else min(out, len(rows) - 1)].fields["name"]
    else:
        return
    bound.widget.attrs["autofocus"] = True


def differs(edited: Sale, draft: InvoiceDraft | None, post: QueryDict) -> bool:
    """Whether the page says anything else than when it was opened: what a person would lose who leaves it."""
    initial = edited.initial(draft)
    begun = edited.line_set(initial=initial.get(composing.LINES), prices=initial.get("prices"))
    return is_changed(post, edited.form(initial=initial), begun)


def is_changed(post: QueryDict, head: forms.Form, *sets: Any) -> bool:
    """Whether a form and its formsets, as they were shown, say anything else than what was posted."""
    if any(post.get(f"{one.prefix}-TOTAL_FORMS") != str(len(one.forms)) for one in sets):
        return True
    every = (head, *(form for one in sets for form in one.forms))
    posted_fields = {name: [text] for form in every for name, text in sections.posted(form).items()}
    posted_fields |= _many(head)
    if post.get("number") != post.get("proposed", posted_fields.pop("number", [""])[0]):
        return True
    names = posted_fields.keys() | {
        name for name in post if name not in _OWN and not _MANAGED.fullmatch(name)
    }
    return any(_plain(post.getlist(name)) != _plain(posted_fields.get(name, [])) for name in names)


def _many(form: forms.Form) -> dict[str, list[str]]:
    """The fields of which several values are posted."""
    several = [one for one in form if _is_many(one.field)]
    return {one.html_name: [str(value) for value in one.value() or []] for one in several}


def _is_many(field: forms.Field) -> bool:
    return bool(getattr(field.widget, "allow_multiple_selected", False))


def _plain(values: list[str]) -> list[str]:
    """As browsers end lines, without fields that are empty."""
    return [text for one in values if (text := one.replace("\r\n", "\n").strip())]

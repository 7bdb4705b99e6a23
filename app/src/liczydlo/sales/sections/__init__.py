"""The sections of the editor, in the order in which they stand on the page and are applied to a draft.

A new one is a module with a :class:`~liczydlo.sales.sections.base.Section`, its template and a line here: the form, the
way back from a draft, and whether the editor shows all of a draft go through this list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.forms import BoundField
from django.forms.widgets import ChoiceWidget

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales.sections.attachment import Attachment
from liczydlo.sales.sections.base import MOST_ROWS, Part, Place, Section, Typed, row_count
from liczydlo.sales.sections.buyers import BuyerMore
from liczydlo.sales.sections.footers import Footer
from liczydlo.sales.sections.issuers import Issuer
from liczydlo.sales.sections.notes import Notes
from liczydlo.sales.sections.parties import Parties
from liczydlo.sales.sections.payments import Payments
from liczydlo.sales.sections.references import References
from liczydlo.sales.sections.settlement import Settlements
from liczydlo.sales.sections.transport import Transports
from liczydlo.sales.sections.vehicles import Vehicles

SECTIONS: Final[Sequence[Section]] = (
    BuyerMore(),
    Parties(),
    Vehicles(),
    Payments(),
    Settlements(),
    References(),
    Transports(),
    Notes(),
    Footer(),
    Issuer(),
    Attachment(),
)
SECTIONS_FIELD: Final = "sections"
"""The key of all that the sections say, among what a form shows or what was typed into it."""
ADD: Final = "add_row"
REMOVE: Final = "remove_row"
BUTTONS: Final = (ADD, REMOVE)
"""The value of ``add_row`` is ``terms-orders``, that of ``remove_row`` ``terms-orders.2``."""


class SectionsForm(forms.Form):
    """A form with the sections.

    ``initial["sections"]`` is what they show, ``cleaned_data["sections"]`` what was typed; ``absent`` the places whose
    sections the form does not have.
    """

    absent: ClassVar[tuple[Place, ...]] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        data = self.data if self.is_bound else None
        values = self.initial.get(SECTIONS_FIELD) or {}
        shown = [one for one in SECTIONS if one.place not in self.absent]
        self.parts = [Part(one, data, values.get(one.name)) for one in shown]

    @property
    def places(self) -> Mapping[str, list[Part]]:
        """The sections by where they stand on the page."""
        return {
            place: [one for one in self.parts if one.section.place == place]
            for place in ("buyer", "vat", "payment", "more")
        }

    @property
    def has_wrong_part(self) -> bool:
        """Whether something in a section that was posted is wrong."""
        return self.is_bound and not all(one.valid or one.is_kept for one in self.parts)

    def is_valid(self) -> bool:
        """As Form, the sections included."""
        return super().is_valid() and not self.has_wrong_part

    def clean(self) -> dict[str, Any]:
        """As Form, with what the sections say that are right."""
        values = super().clean() or self.cleaned_data
        for one in self.parts:
            one.plain = values
        return {**values, SECTIONS_FIELD: {one.section.name: one.typed for one in self.parts if one.valid}}


def initial(draft: InvoiceDraft) -> dict[str, Typed]:
    """What the sections show of a draft."""
    return {one.name: one.initial(draft) for one in SECTIONS}


def applied(draft: InvoiceDraft, typed: Mapping[str, Typed]) -> InvoiceDraft:
    """The draft with what was typed into the sections."""
    for one in SECTIONS:
        if one.name in typed:
            draft = one.applied(draft, typed[one.name])
    return draft


def as_typed(draft: InvoiceDraft) -> dict[str, Typed]:
    """What the sections would take from the page that shows a draft, if nobody changed it; one that would be refused is
    left out."""
    parts = [Part(one, None, one.initial(draft)) for one in SECTIONS]
    posted_parts = [Part(part.section, _posted(part)) for part in parts]
    return {part.section.name: part.typed for part in posted_parts if part.valid}


def without(shown: Mapping[str, Typed], place: Place) -> dict[str, Typed]:
    """What the sections show, those of one place apart."""
    names = {one.name for one in SECTIONS if one.place != place}
    return {name: values for name, values in shown.items() if name in names}


def typed_in(form: forms.Form, name: str) -> Typed | None:
    """What one section of a form says, whether it shows a draft or was posted; rows that are not finished do not count.
    None for a form without it."""
    part = next((one for one in getattr(form, "parts", ()) if one.section.name == name), None)
    if part is None:
        return None
    posted = part if part.form.is_bound else Part(part.section, _posted(part))
    return posted.typed if posted.form.is_valid() else None


def relined(post: Mapping[str, Any]) -> dict[str, Typed]:
    """What was posted, unchecked, with the row more or less that a button asks for."""
    return {one.name: _raw(one, post) for one in SECTIONS}


def _raw(section: Section, post: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: post.get(f"{section.name}-{name}", "") for name in section.form.base_fields}
    removed, _, index = str(post.get(REMOVE, "")).partition(".")
    for name, form in section.rows.items():
        prefix = f"{section.name}-{name}"
        rows = [
            {field: post.get(f"{prefix}-{at}-{field}", "") for field in form.base_fields}
            for at in range(row_count(post, prefix))
        ]
        if removed == prefix and index.isdecimal():
            del rows[int(index) : int(index) + 1]
        if post.get(ADD) == prefix and len(rows) < MOST_ROWS:
            rows.append({"autofocus": True})
        values[name] = rows
        values["opened"] = values.get("opened") or prefix in (removed, post.get(ADD))
    return values


def posted(form: forms.Form) -> dict[str, str]:
    """What a browser posts of a form as it is shown, its sections included, if nobody changes it."""
    data = _fields(form)
    for part in getattr(form, "parts", ()):
        data |= _posted(part)
    return data


def _posted(part: Part) -> dict[str, str]:
    """What a browser posts of a section as it is shown."""
    data = _fields(part.form)
    for rows in part.rows.values():
        data[f"{rows.prefix}-rows"] = str(len(rows))
        for one in rows:
            data |= _fields(one)
    return data


def _fields(form: forms.Form) -> dict[str, str]:
    return {bound.html_name: text for bound in form if (text := _text(bound)) is not None}


def _text(bound: BoundField) -> str | None:
    value, widget = bound.value(), bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "on" if widget.check_test(value) else None
    text = widget.format_value(value)
    if isinstance(widget, ChoiceWidget):
        return next(iter(text), "")
    text = str(text) if text is not None else ""
    if isinstance(widget, forms.Textarea):
        return text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\r", "").replace("\n", "")

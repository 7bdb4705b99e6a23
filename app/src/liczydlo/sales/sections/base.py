"""A section of the editor: a form, rows of forms, and what they are in an ``InvoiceDraft``.

A section is declared by a subclass of :class:`Section`; :class:`Part` is one shown on a page or taken from a POST. Rows
are counted by a hidden field ``PREFIX-rows``; one left as it came is no row, and a POST without the field has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final, Literal

from django import forms
from django.utils.functional import Promise

from liczydlo.fa3.draft import InvoiceDraft

Typed = Mapping[str, Any]
"""What a section says: its fields, and under the name of its rows a sequence of what each says."""
Place = Literal["buyer", "vat", "payment", "more"]
"""Where on the page a section stands."""
MOST_ROWS: Final = 100


class Section:
    """What an invoice may say besides the plain fields, kept together because people look for it together.

    ``name`` is the prefix of its fields and the name of its template in ``sales/sections/``.
    """

    name: ClassVar[str]
    title: ClassVar[str | Promise]
    place: ClassVar[Place] = "more"
    form: ClassVar[type[forms.Form]] = forms.Form
    rows: ClassVar[Mapping[str, type[forms.Form]]] = {}
    is_summed: ClassVar[bool] = False  # whether the sums of the page depend on it

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        """What the section shows of a draft, as ``Typed``; fields may be left out."""
        raise NotImplementedError

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        """The draft with what was typed; what the plain fields say stands in it already."""
        raise NotImplementedError

    def check(self, part: Part) -> None:
        """Add to ``part.form`` or rows the errors of what has been cleaned but cannot stand together."""


class Rows:
    """Forms of one kind below each other."""

    def __init__(
        self, form: type[forms.Form], prefix: str, data: Typed | None, values: Sequence[Typed] = ()
    ) -> None:
        self.prefix = prefix
        self.is_bound = data is not None
        count = len(values) if data is None else row_count(data, prefix)
        self.forms = [
            form(
                data,
                prefix=f"{prefix}-{index}",
                initial=None if data is not None else dict(values[index]),
                empty_permitted=True,
                use_required_attribute=False,
            )
            for index in range(count)
        ]
        if data is None and values and values[-1].get("autofocus"):
            next(iter(self.forms[-1].fields.values())).widget.attrs["autofocus"] = True

    def __iter__(self) -> Iterator[forms.Form]:
        return iter(self.forms)

    def __len__(self) -> int:
        return len(self.forms)

    def is_valid(self) -> bool:
        """Whether each row is right or left as it came."""
        return all(one.is_valid() for one in self.forms)

    @property
    def typed(self) -> list[Typed]:
        """What each row says, those left as they came apart."""
        return [one.cleaned_data for one in self.forms if one.has_changed() and one.is_valid()]


class Part:
    """A section on a page: bound to what was posted, or showing ``values``."""

    def __init__(self, section: Section, data: Typed | None, values: Typed | None = None) -> None:
        self.section = section
        shown = values or {}
        self.is_opened = bool(shown.get("opened"))
        self.is_kept = (
            False  # whether it came back as it was shown, so that what is wrong in it is no obstacle
        )
        self.plain: Typed = {}  # what the plain fields say that are right
        self.form = section.form(
            data, prefix=section.name, initial=None if data is not None else dict(shown),
            use_required_attribute=False,
        )  # fmt: skip
        self.rows = {
            name: Rows(form, f"{section.name}-{name}", data, shown.get(name, ()))
            for name, form in section.rows.items()
        }

    @property
    def template(self) -> str:
        """What shows its fields."""
        return f"sales/sections/{self.section.name}.html"

    @cached_property
    def valid(self) -> bool:
        """Whether everything in it is right, each by itself and together."""
        if self.form.is_valid() & all(rows.is_valid() for rows in self.rows.values()):
            self.section.check(self)
        every = (self.form, *(one for rows in self.rows.values() for one in rows))
        return not any(one.errors for one in every)

    @property
    def typed(self) -> Typed:
        """What was typed, once it is valid."""
        return {**self.form.cleaned_data, **{name: rows.typed for name, rows in self.rows.items()}}

    @property
    def is_open(self) -> bool:
        """Whether it says something or something in it is wrong, so that it is shown open."""
        if (
            any(len(rows) for rows in self.rows.values())
            or self.is_opened
            or (self.form.is_bound and not self.valid)
        ):
            return True
        return any(_says(bound) for bound in self.form)


def _says(bound: forms.BoundField) -> bool:
    value, plain = bound.value(), bound.field.initial
    return value not in (None, "", False, plain) and str(value) != str(plain)


def row_count(data: Typed, prefix: str) -> int:
    """How many rows a POST has."""
    count = str(data.get(f"{prefix}-rows", ""))
    return min(int(count), MOST_ROWS) if count.isascii() and count.isdigit() and len(count) < 9 else 0

"""Fields that show a draft of which they cannot show all: what nobody changed is no mistake of theirs.

A file of another program may say what the fields would refuse: a number of another spelling, a currency that is not
offered. It stays as it is while it comes back as it was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import ErrorList

from liczydlo.sales.sections import SECTIONS_FIELD, SectionsForm
from liczydlo.web import texts

ALWAYS_CHECKED: Final = ("number", "issue_date")
"""Fields that depend on what happened meanwhile; what their text itself is, does not."""


@dataclass(frozen=True, kw_only=True)
class ShownPage:
    """What a page showed: ``posted`` is what a browser sends of it, ``values`` what that means where a field refuses
    it, ``errors`` what it says then, by the names of fields, and ``wrong`` names sections that are refused.
    ``checked`` are fields that have to be right all the same."""

    posted: Mapping[str, str]
    values: Mapping[str, Any]
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    refused_sections: frozenset[str] = frozenset()
    checked: Sequence[str] = ALWAYS_CHECKED


def plain(text: Any) -> str:
    """What was posted, as it is compared: browsers end lines in their own way, and fields of one line have none."""
    return "" if text is None else str(text).replace("\r", "").replace("\n", "")


def is_as_shown(data: Mapping[str, Any], shown: Mapping[str, Any], prefix: str) -> bool:
    """Whether all that begins with ``prefix`` came back as it was."""
    names = {name for name in (*data, *shown) if name.startswith(prefix)}
    return all(plain(data.get(name)) == plain(shown.get(name)) for name in names)


def offered(form: forms.Form, values: Mapping[str, Any]) -> None:
    """Offer in each choice what the draft says, where it is not offered anyway."""
    for name, one in form.fields.items():
        value = values.get(name)
        if not isinstance(one, forms.ChoiceField) or isinstance(one, forms.MultipleChoiceField):
            continue
        choice: Any = one
        if value not in (None, "") and not choice.valid_value(str(value)):
            choice.choices = [*choice.choices, (value, str(value))]


class Preserved(forms.Form):
    """A form that shows a draft; ``shown`` is what of it, once something was posted."""

    def __init__(self, *args: Any, shown: ShownPage | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.shown = shown
        if self.is_bound and shown is not None and isinstance(self, SectionsForm):
            for one in self.parts:
                name = one.section.name
                one.is_kept = name in shown.refused_sections and is_as_shown(
                    self.data, shown.posted, f"{name}-"
                )

    def full_clean(self) -> None:
        """As Form; what is wrong in the draft itself, and was not changed, is no error."""
        super().full_clean()
        shown = self.shown
        if not self.is_bound or shown is None:
            return
        for name in list(self.errors):
            if shown.errors.get(name) != _texts(self.errors[name]):
                continue
            if name in shown.checked and not self.has_error(name, texts.INVISIBLE):
                continue
            if name == NON_FIELD_ERRORS or plain(self.data.get(name)) == plain(shown.posted.get(name)):
                del self.errors[name]
        self.cleaned_data = {**shown.values, **self.cleaned_data}


def shown_by(again: forms.Form, values: Mapping[str, Any]) -> ShownPage:
    """What a page shows: ``again`` is its form with what a browser posts of it, ``values`` as in :class:`Shown`."""
    again.is_valid()
    parts = again.parts if isinstance(again, SectionsForm) else ()
    texts_of_values = {
        name: "" if value is None else value for name, value in values.items() if name != SECTIONS_FIELD
    }
    return ShownPage(
        posted=dict(again.data),
        values=texts_of_values,
        errors={name: _texts(errors) for name, errors in again.errors.items()},
        refused_sections=frozenset(one.section.name for one in parts if not one.valid),
    )


def _texts(errors: ErrorList) -> list[str]:
    return [str(one) for one in errors]

"""Characters that nobody sees in a text: those that KSeF refuses, those that turn the order of letters, empty ones."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from liczydlo.fa3.source import CONTROL, TURNING

INVISIBLE: Final = "invisible"
"""The code of the error of :func:`check`."""
_MARK: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_VISIBLE: Final = re.compile("[^\\s\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe00-\ufe0f\ufeff]")


def check(text: str, *, is_name: bool = True) -> None:
    """Raises ValidationError for a text whose characters a reader would not see, or see in another order."""
    character = hidden(text, is_name=is_name)
    if character is not None:
        say = _("Usuń z tego pola niewidoczny znak %(character)s.")
        raise ValidationError(say % {"character": character}, code=INVISIBLE)


def hidden(text: str, *, is_name: bool = True) -> str | None:
    """The first character that a reader does not see, or that turns the others, as „U+202E". Marks between letters
    belong to some scripts' names; in a number (not ``is_name``) they would only make two equal ones differ."""
    if text.isascii() and text.isprintable():
        return None
    first = CONTROL.search(text) or TURNING.search(text) or (None if is_name else _MARK.search(text))
    return None if first is None else f"U+{ord(first[0]):04X}"


def is_seen(text: str) -> bool:
    """Whether anything of it is seen."""
    return _VISIBLE.search(text) is not None


class VisibleTexts(forms.Form):
    """A form whose texts can be seen: what :func:`check` refuses is an error of its field, and a required text that
    shows nothing is missing."""

    def clean(self) -> dict[str, Any]:
        """As :class:`forms.Form`."""
        values = super().clean() or self.cleaned_data
        for name, value in list(values.items()):
            if not isinstance(value, str) or not value or name not in self.fields:
                continue
            field = self.fields[name]
            try:
                check(value)
            except ValidationError as error:
                self.add_error(name, error)
            else:
                if field.required and not is_seen(value):
                    self.add_error(name, ValidationError(field.error_messages["required"], code="required"))
        return values

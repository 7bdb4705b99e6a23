"""Widgets of forms with thousands of fields: as Django's own, but without a template for each."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_SELECTED: Final = SafeString(" selected")


class _Input(forms.widgets.Input):
    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,  # noqa: ARG002 - as of each widget
    ) -> SafeString:
        """The tag, without a renderer."""
        shown = self.format_value(value)
        stated = "" if shown is None else format_html(' value="{}"', shown)
        attributes = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<input type="{}" name="{}"{}{}>', self.input_type, name, stated, attributes)


class Text(_Input, forms.TextInput):
    """As TextInput."""


class Hidden(_Input, forms.HiddenInput):
    """As HiddenInput."""


class Day(_Input, forms.DateInput):
    """The browser's own field for a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Check(_Input, forms.CheckboxInput):
    """As CheckboxInput."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The tag, without a renderer."""
        checked = {"checked": True} if self.check_test(value) else {}
        return super().render(name, value, {**(attrs or {}), **checked}, renderer)


class Choice(forms.Select):
    """As Select, of one choice without groups."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,  # noqa: ARG002 - as of each widget
    ) -> SafeString:
        """The tag, without a renderer."""
        (chosen,) = self.format_value(value)[:1] or ("",)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((code, _SELECTED if str(code) == chosen else "", label) for code, label in self.choices),
        )
        attributes = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, attributes, options)

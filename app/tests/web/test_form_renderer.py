"""Fields are drawn character for character as by Django's templates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils import translation
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.web import form_renderer

CHOICES = [
    ("", "—"),
    ("a&b", 'Łódź <b>"</b>'),
    (1234, 12345),
    (None, Decimal("1234.50")),
    (True, gettext_lazy("Zapisz")),
    ("Grupa <1>", [("x", mark_safe("<i>x</i>")), ("y'", dt.date(2026, 11, 30))]),
    ("", [("z", lazystr("<z>"))]),
]
ATTRIBUTES: list[dict[str, Any]] = [
    {},
    {
        "class": 'a "b"',
        "data-x": 1234,
        "hidden": True,
        "disabled": False,
        "aria-label": gettext_lazy("Zapisz"),
    },
    {"title": mark_safe("&nbsp;"), "<x>": "y", "maxlength": "10", "step": Decimal("0.01"), "rows": None},
]
WIDGETS: list[type[forms.Widget]] = [
    forms.CheckboxInput,
    forms.DateInput,
    forms.EmailInput,
    forms.HiddenInput,
    forms.NumberInput,
    forms.PasswordInput,
    forms.TextInput,
    forms.Textarea,
    forms.URLInput,
    forms.SearchInput,
    forms.TelInput,
    forms.ClearableFileInput,
    forms.MultipleHiddenInput,
]
CHOOSERS: list[type[forms.ChoiceWidget]] = [
    forms.Select,
    forms.SelectMultiple,
    forms.NullBooleanSelect,
    forms.RadioSelect,
    forms.CheckboxSelectMultiple,
]
VALUES = ["", None, "a&b", '<"x">', 1234, Decimal("1234.50"), dt.date(2026, 11, 30), mark_safe("<b>")]


def same(widget: forms.Widget, value: object, name: str = "lines-0-name") -> None:
    """Drawn by ours as by Django's, in both languages."""
    for language in ("pl", "en"):
        with translation.override(language):
            ours = widget.render(name, value, {"id": "id_x"}, form_renderer.Renderer())
            assert ours == widget.render(name, value, {"id": "id_x"}, DjangoTemplates())
            assert hasattr(ours, "__html__")


@pytest.mark.parametrize("attributes", ATTRIBUTES, ids=["none", "many", "odd"])
@pytest.mark.parametrize("kind", WIDGETS, ids=lambda kind: kind.__name__)
def test_fields_of_one_value(kind: type[forms.Widget], attributes: dict[str, Any]) -> None:
    for value in VALUES:
        if kind is not forms.MultipleHiddenInput:
            same(kind(attributes), value)
    same(forms.MultipleHiddenInput(attributes), ["a", "<b>"])


@pytest.mark.parametrize("attributes", ATTRIBUTES, ids=["none", "many", "odd"])
@pytest.mark.parametrize("kind", CHOOSERS, ids=lambda kind: kind.__name__)
def test_choices(kind: type[forms.ChoiceWidget], attributes: dict[str, Any]) -> None:
    made = kind(attributes) if kind is forms.NullBooleanSelect else kind(attributes, CHOICES)
    several = [] if kind is forms.NullBooleanSelect else [["x", "y'"]]
    for value in ("", None, "a&b", "1234", True, *several):
        same(made, value)


def test_an_option_with_a_template_of_its_own_is_drawn_by_it() -> None:
    class Ticked(forms.Select):
        option_template_name = "django/forms/widgets/radio_option.html"

    same(Ticked(choices=CHOICES), "a&b")


@given(
    st.text(), st.text(), st.dictionaries(st.text(), st.text() | st.booleans() | st.integers(), max_size=3)
)
def test_any_text(name: str, value: str, attributes: dict[str, Any]) -> None:
    for widget in (forms.TextInput(attributes), forms.Textarea(attributes)):
        same(widget, value, name)
    same(forms.Select(attributes, [(value, name), (name, value)]), value, name)


def test_it_is_the_one_in_use() -> None:
    assert isinstance(get_default_renderer(), form_renderer.Renderer)

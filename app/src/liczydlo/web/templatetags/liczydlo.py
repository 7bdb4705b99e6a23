"""``{% load liczydlo %}``: amounts and dates the Polish way, icons, state chips, the mark, form fields."""

from __future__ import annotations

import datetime as dt
import functools
import io
from decimal import Decimal, InvalidOperation
from importlib import resources
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.loader import get_template, render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override

from liczydlo.web import times
from liczydlo.web.chips import Chip
from liczydlo.web.chips import chip as chip_of

register = template.Library()

THIN = "\u202f"  # narrow no-break space
HARD = "\u00a0"  # no-break space
SYMBOLS = {"PLN": "zł"}


@register.filter
def zl(amount: Decimal | int | str | None, currency: str = "PLN") -> str:
    """``1234.5`` → ``1 234,50 zł``; nothing for nothing. ``currency`` is an ISO 4217 code."""
    if amount is None or amount == "":
        return ""
    try:
        value = Decimal(amount)
    except (InvalidOperation, TypeError, ValueError):
        return str(amount)
    text = f"{abs(value):,.2f}".replace(",", THIN).replace(".", ",")
    sign = "−" if value < 0 else ""
    return f"{sign}{text}{HARD}{SYMBOLS.get(currency, currency)}"


@register.filter
def liczba(number: Decimal | int | None) -> str:
    """A number with Polish separators and no needless zeros: ``1234.50`` → ``1 234,5``."""
    if number is None:
        return ""
    value = Decimal(number)
    whole, _, rest = f"{abs(value):,f}".partition(".")
    rest = rest.rstrip("0")
    return ("−" if value < 0 else "") + whole.replace(",", THIN) + (f",{rest}" if rest else "")


@register.filter
def data(value: dt.date | dt.datetime | None) -> str:
    """``15.01.2026``; a moment is taken in Polish time."""
    if value is None or value == "":
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return value.strftime("%d.%m.%Y")


@register.filter
def czas(value: dt.datetime | None) -> str:
    """``15.01.2026 08:30`` in Polish time."""
    if value is None or value == "":
        return ""
    return timezone.localtime(value).strftime("%d.%m.%Y %H:%M")


@register.filter
def godzina(value: dt.datetime | None) -> str:
    """``08:30`` in Polish time."""
    return timezone.localtime(value).strftime("%H:%M") if value else ""


@register.simple_tag
def training_clock() -> str:
    """The moment by the emulator's clock, where the application follows it: ``9 grudnia 2026, 12:00``."""
    return date_format(timezone.localtime(times.now()), "j E Y, H:i") if times.is_training() else ""


@register.filter
def rachunek(number: str) -> str:
    """A bank account on one line: two check digits and groups of four, of another country groups of four."""
    start = 2 if len(number) == 26 and number.isdigit() else 0
    groups = [number[:start], *(number[at : at + 4] for at in range(start, len(number), 4))]
    return HARD.join(group for group in groups if group)


@register.filter
def nip(value: str | None) -> str:
    """``5217994952`` → ``521-799-49-52``; anything else as it is."""
    text = value or ""
    if len(text) == 10 and text.isdigit():
        return f"{text[:3]}-{text[3:6]}-{text[6:8]}-{text[8:]}"
    return text


@functools.lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    svg = ElementTree.fromstring(_icons().read(f"{name}.svg"))  # noqa: S314 - the package's own file
    for node in svg.iter():
        node.tag = node.tag.rpartition("}")[2]  # in a page SVG needs no namespace
    svg.attrib |= {"width": str(size), "height": str(size)}
    svg.attrib |= {"class": "icon", "aria-hidden": "true", "focusable": "false"}
    return mark_safe(ElementTree.tostring(svg, encoding="unicode"))  # noqa: S308 - drawn from the package's own files


@functools.cache
def _icons() -> ZipFile:
    """The package's drawings, 1 700 in one file: its own function reads the list of them again for each."""
    return ZipFile(io.BytesIO(resources.files("lucide").joinpath("lucide.zip").read_bytes()))


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """A lucide icon, hidden from screen readers: words stand beside it."""
    return _icon(str(name), int(size))


@register.simple_tag
def mark(size: int = 24) -> SafeString:
    """The mark of Liczydło: three wires with beads."""
    return mark_safe(  # noqa: S308 - constants and a number
        f'<svg viewBox="0 0 24 24" width="{int(size)}" height="{int(size)}" aria-hidden="true" focusable="false">'
        '<rect x="1" y="1" width="22" height="22" rx="6" fill="#0f766e"/>'
        '<path d="M5 7.2h14M5 12h14M5 16.8h14" fill="none" stroke="#99d5cf" stroke-width="1.2" '
        'stroke-linecap="round"/><g fill="#fbbf24"><circle cx="8" cy="7.2" r="1.9"/>'
        '<circle cx="12" cy="7.2" r="1.9"/><circle cx="16.2" cy="12" r="1.9"/><circle cx="7.6" cy="16.8" r="1.9"/>'
        '<circle cx="16.2" cy="16.8" r="1.9"/></g></svg>'
    )


@register.simple_tag
def beads() -> SafeString:
    """The progress indicator: beads slide along a wire."""
    return render_to_string("web/parts/beads.html")


@register.inclusion_tag("web/parts/help_line.html")
def help_line() -> dict[str, Any]:
    """Whom to call or write to, as whoever runs this installation says; nothing when they say nothing."""
    return {"help": settings.LICZYDLO_HELP}


@register.simple_tag
def chip(state: str | Chip, title: str = "") -> SafeString:
    """A state as icon and word; ``state`` is a key of ``web.chips.CHIPS`` or a ``Chip`` itself."""
    if isinstance(state, Chip):
        return _drawn(state, title)
    return _chip(str(state), str(title), get_language())


@functools.lru_cache(maxsize=512)
def _chip(state: str, title: str, language: str | None) -> SafeString:
    """A list of fifty rows shows the same few chips again and again."""
    with override(language):
        return _drawn(chip_of(state), title)


def _drawn(shown: Chip, title: str) -> SafeString:
    hint = title or str(shown.title)
    return format_html(
        '<span class="chip chip-{}"{}>{}{}</span>',
        shown.tone,
        format_html(' title="{}"', hint) if hint else "",
        _icon(shown.icon, 16),
        shown.label,
    )


@register.simple_tag
def field(bound: BoundField, **attributes: Any) -> SafeString:
    """A form field with its label, help and errors tied to it."""
    return render_to_string("web/parts/field.html", {"field": bound, **attributes})


@register.simple_tag(takes_context=True)
def jinja(context: template.Context, name: str, **more: Any) -> SafeString:
    """Rows of a long list (``web.jinja``): a Jinja2 template with what this one knows and ``more``."""
    values: dict[Any, Any] = context.flatten()
    drawn = get_template(name, using="jinja").render({**values, **more})
    return mark_safe(drawn)  # noqa: S308 - Jinja2 escapes by itself


@register.simple_tag
def address(name: str, *arguments: Any) -> str:
    """Like ``url``, but an address that does not exist is empty instead of an error."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


@register.filter
def entry(mapping: dict[Any, Any], key: Any) -> Any:
    """A dictionary's entry; nothing when there is none."""
    return mapping.get(key, "")

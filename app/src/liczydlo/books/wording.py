"""Remarks on invoices of a file in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.jpk.fitting import Code, Remark

TEXTS: Final[Mapping[Code, str | Promise]] = {
    "cut": _("%(element)s skrócono do długości, którą dopuszcza JPK_FA: „%(value)s”"),
    "rounded": _("%(element)s zaokrąglono do groszy, bo JPK_FA nie ma więcej miejsc: %(value)s"),
    "day": _("dzień %(value)s leży poza tymi, które dopuszcza JPK_FA(4) (%(element)s)"),
    "several-days": _("pozycje sprzedano w różnych dniach (%(value)s); JPK_FA ma jeden, podano ostatni"),
    "several-vehicles": _("nowych środków transportu jest %(value)s, a JPK_FA mieści dane jednego"),
    "currency": _("waluty %(value)s nie ma w JPK_FA(4)"),
    "unreadable": _("dokumentu nie da się odczytać jako FA(3)"),
}


def words(remark: Remark) -> str:
    """A line of the list that goes with the file."""
    text = str(TEXTS[remark.code]) % {"element": remark.element, "value": remark.value}
    return f"{remark.number}: {text}"

"""How a state is shown: an icon, a word and a tone, never colour alone. Features add their own states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Tone = Literal["muted", "info", "wait", "ok", "warn", "bad"]


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One state's look. ``title`` is the longer explanation under the pointer."""

    label: str | Promise
    icon: str
    tone: Tone
    title: str | Promise = ""


CHIPS: dict[str, Chip] = {
    "draft": Chip(label=_("Szkic"), icon="pencil-line", tone="muted"),
    "issued": Chip(label=_("Wystawiona"), icon="file-check", tone="info"),
    "queued": Chip(label=_("W kolejce"), icon="clock", tone="wait"),
    "sending": Chip(label=_("Wysyłanie"), icon="send", tone="wait"),
    "processing": Chip(label=_("Przetwarzanie w KSeF"), icon="loader", tone="wait"),
    "accepted": Chip(label=_("Przyjęta"), icon="circle-check", tone="ok"),
    "rejected": Chip(label=_("Odrzucona"), icon="circle-x", tone="bad"),
    "waiting": Chip(label=_("Offline, do wysłania"), icon="hourglass", tone="warn"),
    "overdue": Chip(label=_("Po terminie"), icon="triangle-alert", tone="bad"),
    "outside": Chip(label=_("Poza KSeF"), icon="cloud-off", tone="muted"),
    "corrected": Chip(label=_("Skorygowana technicznie"), icon="file-pen", tone="muted"),
}


def chip(state: str) -> Chip:
    """The look of a state; an unknown one is shown by its own name."""
    return CHIPS.get(state) or Chip(label=state, icon="circle-question-mark", tone="muted")

"""Reading a delivery status notification (RFC 3464): of which letter it is, and what became of it. Pure.

It comes from anywhere, so nothing of it is believed but the Message-ID of the letter, which nobody can guess. Of what
is cut, broken or nested too deeply as much is read as there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any, Final, Literal

MOST: Final = 262_144
"""Bytes of a message that are read: the parts of a report come first, the returned letter last."""
RECIPIENTS: Final = 50
"""Recipients of one report that are looked at; a letter of ours has one."""
MOST_RECIPIENTS: Final = 50
"""Message-IDs of one report that are looked for."""
LONGEST: Final = 300
"""Characters of what a mail server says that are kept."""
_ID: Final = re.compile(r"<[^<>\s]{1,250}>")
_STATUS: Final = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")  # RFC 3463, 2
Fate = Literal["failed", "delayed"]


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """What a report says of one address; ``status`` is empty where it names none, ``said`` a mail server's text."""

    original: str
    final: str
    fate: Fate
    status: str
    diagnostic: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """``about`` are the Message-IDs that it may be about, that of the returned letter first."""

    about: Sequence[str]
    recipients: Sequence[Recipient]


def is_report(content_type: str) -> bool:
    """Whether a header says that the message is one."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "multipart/report" and "disposition-notification" not in content_type.lower()


def read(content: bytes) -> Report | None:
    """What a message reports; None where it reports nothing about a letter that failed or waits."""
    try:
        message = message_from_bytes(content[:MOST])
        if not is_report(_text(message.get("Content-Type"))):
            return None
        parts: Any = message.get_payload()
        if not isinstance(parts, list):
            return None
        recipients = [one for part in parts for one in _recipients(part)][:RECIPIENTS]
        about = list(dict.fromkeys(_about(message, parts)))[:MOST_RECIPIENTS]
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):
        return None  # what the parser of the standard library makes of deliberate junk
    return Report(about=about, recipients=recipients) if about and recipients else None


def _about(message: Message, parts: Sequence[Any]) -> Iterator[str]:
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global"):
            inner: Any = part.get_payload()
            yield from _ids(inner[0].get("Message-ID") if isinstance(inner, list) and inner else None)
        elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            payload = part.get_payload(decode=True) or b""
            yield from _ids(message_from_bytes(payload).get("Message-ID"))
    for name in (
        "X-Original-Message-ID",
        "In-Reply-To",
        "References",
    ):  # where the letter is not returned at all
        yield from _ids(message.get(name))


def _ids(value: Any) -> list[str]:
    return _ID.findall(_text(value))


def _recipients(part: Message) -> Iterator[Recipient]:
    if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
        return
    groups: Any = part.get_payload()
    for group in groups[1:] if isinstance(groups, list) else ():  # the first is of the message
        status = _STATUS.search(_text(group.get("Status")))
        fate = _fate(_text(group.get("Action")).strip().lower(), status[0] if status else "")
        if fate is not None:
            yield Recipient(
                original=_address(group.get("Original-Recipient")),
                final=_address(group.get("Final-Recipient")),
                fate=fate,
                status=status[0] if status else "",
                diagnostic=_text(group.get("Diagnostic-Code")).partition(";")[2].strip(),
            )


def _fate(action: str, status: str) -> Fate | None:
    """By the action (RFC 3464, 2.3.3), which a status of 4 does not soften; by the status where there is none."""
    if action in ("failed", "delayed"):
        return "failed" if action == "failed" else "delayed"
    if action:
        return None  # delivered, relayed, expanded
    return {"5": "failed", "4": "delayed"}.get(status[:1])  # type: ignore[return-value]  # these are its words


def _address(value: Any) -> str:
    """``rfc822; someone@example.com`` (RFC 3464, 2.1.2)."""
    return _text(value).partition(";")[2].strip().strip("<>").lower()


def _text(value: Any) -> str:
    """Printable characters of a header on one line; bytes that are no text become replacement characters."""
    plain = str(value) if value is not None else ""
    plain = plain.encode("utf-8", "replace").decode("utf-8", "replace")
    return " ".join("".join(one if one.isprintable() else " " for one in plain[:4000]).split())

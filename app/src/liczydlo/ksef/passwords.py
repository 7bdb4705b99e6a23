"""A password as it was meant: what pasting, another system's Unicode or an old Windows program made of it."""

from __future__ import annotations

import unicodedata
from typing import Final

_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Zero-width space, joiners, word joiner, byte order mark, soft hyphen: copied along from web pages and messages."""
_LINE_ENDS: Final = "\r\n"


def variants(password: str) -> tuple[bytes, ...]:
    """The passwords to try, in this order, each once; at most 16.

    First as typed, so that a space which belongs to the password goes on working; then without the line end, without
    what is invisible behind it, and without what is invisible on both sides; then each of these in NFC, in NFD (as
    macOS writes file names and some programs their input), and in cp1250, in which Windows programs encrypted keys.
    """
    typed = (
        password,
        password.strip(_LINE_ENDS),
        _stripped(password, left=False),
        _stripped(password, left=True),
    )
    encoded = [text.encode(errors="surrogatepass") for text in typed]
    for form in ("NFC", "NFD"):
        encoded += [unicodedata.normalize(form, text).encode(errors="surrogatepass") for text in typed]
    for text in typed:
        try:
            encoded.append(unicodedata.normalize("NFC", text).encode("cp1250"))
        except UnicodeEncodeError:
            continue  # a letter that this code page lacks
    return tuple(one for one in dict.fromkeys(encoded) if one)


def _stripped(text: str, *, left: bool) -> str:
    """Without white space and invisible characters at the end, or at both ends."""
    begin, end = 0, len(text)
    while end and _blank(text[end - 1]):
        end -= 1
    while left and begin < end and _blank(text[begin]):
        begin += 1
    return text[begin:end]


def _blank(character: str) -> bool:
    return character.isspace() or character in _INVISIBLE

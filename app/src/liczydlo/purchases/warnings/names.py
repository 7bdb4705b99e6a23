"""Whether two firms' names look alike: „0RLEN S.A.” and „Orlen Spółka Akcyjna”."""

from __future__ import annotations

import re
from typing import Final

from liczydlo.web.search import fold

LONGEST: Final = 60
BEGINNING: Final = 4
"""Names whose keys begin otherwise are not compared letter by letter."""
_LEGAL: Final = re.compile(
    r"\b(?:spolka (?:z ograniczona odpowiedzialnoscia|akcyjna|jawna|komandytowa|cywilna|partnerska)"
    r"|prosta spolka akcyjna|sp z ?o ?o|sp k|sp j|s ?a|s ?c|p ?s ?a|spolka|firma|przedsiebiorstwo"
    r"|handlowo|uslugowe|uslugowo|phu|fhu|ppuh|pphu|polska|poland)\b"
)
# letters of other alphabets and digits that are drawn like Latin letters
_DRAWN_ALIKE: Final = str.maketrans(
    dict(zip("авекмнорстухіјѕ", "abekmhopctyxijs", strict=True))  # Cyrillic
    | dict(zip("αβεικνορτυχ", "abeiknoptux", strict=True))  # Greek
    | dict(zip("0135", "oles", strict=True))
)


def key(name: str) -> str:
    """What of a name is compared: no legal form, spaces, doubled letters or letters that only look alike."""
    folded = name.casefold().translate(_DRAWN_ALIKE)
    plain = _LEGAL.sub(" ", fold(folded)).replace(" ", "")
    plain = plain.replace("rn", "m").replace("vv", "w").replace("l", "i")
    return re.sub(r"(.)\1+", r"\1", plain)[:LONGEST]


def alike(one: str, other: str) -> bool:
    """Whether two keys may be taken for each other: the same, or a letter or two of long ones apart."""
    shorter = min(len(one), len(other))
    if shorter < BEGINNING:
        return False
    allowed = 0 if shorter < 7 else 1 if shorter < 14 else 2
    return _distance(one, other, allowed) <= allowed


def _distance(one: str, other: str, most: int) -> int:
    """Letters to put in, take out or change (Levenshtein); anything above ``most`` where it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        above, row[0] = row[0], at
        for there, another in enumerate(other, 1):
            above, row[there] = (
                row[there],
                min(row[there] + 1, row[there - 1] + 1, above + (letter != another)),
            )
        if min(row) > most:
            return most + 1
    return row[-1]

"""Reasons in rows of older versions, which kept the finished texts (``pl``, ``en``) beside the code: for migrations."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.utils import translation

from liczydlo.fa3.problems import FAMILY as INVOICE
from liczydlo.ksef.credential_errors import FAMILY as CREDENTIAL
from liczydlo.ksef.signed_request import FAMILY as SIGNED
from liczydlo.web.catalogue.ksef_refusals import REFUSALS, UNAVAILABLE
from liczydlo.web.catalogue.permissions import PERMISSIONS
from liczydlo.web.catalogue.registry import TEXTS, key, places, render
from liczydlo.web.reasons import KSEF

Json = dict[str, Any]
LANGUAGES: Final = ("pl", "en")
RENAMED: Final = {"sign-again": "login-over", "key-not-readable": "secrets-not-readable"}
"""Codes that had two texts, by the code of the second."""


def renew(rows: Any, column: str, change: Callable[[Any], Any]) -> None:
    """Write ``change`` of a JSON column's value into every row of a manager that has one."""
    for row in rows.exclude(**{f"{column}__isnull": True}).only("pk", column).iterator():
        value = getattr(row, column)
        if (new := change(value)) != value:
            rows.filter(pk=row.pk).update(**{column: new})


def renewed(value: Json) -> Json:
    """The reason as code and params; the very texts, under ``verbatim``, where they are not those of its code."""
    if "pl" not in value:
        return value
    small = {name: value.get(name, "") for name in ("ksef_code", "reference")}
    small["details"] = value.get("details", [])
    for code, params in _candidates(value):
        reason = {"code": code, "params": params, **small}
        if all(text_of(reason, language) == value[language].strip() for language in LANGUAGES):
            return reason
    return _verbatim(value["pl"], value["en"]) | small


def former(value: Json) -> Json:
    """The reason as an older version reads it."""
    if "pl" in value:
        return value
    texts = {language: text_of(value, language) for language in LANGUAGES}
    return {name: part for name, part in value.items() if name != "params"} | texts


def text_of(reason: Json, language: str) -> str:
    """A reason's text in one language."""
    with translation.override(language):
        return render(reason)


def _verbatim(pl: str, en: str) -> Json:
    return {"code": "verbatim", "params": {"pl": pl, "en": en}}


def _candidates(value: Json) -> Iterator[tuple[str, Json]]:
    """What the reason may have been, the likeliest first."""
    code = value["code"]
    if code in UNAVAILABLE:
        yield from ((code, {"answer_lost": lost}) for lost in (False, True))
    if code == KSEF or code in REFUSALS:
        yield from ((code if code in TEXTS else KSEF, params) for params in _refusals(value))
    others = (RENAMED.get(code, ""), *(key(code, family) for family in (CREDENTIAL, SIGNED, INVOICE)))
    for one in (code, *others):
        if one in TEXTS and not callable(TEXTS[one]) and (params := _params(one, value)) is not None:
            yield one, params


def _refusals(value: Json) -> Iterator[Json]:
    with translation.override("pl"):
        names = {str(words): name for name, words in PERMISSIONS.items()}
    if missing := re.match(r"Brakuje uprawnienia: (.*)\. Nada je ", value["pl"]):
        yield {"permissions": [names.get(one, one) for one in missing[1].split(" albo ")]}
    if seconds := re.search(r" za (\d+) s\.\Z", value["pl"]):
        yield {"seconds": int(seconds[1])}
    details = " ".join(part.strip() for part in value.get("details", ()) if part.strip())
    _, _, words = value["pl"].partition("KSeF odmówił: ")
    operations = {"", *(code.partition(":")[0] for code in REFUSALS if ":" in code)}
    for operation in sorted(operations):
        yield {"operation": operation, "description": words.removesuffix(details).strip()}


def _params(code: str, value: Json) -> Json | None:
    """The params of a text, read from both languages' words; None where they are not that text's."""
    params = {}
    for language in LANGUAGES:
        with translation.override(language):
            text = str(TEXTS[code])
        pattern = re.escape(text)
        for name in places(text):
            pattern = pattern.replace(re.escape("{" + name + "}"), f"(?P<{name}>.*)", 1)
            pattern = pattern.replace(re.escape("{" + name + "}"), f"(?P={name})")
        if (match := re.fullmatch(pattern, value[language], re.DOTALL)) is None:
            return None
        params[language] = match.groupdict()
    pl, en = params["pl"], params["en"]
    return {name: _value(name, pl[name], en[name]) for name in pl}


def _value(name: str, pl: str, en: str) -> str | Json:
    if pl != en:
        return _verbatim(pl, en)
    if name == "date" and (day := re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", pl)):
        return dt.date(int(day[3]), int(day[2]), int(day[1])).isoformat()
    return pl

"""What all pages of the emulator share: the templates' engine, the language, the style sheet."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from fastapi import Request
from fastapi.responses import HTMLResponse

if TYPE_CHECKING:
    from jinja2 import Environment

Language = Literal["pl", "en"]
T = TypeVar("T")
_HERE = Path(__file__).parents[1]
_CHOSEN = "ksef_lang"  # a cookie: the language stays when a page leads to another
_YEAR = 365 * 86_400  # seconds
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)


@functools.cache
def _engine() -> Environment:
    """Made with the first page: programs that only use the API do not wait for it at the start."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape  # noqa: PLC0415

    engine = Environment(
        loader=FileSystemLoader(
            [_HERE / name / "templates" for name in (".", "verify", "portal", "control")]
        ),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.filters["grosze"] = written
    engine.filters["base64"] = lambda raw: base64.b64encode(raw).decode()
    return engine


def written(amount: str) -> str:
    """An amount of a document the Polish way: ``1234.50`` → ``1 234,50``; what is no number stays as it is."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return amount
    if not value.is_finite():
        return amount
    places = max(2, -int(value.as_tuple().exponent))
    return f"{value:,.{places}f}".replace(",", "\u202f").replace(".", ",").replace("-", "−")


def grosze_of(text: str) -> int | None:
    """What somebody wrote into a field as an amount, ``1 234,5`` or ``1234.50``; None for what is none."""
    bare = re.sub(r"\s", "", text).replace("−", "-").replace(",", ".")
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,2})?", bare, re.ASCII):
        return None
    return int(Decimal(bare) * 100)


def language(request: Request) -> Language:
    """``?lang=``, else what was chosen so before, else what the browser prefers, else Polish."""
    query = (
        request.query_params.get("lang")
        or request.cookies.get(_CHOSEN)
        or request.headers.get("accept-language", "")[:2].lower()
    )
    return "en" if query == "en" else "pl"


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the reader's language, which other programs may neither frame nor script."""
    shown = language(request)
    values |= {"language": shown, "path": request.url.path, "t": _texts(shown)}
    html = _engine().get_template(template).render(**values)
    headers = {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Content-Language": shown,
        "Vary": "Accept-Language, Cookie",
    }
    answer = HTMLResponse(html, status, headers)
    if "lang" in request.query_params:
        answer.set_cookie(_CHOSEN, shown, max_age=_YEAR, httponly=True, samesite="lax")
    return answer


def _texts(shown: Language) -> Callable[[str, str], str]:
    """``t("po polsku", "in English")`` of templates."""
    return lambda polish, english: english if shown == "en" else polish


def style() -> bytes:
    """The style sheet of every page."""
    return (_HERE / "templates" / "emulator.css").read_bytes()


def paged(
    request: Request, items: Sequence[T], row: Callable[[T], Any], sizes: Sequence[int]
) -> dict[str, Any]:
    """The rows of the page that is asked for (``page``, ``size``), and what its template says of the others."""
    query = request.query_params
    size = next((item for item in sizes if str(item) == query.get("size")), sizes[0])
    last = max(1, -(-len(items) // size))
    number = min(page_number(query.get("page", "")), last)
    rows = [row(item) for item in items[(number - 1) * size : number * size]]
    return {"rows": rows, "total": len(items), "number": number, "last": last, "size": size, "sizes": sizes}


def page_number(text: str) -> int:
    """From 1, which is also what nonsense means."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1

"""How every failure of a request is written: KSeF's own formats, whoever raised it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from .. import problems
from ..problems import Problem

if TYPE_CHECKING:
    from ..emulator import Emulator

_log = logging.getLogger(__name__)
_UNREADABLE = frozenset({"json_invalid"})
_TEXTS = {
    "missing": "Pole jest wymagane.",
    "string_type": "Oczekiwano tekstu.",
    "bool_type": "Oczekiwano wartości logicznej.",
    "bool_parsing": "Oczekiwano wartości logicznej.",
    "int_type": "Oczekiwano liczby całkowitej.",
    "int_parsing": "Oczekiwano liczby całkowitej.",
    "list_type": "Oczekiwano listy.",
    "model_type": "Oczekiwano obiektu.",
    "model_attributes_type": "Oczekiwano obiektu.",
    "date_from_datetime_parsing": "Nieprawidłowa data.",
    "datetime_from_date_parsing": "Nieprawidłowa data i czas.",
    "enum": "Niedozwolona wartość.",
    "literal_error": "Niedozwolona wartość.",
    "string_too_short": "Wartość jest za krótka.",
    "string_too_long": "Wartość jest za długa.",
    "string_pattern_mismatch": "Wartość jest niezgodna ze wzorcem.",
    "too_short": "Za mało elementów.",
    "too_long": "Za dużo elementów.",
    "greater_than_equal": "Wartość jest poza dozwolonym zakresem.",
    "less_than_equal": "Wartość jest poza dozwolonym zakresem.",
}


def answer(request: Request, problem: Problem, emulator: Emulator) -> JSONResponse:
    """A refusal in the format that the client wants; its code stands in the log of requests."""
    request.scope["ksef_problem"] = problem.code or None
    media_type, content = problems.body(
        problem,
        now=emulator.clock.now(),
        instance=request.url.path,
        problem_details=_accepts_problem_details(request),
        live=emulator.behaviour.live,
    )
    return JSONResponse(content, problem.status, headers=dict(problem.headers), media_type=media_type)


def install(app: FastAPI, emulator: Emulator) -> None:
    """Handlers of everything that can be raised while a request is answered."""

    def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return answer(request, error, emulator)

    def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return answer(request, of_validation(error.errors(), request.scope.get("route")), emulator)

    def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        if (
            error.status_code == HTTPStatus.BAD_REQUEST
        ):  # FastAPI's own: a body that cannot be decoded or parsed
            return answer(request, problems.unreadable(str(error.detail)), emulator)
        text = str(error.detail)  # the phrase of the status, unless somebody said more
        headers = dict(error.headers or {})
        return answer(
            request,
            Problem(status=error.status_code, code=error.status_code, description=text, headers=headers),
            emulator,
        )

    def half_a_character(request: Request, error: Exception) -> JSONResponse:
        """JSON can escape one half of a surrogate pair, which is no text that could be stored or answered."""
        assert isinstance(error, UnicodeEncodeError)
        return answer(request, problems.unreadable("Niepełna para zastępcza Unicode."), emulator)

    def broken(request: Request, error: Exception) -> JSONResponse:
        _log.error("%s %s", request.method, request.url.path, exc_info=error)
        return answer(
            request, Problem(status=500, code=500, description="Nieznany błąd emulatora."), emulator
        )

    handlers: dict[type[Exception], Callable[[Request, Exception], JSONResponse]] = {
        Problem: refused,
        RequestValidationError: invalid,
        HTTPException: http,
        UnicodeEncodeError: half_a_character,
        Exception: broken,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def _accepts_problem_details(request: Request) -> bool:
    as_problem = request.headers.get("x-error-format", "").strip().lower() == "problem-details"
    return as_problem or problems.PROBLEM_JSON in request.headers.get("accept", "")


def of_validation(errors: Sequence[Any], route: Any) -> Problem:
    """21001 for a body that is not JSON, else 21405 with every field by its dotted path."""
    for error in errors:
        if error["type"] in _UNREADABLE:
            return problems.unreadable(str(error.get("ctx", {}).get("error", error["msg"])))
    return problems.invalid_input(*(_out_of_bounds(error, route) or _line(error) for error in errors))


def _line(error: Any) -> str:
    place, *path = error["loc"]
    text = _TEXTS.get(error["type"], error["msg"])
    dotted = ".".join(str(part) for part in path) or str(place)
    return f"{dotted}: {text}"


def _out_of_bounds(error: Any, route: Any) -> str | None:
    """Of a number in the query the live system says this, in English; None for everything else."""
    if error["loc"][0] != "query" or error["type"] not in ("greater_than_equal", "less_than_equal"):
        return None
    name, entered = error["loc"][1], error["input"]
    parameters = (
        [item for item in route.dependant.query_params if item.alias == name] if route is not None else []
    )
    limits = [part for field in parameters for part in field.field_info.metadata]
    least = next((limit.ge for limit in limits if hasattr(limit, "ge")), None)
    most = next((limit.le for limit in limits if hasattr(limit, "le")), None)
    if least is not None and most is not None:
        return f"'{name}' must be between {least} and {most}. You entered {entered}."
    (word, bound), *_ = error["ctx"].items()
    return f"'{name}' must be {'greater' if word == 'ge' else 'less'} than or equal to '{bound}'."

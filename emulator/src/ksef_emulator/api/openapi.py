"""The OpenAPI that the emulator serves at ``/docs/v2/openapi.json``: what its routes take, what its answers are, in the
dialect of the official file (OpenAPI 3.0.4), without prose.

Parameters and bodies are those of the handlers' own signatures, with the models of ``contract``; answers, permissions
and rates are those of ``contract/operations.json`` and ``contract/answers.json``, and a test holds real answers against
them.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from starlette.routing import BaseRoute
from typing_extensions import TypeAliasType

from . import contract
from .contract.base import ContractEnum, ContractModel
from .contract.operations import OPERATIONS, Operation

REF = "#/components/schemas/{model}"
_JSON, _PROBLEM = "application/json", "application/problem+json"
_REFUSALS = {
    400: {_JSON: "ExceptionResponse", _PROBLEM: "BadRequestProblemDetails"},
    401: {_PROBLEM: "UnauthorizedProblemDetails"},
    403: {_PROBLEM: "ForbiddenProblemDetails"},
    410: {_PROBLEM: "GoneProblemDetails"},
    429: {_JSON: "TooManyRequestsResponse", _PROBLEM: "TooManyRequestsProblemDetails"},
}
_WARNING = {"X-System-Warning": {"schema": {"$ref": REF.format(model="SystemWarning")}}}
_RETRY = {"Retry-After": {"schema": {"$ref": REF.format(model="RetryAfter")}}}
_HASH = {"x-ms-meta-hash": {"schema": {"$ref": REF.format(model="Sha256HashBase64")}}}


def document(routes: Sequence[BaseRoute], *, version: str, server: str) -> dict[str, Any]:
    """The OpenAPI of these routes, whose paths have no ``/v2``; ``server`` is the address that ends in it."""
    described = get_openapi(title="Emulator KSeF", version=version, routes=routes)["paths"]
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        route = described.get(operation.path, {}).get(operation.method.lower())
        if route is not None:
            paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, route)
    return {
        "openapi": "3.0.4",
        "info": {"title": "Emulator KSeF", "version": version},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"Bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "tags": [{"name": tag} for tag in sorted({operation.tag for operation in OPERATIONS})],
    }


def _operation(operation: Operation, route: Mapping[str, Any]) -> dict[str, Any]:
    body = route.get("requestBody")
    if operation.xml_body:
        body = {"content": {"application/xml": {"schema": {"type": "string"}}}, "required": True}
    rate = operation.rate
    body = _plain(body)
    if body:  # one that may be left out is described like any other
        for content in body["content"].values():
            content["schema"].pop("nullable", None)
    rates = {"perSecond": rate.per_second, "perMinute": rate.per_minute, "perHour": rate.per_hour}
    answers = {status: _answer(status, name, operation) for status, name in operation.answers.items()}
    refusals = {str(status): _refusal(status) for status in operation.refusals}
    described: dict[str, Any] = {
        "tags": [operation.tag],
        "parameters": [_parameter(node) for node in route.get("parameters", ())],
        "requestBody": body,
        "responses": {**answers, **refusals},
        "security": [] if operation.anonymous else [{"Bearer": []}],
        "x-rate-limits": {name: value for name, value in rates.items() if value is not None},
        "x-required-permissions": list(operation.permissions),
        "x-sort": list(operation.sort),
    }
    return {name: value for name, value in described.items() if value}


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    schema = _plain(parameter["schema"])
    schema.pop("nullable", None)
    required = {"required": True} if parameter.get("required") else {}
    return {"name": parameter["name"], "in": parameter["in"], **required, "schema": schema}


def _answer(status: str, name: str, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(int(status)).phrase, "headers": dict(_WARNING)}
    if operation.hashed:
        described["headers"].update(_HASH)
    if name == "xml":
        described["content"] = {"application/xml": {"schema": {"type": "string"}}}
    elif name.startswith("list["):
        items = {"$ref": REF.format(model=name[5:-1])}
        described["content"] = {_JSON: {"schema": {"type": "array", "items": items}}}
    elif name:
        described["content"] = {_JSON: {"schema": {"$ref": REF.format(model=name)}}}
    return described


def _refusal(status: int) -> dict[str, Any]:
    content = {
        media: {"schema": {"$ref": REF.format(model=name)}} for media, name in _REFUSALS[status].items()
    }
    headers = _RETRY if status == 429 else {}
    return {
        "description": HTTPStatus(status).phrase,
        "content": content,
        **({"headers": headers} if headers else {}),
    }


def _schemas() -> dict[str, Any]:
    """The types of what is sent, as the handlers take them, and of what is answered, in the order of their names."""
    types = [(name, "validation", TypeAdapter(member)) for name, member in contract_types().items()]
    _, described = TypeAdapter.json_schemas(types, ref_template=REF)  # type: ignore[arg-type]
    sent = {name: _plain(schema) for name, schema in described["$defs"].items()}
    answered = json.loads((Path(__file__).parent / "contract/answers.json").read_text(encoding="utf-8"))
    return dict(sorted((sent | answered).items()))


def contract_types() -> dict[str, Any]:
    """Every type that somebody sends, by its name: models, enumerations and named scalars."""
    described: dict[str, Any] = {}
    for info in pkgutil.iter_modules(contract.__path__):
        if info.name in ("base", "operations"):
            continue
        module = importlib.import_module(f"{contract.__name__}.{info.name}")
        for name, member in vars(module).items():
            model = isinstance(member, type) and issubclass(member, ContractModel | ContractEnum)
            own = isinstance(member, TypeAliasType) or (model and member not in (ContractModel, ContractEnum))
            if own:
                described[name] = member
    return described


def _plain(node: Any) -> Any:
    """JSON Schema as pydantic writes it → the dialect of OpenAPI 3.0: ``nullable`` instead of a type ``null``, no
    generated titles, no defaults that only say that a member may be left out."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "properties" in node and isinstance(node["properties"], dict):
        properties = {name: _plain(member) for name, member in node["properties"].items()}
        rest = {key: value for key, value in node.items() if key != "properties"}
        return {**_plain(rest), "properties": properties}
    described = {
        key: _plain(value)
        for key, value in node.items()
        if key not in ("title", "description") and not (key == "default" and value is None)
    }
    choices = [item for item in described.pop("anyOf", []) if item != {"type": "null"}]
    if len(choices) == 1:
        described = {**choices[0], **described, "nullable": True}
    if "exclusiveMinimum" in described:
        described = {**described, "minimum": described["exclusiveMinimum"], "exclusiveMinimum": True}
    if "$ref" in described and len(described) > 1:
        described = {"allOf": [{"$ref": described.pop("$ref")}], **described}
    return described

"""KSeF's refusals as HTTP carries them: the OpenAPI's ``…ProblemDetails``, and the older ``ExceptionResponse``."""

from __future__ import annotations

from typing import Final

import httpx2

from liczydlo.ksef import wire
from liczydlo.ksef.errors import Refused

_MARKS: Final[dict[int, str]] = {httpx2.codes.UNAUTHORIZED: "timestamp", httpx2.codes.FORBIDDEN: "reasonCode"}
"""What the OpenAPI requires of a problem and RFC 9457, which firewalls follow too, does not know; of other statuses
``traceId``."""


def refused(status: int, body: bytes) -> Refused | None:
    """A 4xx in one of KSeF's own formats; None for anything else, which somebody other than KSeF has written.

    The formats are the OpenAPI's ``…ProblemDetails`` and the older ``ExceptionResponse``. A 401 may come without a
    body.
    """
    if status == httpx2.codes.UNAUTHORIZED and not body.strip():
        return Refused(status=status, code=str(status))
    try:
        node = wire.parse_object(body)
        return _problem(status, node) or _exception(status, node)
    except wire.Malformed:
        return None


def _problem(status: int, node: wire.Node) -> Refused | None:
    """``BadRequestProblemDetails``, ``ForbiddenProblemDetails`` and so on. Raises Malformed."""
    errors = list(node.nodes("errors"))
    ours = errors or node.optional_text(_MARKS.get(status, "traceId")) is not None
    if not ours or node.optional_integer("status") != status:
        return None
    detail = node.text("detail")
    reference = node.optional_text("traceId")
    if not errors:
        security = node.optional_node("security")
        return Refused(
            status=status,
            code=node.optional_text("reasonCode") or str(status),
            description=detail,
            reference=reference,
            required_permissions=security.texts("requiredAnyOfPermissions") if security else (),
            present_permissions=security.texts("presentPermissions") if security else (),
        )
    return _listed(status, errors, ("code", "description"), reference)


def _exception(status: int, node: wire.Node) -> Refused | None:
    exception = node.optional_node("exception")
    errors = list(exception.nodes("exceptionDetailList")) if exception is not None else []
    if exception is None or not errors:
        return None
    reference = exception.optional_text("referenceNumber") or exception.optional_text("serviceCode")
    return _listed(status, errors, ("exceptionCode", "exceptionDescription"), reference)


def _listed(status: int, errors: list[wire.Node], names: tuple[str, str], reference: str | None) -> Refused:
    """The first error leads; what the others say joins its details."""
    code, description = names
    first, *others = errors
    more = tuple(
        " ".join((str(error.integer(code)), error.optional_text(description) or "", *error.texts("details")))
        for error in others
    )
    return Refused(
        status=status,
        code=str(first.integer(code)),
        description=first.optional_text(description) or "",
        details=first.texts("details") + more,
        reference=reference,
    )

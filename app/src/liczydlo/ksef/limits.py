"""How much KSeF takes: requests in a second, a minute and an hour, and invoices in a session (guide ``limity/``).

KSeF may raise them for one firm and lower them for all, so they are asked for; ``USUAL`` are the published ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, get_args

from liczydlo.ksef.conversation import Conversation, Request
from liczydlo.ksef.runner import Runner
from liczydlo.ksef.wire import Node

Operation = Literal[
    "onlineSession",
    "onlineSessionClose",
    "batchSession",
    "batchSessionClose",
    "invoiceSend",
    "invoiceStatus",
    "sessionList",
    "sessionInvoiceList",
    "sessionMisc",
    "invoiceMetadata",
    "invoiceExport",
    "invoiceExportStatus",
    "invoiceDownload",
    "collectiveIdentifier",
    "other",
]
"""What is counted by itself for a context and an address: names of the OpenAPI's ``EffectiveApiRateLimits``."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Requests that fit into windows which slide; None: as many as one likes."""

    second: int | None
    minute: int | None
    hour: int | None


def _rate(second: int, minute: int, hour: int) -> Rate:
    return Rate(second=second, minute=minute, hour=hour)


USUAL_RATES: Final[Mapping[Operation, Rate]] = {
    "onlineSession": _rate(10, 30, 120),
    "onlineSessionClose": _rate(20, 60, 240),
    "batchSession": _rate(10, 20, 60),
    "batchSessionClose": _rate(20, 40, 120),
    "invoiceSend": _rate(10, 30, 180),
    "invoiceStatus": _rate(30, 120, 1200),
    "sessionList": _rate(5, 10, 60),
    "sessionInvoiceList": _rate(10, 20, 200),
    "sessionMisc": _rate(10, 120, 1200),
    "invoiceMetadata": _rate(8, 16, 20),
    "invoiceExport": _rate(8, 16, 20),
    "invoiceExportStatus": _rate(10, 60, 600),
    "invoiceDownload": _rate(8, 16, 64),
    "collectiveIdentifier": _rate(20, 120, 240),
    "other": _rate(10, 30, 120),
}


@dataclass(frozen=True, kw_only=True)
class ContextLimits:
    """How much one session of the context takes: invoices, and megabytes of one invoice."""

    online_invoices: int = 10_000
    batch_invoices: int = 10_000
    online_megabytes: int = 1


@dataclass(frozen=True, kw_only=True)
class Limits:
    """All that KSeF says of a context; what it does not say is as published."""

    rates: Mapping[Operation, Rate] = field(default_factory=lambda: USUAL_RATES)
    context: ContextLimits = field(default_factory=ContextLimits)

    def rate(self, operation: Operation) -> Rate:
        """How often an operation may be asked for."""
        return self.rates.get(operation, USUAL_RATES[operation])

    def to_json(self) -> dict[str, Any]:
        """The fields as JSON values; ``from_json`` reads them."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Limits:
        """Read what ``to_json`` wrote."""
        rates = {name: Rate(**rate) for name, rate in stored["rates"].items()}
        return cls(rates=rates, context=ContextLimits(**stored["context"]))


USUAL: Final = Limits()


def _of(node: Node) -> Rate:
    def most(name: str) -> int | None:
        number = node.integer(name)
        return None if number < 0 else number  # -1: no limit

    return Rate(second=most("perSecond"), minute=most("perMinute"), hour=most("perHour"))


def rate_limits() -> Conversation[dict[Operation, Rate]]:
    """``GET /rate-limits``: the ones in force for this context, of the operations that the program knows."""
    answer = yield Request(method="GET", path="/rate-limits")
    node = answer.object()
    operations: tuple[Operation, ...] = get_args(Operation)
    nodes = {name: node.optional_node(name) for name in operations}
    return {name: _of(rate) for name, rate in nodes.items() if rate is not None}


def context_limits() -> Conversation[ContextLimits]:
    """``GET /limits/context``: what the sessions of this context may hold."""
    answer = yield Request(method="GET", path="/limits/context")
    node = answer.object()
    online = node.node("onlineSession")
    return ContextLimits(
        online_invoices=online.integer("maxInvoices"),
        batch_invoices=node.node("batchSession").integer("maxInvoices"),
        online_megabytes=online.integer("maxInvoiceSizeInMB"),
    )


class LimitOperations(Runner):
    """How much KSeF takes of the context that one is logged in to."""

    def context_limits(self) -> ContextLimits:
        """How much one session takes."""
        return self._run(context_limits())

    def limits(self) -> Limits:
        """All limits of the context."""
        return Limits(rates=self._run(rate_limits()), context=self.context_limits())

"""What „Pulpit" tells: counts by state and what waits for a person. Reads other features by their tables' names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Count, Model, QuerySet

from liczydlo.companies.models import Company
from liczydlo.connection import access
from liczydlo.connection.models import Purpose, StoredCertificate, StoredToken

UNDERWAY = ("issued", "queued", "sending", "processing")


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Numbers of one company in its present environment at one moment."""

    by_state: dict[str, int]
    received: int
    authentication: StoredCertificate | None
    offline: StoredCertificate | None
    token: StoredToken | None
    latest: Sequence[Model]

    @property
    def total(self) -> int:
        """All sales invoices."""
        return sum(self.by_state.values())

    @property
    def accepted(self) -> int:
        """Those that have a KSeF number."""
        return self.by_state.get("accepted", 0)

    @property
    def underway(self) -> int:
        """Those that the program is carrying to KSeF."""
        return sum(self.by_state.get(state, 0) for state in UNDERWAY)

    @property
    def rejected(self) -> int:
        """Those that KSeF refused."""
        return self.by_state.get("rejected", 0)

    @property
    def drafts(self) -> int:
        """Those that nobody has issued yet."""
        return self.by_state.get("draft", 0)

    @property
    def is_connected(self) -> bool:
        """Whether there is something to log in with, good or expired."""
        return self.authentication is not None or self.token is not None

    @property
    def ready(self) -> bool:
        """Whether the first steps are behind: both certificates and an invoice with a KSeF number."""
        return self.is_connected and self.offline is not None and self.accepted > 0

    @property
    def waiting(self) -> int:
        """Offline ones that still have to be sent."""
        return self.by_state.get("waiting", 0) + self.by_state.get("overdue", 0)


def _rows(label: str, name: str, company: Company) -> QuerySet[Model] | None:
    try:
        model = apps.get_model(label, name)
    except LookupError:
        return None
    rows: QuerySet[Model] = model._default_manager.filter(company=company, environment=company.environment)
    return rows


def overview(company: Company) -> Overview:
    """Count a company's documents."""
    sales = _rows("sales", "Invoice", company)
    purchases = _rows("purchases", "ReceivedInvoice", company)
    by_state: dict[str, int] = {}
    latest: Sequence[Model] = ()
    if sales is not None:
        by_state = dict(sales.values_list("state").annotate(count=Count("pk")).order_by())
        latest = list(sales.order_by("-pk")[:5])
    return Overview(
        by_state=by_state,
        received=purchases.count() if purchases is not None else 0,
        latest=latest,
        authentication=access.certificate(company, Purpose.AUTHENTICATION),
        offline=access.certificate(company, Purpose.OFFLINE),
        token=access.token(company),
    )

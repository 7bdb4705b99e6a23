"""What „Pulpit" shows: what waits for a person, how many invoices there are, and where each number leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.models import Purpose, StoredCertificate, StoredToken
from liczydlo.documents import filters
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.documents.sums import UnpaidSum
from liczydlo.payments.transfers import proposals
from liczydlo.purchases import filters as purchases
from liczydlo.sales import filters as sales
from liczydlo.sales.farm import payments
from liczydlo.web import times


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One tile: ``state`` is an entry of its list's ``STATES``. ``tone`` colours a number that is not zero; a rare kind
    is not shown without any."""

    feature: str
    state: str
    label: str | Promise
    icon: str
    tone: str = ""
    rare: bool = False


KINDS = (
    Kind(feature="sales", state="rejected", label=_("Odrzucone"), icon="circle-x", tone="bad"),
    Kind(
        feature="sales", state="overdue", label=_("Po terminie"), icon="triangle-alert", tone="bad", rare=True
    ),
    Kind(feature="sales", state="void", label=_("Z nieważnym KODEM II"), icon="ban", tone="bad", rare=True),
    Kind(feature="sales", state="held", label=_("Wstrzymane"), icon="circle-pause", tone="warn", rare=True),
    Kind(feature="sales", state="waiting", label=_("Offline, do wysłania"), icon="hourglass", tone="warn"),
    Kind(feature="sales", state="draft", label=_("Szkice"), icon="pencil-line"),
    Kind(feature="purchases", state="new", label=_("Nowe zakupy"), icon="sparkle"),
    Kind(feature="sales", state="moving", label=_("W drodze do KSeF"), icon="send"),
    *(
        Kind(feature="self-billed", state=state, label=label, icon="file-pen", tone=tone, rare=True)
        for state, label, tone in (
            ("rejected", _("Za dostawców: odrzucone"), "bad"),
            ("overdue", _("Za dostawców: po terminie"), "bad"),
            ("void", _("Za dostawców: z nieważnym KODEM II"), "bad"),
            ("waiting", _("Za dostawców: offline, do wysłania"), "warn"),
            ("draft", _("Za dostawców: szkice"), ""),
            ("moving", _("Za dostawców: w drodze do KSeF"), ""),
        )
    ),
)


RECEIVABLE: Final = (
    (_("Do otrzymania"), "hand-coins", ""),
    (_("Należności po terminie"), "triangle-alert", "bad"),
)
PAYABLE: Final = ((_("Do zapłaty"), "landmark", ""), (_("Zobowiązania po terminie"), "triangle-alert", "bad"))
TO_FARMERS: Final = ((_("W tym rolnikom (VAT RR)"), "sprout", "warn"),)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A kind, how many there are as ``documents.filters.number`` counts, and the address of the list of these very
    rows."""

    kind: Kind
    count: int
    address: str

    @property
    def number(self) -> str:
        """``count`` as it is shown: „10 000+" where there are more."""
        if self.count <= filters.MANY:
            return str(self.count)
        return f"{number_format(filters.MANY, use_l10n=True, force_grouping=True)}+"


@dataclass(frozen=True, kw_only=True)
class Money:
    """What is owed in one currency, and the address of the list of these very invoices."""

    label: str | Promise
    icon: str
    tone: str
    amount: Decimal
    currency: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Numbers of one company in its present environment at one moment."""

    tiles: tuple[Tile, ...]
    money: Sequence[Money] | None  # None: so many invoices are owed that they are added up when asked for
    accepted: int
    rejected: int
    overdue: int
    self_billed_rejected: int
    self_billed_overdue: int
    authentication: StoredCertificate | None
    offline: StoredCertificate | None
    token: StoredToken | None
    latest: Sequence[IndexEntry]

    @property
    def is_connected(self) -> bool:
        """Whether there is something to log in with, good or expired."""
        return self.authentication is not None or self.token is not None

    @property
    def ready(self) -> bool:
        """Whether the first steps are behind: both certificates and an invoice with a KSeF number."""
        return self.is_connected and self.offline is not None and self.accepted > 0


def address(company: Company, feature: str, state: str) -> str:
    """The list of a feature, narrowed to one entry of its ``STATES``; „self-billed" are those issued for suppliers."""
    path = reverse("sales:self_billed" if feature == "self-billed" else f"{feature}:list", args=[company.pk])
    return f"{path}?stan={state}" if state else path


def money(company: Company) -> list[Money]:
    """What buyers owe and what is to be paid, in every currency, with what of it is late; what is due to farmers."""
    today = times.today()
    owed = sales.unpaid_sums(company, today)
    list_of_sales = f"{reverse('sales:list', args=[company.pk])}?platnosc="
    to_pay = reverse("payments:due", args=[company.pk])
    until_yesterday = f"{to_pay}?do={today - dt.timedelta(days=1)}"
    amounts: list[Money] = []
    for one in owed:
        currency = f"&waluta={one.currency}" if len(owed) > 1 else ""
        amounts += _amounts(
            one, RECEIVABLE, *(f"{list_of_sales}{it}{currency}" for it in ("unpaid", sales.OVERDUE))
        )
    for one in proposals.unpaid_sums(company):
        amounts += _amounts(one, PAYABLE, to_pay, until_yesterday)
    for one in payments.unpaid_sums(company):
        address = f"{reverse('sales:self_billed', args=[company.pk])}?platnosc={payments.UNPAID}"
        amounts += _amounts(one, TO_FARMERS, address)
    return amounts


def _amounts(
    owed: UnpaidSum, kinds: Sequence[tuple[str | Promise, str, str]], *addresses: str
) -> Iterator[Money]:
    """What is owed and, where there are two kinds, what of it is late; each leads to its address."""
    for (label, icon, tone), amount, address in zip(
        kinds, (owed.left, owed.overdue), addresses, strict=False
    ):
        if amount:
            yield Money(
                label=label, icon=icon, tone=tone, amount=amount, currency=owed.currency, address=address
            )


def _is_quick(company: Company) -> bool:
    """Whether what is owed can be added up while the page waits."""
    return filters.number(sales.owing(company)) <= filters.MANY and not proposals.are_many(
        proposals.unpaid(company)
    )


def overview(company: Company, *, with_sums: bool = True) -> Overview:
    """Count a company's documents. ``with_sums``: add up what is owed however many invoices it is."""
    issued = sales.counts(company, times.today())
    counts = {
        "sales": issued[Direction.SALE],
        "purchases": purchases.counts(company),
        "self-billed": issued[Direction.SELF_BILLED],
    }
    certificates = clients.certificates(company)
    tiles = (
        Tile(
            kind=kind,
            count=counts[kind.feature][kind.state],
            address=address(company, kind.feature, kind.state),
        )
        for kind in KINDS
    )
    return Overview(
        tiles=tuple(tile for tile in tiles if tile.count or not tile.kind.rare),
        money=money(company) if with_sums or _is_quick(company) else None,
        accepted=counts["sales"]["accepted"],
        rejected=counts["sales"]["rejected"],
        overdue=counts["sales"]["overdue"],
        self_billed_rejected=counts["self-billed"]["rejected"],
        self_billed_overdue=counts["self-billed"]["overdue"],
        latest=list(filters.of_environment(company, Direction.SALE).filter(filters.NOT_HIDDEN)[:5]),
        authentication=certificates.get(Purpose.AUTHENTICATION),
        offline=certificates.get(Purpose.OFFLINE),
        token=clients.token(company),
    )

"""Lists of what KSeF keeps for the company, the question before each change, and what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import words
from liczydlo.connection.certificates.listing import certificates
from liczydlo.connection.changes import services, wording
from liczydlo.connection.changes.lists import Listing, Proposal
from liczydlo.connection.models import ChangeKind, ChangeState, RemoteChange
from liczydlo.connection.permissions import listing as permissions
from liczydlo.connection.tokens.listing import sessions, tokens
from liczydlo.web.caller import address_of


@dataclass(frozen=True, kw_only=True)
class Page:
    """A list: who makes it, its template, the tab that it stands under, and the page that asks before a change."""

    listing: Callable[[Company], Listing]
    template: str
    tab: str
    confirm: str = ""


PAGES: Final = {
    "permissions": Page(
        listing=permissions.granted_by_company,
        template="connection/permissions/given.html",
        tab="permissions",
        confirm="connection:permissions-revoke",
    ),
    "permissions-received": Page(
        listing=permissions.received, template="connection/permissions/received.html", tab="permissions"
    ),
    "tokens": Page(
        listing=tokens,
        template="connection/tokens/list.html",
        tab="tokens",
        confirm="connection:tokens-revoke",
    ),
    "sessions": Page(
        listing=sessions,
        template="connection/tokens/sessions.html",
        tab="tokens",
        confirm="connection:sessions-end",
    ),
    "certificates": Page(
        listing=certificates,
        template="connection/certificates/list.html",
        tab="certificates",
        confirm="connection:certificates-revoke",
    ),
}


@member()
@require_safe
def listing(request: CompanyRequest, company: Company, page: str) -> HttpResponse:
    """A list, each row with the change that its owner may ask for."""
    return show(request, company, page, PAGES[page].listing(company))


def show(request: CompanyRequest, company: Company, page: str, content: Listing, **more: Any) -> HttpResponse:
    """Render a list; ``more`` is what one page alone needs."""
    values = {
        "here": PAGES[page].tab,
        "page": page,
        "listing": content,
        "missing": words.permissions(content.missing),
        "confirm": PAGES[page].confirm,
        "unfinished": [row for row in services.open_changes(company) if wording.WORDS[row.kind].page == page],
        "may_change": request.membership.role in OWNERS,
        **content.more,
        **more,
    }
    return render(request, PAGES[page].template, values)


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: CompanyRequest, company: Company, page: str, item: str) -> HttpResponse:
    """A GET shows what would be changed, a POST asks KSeF for it."""
    if (row := earlier(request, company)) is not None:
        return redirect("connection:change", company.pk, row.key)
    content = PAGES[page].listing(company)
    chosen = content.item(item)
    if chosen is None or chosen.proposal is None:
        if content.away is not None:
            return show(request, company, page, content)
        raise Http404("KSeF lists nothing of the kind that could be changed")
    proposal = chosen.proposal
    form = proposal.form(request.POST or None) if proposal.form else None
    row = None
    if request.method == "POST" and (form is None or form.is_valid()):
        answers = form.cleaned_data if form else {}
        row = ask(
            request,
            company,
            proposal.kind,
            body={**proposal.body, **answers},
            details={**proposal.details, **answers},
        )
        if row.state != ChangeState.FAILED:
            return redirect("connection:change", company.pk, row.key)
    return _question(request, page, proposal, form, row)


def _question(
    request: CompanyRequest, page: str, proposal: Proposal, form: Any, row: RemoteChange | None
) -> HttpResponse:
    values = {
        "here": PAGES[page].tab,
        "proposal": proposal,
        "form": form,
        "words": wording.WORDS[proposal.kind],
        "key": uuid.uuid4(),
        "problem": row.reason if row else None,
    }
    return render(request, "connection/changes/confirm.html", values, status=422 if row else 200)


def earlier(request: CompanyRequest, company: Company) -> RemoteChange | None:
    """The change that another POST of this form has begun, unless it failed and may be tried once more."""
    key = _key(request)
    if key is None:
        return None
    row: RemoteChange | None = RemoteChange.objects.of(company).filter(key=key).first()
    return row


def ask(
    request: CompanyRequest,
    company: Company,
    kind: ChangeKind,
    *,
    body: dict[str, Any],
    details: dict[str, str],
) -> RemoteChange:
    """Commit the change of a valid form and carry it out; of two POSTs of one form the second only finds it."""
    row, is_new = services.begin(
        company,
        kind,
        _key(request) or uuid.uuid4(),
        body,
        details,
        by=request.user,
        address=address_of(request),
    )
    if is_new:
        services.carry_out(row)
    return row


def _key(request: CompanyRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


@member(*OWNERS)
@require_safe
@never_cache
def outcome(request: CompanyRequest, company: Company, key: uuid.UUID) -> HttpResponse:
    """What became of a change; the page asks for itself again until it has ended."""
    rows = RemoteChange.objects.of(company).exclude(kind=ChangeKind.COLLECTIVE)  # payments show these
    return _outcome(request, get_object_or_404(rows, key=key))


@member(*OWNERS)
@require_POST
@never_cache
@sensitive_variables()
def reveal(request: CompanyRequest, company: Company, key: uuid.UUID) -> HttpResponse:
    """„Pokaż token": the only page that ever shows it; its seal is gone afterwards."""
    row = get_object_or_404(RemoteChange.objects.of(company), key=key, kind=ChangeKind.MAKE_TOKEN)
    return _outcome(request, row, token=services.reveal(row))


def _outcome(request: CompanyRequest, row: RemoteChange, token: str = "") -> HttpResponse:
    text = wording.WORDS[row.kind]
    values = {
        "here": PAGES[text.page].tab,
        "row": row,
        "words": text,
        "done": wording.done(row) if row.state == ChangeState.DONE else "",
        "token": token,
        "granted": words.permissions(filter(None, row.details.get("permissions", "").split(", "))),
    }
    return render(request, "connection/changes/outcome.html", values)

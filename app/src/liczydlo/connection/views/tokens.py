"""„Nowy token": a token for another program."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from liczydlo import ksef
from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.changes import lists
from liczydlo.connection.forms.tokens import TokenForm
from liczydlo.connection.models import ChangeKind, ChangeState
from liczydlo.connection.views import changes


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: CompanyRequest, company: Company) -> HttpResponse:
    """What the token may do; only what the login itself may is offered."""
    row = changes.earlier(request, company)
    if row is not None and row.state != ChangeState.FAILED:
        return redirect("connection:change", company.pk, row.key)
    own = lists.ask(company, lambda client: client.own_permissions().names)
    if isinstance(own, lists.Listing):
        return changes.show(request, company, "tokens", own)
    form = TokenForm(request.POST or None, own=own)
    if row is None and request.method == "POST" and form.is_valid():
        body = {name: form.cleaned_data[name] for name in ("permissions", "description")}
        details = {**body, "permissions": ", ".join(body["permissions"])}
        row = changes.ask(request, company, ChangeKind.MAKE_TOKEN, body=body, details=details)
        if row.state != ChangeState.FAILED:
            return redirect("connection:change", company.pk, row.key)
    values = {
        "here": "tokens",
        "form": form,
        "key": uuid.uuid4(),
        "problem": row.reason if row else None,
        # KSeF lets no token make tokens
        "by_token": isinstance(clients.credential(company)[1], ksef.KsefToken),
    }
    return render(request, "connection/tokens/make.html", values, status=422 if row or form.errors else 200)

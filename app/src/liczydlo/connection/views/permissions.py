"""„Uprawnienia": what the program itself may do, and giving permissions to others."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients, words
from liczydlo.connection.forms.permissions import FIVE_SCOPES, KINDS, MORE_SCOPES, ForeignForm, GrantForm
from liczydlo.connection.models import ChangeKind, ChangeState, Purpose, RemoteChange
from liczydlo.connection.permissions import listing
from liczydlo.connection.views import changes

MANAGING = "CredentialsManage"


@member()
@require_safe
def mine(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Moje uprawnienia": what the program itself may do, and what it cannot."""
    content = listing.of_own_credential(company)
    own = set(content.more.get("own", ()))
    all_scopes = [*FIVE_SCOPES, *MORE_SCOPES[:2]]
    values = {
        "here": "permissions",
        "page": "permissions-mine",
        "listing": content,
        "missing": words.permissions(content.missing),
        "may_change": request.membership.role in OWNERS,
        "scopes": [(words.permission(name), name in own, name) for name, _label in all_scopes],
        "others": words.permissions(name for name in own if name not in dict(all_scopes)),
        "roles": content.more.get("roles", ()),
        "manages": MANAGING in own,
        "holder": clients.certificate(company, Purpose.AUTHENTICATION),
        "by_token": clients.token(company),
    }
    return render(request, "connection/permissions/mine.html", values)


@member(*OWNERS)
@require_safe
def choose(request: CompanyRequest, company: Company) -> HttpResponse:  # noqa: ARG001 - the owner's
    """„Nadaj uprawnienie": to whom."""
    return render(request, "connection/permissions/choose.html", {"here": "permissions", "kinds": KINDS})


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: CompanyRequest, company: Company, kind: str) -> HttpResponse:
    """One kind's form; „sobie" in the address fills in whoever the program logs in as."""
    if kind not in KINDS:
        raise Http404("no such kind of permission")
    row: RemoteChange | None = changes.earlier(request, company)
    form = _form(request, company, KINDS[kind])
    if row is None and request.method == "POST" and form.is_valid():
        row = changes.ask(
            request,
            company,
            ChangeKind.GRANT,
            body=dataclasses.asdict(form.request()),
            details={"to": form.receiver(), "permissions": ", ".join(form.permission_names())},
        )
    if row is not None and row.state != ChangeState.FAILED:
        return redirect("connection:change", company.pk, row.key)
    values = {
        "here": "permissions",
        "kind": kind,
        "form": form,
        "key": uuid.uuid4(),
        "problem": row.reason if row else None,
    }
    status = 422 if row or form.errors else 200
    return render(request, "connection/permissions/grant.html", values, status=status)


def _form(request: CompanyRequest, company: Company, kind: type[GrantForm]) -> GrantForm:
    more: dict[str, Any] = {"nip": company.nip} if kind is ForeignForm else {}
    if request.method == "POST":
        return kind(request.POST, **more)
    stored = clients.certificate(company, Purpose.AUTHENTICATION)
    if "sobie" in request.GET and stored is not None:
        holder = stored.holder
        more["initial"] = {
            "first_name": holder.first_name,
            "surname": holder.surname,
            "number": holder.pesel or holder.nip,
            "permissions": [request.GET["sobie"]],
            "description": _("Praca w programie"),
        }
    return kind(**more)

"""Granting and taking away: KSeF is asked, waited for, and the audit log told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company
from liczydlo.connection import clients, words
from liczydlo.connection.forms.permissions import GrantForm
from liczydlo.connection.models import Purpose
from liczydlo.connection.signals import connected
from liczydlo.ksef.permission_lists import Grant

PATIENCE: Final = 6.0
"""Seconds that a person waits for KSeF's decision; it mostly takes less than one."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a request: KSeF's number, and whether it has said that it is done."""

    reference: str
    finished: bool


def give(company: Company, form: GrantForm, *, request: HttpRequest) -> Outcome:
    """Give what a valid form holds. Raises NotConnected, :class:`ksef.KsefError`; KSeF has given nothing then.

    A login that gets something for itself begins anew, for KSeF looks at permissions when one logs in.
    """
    with clients.client(company, patience=PATIENCE) as client:
        reference = form.submit(client)
        outcome = _outcome(client, reference)
    audit.log(
        company,
        Action.GRANTED,
        request=request,
        reference=reference,
        to=form.receiver(),
        permissions=", ".join(form.given()),
    )
    if form.own() is not None and form.own() in own_identifiers(company):
        clients.drop_login(company)
        connected.send(sender=Grant, company=company)  # what waited for this permission goes on
    return outcome


def take_away(company: Company, given: Grant, *, request: HttpRequest) -> Outcome:
    """Take a permission away. Raises NotConnected, :class:`ksef.KsefError`; it is still in force then."""
    with clients.client(company, patience=PATIENCE) as client:
        if given.list == "authorizations":
            reference = client.revoke_authorization(given.id)
        else:
            reference = client.revoke_permission(given.id)
        outcome = _outcome(client, reference)
    audit.log(
        company,
        Action.REVOKED,
        request=request,
        reference=reference,
        who=f"{given.name}, {words.who(given.to)}".strip(", "),
        permissions=given.permission,
    )
    if given.to in own_identifiers(company):
        clients.drop_login(company)
    return outcome


def _outcome(client: ksef.Client, reference: str) -> Outcome:
    """Wait a little; KSeF has the request, so silence afterwards is no failure of it. Raises :class:`ksef.Refused`."""
    try:
        client.wait_for_permission(reference, patience=PATIENCE)
    except (ksef.Unavailable, ksef.RateLimited):
        return Outcome(reference=reference, finished=False)
    return Outcome(reference=reference, finished=True)


def own_identifiers(company: Company) -> set[ksef.Identifier]:
    """Who the program is to KSeF when it logs in for the company: by the certificate's number, or its fingerprint."""
    stored = clients.certificate(company, Purpose.AUTHENTICATION)
    if stored is None:
        return set()
    holder = stored.holder
    found = {ksef.Identifier(kind="Fingerprint", value=stored.fingerprint)}
    if holder.pesel:
        found.add(ksef.Identifier(kind="Pesel", value=holder.pesel))
    if holder.nip:
        found.add(ksef.Identifier(kind="Nip", value=holder.nip))
    return found

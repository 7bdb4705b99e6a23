"""Endpoints and the events that are sent to them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.access import CompanyRequest
from liczydlo.companies.models import Company
from liczydlo.connection import vault
from liczydlo.jobs import registry
from liczydlo.web import times
from liczydlo.webhooks import requests
from liczydlo.webhooks.models import Delivery, Endpoint

DELIVER: Final = "webhooks.deliver"
MOST: Final = 5
"""Endpoints of one firm."""
PURPOSE: Final = "webhook"


class NotAdded(Exception):
    """An endpoint was not added: ``code`` is ``too-many``, ``known``, or that of ``requests.NotAllowed``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def add(company: Company, url: str, request: CompanyRequest) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which nobody can read later. Raises NotAdded."""
    try:
        _scheme, host, port = requests.check(url)
        requests.public_address(host, port)
    except requests.NotAllowed as error:
        raise NotAdded(error.code) from error
    secret = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            Company.objects.select_for_update(no_key=True).get(pk=company.pk)  # or two would pass the limit
            if Endpoint.objects.of(company).count() >= MOST:
                raise NotAdded("too-many")
            endpoint = Endpoint.objects.create(company=company, url=url)
            sealed = vault.seal(secret.encode(), company_id=company.pk, row=endpoint.pk, purpose=PURPOSE)
            Endpoint.objects.filter(pk=endpoint.pk, company=company).update(sealed_secret=sealed)
            log(company, Action.WEBHOOK_ADDED, request=request, name=host)
    except IntegrityError as error:
        raise NotAdded("known") from error
    return endpoint, secret


def remove(company: Company, endpoint: Endpoint, request: CompanyRequest) -> None:
    """Nothing more is sent there; its log goes with it."""
    with transaction.atomic():
        rows = Endpoint.objects.of(company).filter(pk=endpoint.pk)
        list(
            rows.select_for_update().values_list("pk")
        )  # no delivery comes between those deleted and the row
        _deliveries, by_model = rows.delete()
        if by_model.get("webhooks.Endpoint"):
            log(company, Action.WEBHOOK_REMOVED, request=request, name=requests.check(endpoint.url)[1])


def emit(company: Company, event: str, payloads: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Send an event of each key to every endpoint of the company, once, within the caller's transaction if any.

    The endpoints are locked until then, as `remove` locks its own: a delivery to one that is just being removed would
    break the transaction of whoever emits.
    """
    with transaction.atomic():
        endpoints = list(Endpoint.objects.of(company).select_for_update(no_key=True).order_by("pk"))
        if not endpoints:
            return
        now = times.now()
        Delivery.objects.bulk_create(
            (
                Delivery(
                    company=company,
                    endpoint=endpoint,
                    event=event,
                    key=f"{event}:{key}",
                    body=json.dumps({"event": event, "data": payload}, ensure_ascii=False),
                    next_at=now,
                )
                for key, payload in payloads
                for endpoint in endpoints
            ),
            ignore_conflicts=True,
        )
        registry.enqueue(company.pk, DELIVER)


def send_again(company: Company, delivery_id: int) -> bool:
    """Try one that failed once more, from the beginning; False when it did not."""
    failed = Delivery.objects.of(company).filter(pk=delivery_id, state=Delivery.State.FAILED)
    if not failed.update(state=Delivery.State.WAITING, attempts=0, next_at=times.now()):
        return False
    registry.enqueue(company.pk, DELIVER)
    return True

"""Forms of the editor with its sections, for the tests of what they make."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.fa3.read import read
from liczydlo.sales.models import Draft
from lxml import html


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


def rows(prefix: str, *typed: dict[str, str]) -> dict[str, str]:
    """The fields of the rows of a section."""
    fields = {
        f"{prefix}-{index}-{name}": text for index, one in enumerate(typed) for name, text in one.items()
    }
    return {f"{prefix}-rows": str(len(typed)), **fields}


def made() -> Any:
    return read(bytes(Draft.objects.get().xml or b""))


def fields(page: Any) -> dict[str, Any]:
    (found,) = html.fromstring(page.content).xpath("//form[@id='invoice-form']")
    return dict(found.form_values())


def again(ala: Client) -> tuple[Any, str]:
    """The one draft, and where it is edited."""
    draft = Draft.objects.get()
    return draft.invoice_draft, reverse("sales:edit", args=[draft.company_id, draft.invoice_id])

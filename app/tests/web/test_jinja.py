"""Rows of the long lists, which Jinja2 draws: what people typed is text, and a name that is not there an error."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from jinja2 import UndefinedError
from liczydlo.documents.models import IndexEntry
from liczydlo.sales.models import Invoice
from liczydlo.web.jinja import addresses

from app.tests.payments.ordering import invoice as bought
from app.tests.sales.test_guards import issued

__all__ = ["issued"]
HOSTILE = """<b onclick="alert('x')">&"""
ESCAPED = "&lt;b onclick=&#34;alert(&#39;x&#39;)&#34;&gt;&amp;"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["sales:list", "purchases:list", "payments:due"])
def test_what_people_typed_is_text(browse: Any, owner: Any, company: Any, issued: Invoice, name: str) -> None:
    bought(company, HOSTILE, seller_name=HOSTILE)
    IndexEntry.objects.filter(pk=issued.entry_id).update(buyer_name=HOSTILE)
    client: Client = browse(owner)
    page = client.get(reverse(name, args=[company.pk])).content.decode()
    assert page.count(ESCAPED) >= 2 - (name == "sales:list") and HOSTILE not in page


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        Template('{% load liczydlo %}{% jinja "sales/state.html" %}').render(Context())


@pytest.mark.parametrize("name", ["sales:detail", "sales:make_similar", "purchases:detail"])
@pytest.mark.parametrize(("company", "row"), [(1, 1), (7, 10), (100, 205), (30, 0)])
def test_addresses_are_those_of_the_views(name: str, company: int, row: int) -> None:
    assert addresses(name, company)(row) == reverse(name, args=[company, row])

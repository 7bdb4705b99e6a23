"""Counts of several lists by one statement."""

from __future__ import annotations

from typing import Any

import pytest
from liczydlo.companies.models import Membership
from liczydlo.documents.filters import lengths

pytestmark = pytest.mark.django_db


def test_lists_are_counted_by_one_statement_as_long_as_they_are(
    company: Any, member: Any, django_assert_num_queries: Any
) -> None:
    for role in ("viewer", "accountant", "issuer"):
        member(role)
    rows = Membership.objects.filter(company=company)
    with django_assert_num_queries(1):
        counts = lengths(company, every=rows, cut=rows.order_by("-pk")[:2], none=rows.none())
    assert counts == {"every": rows.count(), "cut": 2, "none": 0} and counts["every"] > 2

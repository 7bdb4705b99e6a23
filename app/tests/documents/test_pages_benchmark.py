"""The benchmark of the lists fills its database by SQL of its own: it has to go on fitting the models."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.purchases.models import LineWord, ReceivedInvoice
from liczydlo.sales.models import Invoice

pytestmark = pytest.mark.django_db


def test_its_rows_are_rows_of_the_lists(ala: Client, company: Any) -> None:
    path = Path(__file__).parents[3] / "benchmarks/pages.py"
    spec = importlib.util.spec_from_file_location("pages_benchmark", path)
    assert spec is not None and spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    benchmark.fill(company.pk, 30)
    assert Invoice.objects.count() == ReceivedInvoice.objects.count() == 30
    assert LineWord.objects.count() == 4 * 30
    for name in {name for name, _query in benchmark.PAGES.values()}:
        assert ala.get(reverse(name, args=[company.pk])).status_code == 200, name

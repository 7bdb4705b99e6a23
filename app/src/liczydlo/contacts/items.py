"""Goods and services that the company sells."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from liczydlo.companies.models import Company
from liczydlo.contacts.contractors import HINTS, ChangedMeanwhile
from liczydlo.contacts.models import Item
from liczydlo.web import search


class AlreadyThere(Exception):
    """The company has an item of this name, or of this symbol, in this currency."""


def of(company: Company) -> QuerySet[Item]:
    """The company's goods and services by name."""
    rows: QuerySet[Item] = Item.objects.of(company)
    return rows


def matching(company: Company, text: str) -> QuerySet[Item]:
    """Items whose name has the typed words, diacritics ignored."""
    rows, words = of(company), search.fold(text).split()
    for word in words:
        rows = rows.filter(name_key__contains=word)
    return rows if words or not text.strip() else rows.none()


def hints(company: Company, text: str) -> list[Item]:
    """The first items whose name has the typed words, without hidden ones."""
    return list(matching(company, text).filter(is_hidden=False)[:HINTS])


def price_text(price: Decimal) -> str:
    """A price as a person types it: with a comma, without needless zeros."""
    text = f"{price:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def columns_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an item, with the one that follows from its name."""
    return {**values, "name_key": search.fold(values["name"])[:512]}


def add(company: Company, values: Mapping[str, Any]) -> Item:
    """A new item. Raises AlreadyThere."""
    try:
        with transaction.atomic():
            item: Item = Item.objects.create(company=company, **columns_of(values))
    except IntegrityError as error:
        raise AlreadyThere from error
    return item


def change(item: Item, values: Mapping[str, Any], *, version: int) -> None:
    """Keep what somebody typed into the form of ``version``. Raises AlreadyThere and ChangedMeanwhile."""
    columns = columns_of(values)
    try:
        with transaction.atomic():
            rows = of(item.company).filter(pk=item.pk, version=version)
            if not rows.update(**columns, version=F("version") + 1):
                raise ChangedMeanwhile
    except IntegrityError as error:
        raise AlreadyThere from error


def hide(item: Item, *, hidden: bool) -> None:
    """Hide an item from the list and the hints, or show it again."""
    of(item.company).filter(pk=item.pk).update(is_hidden=hidden)

"""A change that was made to a part of a draft, put into the whole draft.

Whoever changes a draft may see a part of it: a form that has no field for some of it. What was changed is then the
difference between what was shown and what came back; all that was not shown stays as it is held.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

_T = TypeVar("_T")


def merged(original: _T, shown: _T, typed: _T) -> _T:
    """``original`` with what differs between ``shown``, which was made of it, and ``typed``.

    Fields are compared by themselves, those of the parts of a draft too. Of a sequence the elements go by their places
    where their number is the same, else by what they are equal to; what was not shown of its end stays.
    """
    result: _T = _merged(original, shown, typed)
    return result


def _merged(original: Any, shown: Any, typed: Any) -> Any:
    if typed == shown:
        return original
    if original == shown:
        return typed
    if isinstance(original, tuple) and isinstance(shown, tuple) and isinstance(typed, tuple):
        return _sequence(original, shown, typed)
    if (
        is_dataclass(original)
        and not isinstance(original, type)
        and type(original) is type(shown) is type(typed)
    ):
        changes = {
            item.name: _merged(*(getattr(one, item.name) for one in (original, shown, typed)))
            for item in fields(original)
        }
        return replace(original, **changes)
    return typed


def _sequence(original: tuple[Any, ...], shown: tuple[Any, ...], typed: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(original) < len(shown):
        return typed
    unseen = original[len(shown) :]
    if len(typed) == len(shown):
        return (*map(_merged, original, shown, typed), *unseen)
    places = list(range(len(shown)))
    result = []
    for one in typed:
        place = next((at for at in places if shown[at] == one), None)
        if place is not None:
            places.remove(place)
        result.append(one if place is None else original[place])
    return (*result, *unseen)

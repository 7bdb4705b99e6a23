"""Many rows by one prepared statement: Django's own ``bulk_update`` and ``bulk_create`` build a statement anew for each
hundred rows, which costs more than the database's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import connection, models

_AS_IS: Final = frozenset((str, int, bool, type(None)))
"""Python types that columns of these fields take without a conversion, which nearly all values are."""
_SIMPLE: Final = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.ForeignKey,
)
_REPEATED: Final = (models.DateField, models.DecimalField)  # a DateTimeField is a DateField
"""Fields with few distinct values among many rows, and dear to convert."""


def update_all(rows: Sequence[models.Model], columns: Sequence[str]) -> None:
    """Write the ``columns`` of rows of one table that the caller holds locked; the others stay as they are."""
    if not rows:
        return
    table, fields = _table(type(rows[0])), _fields(type(rows[0]), [*columns, "id"])
    assigned = ", ".join(f"{_quoted(field.column)} = %s" for field in fields[:-1])
    statement = f"UPDATE {table} SET {assigned} WHERE id = %s"  # noqa: S608 - names of our own models
    _run(statement, fields, ([getattr(row, field.attname) for field in fields] for row in rows))


def insert(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows with the same columns each (``attname``); the model's defaults fill the others.

    Raises IntegrityError for a row that a constraint refuses.
    """
    if not rows:
        return
    fields = _fields(model, list(rows[0]))
    others = [
        field
        for field in model._meta.concrete_fields
        if field not in fields and not (field.primary_key or field.generated or field.has_db_default())
    ]
    rest = [field.get_default() for field in others]
    names = list(rows[0])
    values = ([*(row[name] for name in names), *rest] for row in rows)
    _run(_insertion(model, [*fields, *others]), [*fields, *others], values)


def insert_missing(
    model: type[models.Model], columns: Sequence[str], values: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of which the database does not have the key yet, in the order of ``columns`` (``attname``)."""
    fields = _fields(model, columns)
    _run(f"{_insertion(model, fields)} ON CONFLICT DO NOTHING", fields, values)


def _insertion(model: type[models.Model], fields: Sequence[Any]) -> str:
    names = ", ".join(_quoted(field.column) for field in fields)
    return f"INSERT INTO {_table(model)} ({names}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608


def _run(statement: str, fields: Sequence[Any], values: Iterable[Sequence[Any]]) -> None:
    columns = zip(*values, strict=True)
    converted = [_converted(field, column) for field, column in zip(fields, columns, strict=False)]
    if converted:
        with connection.cursor() as cursor:
            cursor.executemany(statement, list(zip(*converted, strict=True)))


def _converted(field: Any, column: Sequence[Any]) -> Sequence[Any]:
    """A column's values as the database's driver takes them; most go as they are, after one look at their types."""
    if isinstance(field, _SIMPLE) and _AS_IS.issuperset(map(type, column)):
        return column
    if isinstance(field, _REPEATED):
        once = {value: field.get_db_prep_save(value, connection) for value in set(column)}
        return [once[value] for value in column]
    return [field.get_db_prep_save(value, connection) for value in column]


def _fields(model: type[models.Model], names: Sequence[str]) -> list[Any]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _table(model: type[models.Model]) -> str:
    return _quoted(model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)

"""Writing many rows with one statement, without all that Django does value by value."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import BinaryField, DateTimeField, Field, JSONField, Model

Values = Sequence[Any]
Converter = Callable[[Any], Any]


def insert(
    model: type[Model], fields: Sequence[str], rows: Iterable[Values], *, or_update: Sequence[str] = ()
) -> None:
    """Insert rows, given by the values of all columns that have no default in the database.

    :param or_update: the first field is unique, and these are overwritten where its value is there.
    """
    _execute(_insertion(model, tuple(fields), tuple(or_update)), _converters(model, tuple(fields)), rows)


def update(model: type[Model], fields: Sequence[str], rows: Iterable[Values]) -> None:
    """Overwrite fields of rows, each given by the values of the fields and then its key."""
    _execute(_updating(model, tuple(fields)), _converters(model, tuple(fields)), rows)


def _execute(statement: str, converters: Sequence[tuple[int, Converter]], rows: Iterable[Values]) -> None:
    if ready := [_converted(row, converters) for row in rows]:
        with connection.cursor() as cursor:
            cursor.executemany(statement, ready)


def _converted(row: Values, converters: Sequence[tuple[int, Converter]]) -> Values:
    values = list(row)
    for place, convert in converters:
        if values[place] is not None:
            values[place] = convert(values[place])
    return values


@cache
def _converters(model: type[Model], fields: Sequence[str]) -> Sequence[tuple[int, Converter]]:
    """Find what the database wants in another form; most values are passed on as they are."""
    found = ((place, _converter(model._meta.get_field(name))) for place, name in enumerate(fields))
    return [(place, convert) for place, convert in found if convert]


def _converter(field: Any) -> Converter | None:
    if isinstance(field, DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, JSONField | BinaryField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


@cache
def _insertion(model: type[Model], fields: Sequence[str], or_update: Sequence[str]) -> str:
    names = _columns(model, fields)
    marks = ", ".join(["%s"] * len(names))
    statement = f"INSERT INTO {_table(model)} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  our names
    if not or_update:
        return statement
    changes = ", ".join(f"{name} = excluded.{name}" for name in _columns(model, or_update))
    return f"{statement} ON CONFLICT ({names[0]}) DO UPDATE SET {changes}"


@cache
def _updating(model: type[Model], fields: Sequence[str]) -> str:
    changes = ", ".join(f"{name} = %s" for name in _columns(model, fields))
    (key,) = _columns(model, [model._meta.pk.name])
    return f"UPDATE {_table(model)} SET {changes} WHERE {key} = %s"  # noqa: S608  our names


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)


def _columns(model: type[Model], fields: Sequence[str]) -> list[str]:
    found = (model._meta.get_field(name) for name in fields)
    return [_quoted(field.column) for field in found if isinstance(field, Field) and field.column]


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))

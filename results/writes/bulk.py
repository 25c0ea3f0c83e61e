"""Many rows at once, for the curves: COPY on PostgreSQL, one prepared statement on SQLite. Used by `appending`.

As with `inserting.insert_ignoring`, a repetition changes nothing; but SQLAlchemy's treatment of each value, which costs
more than the database does, is left out. Takes whole rows only, in the order of the table's columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from math import isfinite
from typing import Any

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from results.tables.base import UTCTime
from results.tables.measures import Measure

Row = Sequence[Any]


def insert_many(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows, leaving alone those whose key is there already."""
    if not rows:
        return
    kind = connection.dialect.name
    clean = [
        _cleaned(kind, column.type, values) for column, values in zip(table.c, zip(*rows, strict=True), strict=True)
    ]
    whole = list(zip(*clean, strict=True))
    if kind == "postgresql":
        _copy(connection, table, whole)
    else:
        connection.exec_driver_sql(_insert(table), whole)


def _cleaned(kind: str, type_: Any, values: Sequence[Any]) -> Sequence[Any]:
    """A column's values as the column's type has them stored."""
    if isinstance(type_, Measure):
        return [None if value is None or not isfinite(value) else float(value) + 0.0 for value in values]
    if isinstance(type_, UTCTime) and kind == "sqlite":
        stored = {moment: _as_text(moment) for moment in set(values)}  # a flush has few moments
        return [stored[moment] for moment in values]
    return values


def _as_text(moment: datetime) -> str:
    """As SQLAlchemy writes it, in UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


@cache
def _insert(table: Table) -> str:
    names = ", ".join(column.name for column in table.c)
    places = ", ".join("?" * len(table.c))
    return f"INSERT INTO {table.name} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING"


def _copy(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """COPY knows no ON CONFLICT, so rows go by way of a temporary table, one for each connection."""
    create, copy, insert, types = _statements(table)
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        with driver.cursor() as cursor:
            cursor.execute(create)
            with cursor.copy(copy) as stream:
                stream.set_types(types)
                for row in rows:
                    stream.write_row(row)
            cursor.execute(insert)
    except psycopg.Error as error:
        raise DBAPIError.instance(copy.decode(), None, error, psycopg.Error, dialect=connection.dialect) from error


@cache
def _statements(table: Table) -> tuple[bytes, bytes, bytes, list[str]]:
    own, names = f"incoming_{table.name}", ", ".join(column.name for column in table.c)
    texts = (
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {own} (LIKE {table.name}) ON COMMIT DELETE ROWS",
        f"COPY {own} ({names}) FROM STDIN (FORMAT BINARY)",
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {own} ON CONFLICT DO NOTHING",
    )
    create, copy, insert = (text.encode() for text in texts)
    return create, copy, insert, [_type(column.type) for column in table.c]


def _type(type_: Any) -> str:
    if isinstance(type_, Measure):
        return "float8"
    return "timestamptz" if isinstance(type_, UTCTime) else "int4"

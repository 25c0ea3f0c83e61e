"""INSERT ... ON CONFLICT of many rows, for SQLite and PostgreSQL: what makes a second sending change nothing.

The statements are compiled from MLflow's table definitions. The rows go around SQLAlchemy's handling of single values,
which is half of the time at these numbers: as tuples on SQLite, as one array a column on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Table, bindparam, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]
Conflict = Mapping[str, Any]


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows that are not there yet; those that are stay as they are."""
    if rows:
        _execute(connection, _insert(connection, table, rows).on_conflict_do_nothing(), rows)


def insert_or_update(
    connection: Connection, table: Table, rows: Rows, columns: Sequence[str], newer: Sequence[str] = ()
) -> None:
    """Insert rows; where one is there, set these columns if any differs.

    With `newer`, set them only where the new row is ahead in these columns, compared one after the other. No two rows
    may share a primary key.
    """
    if not rows:
        return
    insert = _insert(connection, table, rows)
    new = {column: insert.excluded[column] for column in columns}
    differs = or_(*(table.c[column].is_distinct_from(value) for column, value in new.items()))
    ahead = _ahead(insert.excluded, table.c, newer) if newer else differs
    keys = list(table.primary_key.columns)
    _execute(connection, insert.on_conflict_do_update(index_elements=keys, set_=new, where=ahead), rows)


def _ahead(new: Any, old: Any, columns: Sequence[str]) -> ColumnElement[bool]:
    """Whether the columns' new values come after the old ones, in lexicographic order."""
    first, *others = columns
    beyond: ColumnElement[bool] = new[first] > old[first]
    return or_(beyond, (new[first] == old[first]) & _ahead(new, old, others)) if others else beyond


def _insert(connection: Connection, table: Table, rows: Rows) -> Any:
    """An INSERT of the connection's dialect for the columns of these rows."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    arrays = [func.unnest(bindparam(name, type_=ARRAY(table.c[name].type))) for name in rows[0]]
    return postgresql.insert(table).from_select(list(rows[0]), select(*arrays))


def _execute(connection: Connection, statement: Any, rows: Rows) -> None:
    names = list(rows[0])
    if connection.dialect.name == "sqlite":
        compiled = statement.compile(dialect=connection.dialect, column_keys=names)
        assert compiled.positiontup is not None  # MLflow's tables have two columns and more, so each row gives a tuple
        connection.exec_driver_sql(str(compiled), list(map(itemgetter(*compiled.positiontup), rows)))
    else:
        connection.execute(statement, {name: [row[name] for row in rows] for name in names})

"""The page `docs/database.md`, written from the comments of tables and views: `python -m results.describing`.

A test compares the page with what this makes, so no column stays undocumented.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Column, Table

from results.tables.everything import SUBJECTS, TABLES
from results.views.base import View
from results.views.everything import VIEWS

PAGE = Path(__file__).parents[1] / "docs" / "database.md"
_OPENING = """# The results database

Every sweep, trial and epoch is a row. This page lists all tables and views with all their columns; it is made from the
comments in the program (`python -m results.describing`), which PostgreSQL shows too (`\\d+ trials`).
[sql-recipes.md](sql-recipes.md) answers common questions, one query each.

- Embedded, the database is the SQLite file `~/.backsweep/backsweep.db` (`sqlite3 -readonly`, DuckDB, pandas, ...); once
  `backsweep up` has ended it can be copied alone, without the `-wal` beside it. With Compose it is PostgreSQL, where
  the role `reader` may read everything and change nothing.
- Keys are integers. `number`s count from 0 within a sweep. Times are UTC. A cost that is not finite is NULL,
  and so is the accuracy beside it.
- Epoch 0 is before the first update. `train_cost` and `validation_cost` are taken over the whole sets, with the weights
  at the end of the epoch (unless `cost_recording` is `running_mean`).
- Numbers are double precision and come back bit for bit; -0.0 is stored as 0.0, the only zero SQLite has.
- Lists, such as `layers`, stand as JSON text: `[32, 32]`.
- Tables change by migration only (`backsweep database upgrade`); views are there for you, and keep their columns.
"""


def page() -> str:
    """The whole page, Markdown."""
    first = {name: place for place, subject in enumerate(SUBJECTS) for name in vars(subject)}
    tables = sorted(TABLES, key=lambda table: first[table.name])
    parts = [_OPENING, _diagram(tables), "## Tables", *map(_table, tables), "## Views", *map(_view, VIEWS)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _diagram(tables: Sequence[Table]) -> str:
    """The tables and what refers to what, as a Mermaid drawing; the columns that identify a row, and the references."""
    lines = ["erDiagram"]
    for table in tables:
        for column in sorted(table.columns, key=lambda one: one.name):
            for key in sorted(column.foreign_keys, key=str):
                many = "o|" if column.primary_key and len(table.primary_key.columns) == 1 else "o{"
                lines.append(f"    {key.column.table.name} ||--{many} {table.name} : {column.name}")
        lines.append(f"    {table.name} {{")
        for column in table.columns:
            if column.primary_key or column.foreign_keys:
                marks = ", ".join(["PK"] * column.primary_key + ["FK"] * bool(column.foreign_keys))
                lines.append(f"        {_NAMES[type(column.type).__name__]} {column.name} {marks}")
        lines.append("    }")
    drawing = "\n".join(lines)
    said = "Keys and references; the other columns are listed below."
    return f"## The tables, drawn\n\n{said}\n\n```mermaid\n{drawing}\n```"


def _table(table: Table) -> str:
    rows = [f"| `{column.name}` | {_type(column)} | {_cell(column.comment or '')} |" for column in table.columns]
    return "\n".join(
        [*_heading(table.name, table.comment or ""), "| column | type | meaning |", "|---|---|---|", *rows]
    )


def _view(view: View) -> str:
    rows = [f"| `{name}` | {_cell(meaning)} |" for name, meaning in view.columns.items()]
    return "\n".join([*_heading(view.name, view.comment), "| column | meaning |", "|---|---|", *rows])


def _heading(name: str, comment: str) -> list[str]:
    return [f"### `{name}`", "", f"{comment[:1].upper()}{comment[1:]}.", ""]


def _type(column: Column[object]) -> str:
    text = _NAMES[type(column.type).__name__]
    if column.primary_key:
        text += ", key"
    for key in column.foreign_keys:
        text += f", of `{key.column.table.name}`"
    return text if not column.nullable else f"{text}, may be NULL"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_NAMES = {
    "Integer": "integer",
    "BigInteger": "integer",
    "Float": "real",
    "Measure": "real",
    "String": "text",
    "Text": "text",
    "JSON": "JSON",
    "Boolean": "boolean",
    "UTCTime": "time",
    "LargeBinary": "bytes",
}

if __name__ == "__main__":
    PAGE.write_text(page())

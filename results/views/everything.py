"""All views: made anew by every migration, so that tables can change beneath them. Used by `migrations/env.py`.

A change of a view alone needs a revision too, an empty one: views are only touched when the revision moves. A test
compares `digest()` with the one that the newest revision states.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from results.views.base import View
from results.views.configuration_summary import CONFIGURATION_SUMMARY
from results.views.curves import CURVES
from results.views.leaderboard import LEADERBOARD
from results.views.sweep_progress import SWEEP_PROGRESS

VIEWS: tuple[View, ...] = (CURVES, LEADERBOARD, CONFIGURATION_SUMMARY, SWEEP_PROGRESS)


def drop_views(connection: Connection) -> None:
    """Drop all views that are there."""
    for view in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view.name}")


def create_views(connection: Connection) -> None:
    """Create all views, in PostgreSQL with their comments."""
    for view in VIEWS:
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS {view.query.strip()}")
        if connection.dialect.name == "postgresql":
            _describe(connection, view)


def digest() -> str:
    """A short hash of all queries."""
    text = "\n".join(f"{view.name}:{view.query}" for view in VIEWS)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _describe(connection: Connection, view: View) -> None:
    connection.exec_driver_sql(f"COMMENT ON VIEW {view.name} IS {_quoted(view.comment)}")
    for name, meaning in view.columns.items():
        connection.exec_driver_sql(f"COMMENT ON COLUMN {view.name}.{name} IS {_quoted(meaning)}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"

"""All views: made anew by every migration, so that tables can change beneath them. Used by `migrations/env.py`.

A change of a view alone needs a revision too, an empty one: views are only touched when the revision moves. A test
compares `digest()` with the one that the newest revision states.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from results.views.base import View
from results.views.configuration_summary import CONFIGURATION_SUMMARY
from results.views.cost_curve import COST_CURVE
from results.views.layer_health import LAYER_HEALTH
from results.views.paired_differences import PAIRED_DIFFERENCES
from results.views.sweep_leaderboard import SWEEP_LEADERBOARD
from results.views.sweep_progress import SWEEP_PROGRESS
from results.views.trial_summary import TRIAL_SUMMARY

VIEWS: tuple[View, ...] = (
    SWEEP_PROGRESS,
    SWEEP_LEADERBOARD,
    TRIAL_SUMMARY,
    CONFIGURATION_SUMMARY,
    PAIRED_DIFFERENCES,
    COST_CURVE,
    LAYER_HEALTH,
)
FORMER = ("curves", "leaderboard")  # names of views of earlier revisions


def drop_views(connection: Connection) -> None:
    """Drop all views that are there."""
    for name in (*FORMER, *(view.name for view in VIEWS)):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


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

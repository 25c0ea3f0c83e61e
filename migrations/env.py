"""Alembic runs this for every command: it migrates the connection that `results.schema` put into the configuration.

Views give way before the first revision and come back after the last, as the present program defines them.
"""

from typing import Any, Literal

from alembic import context

from results.tables.base import UTCTime
from results.tables.everything import metadata
from results.tables.measures import Measure
from results.views.everything import create_views, drop_views


def render_item(kind: str, item: Any, _autogenerate: object) -> str | Literal[False]:
    """Revisions are frozen: they name SQL's own types, not ours of today."""
    if kind == "type" and isinstance(item, UTCTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Measure):
        return "sa.Float()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=render_item,
    transactional_ddl=True,  # SQLite's too: a migration that fails leaves nothing behind
)
before = context.get_context().get_current_heads()
moves = before != tuple(context.script.get_heads())
with context.begin_transaction():
    if moves:
        drop_views(connection)
    context.run_migrations()
    if moves:
        create_views(connection)

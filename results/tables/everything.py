"""All tables at once, for migrations, documentation and tests; importing it registers every table."""

from __future__ import annotations

from results.tables import idempotency, machines, sweeps, tracker, trials
from results.tables.base import metadata

TABLES = tuple(metadata.sorted_tables)
SUBJECTS = (sweeps, trials, idempotency, machines, tracker)

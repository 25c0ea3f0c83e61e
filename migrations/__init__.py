"""Alembic's migrations of the results database: one head, forward only, on live data. Run by `results.schema`."""

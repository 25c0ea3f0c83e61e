"""The machines that train, and how fast they are."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from results.tables.base import UTCTime, metadata
from results.tables.measures import Measure

machines = Table(
    "machines",
    metadata,
    Column("name", String(200), primary_key=True, comment="processor and BLAS kernel"),
    Column(
        "slowness",
        Measure,
        nullable=False,
        comment="seconds it takes for what the planner's reference machine does in one",
    ),
    Column("measured_at", UTCTime, nullable=False, comment="when it was measured (UTC)"),
    comment="machines that train, measured once each, so that jobs last as long as they should",
)

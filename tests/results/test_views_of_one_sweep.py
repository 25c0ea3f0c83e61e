"""Whoever asks a view for one sweep has only that sweep's trials read: PostgreSQL's plan says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from results.database import Database, open_database
from results.views.everything import VIEWS
from tests.results.trained_sweeps import store_trained
from tests.services.postgresql import PostgreSQL

CONDITIONS = ("Filter", "Index Cond", "Recheck Cond")


@pytest.fixture
def database(postgresql_server: PostgreSQL) -> Iterator[Database]:
    """SQLite explains no conditions."""
    url = postgresql_server.migrated_database()
    found = open_database(url)
    yield found
    found.dispose()
    postgresql_server.drop(url)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_a_view_of_one_sweep_reads_no_trial_of_another(database: Database, view: str) -> None:
    sweep_id, *_ = store_trained(database)
    with database.read() as connection:
        query = text(f"EXPLAIN (FORMAT JSON) SELECT * FROM {view} WHERE sweep_id = {sweep_id}")
        ((found,),) = connection.execute(query)
    scans = [node for node in nodes(found[0]["Plan"]) if node.get("Relation Name") == "trials"]
    assert scans
    for scan in scans:
        assert f"sweep_id = {sweep_id}" in " ".join(scan.get(name, "") for name in CONDITIONS)

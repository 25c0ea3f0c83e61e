"""Whoever asks a view for one sweep has only that sweep's trials read: the plans of both databases say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from results.database import Database, open_database
from results.views.everything import VIEWS
from tests.results.samples import plan_of, store
from tests.results.test_sql_recipes import RECIPES
from tests.results.trained_sweeps import store_trained
from tests.services.postgresql import PostgreSQL

CONDITIONS = ("Filter", "Index Cond", "Recheck Cond")
NAMES = [view.name for view in VIEWS]
ALIASES = {  # of the large tables, as the views call them
    view.name: set(re.findall(r"(?:FROM|JOIN) (?:trials|epochs|layer_epochs) (\w+)", view.query)) for view in VIEWS
}


@pytest.fixture
def postgresql_database(postgresql_server: PostgreSQL) -> Iterator[Database]:
    url = postgresql_server.migrated_database()
    found = open_database(url)
    yield found
    found.dispose()
    postgresql_server.drop(url)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def plan_of_postgresql(connection: Connection, view: str, sweep_id: int) -> list[dict[str, Any]]:
    query = text(f"EXPLAIN (FORMAT JSON) SELECT * FROM {view} WHERE sweep_id = {sweep_id}")
    ((found,),) = connection.execute(query)
    return list(nodes(found[0]["Plan"]))


@pytest.mark.parametrize("view", NAMES)
def test_postgresql_reads_no_trial_of_another_sweep(postgresql_database: Database, view: str) -> None:
    sweep_id, *_ = store_trained(postgresql_database)
    with postgresql_database.read() as connection:
        scans = [
            node for node in plan_of_postgresql(connection, view, sweep_id) if node.get("Relation Name") == "trials"
        ]
    assert scans
    for scan in scans:
        assert f"sweep_id = {sweep_id}" in " ".join(scan.get(name, "") for name in CONDITIONS)


@pytest.mark.parametrize("view", NAMES)
def test_postgresql_has_a_way_to_the_epochs_of_one_sweep(postgresql_database: Database, view: str) -> None:
    """A small table is read whole, as it should be: with that forbidden, it must be by the key of the trial."""
    sweep_id, *_ = store_trained(postgresql_database)
    with postgresql_database.read() as connection:
        for kind in ("seqscan", "hashjoin", "mergejoin"):
            connection.execute(text(f"SET LOCAL enable_{kind} = off"))
        found = plan_of_postgresql(connection, view, sweep_id)
    for node in found:
        if node.get("Relation Name") in ("trials", "epochs", "layer_epochs"):
            found_by = node.get("Index Cond", "") + node.get("Recheck Cond", "")
            assert re.search("trial_id|sweep_id|configuration_id", found_by), node


def scanned(connection: Connection, query: str) -> set[str]:
    """What SQLite would read from end to end, by alias; subqueries are in it under theirs."""
    plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    assert any(step.startswith(("SEARCH", "SCAN")) for step in plan)
    return {step.split()[1] for step in plan if step.startswith("SCAN")}


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize("view", NAMES)
def test_sqlite_reads_no_trial_of_another_sweep(sqlite_database: Database, view: str, analyzed: bool) -> None:
    sweep_id, other, _ = store_trained(sqlite_database)
    for _ in range(2):  # a table of two sweeps may well be read whole
        store_trained(sqlite_database)
    assert ALIASES[view]
    with sqlite_database.write() as connection:
        if analyzed:
            connection.execute(text("ANALYZE"))
        for condition in (f"= {sweep_id}", f"IN ({sweep_id}, {other})"):
            query = f"SELECT * FROM {view} WHERE sweep_id {condition}"
            assert not scanned(connection, query) & ALIASES[view]


OF_ONE_SWEEP = {title: query for title, query in RECIPES if "sweep_id = 1" in query}


@pytest.mark.parametrize("title", OF_ONE_SWEEP)
def test_recipes_for_one_sweep_read_no_trial_of_another(sqlite_database: Database, title: str) -> None:
    for _ in range(3):
        store_trained(sqlite_database)
    query = OF_ONE_SWEEP[title]
    large = set(re.findall(r"(?:FROM|JOIN) (?:trials|epochs|layer_epochs) (?!WHERE|JOIN)(\w+)", query))
    large |= {"trials", "epochs", "layer_epochs"}.union(*ALIASES.values())
    with sqlite_database.read() as connection:
        assert not scanned(connection, query) & large


def test_a_plan_that_reads_all_trials_is_told_from_one_that_does_not(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        assert scanned(connection, "SELECT * FROM trials t WHERE t.seconds > 1") == {"t"}
        assert scanned(connection, "SELECT * FROM trials t WHERE t.sweep_id = 1") == set()


def test_a_search_that_has_proposed_nothing_has_progress(database: Database) -> None:
    created = store(database, plan_of([]))
    with database.read() as connection:
        (row,) = connection.execute(text("SELECT * FROM sweep_progress"))
    assert (row.sweep_id, row.state, row.trials, row.trials_queued, row.with_result) == (
        created.sweep_id,
        "queued",
        0,
        0,
        0,
    )
    assert (row.diverged, row.epochs_recorded, row.epochs_planned, row.seconds) == (0, 0, 0, None)

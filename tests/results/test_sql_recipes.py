"""Every query of docs/sql-recipes.md runs on SQLite and on PostgreSQL, and both give the same answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from results.clock import now
from results.database import Database, open_database
from results.reads.standings import standings
from results.schema import upgrade
from results.tables.trials import decisions
from sweeps.early_termination.hyperband import Hyperband
from tests.results.trained_sweeps import store_trained

PAGE = (Path(__file__).parents[2] / "docs" / "sql-recipes.md").read_text()
RECIPES = re.findall(r"^## (.+?)\n(?:(?!^## ).)*?```sql\n(.+?)```", PAGE, flags=re.MULTILINE | re.DOTALL)
NOTHING_TO_FIND = {"Is any curve incomplete?"}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgresql_server) -> Iterator[tuple[Database, Database]]:
    """The same sweeps in either kind of database."""
    path = tmp_path_factory.mktemp("recipes") / "results.db"
    upgrade(f"sqlite:///{path}")
    url = postgresql_server.migrated_database()
    found = open_database(f"sqlite:///{path}"), open_database(url)
    for database in found:
        assert store_trained(database) == (1, 2, 3)
        judge(database, sweep_id=1, epoch=2)
    yield found
    for database in found:
        database.dispose()
    postgresql_server.drop(url)


def judge(database: Database, sweep_id: int, epoch: int) -> None:
    """Decisions about every trial of the sweep that recorded the epoch, as a rule that stops one in two makes them."""
    rule, audited = Hyperband(min_iter=epoch, eta=2), {0, 3}
    with database.write() as connection:
        found = standings(connection, sweep_id, 1, epoch, "validation_cost", "minimize")
        verdicts = rule.decide("minimize", epoch, found, found)
        rows = [
            vars(one)
            | {"epoch": epoch, "rule": rule.name, "verdict": "stop" if one.stop else "continue"}
            | {"audited": one.stop and place in audited, "decided_at": now(connection)}
            for place, one in enumerate(verdicts)
        ]
        connection.execute(
            decisions.insert(), [{key: value for key, value in row.items() if key != "stop"} for row in rows]
        )


def answer(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.read() as connection:
        return [tuple(_plain(value) for value in row) for row in connection.execute(text(query))]


def _plain(value: Any) -> Any:
    """Sums of doubles may differ in the last digits, times by how they come out of untyped queries."""
    if isinstance(value, datetime):
        return "a time"
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", value):
        return "a time"
    return pytest.approx(float(value), rel=1e-12) if not isinstance(value, str | None) else value


def test_every_heading_of_the_page_has_its_query() -> None:
    assert [name for name, _ in RECIPES] == re.findall(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    assert len(RECIPES) >= 15


@pytest.mark.parametrize(("name", "query"), RECIPES, ids=[name for name, _ in RECIPES])
def test_a_recipe_runs_on_both_and_gives_the_same_answer(both, name: str, query: str) -> None:
    first, second = (answer(database, query) for database in both)
    assert first == second
    assert bool(first) != (name in NOTHING_TO_FIND)


def test_a_gap_in_a_curve_would_be_found(both) -> None:
    query = dict(RECIPES)["Is any curve incomplete?"]
    for database in both:
        with database.write() as connection:
            connection.execute(text("UPDATE trials SET epochs_recorded = 4 WHERE id = 2"))
            assert connection.execute(text(query)).all() == [(2, 4, 6)]
            connection.execute(text("UPDATE trials SET epochs_recorded = 5 WHERE id = 2"))

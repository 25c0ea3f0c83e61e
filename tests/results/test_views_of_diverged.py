"""What diverged counts as infinitely bad in SQL as in the API, however low its cost was before."""

from __future__ import annotations

import math
from typing import Any

import pytest
from sqlalchemy import text

from comparison.comparison import compare
from comparison.judging import judge
from results.database import Database
from results.reads import sweeps
from results.reads.comparison import trial_results
from results.writes import jobs
from sweeps.states import State
from tests.results.samples import claim, flush_of, plan_of, progress, store

BEFORE = 0.001  # what every diverged trial had reached: less than any that did not
FINITE = (0.4, 0.3, 0.6, 0.2, 0.5)


def store_diverged(database: Database, replicates: int) -> int:
    """A sweep whose configuration d has d diverged replicates, every other one without ever being infinite."""
    plan = plan_of([{"learning_rate": rate + 1.0} for rate in range(replicates + 1)], replicates, 100)
    held = claim(database, store(database, plan).job_ids[0])
    made = []
    for place, trial in enumerate(held.trials):
        number, replicate = divmod(place, replicates)
        cost = FINITE[replicate] + number / 100
        values: dict[str, Any] = {"best_validation_cost": cost, "final_validation_cost": cost + 1}
        if replicate < number:
            values = {"outcome": "diverged", "best_validation_cost": BEFORE, "final_validation_cost": 9.0}
            if replicate % 2:
                values |= {"diverged_epoch": 2, "final_validation_cost": math.nan}
        made.append(progress(trial.trial_id, 3, State.FINISHED, **values))
    flush = flush_of(held, range(4), State.FINISHED)
    flush.progress[:] = made
    with database.write() as connection:
        jobs.append(connection, held, flush, 60)
        jobs.finish(connection, held, State.FINISHED)
        found = connection.execute(text("SELECT max(id) FROM sweeps")).scalar_one()
    return int(found)


def rows(database: Database, query: str) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(text(query)))


@pytest.mark.parametrize("replicates", [1, 2, 3, 4, 5])
def test_the_summaries_and_the_api_agree_whatever_share_diverged(database: Database, replicates: int) -> None:
    sweep_id = store_diverged(database, replicates)
    found = rows(database, f"SELECT * FROM configuration_summary WHERE sweep_id = {sweep_id}")
    with database.read() as connection:
        compared = compare(trial_results(connection, sweep_id), (), ("learning_rate",))
    told = {one.configuration_number: one.summary for one in compared.configurations}
    assert len(found) == replicates + 1
    for row in found:
        summary = told[row.configuration_number]
        assert row.diverged == row.configuration_number == round(summary.diverged_share * replicates)
        for name in ("best_validation_cost", "final_validation_cost"):
            spread = getattr(summary, name)
            for column, expected in (("median", spread.median), ("min", spread.lowest), ("max", spread.highest)):
                value = getattr(row, f"{name}_{column}")
                assert value == (None if expected is None else pytest.approx(expected, rel=1e-14))
            assert (getattr(row, f"{name}_mean") is None) == (row.diverged > 0)


@pytest.mark.parametrize("replicates", [3, 4])
def test_configurations_come_in_the_apis_order_and_half_diverged_ones_last(database: Database, replicates: int) -> None:
    sweep_id = store_diverged(database, replicates)
    median = "best_validation_cost_median"
    query = f"SELECT * FROM configuration_summary WHERE sweep_id = {sweep_id} ORDER BY {median} IS NULL, {median}"
    found = rows(database, query)
    with database.read() as connection:
        compared = compare(trial_results(connection, sweep_id), (), ("learning_rate",))
    finite = [one.configuration_number for one in compared.configurations if one.loss is not None]
    assert [row.configuration_number for row in found][: len(finite)] == finite
    assert {row.configuration_number for row in found[len(finite) :]} == {
        number for number in range(replicates + 1) if 2 * number >= replicates
    }


def test_diverged_trials_share_the_last_place_and_have_no_value(database: Database) -> None:
    sweep_id = store_diverged(database, 3)
    found = rows(database, f"SELECT * FROM sweep_leaderboard WHERE sweep_id = {sweep_id}")
    lost = [row for row in found if row.outcome == "diverged"]
    assert (len(found), len(lost)) == (12, 6)
    assert {(row.place, row.judged_value) for row in lost} == {(7, None)}
    with database.read() as connection:
        results = {one.trial_id: one for one in trial_results(connection, sweep_id)}
    loss = judge("validation_cost", "minimize").loss
    for row in found:
        better = sum(loss(one) < loss(results[row.trial_id]) for one in results.values())
        assert row.place == better + 1


def test_a_trial_that_diverged_without_a_single_cost_is_placed_too(database: Database) -> None:
    sweep_id = store_diverged(database, 2)
    with database.write() as connection:
        connection.execute(text("UPDATE trials SET best_validation_cost = NULL WHERE outcome = 'diverged'"))
    found = rows(database, f"SELECT place FROM sweep_leaderboard WHERE sweep_id = {sweep_id} AND outcome = 'diverged'")
    assert [row.place for row in found] == [4, 4, 4]


def test_a_pair_is_not_won_by_what_was_reached_before_diverging(database: Database) -> None:
    sweep_id = store_diverged(database, 3)
    found = rows(
        database,
        f"SELECT * FROM paired_differences WHERE sweep_id = {sweep_id} AND configuration_a = 0 AND configuration_b = 2",
    )
    assert {row.replicate: (row.better, row.cost_b is None) for row in found} == {
        0: ("a", True),
        1: ("a", True),
        2: ("a", False),
    }


def test_the_best_of_a_sweep_is_not_a_diverged_trials(database: Database) -> None:
    sweep_id = store_diverged(database, 3)
    ((best,),) = rows(database, f"SELECT best_validation_cost FROM sweep_progress WHERE sweep_id = {sweep_id}")
    assert best == min(FINITE[:3])
    with database.read() as connection:
        assert sweeps.find(connection, sweep_id).diverged_count == 6

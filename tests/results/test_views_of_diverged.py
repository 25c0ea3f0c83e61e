"""What diverged counts as infinitely bad in SQL as in the API, however low its cost was before."""

from __future__ import annotations

import math
from typing import Any

import pytest
from sqlalchemy import select, text

from comparison.comparison import compare
from comparison.judging import judge
from results.database import Database
from results.reads import sweeps
from results.reads import trials as pages
from results.reads.comparison import trial_results
from results.reads.searching import replicate_results
from results.reads.tracking import unsent_trials
from results.reads.tracking_rows import tracked_sweep
from results.reads.tracking_summary import summary
from results.tables.sweeps import sweeps as sweep_table
from results.writes import jobs
from sweeps.spec import Metric
from sweeps.states import State
from tests.results.samples import claim, flush_of, plan_of, progress, store
from tracking.artifacts.best_trial import best
from tracking.mapping.sweeps import sweep_run
from tracking.mapping.trials import trial_run

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


@pytest.mark.parametrize("sort", ["best_validation_cost", "best_train_cost", "final_validation_cost"])
def test_lists_of_trials_have_the_diverged_ones_last_in_either_direction(database: Database, sort: str) -> None:
    sweep_id = store_diverged(database, 3)
    for order in (sort, f"-{sort}"):
        with database.read() as connection:
            found = pages.page(connection, sweep_id, sort=order).trials
        assert [one.outcome for one in found][-6:] == ["diverged"] * 6
        assert "diverged" not in [one.outcome for one in found][:-6]


@pytest.mark.parametrize("metric", ["validation_cost", "train_cost", "validation_accuracy", "epoch_seconds"])
def test_a_sweeps_figures_in_mlflow_are_its_best_trials(database: Database, metric: str) -> None:
    sweep_id = store_diverged(database, 3)
    with database.write() as connection:
        connection.execute(text("UPDATE sweeps SET metric_name = :metric"), {"metric": metric})
        connection.execute(text("UPDATE trials SET best_validation_accuracy = id / 100.0, seconds = 50.0 / id"))
        connection.execute(text("UPDATE trials SET best_train_cost = best_validation_cost + id % 5"))
    with database.read() as connection:
        expected = best(trial_results(connection, sweep_id), metric, "minimize")
        told = summary(connection, sweep_id)
        shown = pages.page(connection, sweep_id).trials
        row = connection.execute(select(sweep_table).where(sweep_table.c.id == sweep_id)).one()
    assert expected is not None
    numbers = {one.number: one for one in shown}
    first = numbers[told.leaders[0].number]
    assert first.id == expected.trial_id
    loss = judge(metric, "minimize").loss
    with database.read() as connection:
        by_id = {one.trial_id: loss(one) for one in trial_results(connection, sweep_id)}
    losses = [by_id[numbers[one.number].id] for one in told.leaders]
    assert losses == sorted(by_id.values())[: len(losses)]
    sent = {one.key: one.value for one in sweep_run(tracked_sweep(row), told, State.FINISHED).metrics}
    assert sent["best_validation_cost"] == first.best_validation_cost > BEFORE
    assert sent["best_validation_accuracy"] == first.best_validation_accuracy


def test_a_run_of_a_diverged_trial_has_no_best_values_to_be_sorted_by(database: Database) -> None:
    sweep_id = store_diverged(database, 3)
    with database.read() as connection:
        told = summary(connection, sweep_id)
        unsent = unsent_trials(connection, sweep_id, 100, 10_000)
        row = connection.execute(select(sweep_table).where(sweep_table.c.id == sweep_id)).one()
    runs = [trial_run(tracked_sweep(row), told, "parent", one) for one in unsent]
    sent = [{metric.key: metric.value for metric in run.metrics} for run in runs]
    for one, metrics in zip(unsent, sent, strict=True):
        diverged = one.trial.outcome == "diverged"
        assert metrics["diverged"] == diverged
        assert ("best_validation_cost" in metrics) == ("best_validation_accuracy" in metrics) == (not diverged)
    in_order = sorted(metrics["best_validation_cost"] for metrics in sent if "best_validation_cost" in metrics)
    assert in_order[0] > BEFORE


def test_a_search_is_told_that_a_diverged_trial_is_infinitely_bad(database: Database) -> None:
    sweep_id = store_diverged(database, 3)
    with database.read() as connection:
        found = replicate_results(connection, sweep_id, [Metric()])
        outcomes: dict[int, list[bool]] = {}
        for one in connection.execute(text("SELECT configuration_id, outcome FROM trials ORDER BY number")):
            outcomes.setdefault(one.configuration_id, []).append(one.outcome == "diverged")
    assert {key: [one.diverged for one in replicates] for key, replicates in found.items()} == outcomes

"""Views say what plain Python makes of the trials."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import text, update

from results.database import Database
from results.reads import comparison, curves, sweeps, trials
from results.tables.sweeps import sweeps as sweeps_table
from results.values import TrialView
from sweeps.states import State
from tests.results.trained_sweeps import GRID, store_trained


@pytest.fixture
def trained(database: Database) -> tuple[int, int, int]:
    return store_trained(database)


def rows(database: Database, query: str) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(text(query)))


def views_of(database: Database, sweep_id: int) -> tuple[TrialView, ...]:
    with database.read() as connection:
        return trials.page(connection, sweep_id).trials


def known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def test_the_leaderboard_ranks_by_best_cost_and_puts_diverged_trials_last(
    database: Database, trained: tuple[int, int, int]
) -> None:
    found = rows(database, f"SELECT * FROM sweep_leaderboard WHERE sweep_id = {trained[0]} ORDER BY place, trial_id")
    ordered = sorted(
        views_of(database, trained[0]),
        key=lambda view: (view.diverged_epoch is not None, view.best_validation_cost, view.id),
    )
    assert [row.trial_id for row in found] == [view.id for view in ordered]
    assert [row.place for row in found] == list(range(1, len(ordered) + 1))
    assert found[-1].outcome == "diverged"
    assert {row.judged_by for row in found} == {"best_validation_cost"}


@pytest.mark.parametrize(
    ("metric", "column", "sign"),
    [("validation_accuracy", "best_validation_accuracy", -1), ("train_cost", "best_train_cost", 1)],
)
def test_the_leaderboard_follows_the_sweeps_metric(
    database: Database, trained: tuple[int, int, int], metric: str, column: str, sign: int
) -> None:
    with database.write() as connection:
        connection.execute(update(sweeps_table).values(metric_name=metric, metric_goal="maximize"))
    found = rows(database, f"SELECT * FROM sweep_leaderboard WHERE sweep_id = {trained[0]} AND outcome <> 'diverged'")
    for row in found:
        better = [one for one in found if sign * one.judged_value < sign * row.judged_value]
        assert row.place == len(better) + 1
        assert (row.judged_by, row.judged_value) == (column, getattr(row, column))


def test_trials_without_a_result_have_no_place(database: Database, trained: tuple[int, int, int]) -> None:
    found = rows(
        database, f"SELECT state, place FROM sweep_leaderboard WHERE sweep_id = {trained[2]} ORDER BY trial_id"
    )
    assert [tuple(row) for row in found] == [("failed", None), ("running", 1), ("queued", None)]


def test_configurations_are_summarised_over_their_replicates(database: Database, trained: tuple[int, int, int]) -> None:
    found = rows(database, f"SELECT * FROM configuration_summary WHERE sweep_id = {trained[0]}")
    assert sorted(row.configuration_number for row in found) == list(range(len(GRID)))
    views = views_of(database, trained[0])
    for row in found:
        own = [view for view in views if view.configuration_number == row.configuration_number]
        best, final = (
            [math.inf if view.outcome == "diverged" else getattr(view, name) for view in own]
            for name in ("best_validation_cost", "final_validation_cost")
        )
        assert (row.trials, row.ended) == (3, 3)
        assert row.diverged == sum(view.outcome == "diverged" for view in own)
        assert row.best_validation_cost_median == pytest.approx(statistics.median(best), rel=1e-14)
        assert row.final_validation_cost_median == pytest.approx(statistics.median(final), rel=1e-14)
        mean, highest = statistics.fmean(best), max(final)
        assert row.best_validation_cost_mean == (pytest.approx(mean, rel=1e-14) if math.isfinite(mean) else None)
        assert row.final_validation_cost_min == min(final)
        assert row.final_validation_cost_max == (highest if math.isfinite(highest) else None)
        assert row.seconds == pytest.approx(sum(known(view.seconds for view in own)))
        assert row.learning_rate == own[0].hyperparameters["learning_rate"]


def test_pairs_of_configurations_are_compared_under_the_same_seeds(
    database: Database, trained: tuple[int, int, int]
) -> None:
    found = rows(database, f"SELECT * FROM paired_differences WHERE sweep_id = {trained[1]}")
    views = views_of(database, trained[1])
    pairs = [
        (a, b)
        for a in views
        for b in views
        if a.configuration_number < b.configuration_number and a.replicate == b.replicate
    ]
    by_keys = {(row.trial_a, row.trial_b): row for row in found}
    assert by_keys.keys() == {(a.id, b.id) for a, b in pairs}
    assert len(found) == len(pairs)
    for a, b in pairs:
        row = by_keys[a.id, b.id]
        costs = [None if one.diverged_epoch is not None else one.best_validation_cost for one in (a, b)]
        assert [row.cost_a, row.cost_b] == costs
        assert (row.configuration_a, row.configuration_b) == (a.configuration_number, b.configuration_number)
        assert row.difference == (None if None in costs else costs[0] - costs[1])
        low, high = (math.inf if cost is None else cost for cost in costs)
        assert row.better == ("a" if low < high else "b" if low > high else "equal")


def test_progress_counts_trials_and_epochs_as_the_api_does(database: Database, trained: tuple[int, int, int]) -> None:
    for sweep_id in trained:
        (row,) = rows(database, f"SELECT * FROM sweep_progress WHERE sweep_id = {sweep_id}")
        with database.read() as connection:
            view = sweeps.find(connection, sweep_id)
        counts = {state: getattr(row, f"trials_{state}") for state in set(State) - {State.PAUSED}}  # of sweeps
        assert {state: count for state, count in counts.items() if count} == view.trials
        assert (row.trials, row.state) == (view.trial_count, view.state)
        assert (row.epochs_recorded, row.epochs_planned) == (view.epochs_recorded, view.epochs_planned)


def test_the_view_of_curves_has_every_epoch_once(database: Database, trained: tuple[int, int, int]) -> None:
    found = rows(database, "SELECT trial_id, epoch, validation_cost, learning_rate FROM cost_curve ORDER BY 1, 2")
    expected: list[tuple[Any, ...]] = []
    for sweep_id in trained:
        for view in views_of(database, sweep_id):
            with database.read() as connection:
                stored = curves.of_trial(connection, view.id)
            rate = view.hyperparameters["learning_rate"]
            expected += [(view.id, row.epoch, row.validation_cost, rate) for row in stored]
    assert [tuple(row) for row in found] == expected


@pytest.fixture
def pages(database: Database, trained: tuple[int, int, int]) -> Callable[..., list[Any]]:
    def curve_pages(**limits: int) -> list[Any]:
        found: list[Any] = []
        after = -1
        while True:
            with database.read() as connection:
                some = curves.of_sweep(connection, trained[0], ("validation_cost", "updates"), after, **limits)
            if not some:
                return found
            found.append(some)
            after = some[-1].number

    return curve_pages


def test_the_curves_of_a_sweep_come_in_pages_that_end_early_when_they_grow_long(database: Database, pages) -> None:
    (whole,) = pages()
    assert [curve.number for curve in whole] == list(range(18))
    for limits in ({"limit": 4}, {"most_epochs": 13}, {"limit": 5, "most_epochs": 1}):
        found = pages(**limits)
        assert [curve for page in found for curve in page] == whole
    assert [len(page) for page in pages(most_epochs=13)][:2] == [2, 2]
    with database.read() as connection:
        for curve in whole:
            stored = curves.of_trial(connection, curve.trial_id)
            assert curve.epochs == tuple(row.epoch for row in stored)
            assert curve.values["validation_cost"] == tuple(row.validation_cost for row in stored)
            assert curve.values["updates"] == tuple(row.updates for row in stored)


def test_a_trial_without_epochs_has_an_empty_curve(database: Database, trained: tuple[int, int, int]) -> None:
    with database.read() as connection:
        found = curves.of_sweep(connection, trained[2])
    assert [len(curve.epochs) for curve in found] == [0, 2, 0]


def test_the_comparison_gets_every_trial_as_it_is_shown(database: Database, trained: tuple[int, int, int]) -> None:
    with database.read() as connection:
        results = comparison.trial_results(connection, trained[0])
        assert comparison.swept(connection, trained[0]) == ("layers", "learning_rate")
    views = views_of(database, trained[0])
    assert [result.trial_id for result in results] == [view.id for view in views]
    for result, view in zip(results, views, strict=True):
        assert result.values == view.hyperparameters
        assert result.target_epochs == view.target_epochs
        for name in ("configuration_number", "replicate", "state", "outcome", "best_validation_cost", "best_epoch"):
            assert getattr(result, name) == getattr(view, name)
        for name in ("final_train_cost", "final_validation_accuracy", "seconds"):
            assert getattr(result, name) == getattr(view, name)

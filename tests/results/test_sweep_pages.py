"""Sweeps are listed newest first; what a sweep is about, and whether it was sent, is told."""

from __future__ import annotations

import sys
import time

import pytest
from sqlalchemy import select

from results.database import Database
from results.errors import NoSuchSweep
from results.reads import comparison, sweeps
from results.tables.sweeps import datasets
from results.tables.trials import trials
from results.writes import moves, tracking
from sweeps.states import State
from tests.results.samples import plan_of, store, train


def test_sweeps_come_newest_first_and_page_by_page(database: Database) -> None:
    made = [store(database).sweep_id for _ in range(5)]
    with database.read() as connection:
        first = [view.id for view in sweeps.page(connection, limit=3)]
        rest = [view.id for view in sweeps.page(connection, before=first[-1], limit=3)]
    assert first + rest == made[::-1]


def test_sweeps_are_filtered_by_project_and_state(database: Database) -> None:
    here, there = store(database), store(database, plan_of(project="other"))
    with database.write() as connection:
        moves.cancel(connection, here.sweep_id)
    with database.read() as connection:
        assert [view.id for view in sweeps.page(connection, project="other")] == [there.sweep_id]
        assert [view.id for view in sweeps.page(connection, state=State.CANCELLED)] == [here.sweep_id]
        assert sweeps.page(connection, project="none") == []
        with pytest.raises(NoSuchSweep):
            sweeps.find(connection, 10**6)


def test_a_hyperparameter_is_swept_when_it_takes_several_values_the_empty_one_included(database: Database) -> None:
    created = store(database, plan_of([{"clip_norm": None}, {"clip_norm": 1.0, "layers": [4]}]))
    with database.read() as connection:
        assert comparison.swept(connection, created.sweep_id) == ("layers", "clip_norm")
        assert comparison.swept(connection, 10**6) == ()


def test_a_data_set_is_stored_once_per_content(database: Database) -> None:
    store(database, plan_of([{"dataset": "iris"}, {"dataset": "wine"}]))
    store(database, plan_of([{"dataset": "wine"}, {"dataset": "iris"}]))
    with database.read() as connection:
        assert sorted(connection.execute(select(datasets.c.name)).scalars()) == ["iris", "wine"]


def test_watermarks_are_kept_and_forgotten(database: Database) -> None:
    created, other = store(database), store(database)
    train(database, created.job_ids[0])
    with database.write() as connection:
        ends = dict(connection.execute(select(trials.c.id, trials.c.finished_at).order_by(trials.c.id)).all())
        keys = list(ends)
        marks = [tracking.TrialMark(key, f"run {key}", 3, "finished", end) for key, end in ends.items()]
        tracking.mark_trials(connection, marks)
        tracking.mark_trials(connection, [])
        tracking.set_aside_trial(connection, keys[1], "refused\0")
        for made in (created, other):
            tracking.mark_sweep(connection, made.sweep_id, "7", "parent", "running")
        tracking.set_aside_sweep(connection, other.sweep_id, "deleted by hand")
    watermarks = select(trials.c.mlflow_run_id, trials.c.tracked_epoch, trials.c.tracked_state, trials.c.tracking_error)
    with database.write() as connection:
        found = [tuple(row) for row in connection.execute(watermarks.order_by(trials.c.id))]
        assert found == [(f"run {keys[0]}", 3, "finished", None), (f"run {keys[1]}", 3, "finished", "refused\\x00")]
        tracking.forget_trials(connection, other.sweep_id, 0, 99)
        tracking.forget_sweep(connection, other.sweep_id)
    with database.read() as connection:
        found = [tuple(row) for row in connection.execute(watermarks.order_by(trials.c.id))]
        assert found == [(f"run {keys[0]}", 3, "finished", None), (None, -1, None, None)]
        kept, forgotten = sweeps.find(connection, created.sweep_id), sweeps.find(connection, other.sweep_id)
    assert (kept.mlflow_experiment_id, kept.mlflow_run_id) == ("7", "parent")
    assert (forgotten.mlflow_experiment_id, forgotten.mlflow_run_id, forgotten.tracking_error) == (None, None, None)


def test_ten_thousand_trials_are_stored_whole(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    plan = plan_of([{"learning_rate": 0.001 * n} for n in range(1, 2001)], replicates=5, trials_per_job=50)
    began = time.perf_counter()
    created = store(database, plan)
    seconds = time.perf_counter() - began
    with capsys.disabled():
        sys.stdout.write(f"\n10,000 trials in 2,000 configurations on {database.dialect}: {seconds:.2f} s\n")
    with database.read() as connection:
        keys = connection.execute(select(trials.c.id).order_by(trials.c.number)).scalars().all()
        assert keys == sorted(keys)
        assert sweeps.find(connection, created.sweep_id).trials == {State.QUEUED: 10_000}
    assert len(created.job_ids) == 200

"""Passes: one at a time, bounded in time, and harmless where they overlap all the same."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from results.database import Database, open_database
from results.tables.sweeps import sweeps
from results.tables.trials import trials
from results.writes.tracking import forget
from settings import Settings
from tracking.tracker import track
from tracking.turnstile import alone

Store = Callable[..., int]
Contents = Callable[[str], dict[str, list[tuple[Any, ...]]]]


def lower_all_watermarks(database: Database) -> None:
    with database.write() as connection:
        for sweep_id in connection.execute(select(sweeps.c.id)).scalars().all():
            forget(connection, sweep_id)


def test_only_one_pass_runs_at_a_time(database: Database, sqlite_settings: Settings, store: Store) -> None:
    store(database)
    second = open_database(database.url)
    with alone(second):
        report = track(database, sqlite_settings)
    second.dispose()
    assert report.error == "another tracking pass is under way"
    assert track(database, sqlite_settings).sent_trials == 8


def test_two_trackers_that_do_overlap_agree(
    sqlite_database: Database,
    bulk_settings: Settings,
    store: Store,
    contents: Contents,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tracking.tracker.alone", lambda database: contextlib.nullcontext())
    monkeypatch.setattr("tracking.bulk.sender.BulkSender.runs_per_batch", 2)
    store(sqlite_database, last_epoch=20)
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda _: track(sqlite_database, bulk_settings), range(3)))
    assert all(report.error is None for report in reports)
    assert track(sqlite_database, bulk_settings).pending_trials == 0
    overlapped = contents(bulk_settings.mlflow_tracking_uri)
    lower_all_watermarks(sqlite_database)
    track(sqlite_database, bulk_settings)
    assert contents(bulk_settings.mlflow_tracking_uri) == overlapped


def test_a_pass_ends_in_time_and_the_next_goes_on(
    sqlite_database: Database, sqlite_settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracking.bulk.sender.BulkSender.runs_per_batch", 1)
    store(sqlite_database)
    first = track(sqlite_database, sqlite_settings, seconds=0)
    assert (first.sent_trials, first.pending_trials, first.error) == (0, 8, None)
    monkeypatch.undo()
    assert track(sqlite_database, sqlite_settings).pending_trials == 0


def test_a_run_left_running_by_a_killed_writer_gets_its_true_state(
    sqlite_database: Database, sqlite_settings: Settings, store: Store
) -> None:
    store(sqlite_database, state="running")
    track(sqlite_database, sqlite_settings)
    with sqlite_database.write() as connection:
        connection.execute(update(trials).values(state="failed", error="its worker was killed three times"))
        connection.execute(update(sweeps).values(state="failed"))
    track(sqlite_database, replace(sqlite_settings))
    from mlflow import MlflowClient

    client = MlflowClient(sqlite_settings.mlflow_tracking_uri)
    experiment = client.get_experiment_by_name("convergence").experiment_id
    assert {run.info.status for run in client.search_runs([experiment])} == {"FAILED"}

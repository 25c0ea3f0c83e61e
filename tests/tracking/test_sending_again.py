"""Sending twice, from two trackers, or after a crash at any point leaves what sending once leaves."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update

from results.database import Database, open_database
from results.tables.sweeps import sweeps
from results.tables.trials import trials
from settings import Settings
from tracking import tracker
from tracking.bulk import connection as bulk_connection
from tracking.gone import forget
from tracking.tracker import track

Store = Callable[..., int]
Contents = Callable[[str], dict[str, list[tuple[Any, ...]]]]


def lower_all_watermarks(database: Database) -> None:
    with database.read() as connection:
        found = connection.execute(select(sweeps.c.id)).scalars().all()
    for sweep_id in found:
        forget(database, sweep_id)


def test_sending_twice_changes_no_row(
    sqlite_database: Database, bulk_settings: Settings, store: Store, contents: Contents
) -> None:
    store(sqlite_database)
    track(sqlite_database, bulk_settings)
    once = contents(bulk_settings.mlflow_tracking_uri)
    assert len(once["runs"]) == 9
    lower_all_watermarks(sqlite_database)
    assert track(sqlite_database, bulk_settings).sent_trials == 8
    assert contents(bulk_settings.mlflow_tracking_uri) == once


def test_a_pass_with_nothing_new_sends_nothing(
    sqlite_database: Database, sqlite_settings: Settings, store: Store
) -> None:
    store(sqlite_database, state="running")
    track(sqlite_database, sqlite_settings)
    report = track(sqlite_database, sqlite_settings)
    assert (report.sent_sweeps, report.sent_trials, report.sent_metrics, report.pending_trials) == (0, 0, 0, 0)


def test_piece_by_piece_leaves_what_one_sending_leaves(
    sqlite_database: Database,
    bulk_settings: Settings,
    store: Store,
    grow: Callable[..., None],
    contents: Contents,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tracking.bulk.sender.BulkSender.epochs_per_batch", 3)
    monkeypatch.setattr("tracking.bulk.sender.BulkSender.runs_per_batch", 2)
    sweep = store(sqlite_database, last_epoch=1, state="running")
    track(sqlite_database, bulk_settings)
    grow(sqlite_database, sweep, 5, "finished", only=3)
    track(sqlite_database, bulk_settings)
    grow(sqlite_database, sweep, 9, "finished")
    track(sqlite_database, bulk_settings)
    pieces = contents(bulk_settings.mlflow_tracking_uri)
    monkeypatch.undo()
    lower_all_watermarks(sqlite_database)
    track(sqlite_database, bulk_settings)
    assert contents(bulk_settings.mlflow_tracking_uri) == pieces


def count_statements(uri: str) -> tuple[list[int], Callable[[Engine], None]]:
    seen = [0]

    def count(engine: Engine) -> None:
        @event.listens_for(engine, "before_cursor_execute")
        def _(*_: Any) -> None:
            seen[0] += 1

    return seen, count


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[Engine], None]]:
    """Functions that see every engine which the bulk path opens."""
    watchers: list[Callable[[Engine], None]] = []
    make = bulk_connection.create_engine

    def watched(*arguments: Any, **options: Any) -> Engine:
        engine = make(*arguments, **options)
        for watcher in watchers:
            watcher(engine)
        return engine

    monkeypatch.setattr(bulk_connection, "create_engine", watched)
    return watchers


def test_a_connection_that_fails_at_any_statement_leaves_no_trace_after_the_next_pass(
    sqlite_database: Database,
    sqlite_settings: Settings,
    store: Store,
    contents: Contents,
    engines: list[Callable[[Engine], None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tracking.bulk.sender.BulkSender.runs_per_batch", 1)
    monkeypatch.setattr("tracking.bulk.sender._RUNS_TO_ANALYZE", 10**9)  # what fails there is tried again in silence
    monkeypatch.setattr("tracking.bulk.sender._runs_since", {sqlite_settings.mlflow_tracking_uri: 0})
    store(sqlite_database, learning_rates=(0.5,), layers=((8,),), replicates=1)
    seen, count = count_statements(sqlite_settings.mlflow_tracking_uri)
    engines.append(count)
    track(sqlite_database, sqlite_settings)
    whole, statements = contents(sqlite_settings.mlflow_tracking_uri), seen[0]
    engines.clear()
    assert statements > 30
    for failing in range(1, statements + 1):
        tracker._patience.clear()
        empty(sqlite_settings.mlflow_tracking_uri)
        lower_all_watermarks(sqlite_database)
        engines[:] = [failing_at(failing)]
        assert "plug" in (track(sqlite_database, sqlite_settings).error or "")
        engines.clear()
        assert track(sqlite_database, sqlite_settings).error is None
        assert ours(contents(sqlite_settings.mlflow_tracking_uri)) == ours(whole)


def failing_at(number: int) -> Callable[[Engine], None]:
    import sqlite3

    left = [number]

    def arm(engine: Engine) -> None:
        @event.listens_for(engine, "before_cursor_execute")
        def _(*_: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise sqlite3.OperationalError("somebody pulled the plug")

    return arm


def empty(uri: str) -> None:
    """Delete all runs and what belongs to them; the experiments stay, so that their numbers do."""
    from sqlalchemy import create_engine, text

    engine = create_engine(uri)
    with engine.begin() as connection:
        for name in ("input_tags", "inputs", "datasets", "latest_metrics", "metrics", "tags", "params", "runs"):
            connection.execute(text(f"DELETE FROM {name}"))
    engine.dispose()


def ours(rows: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    return {name: found for name, found in rows.items() if name != "experiments"}  # they carry the time of creation


def _track_and_die(url: str, settings: Settings, statement: int) -> None:
    """Run a pass in this process and kill it before the n-th statement of either database's writes."""
    from sqlalchemy.engine import Engine as AnyEngine

    left = [statement]

    @event.listens_for(AnyEngine, "before_cursor_execute")
    def _(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    track(open_database(url), settings)


@pytest.mark.parametrize("statement", [8, 30, 43, 48])
def test_a_tracker_killed_in_the_middle_is_made_good_by_the_next(
    sqlite_database: Database, sqlite_settings: Settings, store: Store, contents: Contents, statement: int
) -> None:
    store(sqlite_database, replicates=1)
    fork = multiprocessing.get_context("fork")
    child = fork.Process(target=_track_and_die, args=(sqlite_database.url, sqlite_settings, statement))
    child.start()
    child.join(300)
    assert child.exitcode == -signal.SIGKILL
    assert track(sqlite_database, sqlite_settings).error is None
    mended = contents(sqlite_settings.mlflow_tracking_uri)
    empty(sqlite_settings.mlflow_tracking_uri)
    lower_all_watermarks(sqlite_database)
    track(sqlite_database, sqlite_settings)
    assert ours(contents(sqlite_settings.mlflow_tracking_uri)) == ours(mended)


def test_the_value_shown_never_goes_back_to_an_earlier_epoch(
    sqlite_database: Database, bulk_settings: Settings, store: Store, contents: Contents
) -> None:
    store(sqlite_database, last_epoch=6, state="running")
    track(sqlite_database, bulk_settings)
    whole = contents(bulk_settings.mlflow_tracking_uri)["latest_metrics"]
    with sqlite_database.write() as connection:
        connection.execute(update(trials).values(epochs_recorded=3, tracked_epoch=-1))
    assert track(sqlite_database, bulk_settings).sent_trials == 8
    assert contents(bulk_settings.mlflow_tracking_uri)["latest_metrics"] == whole

"""Passes: one at a time, bounded in time, and harmless where they overlap all the same."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine, event, select, update
from sqlalchemy.exc import DBAPIError

from results.database import Database, open_database
from results.reads.tracking_summary import summary
from results.tables.sweeps import sweeps
from results.tables.trials import trials
from settings import Settings
from tests.services.postgresql import PostgreSQL
from tracking import passes
from tracking.gone import forget
from tracking.tracker import track
from tracking.turnstile import alone

Store = Callable[..., int]
Contents = Callable[[str], dict[str, list[tuple[Any, ...]]]]


def lower_all_watermarks(database: Database) -> None:
    with database.read() as connection:
        found = connection.execute(select(sweeps.c.id)).scalars().all()
    for sweep_id in found:
        forget(database, sweep_id)


def test_only_one_pass_runs_at_a_time(database: Database, sqlite_settings: Settings, store: Store) -> None:
    store(database)
    second = open_database(database.url)
    with alone(second):
        report = track(database, sqlite_settings)
    second.dispose()
    assert report.error == "another tracking pass is under way"
    assert track(database, sqlite_settings).sent_trials == 8


def test_nobody_who_may_only_read_holds_up_a_pass(
    postgresql_server: PostgreSQL, sqlite_settings: Settings, store: Store
) -> None:
    """Any role may take any advisory lock; of a table, who may only read takes the weakest lock there is."""
    url = postgresql_server.migrated_database()
    database = open_database(url)
    store(database)
    with database.write() as connection:
        connection.exec_driver_sql("CREATE ROLE onlooker")
        connection.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker")
    with database.write() as reader:
        reader.exec_driver_sql("SET LOCAL ROLE onlooker")
        reader.exec_driver_sql("SELECT pg_advisory_lock(27691627350030196)")
        reader.exec_driver_sql("SELECT * FROM tracker")
        reader.exec_driver_sql("SAVEPOINT before")
        with pytest.raises(DBAPIError, match="permission denied"):
            reader.exec_driver_sql("LOCK TABLE tracker IN SHARE UPDATE EXCLUSIVE MODE")
        reader.exec_driver_sql("ROLLBACK TO before")
        report = track(database, sqlite_settings)
        reader.exec_driver_sql("RESET ROLE")
    assert (report.error, report.sent_trials) == (None, 8)
    with database.write() as connection:
        connection.exec_driver_sql("DROP OWNED BY onlooker")
        connection.exec_driver_sql("DROP ROLE onlooker")
    database.dispose()
    postgresql_server.drop(url)


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
    assert (first.sent_trials, first.pending_trials, first.error) == (1, 7, None)
    monkeypatch.undo()
    assert track(sqlite_database, sqlite_settings).pending_trials == 0


def test_a_pass_that_is_late_from_the_start_sends_something_whatever_waits(
    sqlite_database: Database, sqlite_settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Backlogs whose summaries alone take longer than a pass were never sent, and no error told of it."""
    for number in range(120):
        store(sqlite_database, name=f"sweep {number}", learning_rates=(0.5,), layers=((32,),), replicates=1)
    summaries: list[int] = []

    def counted(connection: Any, sweep_id: int) -> Any:
        summaries.append(sweep_id)
        return summary(connection, sweep_id)

    monkeypatch.setattr(passes, "summary", counted)
    first = track(sqlite_database, sqlite_settings, seconds=0)
    assert (first.sent_sweeps, first.sent_trials, first.pending_sweeps) == (1, 1, 120)
    assert len(summaries) == 1
    reports = [track(sqlite_database, sqlite_settings, seconds=0.2) for _ in range(3)]
    assert all(report.sent_sweeps for report in reports)
    last = track(sqlite_database, sqlite_settings)
    assert (last.error, last.pending_sweeps, last.pending_trials) == (None, 0, 0)


def test_a_large_sweep_does_not_keep_others_from_their_turn(
    sqlite_database: Database, sqlite_settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracking.bulk.sender.BulkSender.runs_per_batch", 1)
    small = [store(sqlite_database, learning_rates=(0.5,), layers=((32,),), replicates=1) for _ in range(60)]
    large = store(sqlite_database, learning_rates=(0.1, 0.5, 0.9), replicates=20, last_epoch=0)
    batches: list[int] = []
    one_batch = passes.Pass._one_batch

    def noted(self: Any, turn: Any) -> bool:
        batches.append(turn.sweep.sweep_id)
        return one_batch(self, turn)

    monkeypatch.setattr(passes.Pass, "_one_batch", noted)
    assert track(sqlite_database, sqlite_settings).pending_trials == 0
    assert batches[:61] == [large, *reversed(small)]


@pytest.mark.parametrize("state", ["finished", "running"])
def test_a_pass_reads_what_is_unsent_and_nothing_else(
    database: Database, sqlite_settings: Settings, store: Store, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every statement of a pass with nothing to send, by its plan: none walks through sweeps or trials."""
    store(database, state=state)
    track(database, sqlite_settings)
    statements: list[tuple[str, Any]] = []

    def noted(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(database._engine, "before_cursor_execute", noted)
    report = track(database, sqlite_settings)
    event.remove(database._engine, "before_cursor_execute", noted)
    assert (report.error, report.sent_sweeps, report.sent_trials, report.pending_sweeps) == (None, 0, 0, 0)
    queries = [(statement, values) for statement, values in statements if statement.startswith("SELECT sweeps.")]
    queries += [(statement, values) for statement, values in statements if statement.startswith("SELECT count")]
    assert len(queries) >= 4
    with database.read() as connection:
        for statement, parameters in queries:
            plan = _plan(connection, statement, parameters)
            assert not re.search(
                r"SCAN (sweeps|trials)(?! USING (COVERING )?INDEX \w+_(unsent|sent|in_doubt))", plan
            ), plan
            assert not re.search(r"Seq Scan on (sweeps|trials)", plan), plan


def _plan(connection: Any, statement: str, parameters: Any) -> str:
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(row[-1] for row in rows)
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))


def test_mlflows_planner_is_told_how_large_its_tables_have_become(
    sqlite_database: Database, bulk_settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without, it sorts 100,000 runs by a metric in minutes instead of a third of a second."""
    monkeypatch.setattr("tracking.bulk.sender._runs_since", {})
    store(sqlite_database)
    assert track(sqlite_database, bulk_settings).error is None
    engine = create_engine(bulk_settings.mlflow_tracking_uri)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            found = connection.exec_driver_sql("SELECT DISTINCT tbl FROM sqlite_stat1")
        else:
            found = connection.exec_driver_sql("SELECT relname FROM pg_class WHERE reltuples > 0 AND relkind = 'r'")
        assert {"runs", "params", "tags", "metrics", "latest_metrics"} <= {row[0] for row in found}
    engine.dispose()


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

"""Many at once, in threads and in processes: exactly one wins, nothing deadlocks, a sweep ends exactly once."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import event, select

from results.database import Database, open_database
from results.errors import StaleAttempt
from results.reads import curves, sweeps, trials
from results.tables.sweeps import sweeps as sweeps_table
from results.tables.trials import jobs as jobs_table
from results.writes import jobs, moves, tracking
from sweeps.states import ENDED, State
from tests.results.samples import claim, flush_of, plan_of, recover, store

THREADS = 8


def at_once(calls: Sequence[Callable[[], object]]) -> list[object]:
    """Results of calls that begin together, each in its thread."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        gate.wait(100)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(400) for future in [pool.submit(run, call) for call in calls]]


def test_of_many_threads_that_claim_one_job_exactly_one_wins(database: Database) -> None:
    created = store(database, plan_of([{"l2": 0.1 * n} for n in range(5)]))

    def claim_one(job_id: int, name: str) -> object:
        with database.write() as connection:
            return jobs.claim(connection, job_id, name, 60)

    for job_id in created.job_ids:
        found = at_once([lambda job_id=job_id, n=n: claim_one(job_id, f"thread {n}") for n in range(THREADS)])
        winners = [one for one in found if one is not None]
        assert len(winners) == 1
        assert winners[0].attempt == 1


def _claim_all(url: str, job_ids: Sequence[int], gate, results) -> None:
    database = open_database(url)
    gate.wait(100)
    won = []
    for job_id in job_ids:
        with database.write() as connection:
            if jobs.claim(connection, job_id, "process", 60) is not None:
                won.append(job_id)
    results.put(won)
    database.dispose()


def test_of_several_processes_that_claim_the_same_jobs_each_job_goes_to_one(database: Database) -> None:
    created = store(database, plan_of([{"l2": 0.01 * n} for n in range(30)]))
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(3), context.Queue()
    arguments = (database.url, created.job_ids, gate, results)
    processes = [context.Process(target=_claim_all, args=arguments) for _ in range(3)]
    for process in processes:
        process.start()
    won = [results.get(timeout=300) for _ in processes]
    for process in processes:
        process.join(100)
        assert process.exitcode == 0
    assert sorted(job_id for some in won for job_id in some) == sorted(created.job_ids)


@pytest.mark.parametrize("way", ["finish", "cancel", "fail"])
def test_a_sweep_ends_exactly_once_when_its_last_jobs_end_at_the_same_time(database: Database, way: str) -> None:
    for _ in range(5):
        created = store(database, plan_of([{"l2": 0.1 * n} for n in range(4)]), max_attempts=1)
        held = [claim(database, job_id) for job_id in created.job_ids]

        def end(one, created=created) -> None:
            with database.write() as connection:
                if way == "finish":
                    jobs.append(connection, one, flush_of(one, [0, 1], State.FINISHED), 60)
                    jobs.finish(connection, one, State.FINISHED)
                elif way == "fail":
                    jobs.release(connection, one, "broken", retry=True)
                else:
                    moves.cancel(connection, created.sweep_id)
                    jobs.finish(connection, one, State.CANCELLED)

        at_once([lambda one=one: end(one) for one in held])
        expected = {"finish": State.FINISHED, "cancel": State.CANCELLED, "fail": State.FAILED}[way]
        with database.read() as connection:
            view = sweeps.find(connection, created.sweep_id)
        assert (view.state, view.trials) == (expected, {expected: 4})
        assert view.finished_at is not None


def test_recovery_run_many_times_at_once_does_what_one_does(database: Database) -> None:
    made = [store(database, plan_of([{"l2": 0.1 * n} for n in range(5)])) for _ in range(3)]
    expired = [job_id for created in made for job_id in created.job_ids[:3]]
    for job_id in expired:
        claim(database, job_id, lease_seconds=-1)

    def run():
        with database.write() as connection:
            return recover(connection, 30)

    found = at_once([run] * 4)
    assert sorted(job_id for one in found for job_id in one.requeued) == expired
    with database.read() as connection:
        attempts = connection.execute(select(jobs_table.c.attempt).where(jobs_table.c.id.in_(expired)))
        assert set(attempts.scalars()) == {1}


def test_a_worker_and_recovery_that_meet_do_not_both_have_the_job(database: Database) -> None:
    """Either the flush renews the lease in time, or the job is taken back and the flush is stale."""
    for _ in range(10):
        created = store(database)
        held = claim(database, created.job_ids[0], lease_seconds=0)

        def flush(held=held) -> bool:
            try:
                with database.write() as connection:
                    jobs.append(connection, held, flush_of(held, [0]), 60)
            except StaleAttempt:
                return False
            return True

        def take_back(created=created) -> bool:
            with database.write() as connection:
                return created.job_ids[0] in recover(connection, 30).requeued

        flushed, taken = at_once([flush, take_back])
        with database.read() as connection:
            stored = curves.of_trial(connection, held.trials[0].trial_id)
            state = trials.find(connection, held.trials[0].trial_id).state
        if taken:
            assert state is State.QUEUED
            assert bool(stored) == flushed  # the flush may have come first, with a lease that recovery saw expired
        else:
            assert flushed
            assert state is State.RUNNING


def test_everything_at_once_neither_deadlocks_nor_leaves_anything_open(database: Database) -> None:
    """Two workers and one that dies at every second job, recovery, the tracker, and a user who cancels one sweep."""
    made = [store(database, plan_of([{"l2": 0.1 * n} for n in range(4)], 3, 3), max_attempts=1000) for _ in range(3)]
    job_ids = [job_id for created in made for job_id in created.job_ids]
    done = threading.Event()

    def work(name: str, dies: bool) -> None:
        while not done.wait(0.01):
            for place, job_id in enumerate(job_ids):
                with suppress(StaleAttempt):
                    _attempt(database, job_id, name, dies and place % 2 == 0)

    def pester() -> None:
        while not done.wait(0.01):
            with database.write() as connection:
                recover(connection, 0)
            with database.write() as connection:
                jobs.mark_sent(connection, job_ids)
            with database.read() as connection:
                views = [view for created in made for view in trials.page(connection, created.sweep_id).trials]
            with database.write() as connection:
                marks = [tracking.TrialMark(view.id, "run", view.epochs_recorded, str(view.state)) for view in views]
                tracking.mark_trials(connection, marks)
            with database.write() as connection:  # of its own, as the tracker does it: sweeps are locked before trials
                tracking.mark_sweep(connection, made[0].sweep_id, "1", "run", "running")

    def watch() -> None:
        with database.write() as connection:
            moves.cancel(connection, made[0].sweep_id)
        open_ones = select(sweeps_table.c.id).where(sweeps_table.c.state.not_in(ENDED))
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            with database.read() as connection:
                if not connection.execute(open_ones).all():
                    break
            done.wait(0.05)
        done.set()

    at_once([lambda: work("a", False), lambda: work("b", False), lambda: work("c", True), pester, watch])
    with database.read() as connection:
        views = [sweeps.find(connection, created.sweep_id) for created in made]
        assert views[0].state in (State.CANCELLED, State.FINISHED)
        for view in views[1:]:
            assert (view.state, view.trials) == (State.FINISHED, {State.FINISHED: 12})
            assert {curve.epochs for curve in curves.of_sweep(connection, view.id)} == {(0, 1, 2, 3)}


def _attempt(database: Database, job_id: int, name: str, dies: bool) -> None:
    with database.read() as connection:  # as a message would: only for jobs that wait
        state = connection.execute(select(jobs_table.c.state).where(jobs_table.c.id == job_id)).scalar_one()
    if state != State.QUEUED:
        return
    with database.write() as connection:
        held = jobs.claim(connection, job_id, name, 0.05 if dies else 30)
    if held is None or dies:
        return
    for epochs in ([0, 1], [2]):
        with database.write() as connection:
            jobs.append(connection, held, flush_of(held, epochs), 30)
    with database.write() as connection:
        jobs.append(connection, held, flush_of(held, [3], State.FINISHED), 30)
        jobs.finish(connection, held, State.FINISHED)


def test_writers_on_sqlite_begin_immediately(sqlite_database: Database) -> None:
    """A deferred BEGIN would fail half-way, with `database is locked`, as soon as two writers meet."""
    statements: list[str] = []
    event.listen(sqlite_database._engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    store(sqlite_database)
    assert "BEGIN IMMEDIATE" in statements

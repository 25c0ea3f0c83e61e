"""A sweep is cancelled: what waits ends at once, what runs learns of it, what has ended stays."""

from __future__ import annotations

import pytest

from results.database import Database
from results.errors import IllegalMove, NoSuchSweep
from results.reads import sweeps as reads
from results.reads import trials
from results.values import Flush
from results.writes import jobs, moves
from sweeps.states import State, Wanted
from tests.results.samples import claim, flush_of, plan_of, recover, store, train


def cancel(database: Database, sweep_id: int) -> State:
    with database.write() as connection:
        moves.cancel(connection, sweep_id)
        return reads.find(connection, sweep_id).state


def states(database: Database, sweep_id: int) -> dict[State, int]:
    with database.read() as connection:
        return dict(reads.find(connection, sweep_id).trials)


def test_a_waiting_sweep_is_cancelled_at_once_and_cancelling_again_changes_nothing(database: Database) -> None:
    created = store(database, plan_of([{}, {"l2": 0.5}]))
    assert cancel(database, created.sweep_id) is State.CANCELLED
    with database.read() as connection:
        before = reads.find(connection, created.sweep_id)
    assert before.finished_at is not None
    assert cancel(database, created.sweep_id) is State.CANCELLED
    with database.read() as connection:
        assert reads.find(connection, created.sweep_id) == before
    with database.write() as connection:
        assert jobs.claim(connection, created.job_ids[0], "late", 60) is None
        assert recover(connection, 0).to_send == ()


def test_running_jobs_learn_of_it_at_their_next_flush_and_end_the_sweep(database: Database) -> None:
    created = store(database, plan_of([{}, {"l2": 0.5}, {"l2": 0.25}]))
    train(database, created.job_ids[0])
    held = claim(database, created.job_ids[1])
    assert cancel(database, created.sweep_id) is State.RUNNING
    assert cancel(database, created.sweep_id) is State.RUNNING
    assert states(database, created.sweep_id) == {State.FINISHED: 1, State.RUNNING: 1, State.CANCELLED: 1}
    with database.write() as connection:
        assert jobs.append(connection, held, flush_of(held, [0, 1]), 60) is Wanted.CANCEL
        jobs.finish(connection, held, State.CANCELLED)
    assert states(database, created.sweep_id) == {State.FINISHED: 1, State.CANCELLED: 2}
    with database.read() as connection:
        assert reads.find(connection, created.sweep_id).state is State.CANCELLED
        assert trials.find(connection, held.trials[0].trial_id).epochs_recorded == 1


@pytest.mark.parametrize("way", ["release", "hand_back", "recover"])
def test_a_job_that_comes_back_to_a_cancelled_sweep_is_cancelled_not_queued(database: Database, way: str) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0], lease_seconds=-1)
    cancel(database, created.sweep_id)
    with database.write() as connection:
        if way == "release":
            assert jobs.release(connection, held, "killed", retry=True) is State.CANCELLED
        elif way == "hand_back":
            assert jobs.hand_back(connection, held) is State.CANCELLED
        else:
            assert recover(connection, 0).cancelled == (held.job_id,)
    assert states(database, created.sweep_id) == {State.CANCELLED: 1}
    assert cancel(database, created.sweep_id) is State.CANCELLED


def test_a_sweep_whose_last_job_finishes_in_spite_of_the_request_has_finished(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    cancel(database, created.sweep_id)
    with database.write() as connection:
        jobs.append(connection, held, flush_of(held, [0, 1, 2, 3], State.FINISHED), 60)
        jobs.finish(connection, held, State.FINISHED)
        assert reads.find(connection, created.sweep_id).state is State.FINISHED


def test_a_sweep_that_has_ended_otherwise_cannot_be_cancelled(database: Database) -> None:
    created = store(database)
    train(database, created.job_ids[0])
    with pytest.raises(IllegalMove, match=f"sweep {created.sweep_id} is finished"):
        cancel(database, created.sweep_id)
    with pytest.raises(NoSuchSweep):
        cancel(database, 10**6)


def test_other_sweeps_are_left_alone(database: Database) -> None:
    created, other = store(database), store(database)
    held = claim(database, other.job_ids[0])
    cancel(database, created.sweep_id)
    assert states(database, other.sweep_id) == {State.RUNNING: 1}
    with database.write() as connection:
        assert jobs.append(connection, held, Flush(), 60) is Wanted.RUN

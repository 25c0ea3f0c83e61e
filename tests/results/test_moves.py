"""What a user may ask of a sweep: every verb in every state, and what comes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from results.database import Database
from results.errors import IllegalMove, NoSuchSweep
from results.reads import sweeps as reads
from results.tables.sweeps import sweeps
from results.values import SweepView
from results.writes import jobs, moves
from sweeps.moves import ANSWERS, Answer, Verb
from sweeps.states import State, Wanted
from tests.results.samples import claim, flush_of, plan_of, recover, store, train

THREE = [{}, {"l2": 0.5}, {"l2": 0.25}]
ACT = {
    Verb.PAUSE: moves.pause,
    Verb.RESUME: moves.resume,
    Verb.STOP: moves.stop,
    Verb.CANCEL: moves.cancel,
    Verb.RETRY: lambda connection, sweep_id: moves.retry(connection, sweep_id, 3),
}


def ask(database: Database, verb: Verb, sweep_id: int) -> object:
    with database.write() as connection:
        return ACT[verb](connection, sweep_id)


def seen(database: Database, sweep_id: int) -> SweepView:
    with database.read() as connection:
        return reads.find(connection, sweep_id)


def test_the_table_answers_every_verb_in_every_state_a_sweep_can_be_in() -> None:
    states = set(State) - {State.PRUNED}
    assert set(ANSWERS) == set(Verb)
    assert all(set(answers) == states for answers in ANSWERS.values())


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("state", sorted(set(State) - {State.PRUNED}))
def test_what_the_table_refuses_is_refused_with_its_reason_and_changes_nothing(
    sqlite_database: Database, verb: Verb, state: State
) -> None:
    created = store(sqlite_database, plan_of(THREE))
    with sqlite_database.write() as connection:
        connection.execute(update(sweeps).values(state=state))
    before = seen(sqlite_database, created.sweep_id)
    answer = ANSWERS[verb][state]
    if isinstance(answer, Answer):
        return
    with pytest.raises(IllegalMove) as refused:
        ask(sqlite_database, verb, created.sweep_id)
    assert refused.value.reason == answer
    assert seen(sqlite_database, created.sweep_id) == before


def test_a_waiting_sweep_is_paused_at_once_and_goes_on_when_resumed(database: Database) -> None:
    created = store(database, plan_of(THREE))
    for _ in range(2):
        ask(database, Verb.PAUSE, created.sweep_id)
        assert seen(database, created.sweep_id).state is State.PAUSED
    with database.write() as connection:
        assert jobs.claim(connection, created.job_ids[0], "early", 60) is None
        assert recover(connection, 0).to_send == ()
    assert ask(database, Verb.RESUME, created.sweep_id) == created.job_ids
    assert seen(database, created.sweep_id).state is State.QUEUED
    for job_id in created.job_ids:
        train(database, job_id)
    assert seen(database, created.sweep_id).state is State.FINISHED


@pytest.mark.parametrize("way", ["hand_back", "finish", "release", "recover"])
def test_a_running_sweep_is_paused_once_its_last_running_job_is_gone(database: Database, way: str) -> None:
    created = store(database, plan_of(THREE))
    held = claim(database, created.job_ids[0], lease_seconds=-1 if way == "recover" else 600)
    ask(database, Verb.PAUSE, created.sweep_id)
    assert seen(database, created.sweep_id).state is State.RUNNING
    with database.write() as connection:
        if way == "hand_back":
            assert jobs.append(connection, held, flush_of(held, [0, 1]), 60) is Wanted.PAUSE
            jobs.hand_back(connection, held)
        elif way == "finish":
            jobs.append(connection, held, flush_of(held, [0, 1, 2, 3], State.FINISHED), 60)
            jobs.finish(connection, held, State.FINISHED)
        elif way == "release":
            jobs.release(connection, held, "an error", retry=True)
        else:
            assert recover(connection, 0).requeued == (held.job_id,)
    assert seen(database, created.sweep_id).state is State.PAUSED
    assert State.RUNNING not in seen(database, created.sweep_id).trials
    waiting = created.job_ids[1:] if way == "finish" else created.job_ids
    assert ask(database, Verb.RESUME, created.sweep_id) == waiting
    assert seen(database, created.sweep_id).state is State.RUNNING


def test_a_pause_that_comes_too_late_leaves_a_finished_sweep(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    ask(database, Verb.PAUSE, created.sweep_id)
    with database.write() as connection:
        jobs.append(connection, held, flush_of(held, [0, 1, 2, 3], State.FINISHED), 60)
        jobs.finish(connection, held, State.FINISHED)
    assert seen(database, created.sweep_id).state is State.FINISHED


def test_stopping_cancels_what_waits_and_lets_what_runs_finish(database: Database) -> None:
    created = store(database, plan_of(THREE))
    held = claim(database, created.job_ids[0])
    for _ in range(2):
        ask(database, Verb.STOP, created.sweep_id)
    assert seen(database, created.sweep_id).trials == {State.RUNNING: 1, State.CANCELLED: 2}
    with database.write() as connection:
        assert jobs.append(connection, held, flush_of(held, [0, 1, 2, 3], State.FINISHED), 60) is Wanted.RUN
        jobs.finish(connection, held, State.FINISHED)
    assert seen(database, created.sweep_id).state is State.FINISHED
    with database.read() as connection:
        assert connection.execute(sweeps.select()).one().stopped_because == "stopped by its user"


def test_a_paused_sweep_that_is_stopped_or_cancelled_ends(database: Database) -> None:
    for verb, state in ((Verb.STOP, State.FINISHED), (Verb.CANCEL, State.CANCELLED)):
        created = store(database, plan_of(THREE))
        ask(database, Verb.PAUSE, created.sweep_id)
        ask(database, verb, created.sweep_id)
        assert seen(database, created.sweep_id).state is state
        assert seen(database, created.sweep_id).trials == {State.CANCELLED: 3}


def test_what_is_being_cancelled_cannot_be_paused_resumed_or_stopped(database: Database) -> None:
    created = store(database)
    claim(database, created.job_ids[0])
    ask(database, Verb.CANCEL, created.sweep_id)
    for verb in (Verb.PAUSE, Verb.RESUME, Verb.STOP, Verb.RETRY):
        with pytest.raises(IllegalMove, match="being cancelled"):
            ask(database, verb, created.sweep_id)
    assert seen(database, created.sweep_id).wanted is Wanted.CANCEL


def test_a_retry_gives_failed_trials_fresh_attempts_and_fences_the_old_ones(database: Database) -> None:
    created = store(database, plan_of(THREE), max_attempts=1)
    for job_id in created.job_ids[1:]:
        train(database, job_id)
    held = claim(database, created.job_ids[0])
    with database.write() as connection:
        assert jobs.release(connection, held, "out of luck", retry=True) is State.FAILED
    assert seen(database, created.sweep_id).state is State.FAILED
    assert ask(database, Verb.RETRY, created.sweep_id) == (created.job_ids[0],)
    assert seen(database, created.sweep_id).trials == {State.QUEUED: 1, State.FINISHED: 2}
    again = claim(database, created.job_ids[0])
    assert again.attempt == held.attempt + 1
    with database.write() as connection:
        assert jobs.release(connection, again, "once more", retry=True) is State.QUEUED  # of 3 new attempts the first
    train(database, created.job_ids[0])
    view = seen(database, created.sweep_id)
    assert (view.state, view.trials) == (State.FINISHED, {State.FINISHED: 3})


def test_a_retry_where_nothing_failed_is_refused(database: Database) -> None:
    created = store(database)
    with pytest.raises(IllegalMove, match="none of its trials failed"):
        ask(database, Verb.RETRY, created.sweep_id)


def test_stopping_a_sweep_that_is_being_paused_lets_what_runs_finish(database: Database) -> None:
    created = store(database, plan_of(THREE))
    held = claim(database, created.job_ids[0])
    ask(database, Verb.PAUSE, created.sweep_id)
    ask(database, Verb.STOP, created.sweep_id)
    with database.write() as connection:
        assert jobs.append(connection, held, flush_of(held, [0, 1, 2, 3], State.FINISHED), 60) is Wanted.RUN
        jobs.finish(connection, held, State.FINISHED)
    assert seen(database, created.sweep_id).state is State.FINISHED


def test_a_stopped_sweep_whose_failures_are_retried_stays_stopped(database: Database) -> None:
    created = store(database, plan_of(THREE), max_attempts=1)
    held = claim(database, created.job_ids[0])
    ask(database, Verb.STOP, created.sweep_id)
    with database.write() as connection:
        jobs.release(connection, held, "out of luck", retry=True)
    assert seen(database, created.sweep_id).state is State.FAILED
    ask(database, Verb.RETRY, created.sweep_id)
    assert seen(database, created.sweep_id).stopped_because == moves.STOPPED
    train(database, created.job_ids[0])
    assert seen(database, created.sweep_id).state is State.FINISHED


@pytest.mark.parametrize("verb", list(Verb))
def test_a_sweep_that_does_not_exist_is_refused(sqlite_database: Database, verb: Verb) -> None:
    with pytest.raises(NoSuchSweep):
        ask(sqlite_database, verb, 99)


HOUR = timedelta(hours=1)


def earlier(database: Database, **hours: float) -> None:
    """Move times of the one sweep so many hours back."""
    with database.write() as connection:
        row: Any = connection.execute(select(sweeps)).one()
        times = {name: getattr(row, name) - count * HOUR for name, count in hours.items()}
        connection.execute(update(sweeps).values(times))


def busy(view: SweepView) -> timedelta:
    """How long a sweep took, as people are shown it."""
    assert view.started_at is not None
    until = view.finished_at or view.paused_at or datetime.now(UTC)
    return until - view.started_at - timedelta(seconds=view.idle_seconds)


def test_the_time_of_a_sweep_leaves_out_how_long_it_was_paused(database: Database) -> None:
    created = store(database, plan_of(THREE, trials_per_job=1))
    train(database, created.job_ids[0])
    ask(database, Verb.PAUSE, created.sweep_id)
    for _ in range(2):
        earlier(database, started_at=2, paused_at=1)  # 1 hour of work, then a pause
        ask(database, Verb.PAUSE, created.sweep_id)  # which a second one does not begin anew
    assert 2 * HOUR <= busy(seen(database, created.sweep_id)) < 2.5 * HOUR
    ask(database, Verb.RESUME, created.sweep_id)
    view = seen(database, created.sweep_id)
    assert view.paused_at is None
    assert 2 * 3600 <= view.idle_seconds < 2.5 * 3600
    assert 2 * HOUR <= busy(view) < 2.5 * HOUR
    for job_id in created.job_ids[1:]:
        train(database, job_id)
    assert 2 * HOUR <= busy(seen(database, created.sweep_id)) < 2.5 * HOUR


def test_the_time_of_a_sweep_that_ends_while_it_is_paused_ends_with_the_pause(database: Database) -> None:
    created = store(database, plan_of(THREE, trials_per_job=1))
    train(database, created.job_ids[0])
    ask(database, Verb.PAUSE, created.sweep_id)
    earlier(database, started_at=2, paused_at=1)
    ask(database, Verb.CANCEL, created.sweep_id)
    view = seen(database, created.sweep_id)
    assert (view.state, view.paused_at) == (State.CANCELLED, None)
    assert HOUR <= busy(view) < 1.5 * HOUR


def test_a_pause_before_the_first_trial_is_no_time_of_the_sweep(database: Database) -> None:
    created = store(database, plan_of(THREE))
    ask(database, Verb.PAUSE, created.sweep_id)
    earlier(database, paused_at=3)
    ask(database, Verb.RESUME, created.sweep_id)
    assert seen(database, created.sweep_id).idle_seconds == 0


def test_the_time_of_a_sweep_leaves_out_how_long_it_had_failed_before_it_was_retried(database: Database) -> None:
    created = store(database, plan_of(THREE, trials_per_job=3))
    claimed = claim(database, created.job_ids[0])
    with database.write() as connection:
        jobs.release(connection, claimed, "broken", retry=False)
    assert seen(database, created.sweep_id).state is State.FAILED
    earlier(database, started_at=3, finished_at=2)
    ask(database, Verb.RETRY, created.sweep_id)
    train(database, created.job_ids[0])
    view = seen(database, created.sweep_id)
    assert view.state is State.FINISHED
    assert HOUR <= busy(view) < 1.5 * HOUR

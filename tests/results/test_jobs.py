"""A job's life, on every kind of database: created, claimed, appended to, finished, released, handed back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from results.clock import now
from results.database import Database
from results.errors import IllegalMove, StaleAttempt
from results.reads import curves, sweeps, trials
from results.tables.trials import checkpoints
from results.tables.trials import jobs as jobs_table
from results.values import Checkpoint, Flush
from results.writes import jobs
from sweeps.states import State, Wanted
from tests.results.samples import claim, epoch_row, flush_of, plan_of, progress, store, train


def job_row(database: Database, job_id: int):
    with database.read() as connection:
        return connection.execute(select(jobs_table).where(jobs_table.c.id == job_id)).one()


def state_of(database: Database, sweep_id: int) -> State:
    with database.read() as connection:
        return sweeps.find(connection, sweep_id).state


def trial_views(database: Database, sweep_id: int):
    with database.read() as connection:
        return trials.page(connection, sweep_id).trials


def test_a_created_sweep_is_queued_with_all_its_parts(database: Database) -> None:
    plan = plan_of([{"learning_rate": 0.1}, {"learning_rate": 2.0}], replicates=2, trials_per_job=3)
    document = {"name": "small", "deep": [{"x": 1e-300}, None, "\u00e4\u4e2d"]}
    created = store(database, plan, document=document)
    with database.read() as connection:
        view = sweeps.find(connection, created.sweep_id)
    assert (view.state, view.wanted, view.trials) == (State.QUEUED, Wanted.RUN, {State.QUEUED: 4})
    assert (view.configuration_count, view.trial_count, view.job_count) == (2, 4, 2)
    assert (view.epochs_recorded, view.epochs_planned) == (0, 12)
    assert view.document == document
    assert (view.targets, view.notes) == ((0.5, 0.1), ("a default was taken",))
    found = trial_views(database, created.sweep_id)
    assert [(one.number, one.configuration_number, one.replicate) for one in found] == [
        (0, 0, 0),
        (1, 0, 1),
        (2, 1, 0),
        (3, 1, 1),
    ]
    assert len(created.job_ids) == 2


def test_a_claim_gives_back_the_planned_trials(database: Database) -> None:
    values = {"layers": [8, 4], "activation": ["tanh", "relu"], "learning_rate": 0.1, "l2": 1e-320, "clip_norm": None}
    plan = plan_of([values, {**values, "learning_rate": 0.3}], replicates=2, trials_per_job=4)
    created = store(database, plan)
    held = claim(database, created.job_ids[0])
    assert [claimed.trial for claimed in held.trials] == [planned.trial for planned in plan.jobs[0].trials]
    assert (held.attempt, held.sweep_id, held.targets) == (1, created.sweep_id, (0.5, 0.1))
    assert held.validation_fraction == 0.2
    assert state_of(database, created.sweep_id) is State.RUNNING
    assert {one.state for one in trial_views(database, created.sweep_id)} == {State.RUNNING}


def test_a_claimed_job_is_not_to_be_had(database: Database) -> None:
    created = store(database)
    claim(database, created.job_ids[0])
    with database.write() as connection:
        assert jobs.claim(connection, created.job_ids[0], "other", 60) is None
        assert jobs.claim(connection, 10**9, "other", 60) is None


def test_a_finished_job_ends_its_sweep_and_is_not_to_be_had(database: Database) -> None:
    created = store(database, plan_of([{}, {"l2": 0.5}]))
    train(database, created.job_ids[0])
    assert state_of(database, created.sweep_id) is State.RUNNING
    train(database, created.job_ids[1])
    assert state_of(database, created.sweep_id) is State.FINISHED
    with database.write() as connection:
        assert jobs.claim(connection, created.job_ids[0], "late", 60) is None


def test_appending_twice_is_appending_once(database: Database) -> None:
    created = store(database, plan_of(replicates=2, trials_per_job=2))
    held = claim(database, created.job_ids[0])
    flush = flush_of(held, [0, 1, 2])
    for _ in range(2):
        with database.write() as connection:
            assert jobs.append(connection, held, flush, 60) is Wanted.RUN
    key = held.trials[1].trial_id
    with database.read() as connection:
        assert curves.of_trial(connection, key) == [row for row in flush.epochs if row.trial_id == key]
        assert curves.layers_of_trial(connection, key) == [row for row in flush.layers if row.trial_id == key]
        view = trials.find(connection, key)
    assert (view.epochs_recorded, view.best_validation_cost, view.target_epochs) == (2, 1 / 3, {0.5: 2})
    assert (view.blas_kernel, view.machine) == ("Haswell", {"kernel": "Haswell", "threads": 1})


def test_a_stored_epoch_is_never_replaced(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    key = held.trials[0].trial_id
    with database.write() as connection:
        jobs.append(connection, held, Flush(epochs=[epoch_row(key, 0, 0.75)]), 60)
        jobs.append(connection, held, Flush(epochs=[epoch_row(key, 0, 0.25), epoch_row(key, 1, 0.5)]), 60)
        assert [row.train_cost for row in curves.of_trial(connection, key)] == [0.75, 0.5]


def test_a_transaction_that_breaks_leaves_nothing_of_a_flush(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])

    def interrupted() -> None:
        with database.write() as connection:
            jobs.append(connection, held, flush_of(held, [0, 1]), 60)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with database.read() as connection:
        assert curves.of_trial(connection, held.trials[0].trial_id) == []
    assert trial_views(database, created.sweep_id)[0].epochs_recorded == -1


def test_an_append_renews_the_lease(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0], lease_seconds=1)
    with database.write() as connection:
        jobs.append(connection, held, Flush(), 500)
        moment = now(connection)
    assert timedelta(seconds=400) < job_row(database, held.job_id).lease_expires_at - moment < timedelta(seconds=501)


def test_progress_of_an_attempt_that_began_again_does_not_go_back(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    with database.write() as connection:
        jobs.append(connection, held, flush_of(held, [0, 1, 2]), 60)
        jobs.release(connection, held, "killed", retry=True)
    again = claim(database, created.job_ids[0])
    with database.write() as connection:
        jobs.append(connection, again, flush_of(again, [0]), 60)
    view = trial_views(database, created.sweep_id)[0]
    assert (view.epochs_recorded, view.best_validation_cost, view.state) == (2, 1 / 3, State.RUNNING)


def test_a_trial_that_ends_earlier_than_a_previous_attempt_had_gone_is_cut_there(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    key = held.trials[0].trial_id
    with database.write() as connection:
        jobs.append(connection, held, flush_of(held, [0, 1, 2]), 60)
        jobs.release(connection, held, "killed", retry=True)
    again = claim(database, created.job_ids[0])
    diverged = progress(key, 1, State.FINISHED, diverged_epoch=1, outcome="diverged", final_train_cost=None)
    with database.write() as connection:
        jobs.append(connection, again, Flush(progress=[diverged]), 60)
        jobs.finish(connection, again, State.FINISHED)
        assert [row.epoch for row in curves.of_trial(connection, key)] == [0, 1]
        assert trials.find(connection, key).epochs_recorded == 1


def test_a_trial_that_has_ended_does_not_move_any_more(database: Database) -> None:
    created = store(database, plan_of(replicates=2, trials_per_job=2))
    held = claim(database, created.job_ids[0])
    first = held.trials[0].trial_id
    with database.write() as connection:
        jobs.append(connection, held, Flush(progress=[progress(first, 1, State.FINISHED)]), 60)
        jobs.append(connection, held, Flush(progress=[progress(first, 2, State.RUNNING)]), 60)
        assert trials.find(connection, first).state is State.FINISHED
        jobs.release(connection, held, "killed", retry=True)
    again = claim(database, created.job_ids[0])
    assert [claimed.trial_id for claimed in again.trials] == [held.trials[1].trial_id]


def test_a_job_whose_trials_have_all_ended_ends_instead_of_being_claimed(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    with database.write() as connection:
        jobs.append(connection, held, flush_of(held, [0, 1, 2, 3], State.FINISHED), 60)
        jobs.release(connection, held, "killed between append and finish", retry=True)
    with database.write() as connection:
        assert jobs.claim(connection, created.job_ids[0], "next", 60) is None
    assert state_of(database, created.sweep_id) is State.FINISHED


def test_a_job_does_not_finish_while_trials_of_it_are_open(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    with pytest.raises(IllegalMove), database.write() as connection:
        jobs.finish(connection, held, State.FINISHED)
    with pytest.raises(IllegalMove), database.write() as connection:
        jobs.finish(connection, held, State.QUEUED)
    assert job_row(database, held.job_id).state == State.RUNNING


@pytest.mark.parametrize("call", ["append", "finish", "release", "hand_back"])
def test_a_stale_attempt_changes_nothing(database: Database, call: str) -> None:
    created = store(database)
    stale = claim(database, created.job_ids[0])
    with database.write() as connection:
        jobs.release(connection, stale, "lost", retry=True)
    current = claim(database, created.job_ids[0])
    before = job_row(database, stale.job_id)
    calls = {
        "append": lambda connection: jobs.append(connection, stale, flush_of(stale, [0], State.FINISHED), 60),
        "finish": lambda connection: jobs.finish(connection, stale, State.CANCELLED),
        "release": lambda connection: jobs.release(connection, stale, "late", retry=False),
        "hand_back": lambda connection: jobs.hand_back(connection, stale),
    }
    with pytest.raises(StaleAttempt), database.write() as connection:
        calls[call](connection)
    assert job_row(database, stale.job_id) == before
    with database.read() as connection:
        assert curves.of_trial(connection, stale.trials[0].trial_id) == []
        assert trials.find(connection, stale.trials[0].trial_id).state is State.RUNNING
    with database.write() as connection:
        jobs.append(connection, current, flush_of(current, [0]), 60)


def test_a_job_that_ended_is_stale_for_the_attempt_that_ended_it(database: Database) -> None:
    created = store(database)
    held = train(database, created.job_ids[0])
    with pytest.raises(StaleAttempt), database.write() as connection:
        jobs.append(connection, held, Flush(), 60)


def test_a_released_job_is_queued_until_its_last_attempt_and_then_fails_with_the_error(database: Database) -> None:
    created = store(database, max_attempts=2)
    with database.write() as connection:
        jobs.mark_sent(connection, created.job_ids)
    for expected in (State.QUEUED, State.FAILED):
        held = claim(database, created.job_ids[0])
        with database.write() as connection:
            assert jobs.release(connection, held, "out of memory\0 \ud800", retry=True) is expected
        row = job_row(database, held.job_id)
        assert (row.state, row.error) == (expected, "out of memory\\x00 \\ud800")
        assert row.last_sent_at is None or expected is State.FAILED
    view = trial_views(database, created.sweep_id)[0]
    assert (view.state, view.error) == (State.FAILED, "out of memory\\x00 \\ud800")
    assert state_of(database, created.sweep_id) is State.FAILED


def test_a_job_released_without_retry_fails_at_once(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    with database.write() as connection:
        assert jobs.release(connection, held, "its data set has changed", retry=False) is State.FAILED


def test_handing_back_costs_no_attempt(database: Database) -> None:
    created = store(database, max_attempts=1)
    for attempt in (1, 2, 3):
        held = claim(database, created.job_ids[0])
        assert held.attempt == attempt
        with database.write() as connection:
            assert jobs.hand_back(connection, held) is State.QUEUED
    held = claim(database, created.job_ids[0])
    with database.write() as connection:
        assert jobs.release(connection, held, "broken", retry=True) is State.FAILED


def saved_states(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(checkpoints)))


def test_the_latest_checkpoint_comes_with_the_next_claim(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    key = held.trials[0].trial_id
    with database.write() as connection:
        jobs.append(connection, held, Flush(checkpoints=[Checkpoint(key, 1, False, b"one")]), 60)
        jobs.append(connection, held, Flush(checkpoints=[Checkpoint(key, 2, False, bytes(range(256)))]), 60)
        jobs.hand_back(connection, held)
    claimed = claim(database, created.job_ids[0]).trials[0]
    assert (claimed.checkpoint, claimed.earlier_checkpoint) == (bytes(range(256)), b"one")
    with database.read() as connection:
        assert connection.execute(select(checkpoints.c.epoch)).scalars().all() == [2]


@pytest.mark.parametrize(
    ("epochs", "kept"),
    [((1,), (1, None)), ((1, 2, 3), (3, 2)), ((2, 2), (2, None)), ((1, 3, 3), (3, 1)), ((2, 4, 3), (3, 2))],
)
def test_the_two_last_states_are_kept(
    database: Database, epochs: tuple[int, ...], kept: tuple[int, int | None]
) -> None:
    """An attempt that began again because the latest was damaged leaves the earlier, sound one alone."""
    created = store(database)
    held = claim(database, created.job_ids[0])
    key = held.trials[0].trial_id
    with database.write() as connection:
        for number, epoch in enumerate(epochs):
            state = f"{epoch}, save {number}".encode()
            jobs.append(connection, held, Flush(checkpoints=[Checkpoint(key, epoch, False, state)]), 60)
    (row,) = saved_states(database)
    assert (row.epoch, row.earlier_epoch) == kept
    assert row.state == f"{kept[0]}, save {len(epochs) - 1}".encode()
    assert (row.earlier_state is None) == (kept[1] is None)


def test_a_final_state_stands_alone(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    key = held.trials[0].trial_id
    with database.write() as connection:
        for epoch in (1, 2, 3):
            saved = Checkpoint(key, epoch, epoch == 3, b"state")
            jobs.append(connection, held, Flush(checkpoints=[saved]), 60)
    (row,) = saved_states(database)
    assert (row.epoch, row.earlier_epoch, row.earlier_state) == (3, None, None)


def test_a_job_whose_process_died_is_offered_again_and_fails_after_its_last_attempt_as_a_killer(
    database: Database,
) -> None:
    created = store(database, max_attempts=2)
    job_id, killed = created.job_ids[0], "signal 9 (SIGKILL)"
    for attempt, state in ((1, State.QUEUED), (2, State.FAILED)):
        claim(database, job_id, owner="host 1 task")
        with database.write() as connection:
            assert jobs.process_died(connection, job_id, "host 2 task", killed) is None
            assert jobs.process_died(connection, job_id, "host 1 task", killed) is state
            assert jobs.process_died(connection, job_id, "host 1 task", killed) is None
        assert job_row(database, job_id).error == f"attempt {attempt} of 2 killed its process: {killed}"
    assert [one.error for one in trial_views(database, created.sweep_id)] == [job_row(database, job_id).error]


def test_states_move_only_as_the_moves_allow(database: Database) -> None:
    """A claim on a job whose trials were pruned in between leaves those alone."""
    created = store(database, plan_of(replicates=2, trials_per_job=2))
    held = claim(database, created.job_ids[0])
    pruned = progress(held.trials[0].trial_id, 1, State.PRUNED)
    with database.write() as connection:
        jobs.append(connection, held, Flush(progress=[pruned]), 60)
        jobs.release(connection, held, "killed", retry=False)
    found = [one.state for one in trial_views(database, created.sweep_id)]
    assert found == [State.PRUNED, State.FAILED]


def test_times_are_the_recorded_ones_to_the_microsecond(database: Database) -> None:
    created = store(database)
    held = claim(database, created.job_ids[0])
    key = held.trials[0].trial_id
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    with database.write() as connection:
        row = epoch_row(key, 0)._replace(recorded_at=moment)
        jobs.append(connection, held, Flush(epochs=[row]), 60)
        assert curves.of_trial(connection, key)[0].recorded_at == moment

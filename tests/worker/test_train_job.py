"""One attempt at a job in this process, on SQLite and PostgreSQL, written by the results database's own functions."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sqlalchemy import func, select, update

from engine import same_bits
from engine.blas import machine
from engine.data.catalog import BUILT_IN
from engine.minibatches import Minibatches
from engine.state import TrialState
from results.database import open_database
from results.tables.sweeps import sweeps
from results.tables.trials import checkpoints, epochs, jobs, layer_epochs, trial_targets, trials
from results.writes import jobs as job_writes
from results.writes import moves
from results.writes.moves import cancel as request_cancel
from results.writes.moves import pause as request_pause
from settings import Settings
from tests.engine.test_same_bits import by_neighbours, by_turns
from tests.results.samples import recover
from tests.services.forked import killed_in
from tests.services.waiting import eventually
from tests.worker.small_sweeps import after, submit, train_all
from tests.worker.stored import curves, rows
from worker import beginning
from worker.heartbeat import heartbeat
from worker.journal import Journal
from worker.train_job import Ending, train_job
from worker.verifying import verify


def test_a_trained_job_leaves_whole_curves_ended_trials_and_an_ended_sweep(database, settings):
    created = submit(database)
    assert set(train_all(database, settings, created)) == {Ending.FINISHED}
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    assert sweep["state"] == "finished"
    assert {job["state"] for job in rows(database, jobs)} == {"finished"}
    for trial in rows(database, trials):
        curve = rows(database, epochs, trial_id=trial["id"])
        assert [row["epoch"] for row in curve] == list(range(trial["epochs_recorded"] + 1))
        assert trial["state"] == "finished"
        assert trial["epochs_recorded"] == (trial["diverged_epoch"] or 12)
        validation = [row["validation_cost"] for row in curve]
        finite = [cost for cost in validation if cost is not None]
        assert trial["best_validation_cost"] == min(finite, default=None)
        assert trial["final_validation_cost"] == validation[-1]
        assert trial["final_train_cost"] == curve[-1]["train_cost"]
        if finite:
            assert trial["best_epoch"] == validation.index(min(finite))
        assert trial["seconds"] == pytest.approx(sum(row["epoch_seconds"] for row in curve))
        assert trial["outcome"] is not None
        assert trial["machine"]["threads"] >= 1
        reached = {row["target"]: row["epoch"] for row in rows(database, trial_targets, trial_id=trial["id"])}
        assert reached == {
            target: next(epoch for epoch, cost in enumerate(validation) if cost is not None and cost <= target)
            for target in (0.5, 0.2)
            if any(cost is not None and cost <= target for cost in validation)
        }


def test_every_layer_of_every_epoch_is_recorded(database, settings):
    created = submit(database, layers=[[5, 4]], learning_rate=0.5)
    train_all(database, settings, created)
    for trial in rows(database, trials):
        found = [(row["epoch"], row["layer"]) for row in rows(database, layer_epochs, trial_id=trial["id"])]
        assert found == [(epoch, layer) for epoch in range(13) for layer in (1, 2, 3)]


def test_the_final_weights_of_every_trial_that_did_all_its_epochs_are_kept(database, settings):
    created = submit(database)
    train_all(database, settings, created)
    for trial in rows(database, trials):
        saved = rows(database, checkpoints, trial_id=trial["id"])
        if trial["diverged_epoch"] is None:
            assert [(row["epoch"], row["final"]) for row in saved] == [(12, True)]
            assert TrialState.from_bytes(saved[0]["state"]).epoch == 12


def test_one_trial_per_job_and_all_fused_give_the_same_bits(database, settings):
    alone, fused = submit(database, trials_per_job=1), submit(database, trials_per_job=100)
    assert len(alone.job_ids) == 6
    assert len(fused.job_ids) == 1
    train_all(database, settings, alone)
    train_all(database, settings, fused)
    assert len(curves(database, alone.sweep_id)) > 50
    assert curves(database, alone.sweep_id) == curves(database, fused.sweep_id)
    assert {trial["machine"]["same_bits"] for trial in rows(database, trials)} == {"fused"}


@pytest.fixture
def forgotten(monkeypatch, tmp_path):
    """As in a worker that has not examined its machine yet, with a cache of its own."""
    monkeypatch.setattr(same_bits, "_known", {})
    return lambda settings: replace(settings, cache_directory=str(tmp_path / "cache"))


def test_on_a_blas_that_looks_at_the_neighbours_a_job_trains_one_by_one_and_says_so(
    database, settings, forgotten, monkeypatch
):
    monkeypatch.setattr(np, "matmul", by_neighbours)
    settings = forgotten(settings)
    alone, fused = submit(database, trials_per_job=1), submit(database, trials_per_job=100)
    stopped = submit(database, trials_per_job=100)
    train_all(database, settings, alone)
    train_all(database, settings, fused)
    for _ in range(2):
        train_all(database, replace(settings, flush_seconds=0.001), stopped, stopping=after(3))
    train_all(database, settings, stopped)
    assert curves(database, alone.sweep_id) == curves(database, fused.sweep_id) == curves(database, stopped.sweep_id)
    assert {trial["machine"]["same_bits"] for trial in rows(database, trials)} == {"one by one"}
    verdicts = list(verify(database, fused.sweep_id, machine()["kernel"], together=False))
    assert len(verdicts) == 6
    assert all(verdict.same for verdict in verdicts)


def test_on_a_blas_that_never_repeats_itself_every_record_says_so(database, settings, forgotten, monkeypatch):
    monkeypatch.setattr(np, "matmul", by_turns)
    created = submit(database)
    assert set(train_all(database, forgotten(settings), created)) == {Ending.FINISHED}
    assert {trial["machine"]["same_bits"] for trial in rows(database, trials)} == {"no"}


def test_sqlite_and_postgresql_hold_the_same_bits(sqlite_database, postgresql_server):
    found = []
    for url in (sqlite_database.url, postgresql_server.migrated_database()):
        database = open_database(url)
        created = submit(database)
        train_all(database, Settings(database_url=url), created)
        found.append(curves(database, created.sweep_id))
        database.dispose()
    assert found[0] == found[1] != {}


def test_a_diverged_trial_ends_with_one_row_without_costs_and_the_others_go_on(database, settings):
    created = submit(
        database, trials_per_job=100, activation="identity", output_activation="identity", learning_rate=[0.01, 1e5]
    )
    train_all(database, settings, created)
    found = rows(database, trials)
    diverged = [trial for trial in found if trial["diverged_epoch"] is not None]
    assert len(diverged) == 2
    for trial in diverged:
        curve = rows(database, epochs, trial_id=trial["id"])
        assert [row["train_cost"] is None for row in curve] == [False] * (len(curve) - 1) + [True]
        assert trial["outcome"] == "diverged"
        assert 1 <= trial["outcome_epoch"] <= trial["diverged_epoch"]
        assert trial["final_train_cost"] is None
        for part in ("train", "validation"):
            lost = [row[f"{part}_accuracy"] is None for row in curve]
            assert lost == [row[f"{part}_cost"] is None for row in curve]
            assert trial[f"final_{part}_accuracy"] is None
        recorded = [row["validation_accuracy"] for row in curve if row["validation_cost"] is not None]
        assert trial["best_validation_accuracy"] == max(recorded)
        assert trial["finished_at"] is not None
    assert {trial["epochs_recorded"] for trial in found if trial not in diverged} == {12}


def test_a_job_is_trained_once_however_often_it_is_woken(database, settings):
    created = submit(database, trials_per_job=100)
    [job] = created.job_ids
    assert train_job(database, settings, job, "first") is Ending.FINISHED
    before = curves(database, created.sweep_id)
    assert train_job(database, settings, job, "second") is Ending.UNCLAIMED
    assert curves(database, created.sweep_id) == before
    assert rows(database, jobs, id=job)[0]["attempt"] == 1


def test_a_job_that_does_not_exist_is_left_alone(database, settings):
    assert train_job(database, settings, 4711, "test") is Ending.UNCLAIMED


def test_a_stopping_worker_hands_its_job_back_without_costing_an_attempt_and_the_bits_stay(database, settings):
    undisturbed, disturbed = submit(database, trials_per_job=100), submit(database, trials_per_job=100)
    train_all(database, settings, undisturbed)
    [job] = disturbed.job_ids
    for _ in range(5):  # more often than it has attempts
        assert train_job(database, settings, job, "stopping", stopping=after(1)) is Ending.HANDED_BACK
        assert rows(database, jobs, id=job)[0]["state"] == "queued"
    with database.write() as connection:
        assert job in recover(connection, 30.0).to_send
    assert train_job(database, settings, job, "last") is Ending.FINISHED
    assert curves(database, disturbed.sweep_id) == curves(database, undisturbed.sweep_id)


def test_a_cancelled_sweep_ends_its_running_job_and_keeps_the_curves(database, settings):
    created = submit(database, trials_per_job=100, learning_rate=[0.1, 0.2])

    def cancel_meanwhile():
        if rows(database, sweeps, id=created.sweep_id)[0]["wanted"] == "run":
            with database.write() as connection:
                request_cancel(connection, created.sweep_id)
        return False

    hasty = replace(settings, flush_seconds=0.0001)
    assert train_job(database, hasty, created.job_ids[0], "test", stopping=cancel_meanwhile) is Ending.CANCELLED
    assert rows(database, sweeps, id=created.sweep_id)[0]["state"] == "cancelled"
    assert rows(database, jobs)[0]["state"] == "cancelled"
    for trial in rows(database, trials):
        assert trial["state"] == "cancelled"
        assert trial["epochs_recorded"] >= 0
        curve = rows(database, epochs, trial_id=trial["id"])
        assert [row["epoch"] for row in curve] == list(range(trial["epochs_recorded"] + 1))


def test_an_attempt_that_was_overtaken_writes_nothing_more_and_says_so(database, settings):
    created = submit(database, trials_per_job=100)
    [job] = created.job_ids
    overtaken = []
    asked = iter(range(1000))

    def overtake():
        if next(asked) == 5:
            with database.write() as connection:
                connection.execute(update(jobs).values(attempt=jobs.c.attempt + 1, owner="another"))
            overtaken.append(len(curves(database, created.sweep_id)))
        return False

    hasty = replace(settings, flush_seconds=0.0001)
    assert train_job(database, hasty, job, "slow", stopping=overtake) is Ending.OVERTAKEN
    assert len(curves(database, created.sweep_id)) == overtaken[0] > 0
    assert rows(database, jobs, id=job)[0]["owner"] == "another"


def test_data_that_changed_since_the_sweep_was_submitted_fail_the_job_at_once_with_the_reason(
    database, settings, monkeypatch
):
    created = submit(database, trials_per_job=100)
    original = beginning.load("iris")
    changed = replace(original, facts=replace(original.facts, digest="0" * 64))
    monkeypatch.setattr(beginning, "load", lambda name: changed)
    assert train_job(database, settings, created.job_ids[0], "test") is Ending.BROKE
    [job] = rows(database, jobs)
    assert (job["state"], job["attempt"]) == ("failed", 1)
    assert "'iris' differs" in job["error"]
    assert BUILT_IN["iris"].digest[:12] in job["error"]
    assert {(trial["state"], trial["error"]) for trial in rows(database, trials)} == {("failed", job["error"])}
    assert rows(database, sweeps)[0]["state"] == "failed"


def test_an_ordinary_error_offers_the_job_again_and_fails_it_after_the_last_attempt(database, settings, monkeypatch):
    created = submit(database, trials_per_job=100, max_attempts=2)
    [job] = created.job_ids

    def broken(name):
        raise OSError("the disk is gone")

    monkeypatch.setattr(beginning, "load", broken)
    for state in ("queued", "failed"):
        assert train_job(database, settings, job, "test") is Ending.BROKE
        assert rows(database, jobs)[0]["state"] == state
        assert "OSError: the disk is gone" in rows(database, jobs)[0]["error"]
    assert train_job(database, settings, job, "test") is Ending.UNCLAIMED


def test_a_long_epoch_does_not_lose_the_lease(database, settings, monkeypatch):
    """While an epoch takes long the heartbeat renews the lease, again and again; recovery finds nothing to take back.

    The worker's clock runs 400 times too fast, the database's does not: the worker hurries to keep a lease that in
    truth holds for minutes, whatever holds up this machine.
    """
    created = submit(database, trials_per_job=100, learning_rate=0.1, epochs=3)
    fast = SimpleNamespace(monotonic=lambda: 400 * time.monotonic(), sleep=time.sleep)
    monkeypatch.setattr("worker.attempt.time", fast)
    monkeypatch.setattr("worker.heartbeat.time", fast)
    monkeypatch.setattr("worker.heartbeat.UNWANTED_SECONDS", 1e9)
    paces, ends = [], set()

    def hurried(beat, seconds):
        paces.append(seconds)
        return heartbeat(beat, seconds / 400)

    monkeypatch.setattr("worker.train_job.heartbeat", hurried)

    def long_pause():
        while len(ends) < 4:
            with database.write() as connection:
                found = recover(connection, 30.0)
                ends.add(connection.scalar(select(jobs.c.lease_expires_at)))
            assert found.requeued == found.failed == ()
            time.sleep(0.05)
        return False

    unflushed = replace(settings, lease_seconds=600.0, flush_seconds=1e6, stall_seconds=1e9)
    assert train_job(database, unflushed, created.job_ids[0], "test", stopping=long_pause) is Ending.FINISHED
    assert len(paces) == 1
    assert 0 < paces[0] < 600 / 4  # several beats in each lease
    with database.read() as connection:
        assert connection.scalar(select(func.max(jobs.c.attempt))) == 1


def test_a_computation_before_a_flush_does_not_hold_up_the_heartbeat(database, settings, monkeypatch):
    """Progress of long curves may take longer than the lease: the lease is renewed meanwhile, again and again."""
    created = submit(database, trials_per_job=100, learning_rate=0.1, epochs=3)
    honest, seen = Journal.unwritten, []

    def slow(journal, **given):
        if not seen:
            while len(set(seen)) < 4:
                [job] = rows(database, jobs)
                seen.append(job["lease_expires_at"])
                time.sleep(0.02)
        return honest(journal, **given)

    monkeypatch.setattr(Journal, "unwritten", slow)
    often = replace(settings, lease_seconds=1.0, flush_seconds=1e-6)
    assert train_job(database, often, created.job_ids[0], "test") is Ending.FINISHED
    assert len(set(seen)) == 4


def test_the_lease_is_kept_while_the_data_are_loaded(database, settings, monkeypatch):
    created = submit(database, trials_per_job=100, learning_rate=0.1, epochs=3)
    honest, seen = beginning.load, []

    def slow(name):
        while len(set(seen)) < 4:
            [job] = rows(database, jobs)
            seen.append(job["lease_expires_at"])
            time.sleep(0.02)
        return honest(name)

    monkeypatch.setattr(beginning, "load", slow)
    often = replace(settings, lease_seconds=1.0)
    assert train_job(database, often, created.job_ids[0], "test") is Ending.FINISHED


def claim_that_raises(connection, job_id, owner, lease_seconds):
    honest_claim(connection, job_id, owner, lease_seconds)
    raise ValueError("this worker does not know the optimizer 'lion'")


honest_claim = job_writes.claim


def test_a_job_that_cannot_be_claimed_fails_after_its_attempts_with_the_reason(database, settings, monkeypatch):
    """As where a newer program stored a value that this one does not know; another worker may know it."""
    created = submit(database, trials_per_job=100, max_attempts=2)
    [job] = created.job_ids
    with monkeypatch.context() as patch:
        patch.setattr(job_writes, "claim", claim_that_raises)
        for attempt, state in ((1, "queued"), (2, "failed")):
            assert train_job(database, settings, job, "old worker") is Ending.UNCLAIMED
            [row] = rows(database, jobs)
            assert (row["attempt"], row["state"]) == (attempt, state)
    [sweep] = rows(database, sweeps)
    assert sweep["state"] == "failed"
    for error in (row["error"], sweep["error"], *(trial["error"] for trial in rows(database, trials))):
        assert error == "it cannot be claimed: ValueError: this worker does not know the optimizer 'lion'"
    with database.write() as connection:
        moves.retry(connection, created.sweep_id, 3)
    assert train_job(database, settings, job, "new worker") is Ending.FINISHED
    assert rows(database, sweeps)[0]["error"] is None


ENDLESS = {"trials_per_job": 100, "learning_rate": 0.1, "epochs": 3, "batch_size": 1}


@pytest.fixture
def long_epochs(monkeypatch):
    """Epochs of 120 updates that take as long as `hold` says; from the first on they count as long."""
    monkeypatch.setattr("worker.heartbeat.LONG_EPOCH", 0.0)

    def slow(hold):
        honest = Minibatches.gather

        def gather(minibatches, update):
            hold(update)
            return honest(minibatches, update)

        monkeypatch.setattr(Minibatches, "gather", gather)

    return slow


@pytest.mark.parametrize(
    ("ask", "ending", "state"),
    [(request_cancel, Ending.CANCELLED, "cancelled"), (request_pause, Ending.PAUSED, "paused")],
)
def test_an_epoch_that_takes_for_ever_is_left_when_its_user_wants_that(
    database, settings, long_epochs, ask, ending, state
):
    created, asked = submit(database, **ENDLESS), []

    def hold(update):
        if not asked and rows(database, epochs):
            with database.write() as connection:
                ask(connection, created.sweep_id)
            asked.append(update)
        if asked:
            time.sleep(0.05)

    long_epochs(hold)
    often = replace(settings, lease_seconds=0.6, flush_seconds=0.001)
    assert train_job(database, often, created.job_ids[0], "test") is ending
    [sweep] = rows(database, sweeps)
    assert sweep["state"] == state
    for trial in rows(database, trials):
        assert [row["epoch"] for row in rows(database, epochs, trial_id=trial["id"])] == list(
            range(trial["epochs_recorded"] + 1)
        )
    assert trial["epochs_recorded"] < 3


def hang(settings, job_id, _point):
    """A training whose third update never comes back."""

    def gather(minibatches, update):
        while update == 2:
            time.sleep(0.05)
        return honest(minibatches, update)

    honest = Minibatches.gather
    Minibatches.gather = gather
    train_job(open_database(settings.database_url), settings, job_id, "hangs")


def test_a_training_that_hangs_ends_with_its_reason_and_its_process(database, settings):
    created = submit(database, **ENDLESS, max_attempts=1)
    impatient = replace(settings, lease_seconds=3.0, flush_seconds=1000.0, stall_seconds=2.0)
    assert killed_in(hang, impatient, created.job_ids[0], "")
    [job] = rows(database, jobs)
    assert job["state"] == "failed"
    assert "hung: no update and no epoch ended for" in job["error"]
    assert rows(database, sweeps)[0]["error"] == job["error"]


def test_a_training_that_hangs_can_be_cancelled(database, settings, monkeypatch):
    monkeypatch.setattr("worker.heartbeat.UNWANTED_SECONDS", 1.0)
    created = submit(database, **ENDLESS)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(killed_in, hang, replace(settings, lease_seconds=3.0), created.job_ids[0], "")
        eventually(lambda: rows(database, jobs)[0]["state"] == "running")
        with database.write() as connection:
            request_cancel(connection, created.sweep_id)
        assert running.result(300)
    assert rows(database, jobs)[0]["state"] == rows(database, sweeps)[0]["state"] == "cancelled"

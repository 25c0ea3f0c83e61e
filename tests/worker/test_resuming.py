"""An attempt after another: it goes on from the checkpoints, or begins again where there are none to go on from."""

from dataclasses import replace

import pytest
from sqlalchemy import event, update

from engine.state import TrialState
from results.tables.trials import checkpoints, epochs, trials
from results.writes import jobs as job_writes
from settings import Settings
from tests.results.samples import epoch_row
from tests.worker.small_sweeps import after, submit, train_all
from tests.worker.stored import curves, rows
from worker import attempt, beginning
from worker.train_job import Ending, train_job


def test_a_handed_back_job_goes_on_where_it_stood(database, settings):
    [job] = submit(database, trials_per_job=100, learning_rate=0.1).job_ids
    train_job(database, settings, job, "stopping", stopping=after(4))
    assert {row["epoch"] for row in rows(database, checkpoints)} == {4}
    with database.write() as connection:
        claim = job_writes.claim(connection, job, "next", 30.0)
    begun = beginning.begin(database, claim)
    assert next(begun.training.epochs()).epoch == 5


def test_large_checkpoints_are_stored_one_after_the_other(sqlite_database, monkeypatch):
    monkeypatch.setattr(attempt, "STATES_TOGETHER", 1)
    together = []

    @event.listens_for(sqlite_database._engine, "before_cursor_execute")
    def count(connection, cursor, statement, parameters, context, many):
        if statement.startswith("INSERT INTO checkpoints"):
            together.append(len(parameters) if many else 1)

    settings = Settings(database_url=sqlite_database.url, flush_seconds=0.0, checkpoint_seconds=0.0)
    undisturbed = submit(sqlite_database, trials_per_job=100)
    train_all(sqlite_database, settings, undisturbed)
    *during, at_the_end = together
    assert (set(during), at_the_end > 1) == ({1}, True)
    assert len(rows(sqlite_database, checkpoints)) == at_the_end


@pytest.mark.parametrize("lost", ["one checkpoint", "all checkpoints", "equal epochs"])
def test_whatever_checkpoints_are_left_the_bits_are_the_same(database, settings, lost):
    undisturbed, disturbed = submit(database, trials_per_job=100), submit(database, trials_per_job=100)
    train_all(database, settings, undisturbed)
    [job] = disturbed.job_ids
    train_job(database, settings, job, "stopping", stopping=after(3))
    first = rows(database, trials, sweep_id=disturbed.sweep_id)[0]["id"]
    with database.write() as connection:
        if lost == "one checkpoint":
            connection.execute(checkpoints.delete().where(checkpoints.c.trial_id == first))
        elif lost == "all checkpoints":
            connection.execute(checkpoints.delete())
    if lost == "equal epochs":
        _advance_one_trial(database, first, disturbed, settings)
    assert train_job(database, settings, job, "last") is Ending.FINISHED
    assert curves(database, disturbed.sweep_id) == curves(database, undisturbed.sweep_id)


@pytest.mark.parametrize(
    "kept", ["nothing", "the first bytes", "half", "all but the end", "other bytes", "a flipped bit"]
)
def test_checkpoints_that_cannot_be_read_cost_time_but_neither_the_job_nor_a_bit(sqlite_database, kept):
    undisturbed = submit(sqlite_database, trials_per_job=100)
    disturbed = submit(sqlite_database, trials_per_job=100)
    settings = Settings(database_url=sqlite_database.url)
    train_all(sqlite_database, settings, undisturbed)
    [job] = disturbed.job_ids
    train_job(sqlite_database, settings, job, "stopping", stopping=after(3))
    saved = rows(sqlite_database, checkpoints)[-1]
    whole = saved["state"]
    flipped = bytearray(whole)
    flipped[300] ^= 1
    torn = {
        "nothing": b"",
        "the first bytes": whole[:4],
        "half": whole[: len(whole) // 2],
        "all but the end": whole[:-1],
        "other bytes": b"torn",
        "a flipped bit": bytes(flipped),
    }[kept]
    with sqlite_database.write() as connection:
        theirs = checkpoints.c.trial_id == saved["trial_id"]
        connection.execute(update(checkpoints).where(theirs).values(state=torn))
    assert train_job(sqlite_database, settings, job, "last") is Ending.FINISHED
    assert curves(sqlite_database, disturbed.sweep_id) == curves(sqlite_database, undisturbed.sweep_id)


@pytest.mark.parametrize("damaged", ["the latest of one trial", "the latest of all", "both of one trial"])
def test_a_damaged_state_is_noticed_and_the_earlier_one_used(sqlite_database, damaged):
    """A flipped bit in the middle of the weights too: the archive's own checksums and its digest know."""
    settings = Settings(database_url=sqlite_database.url)
    undisturbed = submit(sqlite_database, trials_per_job=100)
    disturbed = submit(sqlite_database, trials_per_job=100)
    [job] = disturbed.job_ids
    for worker in ("first", "second"):
        train_job(sqlite_database, settings, job, worker, stopping=after(2))
    saved = rows(sqlite_database, checkpoints)
    latest, earlier = saved[0]["epoch"], saved[0]["earlier_epoch"]
    assert {(row["epoch"], row["earlier_epoch"]) for row in saved} == {(latest, earlier)}
    assert 0 < earlier < latest
    for row in saved if damaged == "the latest of all" else saved[:1]:
        both = damaged == "both of one trial"
        changed = {name: _flipped(row[name]) for name in ("state", "earlier_state") if both or name == "state"}
        with sqlite_database.write() as connection:
            connection.execute(update(checkpoints).where(checkpoints.c.trial_id == row["trial_id"]).values(changed))
    with sqlite_database.write() as connection:
        claim = job_writes.claim(connection, job, "looking", 30.0)
    begun = next(beginning.begin(sqlite_database, claim).training.epochs()).epoch
    assert begun == (0 if damaged == "both of one trial" else earlier + 1)
    with sqlite_database.write() as connection:
        job_writes.hand_back(connection, claim)
    assert train_job(sqlite_database, settings, job, "last") is Ending.FINISHED
    train_all(sqlite_database, settings, undisturbed)
    assert curves(sqlite_database, disturbed.sweep_id) == curves(sqlite_database, undisturbed.sweep_id)


def _flipped(state):
    changed = bytearray(state)
    changed[len(changed) // 2] ^= 1
    return bytes(changed)


def test_a_trial_that_diverges_where_an_earlier_attempt_went_on_ends_all_the_same(database, settings):
    """Bits are promised for one BLAS kernel: with another one a later attempt may meet its end earlier."""
    linear = {"activation": "identity", "output_activation": "identity", "learning_rate": [0.01, 1e5], "epochs": 600}
    created = submit(database, trials_per_job=100, **linear)
    reached = 590
    with database.write() as connection:
        claim = job_writes.claim(connection, created.job_ids[0], "another kernel", 30.0)
        for claimed in claim.trials:
            earlier = [epoch_row(claimed.trial_id, epoch) for epoch in range(reached + 1)]
            connection.execute(epochs.insert(), [row._asdict() for row in earlier])
        job_writes.hand_back(connection, claim)
    hasty = replace(settings, flush_seconds=0.0001)
    assert train_all(database, hasty, created) == [Ending.FINISHED]
    found = rows(database, trials)
    assert {trial["state"] for trial in found} == {"finished"}
    assert sorted(trial["diverged_epoch"] is not None for trial in found) == [False, False, True, True]


def _advance_one_trial(database, trial_id, created, settings):
    """Give one trial the checkpoint of another epoch than its fellows have: its own, trained on alone."""
    from engine.training import Training

    with database.write() as connection:
        claim = job_writes.claim(connection, created.job_ids[0], "test", 30.0)
    claimed = next(trial for trial in claim.trials if trial.trial_id == trial_id)
    lone = Training([claimed.trial], beginning._data(claim), [TrialState.from_bytes(claimed.checkpoint)])
    next(lone.epochs())
    with database.write() as connection:
        connection.execute(
            update(checkpoints)
            .where(checkpoints.c.trial_id == trial_id)
            .values(state=lone.states()[0].to_bytes(), epoch=lone.states()[0].epoch)
        )
        job_writes.hand_back(connection, claim)

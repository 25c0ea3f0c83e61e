"""A sweep that was paused and resumed has the bits of one that never was."""

import time
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from results.tables.sweeps import sweeps
from results.tables.trials import epochs
from results.writes import moves
from settings import Settings
from tests.worker.small_sweeps import submit, train_all
from tests.worker.stored import curves, rows
from worker.attempt import Attempt
from worker.train_job import Ending, train_job


def test_paused_and_resumed_gives_the_same_bits(database, monkeypatch):
    settings = Settings(database_url=database.url, lease_seconds=60.0, flush_seconds=0.05)
    monkeypatch.setattr(Attempt, "flush_due", property(lambda _self: True))  # at every epoch, however slow the machine
    paused, whole = submit(database, epochs=40, trials_per_job=100), submit(database, epochs=40, trials_per_job=100)
    train_all(database, settings, whole)
    asked = iter(range(10**9))

    def pause_once():
        if next(asked) == 5:
            with database.write() as connection:
                moves.pause(connection, paused.sweep_id)
        return False

    [job_id] = paused.job_ids
    assert train_job(database, settings, job_id, "test", pause_once) is Ending.PAUSED
    with database.read() as connection:
        assert connection.execute(select(sweeps.c.state).where(sweeps.c.id == paused.sweep_id)).scalar_one() == "paused"
    assert train_job(database, settings, job_id, "test") is Ending.UNCLAIMED
    with database.write() as connection:
        assert moves.resume(connection, paused.sweep_id) == (job_id,)
    assert train_job(database, settings, job_id, "test") is Ending.FINISHED
    assert curves(database, paused.sweep_id) == curves(database, whole.sweep_id)
    assert rows(database, sweeps, id=paused.sweep_id)[0]["state"] == "finished"


@pytest.mark.parametrize(("move", "ending"), [(moves.pause, Ending.PAUSED), (moves.cancel, Ending.CANCELLED)])
@pytest.mark.parametrize("epoch_seconds", [0.1, 3.0])
def test_a_pause_and_a_cancel_hold_within_a_second_or_an_epoch(database, monkeypatch, move, ending, epoch_seconds):
    """By a clock of the test's own, which every epoch puts forward; a flush is not due for another minute."""
    passed, asked_at = [0.0], []
    clock = SimpleNamespace(monotonic=lambda: passed[0], sleep=time.sleep)
    monkeypatch.setattr("worker.attempt.time", clock)
    monkeypatch.setattr("worker.attempt.LOOKS_PER_FLUSH", 240)
    settings = Settings(database_url=database.url, lease_seconds=600.0, flush_seconds=60.0)
    created = submit(database, epochs=60, trials_per_job=100)
    ends_at = []

    def between_epochs():
        passed[0] += epoch_seconds
        ends_at.append(passed[0])
        if len(ends_at) == 3:
            with database.write() as connection:
                move(connection, created.sweep_id)
            asked_at.append(passed[0])
        return False

    assert train_job(database, settings, created.job_ids[0], "test", between_epochs) is ending
    assert ends_at[-1] - asked_at[0] <= max(1.0, epoch_seconds)
    assert rows(database, sweeps, id=created.sweep_id)[0]["state"] == ending.name.lower()
    assert {row["epoch"] for row in rows(database, epochs)} == set(range(len(ends_at)))  # nothing recorded is lost

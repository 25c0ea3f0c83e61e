"""A sweep that was paused and resumed has the bits of one that never was."""

from sqlalchemy import select

from results.tables.sweeps import sweeps
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

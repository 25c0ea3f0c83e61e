"""What a stop or a metric target dropped can be trained after all: the extended sweep is the larger one."""

import pytest
from sqlalchemy import insert, update

from results.clock import now
from results.errors import IllegalMove
from results.tables.sweeps import sweeps
from results.tables.trials import decisions, jobs, trials
from results.writes import moves
from settings import Settings
from tests.worker import test_metric_target as target
from tests.worker.small_sweeps import submit, train_all
from tests.worker.stored import curves, rows
from tests.worker.test_extending import by_configuration, extend, train_these
from worker.attempt import Attempt
from worker.train_job import Ending, train_job


def stopped(database, settings, after=2, **parameters):
    """A sweep of jobs of one trial, stopped when so many had been trained."""
    created = submit(database, trials_per_job=1, **parameters)
    train_these(database, settings, created.job_ids[:after])
    with database.write() as connection:
        moves.stop(connection, created.sweep_id)
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    assert (sweep["state"], sweep["stopped_because"]) == ("finished", "stopped by its user")
    return created


def states(database, sweep_id):
    return [row["state"] for row in rows(database, trials, sweep_id=sweep_id)]


def test_what_a_stop_dropped_is_trained_and_the_whole_equals_the_larger_sweep(database, settings):
    created, whole = stopped(database, settings, epochs=4), submit(database, epochs=7)
    train_all(database, settings, whole)
    queued = extend(database, created.sweep_id, epochs=7, dropped=True)
    assert sorted(queued) == sorted(created.job_ids)
    train_these(database, settings, queued)
    assert by_configuration(database, created.sweep_id) == by_configuration(database, whole.sweep_id)
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    assert (sweep["state"], sweep["stopped_because"]) == ("finished", None)
    assert states(database, created.sweep_id) == ["finished"] * 6


def test_it_may_be_all_that_is_asked_for(database, settings):
    created, whole = stopped(database, settings), submit(database)
    train_all(database, settings, whole)
    train_these(database, settings, extend(database, created.sweep_id, dropped=True))
    assert curves(database, created.sweep_id) == curves(database, whole.sweep_id)
    with pytest.raises(IllegalMove, match="has all of that already"):
        extend(database, created.sweep_id, dropped=True)


def test_without_the_wish_it_stays_untrained_and_a_note_says_so(database, settings):
    created = stopped(database, settings, epochs=4)
    train_these(database, settings, extend(database, created.sweep_id, epochs=7))
    assert sorted(states(database, created.sweep_id)) == ["cancelled"] * 4 + ["finished"] * 2
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    assert sweep["notes"][-1].startswith("4 trials that were dropped when no more were to begin stay untrained")
    extend(database, created.sweep_id, dropped=True)
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    assert not any("stay untrained" in note for note in sweep["notes"])


def test_more_epochs_for_trials_that_were_all_dropped_leave_an_ended_sweep(database, settings):
    created = stopped(database, settings, after=0, epochs=4)
    assert extend(database, created.sweep_id, epochs=7) == ()
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    assert sweep["state"] == "finished"
    assert sweep["finished_at"] is not None
    train_these(database, settings, extend(database, created.sweep_id, dropped=True))
    assert {row["epochs_recorded"] for row in rows(database, trials, sweep_id=created.sweep_id)} == {7}


def test_what_a_target_pruned_is_trained_and_may_reach_the_target_itself(database, settings):
    created = target.submit(database, name="validation_cost", target=10.0)
    assert target.train_all(database, settings, created)[0] is Ending.FINISHED
    assert states(database, created.sweep_id) == ["finished", "pruned", "pruned"]
    queued = extend(database, created.sweep_id, dropped=True)
    assert len(queued) == 2
    train_these(database, settings, queued)
    assert sorted(states(database, created.sweep_id)) == ["finished", "finished", "pruned"]
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    assert sweep["stopped_because"].startswith("target reached")


def test_what_had_begun_when_it_was_dropped_goes_on_from_its_checkpoint(database, monkeypatch):
    settings = Settings(database_url=database.url, lease_seconds=600.0, flush_seconds=0.05)
    monkeypatch.setattr(Attempt, "flush_due", property(lambda _self: True))
    created, whole = submit(database, trials_per_job=100), submit(database, trials_per_job=100)
    train_all(database, settings, whole)
    asked = iter(range(100))
    assert train_job(database, settings, created.job_ids[0], "test", lambda: next(asked) > 3) is Ending.HANDED_BACK
    with database.write() as connection:
        moves.stop(connection, created.sweep_id)
    assert "cancelled" in states(database, created.sweep_id)
    train_these(database, settings, extend(database, created.sweep_id, dropped=True))
    assert curves(database, created.sweep_id) == curves(database, whole.sweep_id)


def test_what_failed_or_was_pruned_by_a_rule_is_not_revived(sqlite_database, settings_of):
    created = stopped(sqlite_database, settings_of(sqlite_database))
    ids = [row["id"] for row in rows(sqlite_database, trials) if row["state"] == "cancelled"]
    with sqlite_database.write() as connection:
        connection.execute(update(trials).where(trials.c.id == ids[0]).values(state="failed"))
        connection.execute(update(trials).where(trials.c.id == ids[1]).values(state="pruned"))
        decision = {"trial_id": ids[1], "epoch": 1, "rule": "hyperband", "verdict": "stop", "audited": False}
        connection.execute(insert(decisions).values(**decision, decided_at=now(connection)))
    extend(sqlite_database, created.sweep_id, dropped=True)
    after = {row["id"]: row["state"] for row in rows(sqlite_database, trials)}
    assert [after[key] for key in ids] == ["failed", "pruned", "queued", "queued"]
    queued = [row["id"] for row in rows(sqlite_database, jobs) if row["state"] == "queued"]
    assert len(queued) == 2

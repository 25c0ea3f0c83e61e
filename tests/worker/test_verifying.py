"""Trials trained once more, and held against what is stored."""

import pytest
from sqlalchemy import update

from engine.blas import machine
from results.errors import NoSuchSweep
from results.tables.trials import epochs, trials
from settings import Settings
from tests.worker.small_sweeps import after, submit, train_all
from tests.worker.stored import curves, rows
from worker.errors import DatasetChanged
from worker.verifying import verify


def verdicts(database, created):
    return list(verify(database, created.sweep_id, machine()["kernel"]))


def test_every_trial_of_an_undisturbed_sweep_comes_out_the_same_diverged_ones_too(database, settings):
    created = submit(
        database, trials_per_job=2, activation="identity", output_activation="identity", learning_rate=[0.01, 0.1, 1e5]
    )
    train_all(database, settings, created)
    before = curves(database, created.sweep_id)
    found = verdicts(database, created)
    assert sorted(verdict.number for verdict in found) == list(range(6))
    assert all(verdict.same and verdict.first_difference is None for verdict in found)
    assert len({verdict.stored_digest for verdict in found}) == 6
    assert any(trial["diverged_epoch"] is not None for trial in rows(database, trials))
    assert curves(database, created.sweep_id) == before


def test_trials_that_were_ended_early_are_verified_as_far_as_they_came(database):
    created = submit(database, epochs=200)
    settings = Settings(database_url=database.url, lease_seconds=30.0, flush_seconds=0.001)
    train_all(database, settings, created, stopping=after(3))
    reached = {trial["number"]: trial["epochs_recorded"] for trial in rows(database, trials)}
    found = verdicts(database, created)
    assert {verdict.number: verdict.epochs for verdict in found} == {
        number: epoch for number, epoch in reached.items() if epoch >= 0
    }
    assert found
    assert all(verdict.same for verdict in found)


def test_one_changed_bit_is_found_with_its_trial_and_epoch(sqlite_database):
    created = submit(sqlite_database)
    train_all(sqlite_database, Settings(database_url=sqlite_database.url), created)
    [trial] = rows(sqlite_database, trials, number=0)
    [row] = rows(sqlite_database, epochs, trial_id=trial["id"], epoch=5)
    here = (epochs.c.trial_id == trial["id"]) & (epochs.c.epoch == 5)
    with sqlite_database.write() as connection:
        next_double = row["train_cost"] * (1 + 2**-52)
        connection.execute(update(epochs).where(here).values(train_cost=next_double))
    different = [verdict for verdict in verdicts(sqlite_database, created) if not verdict.same]
    assert [(verdict.number, verdict.first_difference) for verdict in different] == [(0, 5)]


def test_other_data_under_the_same_name_are_refused(sqlite_database, monkeypatch):
    created = submit(sqlite_database)
    train_all(sqlite_database, Settings(database_url=sqlite_database.url), created)
    from engine.data.loading import load
    from worker import verifying

    monkeypatch.setattr(verifying, "load", lambda _name: load("wine"))
    with pytest.raises(DatasetChanged):
        verdicts(sqlite_database, created)


def test_a_sweep_that_does_not_exist_is_refused(sqlite_database):
    with pytest.raises(NoSuchSweep):
        list(verify(sqlite_database, 99, machine()["kernel"]))

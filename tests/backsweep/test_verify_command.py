import json

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from backsweep.commands.verify import verify
from backsweep.errors import BacksweepError
from results.tables.trials import epochs, trials
from settings import Settings
from tests.worker.small_sweeps import submit, train_all


@pytest.fixture
def trained(sqlite_database, monkeypatch):
    monkeypatch.setenv("BACKSWEEP_DATABASE_URL", sqlite_database.url)
    created = submit(sqlite_database)
    train_all(sqlite_database, Settings(database_url=sqlite_database.url), created)
    return sqlite_database, created.sweep_id


def test_a_sweep_is_verified_in_a_process_of_its_kernel(trained):
    _, sweep_id = trained
    result = CliRunner().invoke(verify, [str(sweep_id)])
    assert result.exit_code == 0, result.output
    assert "all 6 trials came out the same, bit for bit" in " ".join(result.output.split())


def test_a_difference_ends_with_status_1_and_names_trial_and_epoch(trained):
    database, sweep_id = trained
    with database.write() as connection:
        connection.execute(update(epochs).where(epochs.c.epoch == 3).values(updates=epochs.c.updates + 1))
    result = CliRunner().invoke(verify, [str(sweep_id)])
    assert result.exit_code == 1
    assert "6 of 6 trials differ" in result.output
    assert "trial 0 from epoch 3 on" in result.output
    as_json = CliRunner().invoke(verify, [str(sweep_id), "--json"])
    assert [json.loads(line)["first_difference"] for line in as_json.output.splitlines()] == [3] * 6


def test_a_kernel_that_this_machine_lacks_is_named(trained):
    database, sweep_id = trained
    with database.write() as connection:
        connection.execute(update(trials).values(blas_kernel="Elbrus"))
    result = CliRunner().invoke(verify, [str(sweep_id)])
    assert isinstance(result.exception, BacksweepError)
    assert "trained with the BLAS kernel Elbrus" in str(result.exception)


def test_a_sweep_without_curves_is_refused(sqlite_database, monkeypatch):
    monkeypatch.setenv("BACKSWEEP_DATABASE_URL", sqlite_database.url)
    created = submit(sqlite_database)
    result = CliRunner().invoke(verify, [str(created.sweep_id)])
    assert "has no curves yet" in str(result.exception)

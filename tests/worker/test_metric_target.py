"""`metric.target` ends the sweep at the first trial that reaches it."""

import pytest

from engine.data.catalog import BUILT_IN
from results.tables.sweeps import sweeps
from results.tables.trials import epochs, jobs, trials
from results.writes.sweeps import create
from settings import Settings
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from tests.worker.stored import rows
from worker.train_job import Ending, train_job


def submit(database, **metric):
    document = {
        "method": "grid",
        "metric": metric,
        "parameters": {
            "dataset": {"value": "iris"},
            "layers": {"value": [6]},
            "learning_rate": {"values": [0.01, 0.5, 2.0]},
            "epochs": {"value": 12},
        },
        "backsweep": {"replicates": 1, "trials_per_job": 1},
    }
    with database.write() as connection:
        return create(connection, plan(parse(document, BUILT_IN, 100), BUILT_IN, 2), document, BUILT_IN, 3)


def train_all(database, settings, created):
    return [train_job(database, settings, job_id, "test") for job_id in created.job_ids]


def trained(database, **metric):
    created = submit(database, **metric)
    endings = train_all(database, Settings(database_url=database.url, flush_seconds=0.05), created)
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    return endings, sweep, rows(database, trials, sweep_id=created.sweep_id)


@pytest.mark.parametrize(
    ("name", "target"), [("validation_cost", 10.0), ("train_cost", 10.0), ("validation_accuracy", 0.001)]
)
def test_what_runs_goes_on_to_its_end_and_what_waits_is_pruned(database, name, target):
    endings, sweep, found = trained(database, name=name, target=target)
    assert endings == [Ending.FINISHED, Ending.UNCLAIMED, Ending.UNCLAIMED]
    assert sweep["state"] == "finished"
    assert sweep["finished_at"] is not None
    assert sweep["stopped_because"].startswith(f"target reached: {name} ")
    assert sweep["stopped_because"].endswith("at epoch 0 of trial 0")
    assert [trial["state"] for trial in found] == ["finished", "pruned", "pruned"]
    assert [trial["epochs_recorded"] for trial in found] == [12, -1, -1]
    assert len(rows(database, epochs, trial_id=found[0]["id"])) == 13
    assert {job["state"] for job in rows(database, jobs, sweep_id=sweep["id"])} == {"finished", "cancelled"}


def test_a_target_that_nobody_reaches_changes_nothing(database):
    endings, sweep, found = trained(database, name="validation_cost", target=1e-9)
    assert set(endings) == {Ending.FINISHED}
    assert (sweep["state"], sweep["stopped_because"]) == ("finished", None)
    assert {trial["state"] for trial in found} == {"finished"}

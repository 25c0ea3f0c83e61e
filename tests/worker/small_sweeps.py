"""Small sweeps, written as the API writes them, and trained in this process."""

from engine.data.catalog import BUILT_IN
from results.writes import sweeps
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from worker.train_job import train_job


def submit(database, trials_per_job: int | None = None, max_attempts: int = 3, **parameters):
    """Write a sweep of 6 small trials, or with these parameters, and return what was created."""
    asked = document(trials_per_job, **parameters)
    spec = parse(asked, BUILT_IN, 10_000)
    with database.write() as connection:
        return sweeps.create(connection, plan(spec, BUILT_IN, 2), asked, BUILT_IN, max_attempts)


def train_all(database, settings, created, **more):
    return [train_job(database, settings, job_id, "test", **more) for job_id in created.job_ids]


def after(calls):
    """A question that is answered with yes from the given time it is asked on."""
    asked = iter(range(10**9))
    return lambda: next(asked) >= calls


def document(trials_per_job: int | None = None, **parameters) -> dict:
    """The sweep as its user would write it."""
    values = {"dataset": "iris", "layers": [[6]], "learning_rate": [0.1, 2.0, 1e5], "epochs": 12} | parameters
    chosen = {name: {"values" if isinstance(value, list) else "value": value} for name, value in values.items()}
    ours = {"replicates": 2, "seed": 7, "targets": [0.5, 0.2]}
    if trials_per_job is not None:
        ours["trials_per_job"] = trials_per_job
    return {"name": "small", "project": "tests", "method": "grid", "parameters": chosen, "backsweep": ours}

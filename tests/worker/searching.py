"""Adaptive sweeps, driven in this process as the scheduler and a trainer drive them."""

from engine.data.catalog import BUILT_IN
from results.reads.sweeps import find
from results.writes import sweeps
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from worker.propose import propose
from worker.train_job import train_job

SPACE = {
    "dataset": {"value": "iris"},
    "layers": {"value": [6]},
    "epochs": {"value": 4},
    "learning_rate": {"distribution": "log_uniform_values", "min": 1e-3, "max": 1e5},
    "batch_size": {"values": [16, 32]},
}


class SilentQueue:
    """A broker that is away: sends nothing, as recovery would find it."""

    def send_jobs(self, job_ids):
        return ()

    def waiting(self):
        return None


def document_of(search="tpe", run_cap=7, parameters=SPACE, **ours):
    ours = {"replicates": 2, "seed": 3, "search": search} | ours
    return {"name": "search", "method": "bayes", "run_cap": run_cap, "parameters": parameters, "backsweep": ours}


def submit_search(database, **given):
    document = document_of(**given)
    spec = parse(document, BUILT_IN, 10_000)
    with database.write() as connection:
        return sweeps.create(connection, plan(spec, BUILT_IN), document, BUILT_IN, 3).sweep_id


def next_jobs(database, settings, sweep_id):
    """Propose once; the keys of the jobs, or None where none is due."""
    return propose(database, SilentQueue(), settings, sweep_id)


def train(database, settings, job_ids):
    return [train_job(database, settings, job_id, "test") for job_id in job_ids]


def run_search(database, settings, sweep_id, most=100):
    """Propose and train until nothing is due; the sizes of the generations in trials."""
    generations = 0
    while generations < most:
        job_ids = next_jobs(database, settings, sweep_id)
        if job_ids is None:
            break
        train(database, settings, job_ids)
        generations += 1
    return generations


def seen(database, sweep_id):
    with database.read() as connection:
        return find(connection, sweep_id)

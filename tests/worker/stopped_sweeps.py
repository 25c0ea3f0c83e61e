"""Sweeps with early termination, written as the API writes them, and what became of them."""

from engine.data.catalog import BUILT_IN
from results.tables.trials import decisions, trials
from results.writes import sweeps
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from tests.worker.stored import rows

HYPERBAND = {"type": "hyperband", "min_iter": 2, "eta": 2}


def document(rule, audit=0.0, trials_per_job=100, replicates=1, reuse=False, **parameters):
    """Eight learning rates of which several do badly, on iris; 12 epochs."""
    rates = [0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 4.0]
    values = {"dataset": "iris", "layers": [[6]], "learning_rate": rates, "epochs": 12} | parameters
    found = {
        "name": "stopped",
        "project": "tests",
        "method": "grid",
        "metric": {"name": "validation_cost"},
        "parameters": {name: {"values" if isinstance(one, list) else "value": one} for name, one in values.items()},
        "backsweep": {"replicates": replicates, "seed": 7, "trials_per_job": trials_per_job, "audit": audit},
    }
    if reuse:
        found["backsweep"]["reuse"] = True
    return found if rule is None else found | {"early_terminate": rule}


def submit(database, rule, **more):
    written = document(rule, **more)
    with database.write() as connection:
        made = plan(parse(written, BUILT_IN, 10_000), BUILT_IN, 2)
        return sweeps.create(connection, made, written, BUILT_IN, 3)


def by_number(database, sweep_id):
    return {row["number"]: row for row in rows(database, trials, sweep_id=sweep_id)}


def decided(database, sweep_id):
    """(trial number, epoch) -> (verdict, audited, value, threshold)."""
    numbers = {row["id"]: number for number, row in by_number(database, sweep_id).items()}
    return {
        (numbers[row["trial_id"]], row["epoch"]): (row["verdict"], row["audited"], row["value"], row["threshold"])
        for row in rows(database, decisions)
        if row["trial_id"] in numbers
    }

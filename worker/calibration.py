"""How fast this machine is: two small trainings, held against the cost model. Run by `worker.program` at its start.

Once for each processor and BLAS kernel, for the result is stored, and the planner makes jobs as long as they should be
here. A database that is away is no reason not to start: the next start measures.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from engine.blas import machine
from engine.cost_model import training_seconds
from engine.data.catalog import BUILT_IN
from engine.data.loading import load
from engine.data.splitting import split
from engine.hyperparameters import configuration
from engine.training import Training
from engine.trials import Trial
from results.database import Database
from results.errors import ResultsError
from results.reads.machines import measured
from results.writes.machines import store_machine

logger = logging.getLogger(__name__)
ROUNDS = 3  # the quickest counts: others may use the machine too
PROBES: tuple[tuple[dict[str, Any], int], ...] = (
    ({"dataset": "digits", "layers": [32], "batch_size": 32, "epochs": 3}, 16),
    ({"dataset": "iris", "layers": [8, 8], "batch_size": 8, "epochs": 8}, 32),
)


def calibrate(database: Database, together: bool = True) -> float | None:
    """Measure this machine and store its slowness, unless that was done; None then, or where it cannot be stored.

    `together`: whether it trains trials in one array.
    """
    name = machine_name()
    try:
        with database.read() as connection:
            if measured(connection, name):
                return None
        found = slowness(together)
        with database.write() as connection:
            store_machine(connection, name, found)
    except ResultsError as error:
        logger.warning("the speed of this machine is not stored: %s", error)
        return None
    return found


def machine_name() -> str:
    """Processor and BLAS kernel, by which speeds are kept; BLAS itself where that names no kernel."""
    here = machine()
    return f"{here['cpu']}, {here['kernel'] or here['blas']}"[:200]


def slowness(together: bool = True) -> float:
    """Seconds that the probes take here for each second that the cost model says, by processor time."""
    taken = sum(min(_seconds(values, trials, together) for _ in range(ROUNDS)) for values, trials in PROBES)
    return taken / sum(_predicted(values, trials) for values, trials in PROBES)


def _seconds(values: dict[str, Any], trials: int, together: bool) -> float:
    one = configuration(values)
    data = split(load(one.dataset), 0.2, 1, one.scaling, one.precision)
    training = Training([Trial(one, seed, seed) for seed in range(trials)], data, together=together)
    began = time.process_time()
    for records in training.epochs():
        if records.epoch >= one.epochs:
            break
    return time.process_time() - began


def _predicted(values: dict[str, Any], trials: int) -> float:
    one = configuration(values)
    return training_seconds(trials, one, BUILT_IN[one.dataset], 0.2)

"""Are jobs as long as the planner thinks? `python -m benchmarks.job_seconds [--fit | --markdown]`.

Trains one job of each shape as a worker does (claim, epochs, flushes to an SQLite file, end) and holds the processor
time against the cost model's. `--fit` prints the coefficients that suit this machine best (non-negative least squares
of relative errors), for `engine/cost_model.py`.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import tempfile
import time
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from scipy.optimize import nnls

from engine.cost_model import Amounts, amounts_of, job_seconds
from engine.data.catalog import BUILT_IN
from engine.hyperparameters import configuration
from results.database import Database, open_database
from results.schema import upgrade
from results.writes.sweeps import create
from settings import Settings
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from tests.worker.small_sweeps import document
from worker.train_job import train_job

SHAPES: tuple[dict[str, Any], ...] = (
    {"dataset": "xor", "layers": [4], "batch_size": 2, "epochs": 100},
    {"dataset": "iris", "layers": [8], "batch_size": 16, "epochs": 50},
    {"dataset": "iris", "layers": [64, 64, 64], "batch_size": 8, "epochs": 10},
    {"dataset": "diabetes", "layers": [32], "cost": "mean_squared_error", "batch_size": 32, "epochs": 30},
    {"dataset": "digits", "layers": [16], "batch_size": 8, "epochs": 4},
    {"dataset": "digits", "layers": [32], "batch_size": 32, "epochs": 6},
    {"dataset": "digits", "layers": [32, 32], "batch_size": 64, "epochs": 6, "optimizer": "adam"},
    {"dataset": "digits", "layers": [256], "batch_size": 32, "epochs": 2},
    {"dataset": "digits", "layers": [64, 64], "batch_size": 256, "epochs": 6, "precision": "float64"},
)
TRIALS = (1, 16, 64)


@dataclass(frozen=True)
class Measured:
    """One job: its shape, how many trials, what the model says and what it took, in seconds."""

    shape: dict[str, Any]
    trials: int
    predicted: float
    seconds: float

    @property
    def amounts(self) -> Amounts:
        """The work of it."""
        return amounts_of(self.trials, configuration(self.shape), BUILT_IN[self.shape["dataset"]], 0.2)


def main(arguments: list[str]) -> None:
    """Print a line for each job, or the coefficients."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/results.db")
        upgrade(settings.database_url)
        database = open_database(settings.database_url)
        _measure(database, settings, SHAPES[0], 1)  # what loads at first use
        found = [_measure(database, settings, shape, trials) for shape in SHAPES for trials in TRIALS]
        database.dispose()
    if "--fit" in arguments:
        _fit(found)
    for one in found:
        _show(one, "--markdown" in arguments)
    ratios = sorted(one.seconds / one.predicted for one in found)
    middle = ratios[len(ratios) // 8 : -(len(ratios) // 8)]
    print(f"measured over predicted: median {ratios[len(ratios) // 2]:.2f}, three quarters within ", end="")
    print(f"{middle[0]:.2f} to {middle[-1]:.2f}, all within {ratios[0]:.2f} to {ratios[-1]:.2f}")


def _measure(database: Database, settings: Settings, shape: dict[str, Any], trials: int) -> Measured:
    rates = [round(0.01 + 0.001 * number, 4) for number in range(trials)]
    axes = {name: [value] if isinstance(value, list) else value for name, value in shape.items()}
    asked = document(trials, learning_rate=rates, **axes)
    asked["backsweep"]["replicates"] = 1
    with database.write() as connection:
        [job_id] = create(connection, plan(parse(asked, BUILT_IN, 1000), BUILT_IN), asked, BUILT_IN, 1).job_ids
    began = time.process_time()
    train_job(database, settings, job_id, "benchmark")
    seconds = time.process_time() - began
    predicted = job_seconds(trials, configuration(shape), BUILT_IN[shape["dataset"]], 0.2)
    return Measured(shape, trials, predicted, seconds)


def _fit(found: list[Measured]) -> None:
    names = [one.name for one in fields(Amounts)]
    work = np.array([[getattr(one.amounts, name) for name in names] for one in found])
    seconds = np.array([one.seconds for one in found])
    best, _ = nnls(work / seconds[:, None], np.ones(len(found)))
    for name, coefficient in zip(names, best, strict=True):
        print(f"    {name}={coefficient:.3g},")


def _show(one: Measured, markdown: bool) -> None:
    rest = ", ".join(f"{name} {value}" for name, value in one.shape.items() if name not in ("dataset", "layers"))
    cells = [f"{one.shape['dataset']} {one.shape['layers']}, {rest}", str(one.trials)]
    cells += [f"{one.predicted:.2f}", f"{one.seconds:.2f}", f"{one.seconds / one.predicted:.2f}"]
    print(f"| {' | '.join(cells)} |" if markdown else "  ".join(cells), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

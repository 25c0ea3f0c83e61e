"""Sweeps as workers would leave them in SQL, with values that follow from trial and epoch."""

from __future__ import annotations

import json
import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, update

from engine.hyperparameters import HYPERPARAMETERS, configuration, values_of
from results.database import Database
from results.tables.sweeps import configurations, datasets, sweeps
from results.tables.trials import epochs, jobs, trial_targets, trials

BEGIN = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


def store_sweep(
    database: Database,
    *,
    name: str = "digits",
    project: str = "convergence",
    learning_rates: tuple[float, ...] = (0.1, 0.5),
    layers: tuple[tuple[int, ...], ...] = ((32,), (32, 16)),
    replicates: int = 2,
    last_epoch: int = 4,
    state: str = "finished",
) -> int:
    grid = [(rate, sizes) for rate in learning_rates for sizes in layers]
    with database.write() as connection:
        dataset = _dataset(connection)
        row = _sweep_row(name, project, state, len(grid), replicates)
        sweep_id = connection.execute(insert(sweeps).values(row)).inserted_primary_key[0]
        job = connection.execute(insert(jobs).values(_job_row(sweep_id, state))).inserted_primary_key[0]
        for number, (rate, sizes) in enumerate(grid):
            values = values_of(configuration({"learning_rate": rate, "layers": list(sizes)}))
            configured = connection.execute(
                insert(configurations).values(_configuration_row(sweep_id, number, dataset, values))
            ).inserted_primary_key[0]
            for replicate in range(replicates):
                place = number * replicates + replicate
                connection.execute(insert(trials).values(_trial_row(sweep_id, configured, job, place, replicate)))
    grow_sweep(database, sweep_id, last_epoch, state)
    return sweep_id


def grow_sweep(database: Database, sweep_id: int, last_epoch: int, state: str, only: int | None = None) -> None:
    """Bring the trials (or the one with number `only`) to this epoch and state; values follow from trial and epoch."""
    with database.write() as connection:
        found = connection.execute(trials.select().where(trials.c.sweep_id == sweep_id)).all()
        for row in found:
            if only is None or row.number == only:
                _grow_trial(connection, row, last_epoch, state)
        if only is None:
            ended = BEGIN + timedelta(seconds=60) if state not in ("running", "queued") else None
            connection.execute(
                update(sweeps).where(sweeps.c.id == sweep_id).values(state=state, started_at=BEGIN, finished_at=ended)
            )


def _grow_trial(connection: Any, row: Any, last_epoch: int, state: str) -> None:
    rows = [_epoch_row(row.id, row.number, epoch) for epoch in range(last_epoch + 1)]
    new = [entry for entry in rows if entry["epoch"] > row.epochs_recorded]
    if new:
        connection.execute(insert(epochs), new)
    costs = [(entry["validation_cost"], entry["epoch"]) for entry in rows if entry["validation_cost"] is not None]
    best, best_epoch = min(costs) if costs else (None, None)
    ended = state in ("finished", "failed", "cancelled", "pruned")
    values = {
        "state": state,
        "epochs_recorded": max(last_epoch, row.epochs_recorded),
        "outcome": "still_descending" if last_epoch >= 2 else None,
        "best_validation_cost": best,
        "best_epoch": best_epoch,
        "final_validation_cost": rows[-1]["validation_cost"] if rows else None,
        "final_train_cost": rows[-1]["train_cost"] if rows else None,
        "seconds": 0.25 * last_epoch,
        "started_at": row.started_at if state == "queued" or (state == "cancelled" and last_epoch < 0) else BEGIN,
        "finished_at": BEGIN + timedelta(seconds=30) if ended else None,
        "blas_kernel": "Haswell",
        "error": "the worker died three times" if state == "failed" else None,
    }
    connection.execute(update(trials).where(trials.c.id == row.id).values(values))
    if ended and best is not None and row.state != state:
        connection.execute(insert(trial_targets).values(trial_id=row.id, target=0.5, epoch=best_epoch))


def _epoch_row(trial_id: int, number: int, epoch: int) -> dict[str, Any]:
    """Values of all magnitudes; the gradient norm is missing at epoch 0; trial 1 has one cost that is not finite."""
    draw = random.Random(f"{number}/{epoch}")
    cost = draw.random() * 10 ** draw.randint(-12, 12)
    return {
        "trial_id": trial_id,
        "epoch": epoch,
        "updates": 45 * epoch,
        "train_cost": cost,
        "validation_cost": None if number == 1 and epoch == 3 else math.nextafter(cost, 0),
        "train_accuracy": draw.random(),
        "validation_accuracy": draw.random(),
        "gradient_norm": None if epoch == 0 else draw.random(),
        "epoch_seconds": draw.random() / 100,
        "recorded_at": BEGIN + timedelta(seconds=epoch, microseconds=number),
    }


def _dataset(connection: Any) -> int:
    found = connection.execute(datasets.select()).first()
    if found is not None:
        return int(found.id)
    row = {
        "name": "digits",
        "digest": "ab" * 32,
        "task": "classification",
        "samples": 1797,
        "features": 64,
        "outputs": 10,
        "source": "scikit-learn",
        "created_at": BEGIN,
    }
    return int(connection.execute(insert(datasets).values(row)).inserted_primary_key[0])


def _sweep_row(name: str, project: str, state: str, configured: int, replicates: int) -> dict[str, Any]:
    return {
        "uid": uuid4().hex,
        "name": name,
        "project": project,
        "method": "grid",
        "state": state,
        "wanted": "run",
        "metric_name": "validation_cost",
        "metric_goal": "minimize",
        "replicates": replicates,
        "seed": 7,
        "split_seed": 11,
        "search_seed": 13,
        "validation_fraction": 0.2,
        "targets": [0.5, 0.1],
        "generation": 0,
        "document": {},
        "notes": [],
        "configuration_count": configured,
        "trial_count": configured * replicates,
        "job_count": 1,
        "created_at": BEGIN - timedelta(seconds=5),
    }


def _job_row(sweep_id: int, state: str) -> dict[str, Any]:
    return {
        "sweep_id": sweep_id,
        "number": 0,
        "state": state,
        "attempt": 1,
        "max_attempts": 3,
        "trial_count": 1,
        "estimated_seconds": 1.0,
        "created_at": BEGIN,
    }


def _configuration_row(sweep_id: int, number: int, dataset: int, values: dict[str, Any]) -> dict[str, Any]:
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    columns = {key: json.dumps(value) if isinstance(value, list) else value for key, value in plain.items()}
    assert set(columns) == set(HYPERPARAMETERS)
    return {
        "sweep_id": sweep_id,
        "number": number,
        "dataset_id": dataset,
        "parameter_count": 2410,
        "hyperparameters": plain,
        **columns,
    }


def _trial_row(sweep_id: int, configured: int, job: int, number: int, replicate: int) -> dict[str, Any]:
    return {
        "sweep_id": sweep_id,
        "configuration_id": configured,
        "job_id": job,
        "number": number,
        "replicate": replicate,
        "init_seed": 100 + replicate,
        "data_seed": 4_000_000_000 + replicate,
        "state": "queued",
        "epochs_recorded": -1,
        "tracked_epoch": -1,
    }

"""Stored sweeps that look trained, with every kind of ending, for the tests of views, recipes and reads."""

from __future__ import annotations

import itertools
import math

from results.database import Database
from results.values import Claim, ClaimedTrial, EpochRow, Flush, LayerRow, TrialProgress
from results.writes import jobs
from sweeps.states import State
from tests.results.samples import claim, epoch_row, layer_row, plan_of, progress, store

GRID = [{"learning_rate": rate, "layers": layers} for rate, layers in itertools.product((0.1, 0.5, 2.0), ([8], [8, 4]))]
LAST = 5
TARGETS = (0.5, 0.1)


def cost(trial: ClaimedTrial, epoch: int) -> float:
    """Falls the faster the larger the rate is, and turns up at the end of the largest one's curves."""
    rate = trial.trial.configuration.learning_rate
    fall = math.exp(-rate * epoch) / (1 + trial.replicate / 10) + len(trial.trial.configuration.layers) / 100
    return fall + (0.05 if rate == 2.0 and epoch == LAST else 0.0)


def diverges(trial: ClaimedTrial) -> bool:
    """The largest rate on the deep network, with the last seed."""
    chosen = trial.trial.configuration
    return chosen.learning_rate == 2.0 and len(chosen.layers) == 2 and trial.replicate == 2


def store_trained(database: Database) -> tuple[int, int, int]:
    """Two sweeps on the same grid, finished, and one with a failed, a running and a waiting job; their keys."""
    finished = [store(database, plan_of(GRID, replicates=3, trials_per_job=6)) for _ in range(2)]
    for created in finished:
        for job_id in created.job_ids:
            _train(database, claim(database, job_id))
    mixed = store(database, plan_of(GRID[:3]), max_attempts=1)
    with database.write() as connection:
        broken = jobs.claim(connection, mixed.job_ids[0], "host 1", 600)
        assert broken is not None
        jobs.release(connection, broken, "MemoryError: 8 GiB", retry=True)
    running = claim(database, mixed.job_ids[1], 600)
    with database.write() as connection:
        jobs.append(connection, running, _flush(running, 1, State.RUNNING), 600)
    return finished[0].sweep_id, finished[1].sweep_id, mixed.sweep_id


def _train(database: Database, held: Claim) -> None:
    with database.write() as connection:
        jobs.append(connection, held, _flush(held, LAST, State.FINISHED), 600)
        jobs.finish(connection, held, State.FINISHED)


def _flush(held: Claim, last: int, state: State) -> Flush:
    parts = [_curve(trial, last, state) for trial in held.trials]
    return Flush(
        epochs=[row for rows, _, _ in parts for row in rows],
        layers=[row for _, layers, _ in parts for row in layers],
        progress=[one for _, _, one in parts],
        machine={"kernel": "Haswell", "threads": 1},
    )


def _curve(trial: ClaimedTrial, last: int, state: State) -> tuple[list[EpochRow], list[LayerRow], TrialProgress]:
    key, ends = trial.trial_id, 3 if diverges(trial) else last
    costs = [math.nan if diverges(trial) and epoch == ends else cost(trial, epoch) for epoch in range(ends + 1)]
    rows = [epoch_row(key, epoch, value, epoch_seconds=0.01 * (epoch + 1)) for epoch, value in enumerate(costs)]
    layers = [
        layer_row(key, epoch, layer, gradient_norm=None if epoch == 0 else 0.1 * layer)
        for epoch in range(ends + 1)
        for layer in range(1, len(trial.trial.configuration.layers) + 2)
    ]
    finite = [value for value in costs if math.isfinite(value)]
    best = min(finite)
    reached = {target: next((n for n, value in enumerate(finite) if value <= target), None) for target in TARGETS}
    return (
        rows,
        layers,
        progress(
            key,
            ends,
            state,
            outcome="diverged" if diverges(trial) else "still_descending",
            diverged_epoch=ends if diverges(trial) else None,
            best_train_cost=best,
            best_validation_cost=best,
            best_epoch=costs.index(best),
            final_train_cost=costs[-1],
            final_validation_cost=costs[-1],
            seconds=sum(row.epoch_seconds for row in rows),
            target_epochs={target: epoch for target, epoch in reached.items() if epoch is not None},
        ),
    )

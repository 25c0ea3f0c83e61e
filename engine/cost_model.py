"""Seconds that a job takes, from its shapes: layers, mini-batch, data, optimiser, and how many trials are in it.

Used by the planner (how many trials to a job), the preview and `worker.calibration`. Light: imports no NumPy. The
coefficients are those of one machine, fitted by `python -m benchmarks.job_seconds --fit`; another machine's slowness
against it is measured once and multiplies the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from engine.data.catalog import DatasetFacts
from engine.hyperparameters import Configuration
from engine.shapes import OPTIMIZER_SLOTS, layer_sizes, training_samples, trials_per_array, updates_per_epoch

DOUBLE = 2.0  # float64 moves and multiplies half as many numbers at a time


@dataclass(frozen=True)
class Amounts:
    """How much of each kind of work; the same fields hold the seconds of one of each.

    `jobs` and `epochs`: their overheads. `array_layers`: weight layers times updates, once for all trials that go
    through an update together: Python. `trial_layers`: the same for each trial: calls of the BLAS. `multiplications` of
    weights, `answers` of units, evaluation included; `parameters` that updates pass over, with the optimiser's share.
    `records`: rows of epochs and of layers that are made and written.
    """

    jobs: float
    epochs: float
    array_layers: float
    trial_layers: float
    multiplications: float
    answers: float
    parameters: float
    records: float


# Fitted on an AMD EPYC 9004 with AVX-512, one core, by processor time.
SECONDS = Amounts(
    jobs=0.0231,
    epochs=4.1e-4,
    array_layers=1.25e-5,
    trial_layers=1.86e-7,
    multiplications=7.74e-12,
    answers=2.72e-9,
    parameters=6.97e-10,
    records=1.84e-5,
)
WORKERS_OWN = ("jobs", "records")  # what the engine alone does not do


def job_seconds(trials: int, configuration: Configuration, facts: DatasetFacts, validation_fraction: float) -> float:
    """Seconds of a job of that many trials of this shape on one core of the reference machine."""
    amounts = amounts_of(trials, configuration, facts, validation_fraction)
    return _seconds(amounts, [one.name for one in fields(Amounts)])


def training_seconds(
    trials: int, configuration: Configuration, facts: DatasetFacts, validation_fraction: float
) -> float:
    """The engine's share of them: without the job's overhead and its rows."""
    amounts = amounts_of(trials, configuration, facts, validation_fraction)
    return _seconds(amounts, [one.name for one in fields(Amounts) if one.name not in WORKERS_OWN])


def _seconds(amounts: Amounts, names: Sequence[str]) -> float:
    return float(sum(getattr(amounts, name) * getattr(SECONDS, name) for name in names))


def amounts_of(trials: int, configuration: Configuration, facts: DatasetFacts, validation_fraction: float) -> Amounts:
    """The work of a job of that many trials of this shape."""
    sizes = layer_sizes(configuration, facts)
    layers, weights = len(sizes) - 1, sum((inputs + 1) * units for inputs, units in pairwise(sizes))
    training = training_samples(facts.samples, validation_fraction)
    updates = configuration.epochs * updates_per_epoch(training, configuration.batch_size)
    arrays = -(-trials // trials_per_array(sizes, configuration))
    wide = (1.0 if configuration.precision == "float32" else DOUBLE) * trials
    masked = 10 * sum(configuration.layers) * training if configuration.dropout else 0
    answers = sum(sizes[1:]) * (training + facts.samples) + masked
    passes = 1 + 0.75 * OPTIMIZER_SLOTS[configuration.optimizer]
    return Amounts(
        jobs=1,
        epochs=configuration.epochs,
        array_layers=updates * layers * arrays,
        trial_layers=updates * layers * trials,
        multiplications=configuration.epochs * (6 * training + 2 * facts.samples) * weights * wide,
        answers=configuration.epochs * answers * wide,
        parameters=updates * weights * passes * wide,
        records=configuration.epochs * (1 + layers) * trials,
    )

"""Refuses networks and jobs that no worker could hold, or whose states the database could not.

What is killed for its memory comes back, and kills again; a state that cannot be stored fails after all the training.

Called by `sweeps.parsing.sweep`. The estimates are the engine's own, at the most demanding of the other values.
"""

from __future__ import annotations

from collections import Counter

from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS, Configuration
from engine.shapes import OPTIMIZER_SLOTS, state_bytes, training_bytes
from sweeps.parsing.combinations import Datasets
from sweeps.parsing.findings import Findings
from sweeps.parsing.parameters import Parameters
from sweeps.parsing.schema import BacksweepSection
from sweeps.space import Space

MOST_BYTES = 4 * 2**30
MOST_STATE = 256 * 2**20  # of a trial: SQLite takes 10^9 bytes a row, which holds two, and keeps other writers waiting
MOST_STATES = 512 * 2**20  # of a job, which are stored together when it ends
SURELY_SMALL = 10**7  # weights between hidden layers; no need to look closer


def check_memory(parameters: Parameters, datasets: Datasets, validation_fraction: float, findings: Findings) -> None:
    """Report every value of `layers` of which one trial needs too much memory, or has too large a state."""
    if "layers" not in parameters:
        return
    for one in parameters["layers"].given:
        layers = _layers(one.value)
        if len(layers) * max(layers, default=0) ** 2 < SURELY_SMALL:
            continue
        needed = _bytes(1, layers, parameters, datasets, validation_fraction)
        if needed > MOST_BYTES:
            sizes = f"{_gib(needed)}, more than the {_gib(MOST_BYTES)} a trial may have"
            findings.fault(one.path, f"layers {list(layers)} needs about {sizes}")
            continue
        state = _state(layers, parameters, datasets)
        if state > MOST_STATE:
            sizes = f"{_mib(state)}, more than the {_mib(MOST_STATE)} that can be stored of a trial"
            findings.fault(one.path, f"layers {list(layers)} has a state of about {sizes}")


def check_jobs(
    parameters: Parameters,
    space: Space,
    configurations: int,
    chosen: BacksweepSection,
    datasets: Datasets,
    findings: Findings,
) -> None:
    """Report a `trials_per_job` that makes a job of more than `MOST_BYTES`; without one the planner sees to it."""
    if chosen.trials_per_job is None or findings.faults:
        return
    fused = min(configurations, _most_fused(space, configurations)) * chosen.replicates
    trials = min(chosen.trials_per_job, fused)
    for layers in map(_layers, values_of("layers", parameters)):
        needed = _bytes(trials, layers, parameters, datasets, chosen.validation_fraction)
        if needed > MOST_BYTES:
            alone = _bytes(1, layers, parameters, datasets, chosen.validation_fraction)
            fitting = max(1, (MOST_BYTES - alone) * (trials - 1) // max(1, needed - alone) + 1)
            findings.fault(
                ("backsweep", "trials_per_job"),
                f"puts {trials:,} trials of layers {list(layers)} into one job of about {_gib(needed)}, more than the "
                f"{_gib(MOST_BYTES)} a job may have; at most {fitting:,} of them fit",
            )
            return
        fitting = MOST_STATES // max(1, _state(layers, parameters, datasets))
        if trials > max(1, fitting):
            findings.fault(
                ("backsweep", "trials_per_job"),
                f"puts {trials:,} trials of layers {list(layers)} into one job, whose states are more than the "
                f"{_mib(MOST_STATES)} that are stored together; at most {max(1, fitting):,} of them fit",
            )
            return


def _most_fused(space: Space, configurations: int) -> int:
    """The most configurations that may share a job: equal in all that is not per trial."""
    found = 1
    for axis in space.axes:
        shared = [place for place, name in enumerate(axis.names) if not HYPERPARAMETERS[name].per_trial]
        if axis.distribution is not None:
            found *= configurations
        elif axis.points:
            found *= max(Counter(tuple(point[place] for place in shared) for point in axis.points).values())
        if found >= configurations:
            break
    return found


def _layers(value: Value) -> tuple[int, ...]:
    return tuple(map(int, value)) if isinstance(value, tuple) else ()


def _bytes(
    trials: int, layers: tuple[int, ...], parameters: Parameters, datasets: Datasets, validation_fraction: float
) -> int:
    """Memory of a job, on the data set that takes the most."""
    whole = _most_demanding(layers, parameters)
    names = [name for name in map(str, values_of("dataset", parameters)) if name in datasets]
    return max((training_bytes(trials, whole, datasets[name], validation_fraction) for name in names), default=0)


def _state(layers: tuple[int, ...], parameters: Parameters, datasets: Datasets) -> int:
    """Size of a trial's state, on the data set that makes it largest."""
    whole = _most_demanding(layers, parameters)
    names = [name for name in map(str, values_of("dataset", parameters)) if name in datasets]
    return max((state_bytes(whole, datasets[name]) for name in names), default=0)


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f} MiB"


def _gib(size: int) -> str:
    return f"{size / 2**30:.0f} GiB" if size % 2**30 == 0 else f"{size / 2**30:.1f} GiB"


def values_of(name: str, parameters: Parameters) -> tuple[Value, ...]:
    """The values a hyperparameter takes, its default where it is not given."""
    return parameters[name].values if name in parameters else (HYPERPARAMETERS[name].default,)


def _most_demanding(layers: tuple[int, ...], parameters: Parameters) -> Configuration:
    optimizers = [str(name) for name in values_of("optimizer", parameters)] or ["sgd"]
    batches = [size for size in values_of("batch_size", parameters) if isinstance(size, int)] or [1]
    return Configuration(
        layers=layers,
        optimizer=max(optimizers, key=OPTIMIZER_SLOTS.__getitem__),
        batch_size=max(batches),
        precision="float64" if "float64" in values_of("precision", parameters) else "float32",
    )

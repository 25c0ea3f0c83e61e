"""Refuses networks that no worker could hold: a trial that is killed for its memory comes back, and kills again.

Called by `sweeps.parsing.sweep`. The estimate is the engine's own, for one trial, at the most demanding of the other
values.
"""

from __future__ import annotations

from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS, Configuration
from engine.shapes import OPTIMIZER_SLOTS, training_bytes
from sweeps.parsing.combinations import Datasets
from sweeps.parsing.findings import Findings
from sweeps.parsing.parameters import Parameters

MOST_BYTES = 4 * 2**30
SURELY_SMALL = 10**7  # weights between hidden layers; no need to look closer


def check_memory(parameters: Parameters, datasets: Datasets, validation_fraction: float, findings: Findings) -> None:
    """Report every value of `layers` of which one trial needs more than `MOST_BYTES`."""
    if "layers" not in parameters:
        return
    facts = [datasets[name] for name in map(str, values_of("dataset", parameters)) if name in datasets]
    for one in parameters["layers"].given:
        layers = tuple(map(int, one.value)) if isinstance(one.value, tuple) else ()
        if len(layers) * max(layers, default=0) ** 2 < SURELY_SMALL:
            continue
        whole = _most_demanding(layers, parameters)
        needed = max((training_bytes(1, whole, one_set, validation_fraction) for one_set in facts), default=0)
        if needed > MOST_BYTES:
            sizes = f"{needed / 2**30:.1f} GiB, more than the {MOST_BYTES / 2**30:.0f} GiB a trial may have"
            findings.fault(one.path, f"layers {list(layers)} needs about {sizes}")


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

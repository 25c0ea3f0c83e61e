"""Names of runs, made to be read in a table: what differs within the sweep stands in the name."""

from __future__ import annotations

from results.reads.tracking_values import TrackedSweep, TrackedTrial
from tracking.mapping.content import NAME_LENGTH
from tracking.mapping.text import cut, short_text


def sweep_name(sweep: TrackedSweep) -> str:
    """The sweep's own name with its number, such as `digits #7`."""
    suffix = f" #{sweep.sweep_id}"
    return cut(sweep.name, NAME_LENGTH - len(suffix)) + suffix


def trial_name(trial: TrackedTrial, swept: tuple[str, ...], configurations: int) -> str:
    """Configuration, replicate and the swept values, such as `c012 r1 learning_rate=0.5 layers=32,32`."""
    width = max(2, len(str(configurations - 1)))
    place = f"c{trial.configuration_number:0{width}d} r{trial.replicate}"
    values = [f"{name}={short_text(trial.hyperparameters.get(name))}" for name in swept]
    return cut(" ".join([place, *values]), NAME_LENGTH)

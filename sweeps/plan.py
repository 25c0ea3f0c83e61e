"""The plan of a sweep: what a submitted sweep becomes. Frozen values; `sweeps.planning` makes them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.hyperparameters import Configuration
from engine.trials import Trial
from sweeps.spec import SweepSpec


@dataclass(frozen=True)
class PlannedTrial:
    """A trial as the engine takes it, with its place in the sweep; numbers count from 0."""

    number: int
    configuration_number: int
    replicate: int
    trial: Trial


@dataclass(frozen=True)
class PlannedJob:
    """Trials of equal shape, trained as one array by one worker."""

    number: int
    trials: tuple[PlannedTrial, ...]
    estimated_seconds: float


@dataclass(frozen=True)
class Plan:
    """All that a submitted sweep becomes; `configurations[n]` has number n."""

    spec: SweepSpec
    configurations: tuple[Configuration, ...]
    jobs: tuple[PlannedJob, ...]

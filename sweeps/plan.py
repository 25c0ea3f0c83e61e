"""The plan of a sweep: what a submitted sweep becomes. Frozen values; `sweeps.planning` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    """All that a submitted sweep becomes; `configurations[n]` has number n.

    `taken_over`: jobs that need no training, for every one of their trials takes over the results of an earlier one,
    `donors`: number of such a trial -> key of the earlier one (see `sweeps.reuse`).
    """

    spec: SweepSpec
    configurations: tuple[Configuration, ...]
    jobs: tuple[PlannedJob, ...]
    taken_over: tuple[PlannedJob, ...] = ()
    donors: Mapping[int, int] = field(default_factory=dict)

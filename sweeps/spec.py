"""What a sweep's document says, parsed: the frozen value that planning and storage work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.hyperparameter_kinds import Value
from sweeps.distributions.base import Distribution
from sweeps.early_termination.policy import Policy
from sweeps.space import Space


@dataclass(frozen=True)
class Metric:
    """What is optimised; `target` is the value that is good enough, or None."""

    name: str = "validation_cost"
    goal: str = "minimize"
    target: float | None = None


@dataclass(frozen=True)
class SweepSpec:
    """A valid sweep. `parameters`: canonical hyperparameter name -> the values it takes, in the user's order.

    `drawn`: those that a distribution gives instead. Hyperparameters that are in neither have their defaults. `space`:
    the same as a search space, with conditions, ties and constraints. `run_cap`: most configurations, or None for the
    whole grid. `roles`: scientific, nuisance or fixed, for the parameters that were given one. `search`: how an
    adaptive search proposes, or None; `second_metric`: what it weighs against the metric. `reuse`: whether trials that
    were trained before are taken over. `early_termination`: None trains every trial to its end.
    `seconds_per_job`: how long its user wants a job to last; `slowness`: that of the machines, against the cost
    model's, set by who plans.
    """

    name: str
    project: str
    method: str
    metric: Metric
    parameters: Mapping[str, tuple[Value, ...]]
    replicates: int
    seed: int
    validation_fraction: float
    targets: tuple[float, ...]
    trials_per_job: int | None
    notes: tuple[str, ...]  # defaults taken and keys ignored, as sentences for the user
    run_cap: int | None = None
    seconds_per_job: float | None = None
    slowness: float = 1.0
    drawn: Mapping[str, Distribution] = field(default_factory=dict)
    space: Space = field(default_factory=Space)
    roles: Mapping[str, str] = field(default_factory=dict)
    early_termination: Policy | None = None
    search: str | None = None
    second_metric: Metric | None = None
    reuse: bool = False

    @property
    def adaptive(self) -> bool:
        """Whether its configurations are chosen as results come in."""
        return self.search is not None

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What it is judged by: one metric, or two that are weighed against each other."""
        return (self.metric,) if self.second_metric is None else (self.metric, self.second_metric)

    @property
    def swept(self) -> tuple[str, ...]:
        """The hyperparameters that take more than one value."""
        return (*(name for name, values in self.parameters.items() if len(set(values)) > 1), *self.drawn)

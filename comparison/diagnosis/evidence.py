"""What a diagnosis rests on: what a trial recorded, and looks at networks before their first update.

Filled by the API from SQL and by `benchmarks.diagnosis` from trainings. Training is never done here: alternatives are
looked at by single forward and backward passes (`engine.starting_point`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.data.baseline import constant_predictor_cost
from engine.data.dataset import Dataset
from engine.data.splitting import SplitData, split
from engine.health import LayerHealth
from engine.hyperparameters import Configuration
from engine.shapes import layer_sizes, parameter_count
from engine.starting_point import StartingPoint, sharpness, starting_point
from engine.trials import Trial

MOST_PARAMETERS = 50_000  # of a network that is looked at: a second or less
ACCEPTABLE = {"classification": 0.3, "regression": 0.7}  # of the constant predictor's cost
BAD_OUTCOMES = frozenset({"diverged", "stuck", "oscillating"})
RESTLESS = frozenset({"diverged", "oscillating"})


@dataclass(frozen=True)
class Recorded:
    """What a trial recorded, by epoch from 0; None where a number is not finite or not defined.

    `layers_of_epoch_1`: its weight layers from the input on; empty before. `weight_norms`: at the last epoch.
    """

    outcome: str | None
    train_cost: tuple[float | None, ...]
    validation_cost: tuple[float | None, ...]
    gradient_norm: tuple[float | None, ...]
    layers_of_epoch_1: tuple[LayerHealth, ...]
    weight_norms: tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class Evidence:
    """A trial, its data set and split, and its record.

    `tried`: what its sweep has tried: setting (`comparison.diagnosis.tried_rates`) -> learning rate -> median loss.
    """

    trial: Trial
    dataset: Dataset
    validation_fraction: float
    split_seed: int
    recorded: Recorded
    tried: Mapping[Configuration, Mapping[float, float]] = field(default_factory=dict)
    _scaled: dict[str, SplitData] = field(default_factory=dict, init=False, repr=False)
    _starts: dict[Configuration, StartingPoint] = field(default_factory=dict, init=False, repr=False)
    _sharp: dict[Configuration, float] = field(default_factory=dict, init=False, repr=False)

    @property
    def configuration(self) -> Configuration:
        """The trial's own, without any advice."""
        return self.trial.configuration

    @property
    def data(self) -> SplitData:
        """Split and scaled as the trial's were, in float64."""
        return self.scaled(self.configuration.scaling)

    @property
    def constant_cost(self) -> float:
        """Training cost of the best constant prediction."""
        return constant_predictor_cost(self.data, self.configuration.cost)

    @property
    def best_cost(self) -> float | None:
        """The lowest validation cost; None where none was finite."""
        return min((cost for cost in self.recorded.validation_cost if cost is not None), default=None)

    @property
    def suffers(self) -> bool:
        """Whether there is something to mend: a bad outcome, or a cost near that of the constant predictor."""
        return self.recorded.outcome in BAD_OUTCOMES or self.fits_badly

    @property
    def restless(self) -> bool:
        """Whether its steps were too long already: the curve diverged or oscillated."""
        return self.recorded.outcome in RESTLESS

    @property
    def fits_badly(self) -> bool:
        """Whether the lowest validation cost is near that of the constant predictor."""
        best = self.best_cost
        return best is None or best > ACCEPTABLE[self.data.facts.task] * self.constant_cost

    def start(self, configuration: Configuration) -> StartingPoint | None:
        """The starting point of this configuration on the trial's seeds and data; None where it is too large."""
        if not self._small(configuration):
            return None
        if configuration not in self._starts:
            trial = replace(self.trial, configuration=configuration)
            self._starts[configuration] = starting_point(trial, self.scaled(configuration.scaling))
        return self._starts[configuration]

    def sharpness(self, configuration: Configuration) -> float | None:
        """The sharpness at the start of this configuration, as `start`; NaN where it is not finite."""
        if not self._small(configuration):
            return None
        if configuration not in self._sharp:
            trial = replace(self.trial, configuration=configuration)
            self._sharp[configuration] = sharpness(trial, self.scaled(configuration.scaling))
        return self._sharp[configuration]

    def scaled(self, scaling: str) -> SplitData:
        """The same split under a scaling, in float64."""
        if scaling not in self._scaled:
            self._scaled[scaling] = split(self.dataset, self.validation_fraction, self.split_seed, scaling, "float64")
        return self._scaled[scaling]

    def _small(self, configuration: Configuration) -> bool:
        sizes = layer_sizes(configuration, self.data.facts)
        return parameter_count(sizes, configuration) <= MOST_PARAMETERS

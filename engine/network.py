"""What a network is, apart from its weights: the parameters' layout, activations and cost. Built once per training."""

from __future__ import annotations

from dataclasses import dataclass

from engine.activations.base import Activation
from engine.activations.registry import ACTIVATIONS
from engine.costs.base import Cost
from engine.costs.registry import COSTS
from engine.data.catalog import DatasetFacts
from engine.hyperparameters import Configuration
from engine.parameters import ParameterLayout, parameter_layout
from engine.shapes import hidden_activations, layer_sizes, output_activation


@dataclass(frozen=True)
class Network:
    """Everything about a network that its fusion key fixes.

    `activations` and `slopes` have an entry per weight layer, the output's last; a learned slope starts at its entry.
    `cancels`: whether the output activation's derivative cancels against the cost's.
    `threshold`: the z above which a single output says class 1.
    """

    sizes: tuple[int, ...]
    layout: ParameterLayout
    activations: tuple[Activation, ...]
    slopes: tuple[float, ...]
    cost: Cost
    cancels: bool
    threshold: float
    dropout: float
    precision: str


def network(configuration: Configuration, facts: DatasetFacts) -> Network:
    """The network of a configuration on a data set; raises `InvalidHyperparameter` where cost and task do not match."""
    sizes = layer_sizes(configuration, facts)
    output = output_activation(configuration, facts.task)
    names = (*hidden_activations(configuration), output)
    activations = tuple(ACTIVATIONS[name](configuration.precision) for name in names)
    slope = configuration.activation_slope
    slopes = tuple(one.default_slope if slope is None else slope for one in activations)
    layout = parameter_layout(sizes, tuple(one.learned for one in activations[:-1]))
    cost = COSTS[configuration.cost]
    return Network(
        sizes,
        layout,
        activations,
        slopes,
        cost,
        cost.cancels == output,
        0.0 if output == "sigmoid" else 0.5,
        configuration.dropout,
        configuration.precision,
    )

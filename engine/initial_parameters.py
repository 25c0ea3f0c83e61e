"""The parameters of a trial before training: drawn weights, constant biases, initial slopes.

Called by `engine.training` for trials without a state. Each layer has a stream of its own, so the same seed gives the
same draws in every configuration with layers of these shapes.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.initializations.registry import INITIALIZATIONS, default_scale
from engine.network import Network
from engine.randomness import Purpose, stream
from engine.trials import Trial


def initial_parameters(trial: Trial, network: Network) -> dict[str, Array]:
    """Named arrays as in `TrialState`, in the training's precision; drawn in float64 in either precision."""
    configuration = trial.configuration
    name, scale = configuration.initialization, configuration.initialization_scale
    arrays: dict[str, Array] = {}
    for layer, slope in zip(network.layout.layers, network.slopes, strict=True):
        generator = np.random.Generator(stream(trial.init_seed, Purpose.WEIGHTS, layer.number))
        drawn = INITIALIZATIONS[name](
            generator, layer.units, layer.inputs, default_scale(name) if scale is None else scale
        )
        arrays[f"weights_{layer.number}"] = drawn.astype(network.precision)
        arrays[f"bias_{layer.number}"] = np.full(layer.units, configuration.initial_bias, dtype=network.precision)
        if layer.slope is not None:
            arrays[f"slope_{layer.number}"] = np.full(1, slope, dtype=network.precision)
    return arrays

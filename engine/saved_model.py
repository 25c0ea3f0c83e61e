"""A trained network that stands on its own: weights, configuration, scalers and the facts of its data.

Made from a trial's last state; saved as an NPZ file and loaded without ever unpickling; predicts from raw inputs, in
the data's own units. `saved_model_torch` moves it to PyTorch and back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.answers import Answers
from engine.arrays import unbuffered
from engine.data.catalog import DatasetFacts
from engine.data.files.numpy_format import npz_arrays
from engine.data.scaling import Scaler
from engine.data.splitting import SplitData
from engine.errors import EngineError, InvalidDataset, InvalidModel
from engine.hyperparameter_kinds import Sizes
from engine.hyperparameters import Configuration, configuration, values_of
from engine.network import Network, network
from engine.pool import Pool
from engine.shapes import block_samples, hidden_activations, output_activation
from engine.state import TrialState
from engine.training_set import with_constant

FORMAT = 1
_LIMIT_BYTES = 4_000_000_000
_MOST_MEMBERS = 3 * (Sizes.most_layers + 1) + 5  # weights, biases and slopes; two scalers and the facts


@dataclass(frozen=True, eq=False)
class Layer:
    """`weights` (to, from), `bias` (to,), in the training's precision; `slope`: None if the activation has none."""

    weights: NDArray[np.floating]
    bias: NDArray[np.floating]
    activation: str
    slope: float | None


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A network with all that is needed to use it.

    `classes` names the outputs of a classifier and is empty in regression; the target scaler is None when classifying.
    """

    configuration: Configuration
    facts: DatasetFacts
    layers: tuple[Layer, ...]
    input_scaler: Scaler
    target_scaler: Scaler | None
    classes: tuple[str, ...]

    def outputs(self, inputs: NDArray[np.floating]) -> NDArray[np.floating]:
        """What the network says to raw inputs (samples, features): (samples, outputs), in regression in raw units."""
        outputs = self._answers(inputs, activated=True)
        return outputs if self.target_scaler is None else self.target_scaler.unscale(outputs.astype(np.float64))

    def predict(self, inputs: NDArray[np.floating]) -> NDArray[Any]:
        """For each raw input the name of the likeliest class, (samples,), or in regression the values.

        The class is read before the output's activation, as the recorded accuracy is: sigmoid and softmax round
        outputs that differ to the same 0 or 1.
        """
        if not self.classes:
            return self.outputs(inputs)
        z = self._answers(inputs, activated=False)
        single = z.shape[1] == 1
        chosen = (z[:, 0] > self._network.threshold).astype(np.intp) if single else z.argmax(axis=1)
        named: NDArray[Any] = np.array(self.classes)[chosen]
        return named

    @cached_property
    def _network(self) -> Network:
        return network(self.configuration, self.facts)

    def _answers(self, inputs: NDArray[np.floating], activated: bool) -> NDArray[np.floating]:
        """The output's a or z, (samples, outputs), by the evaluation's own products over blocks of its size."""
        values = np.asarray(inputs, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != self.facts.features:
            raise InvalidDataset(f"inputs have shape {values.shape}; the model takes (samples, {self.facts.features})")
        precision = self.configuration.precision
        with np.errstate(over="ignore"):
            scaled = with_constant(self.input_scaler.scale(values).astype(precision))
        whole, size, flat = self._network, block_samples(self._network.sizes), self._parameters()
        found = np.empty((len(scaled), whole.sizes[-1]), dtype=precision)
        pool = Pool(precision)
        with unbuffered():
            for start in range(0, len(scaled), size):
                block = np.ascontiguousarray(scaled[start : start + size].T)[None]
                answers = Answers(whole, flat, block.shape[2], pool)
                z = answers.forward(block)
                found[start : start + size] = (answers.activate_output() if activated else z)[0].T
        return found

    def _parameters(self) -> NDArray[np.floating]:
        """All weights, biases and learned slopes as the engine keeps them, (1, numbers)."""
        flat = np.zeros((1, self._network.layout.count), dtype=self.configuration.precision)
        self._network.layout.pack(_arrays(self.layers), flat)
        return flat


def trained_model(
    state: TrialState, configuration: Configuration, data: SplitData, classes: tuple[str, ...] = ()
) -> TrainedModel:
    """The model of a trial's state; `classes` may name a classifier's classes, which are numbers otherwise."""
    if data.input_scaler is None:
        raise ValueError("the data were not split by engine.data.splitting, so their scaling is not known")
    if not classes and data.facts.task == "classification":
        classes = tuple(str(number) for number in range(max(2, data.facts.outputs)))
    layers = _layers(state.arrays, configuration, data.facts)
    return TrainedModel(configuration, data.facts, layers, data.input_scaler, data.target_scaler, classes)


def save(model: TrainedModel, path: Path) -> None:
    """Writes the model to an NPZ file; its member `model` is JSON, the arrays are named as in `TrialState`."""
    arrays = _arrays(model.layers)
    for name, scaler in (("input", model.input_scaler), ("target", model.target_scaler)):
        if scaler is not None:
            arrays |= {f"{name}_offset": scaler.offset, f"{name}_span": scaler.span}
    facts = {
        "format": FORMAT,
        "configuration": values_of(model.configuration),
        "facts": asdict(model.facts),
        "classes": model.classes,
        "layers": [{"activation": layer.activation, "slope": layer.slope} for layer in model.layers],  # for others
    }
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, model=np.array(json.dumps(facts)), **arrays)


def _arrays(layers: tuple[Layer, ...]) -> dict[str, Any]:
    """Named as in `TrialState`."""
    arrays: dict[str, Any] = {}
    for number, layer in enumerate(layers, 1):
        arrays |= {f"weights_{number}": layer.weights, f"bias_{number}": layer.bias}
        if layer.activation == "prelu":
            arrays[f"slope_{number}"] = np.array([layer.slope], dtype=layer.weights.dtype)
    return arrays


def load(path: Path) -> TrainedModel:
    """The model in a file that `save` wrote; raises `InvalidModel`."""
    try:
        arrays = npz_arrays(path, _LIMIT_BYTES, most_members=_MOST_MEMBERS)
        stored = json.loads(str(arrays["model"]))
        if stored["format"] != FORMAT:
            raise InvalidModel(f"{path.name} has format {stored['format']}; this version reads {FORMAT}")
        chosen, facts = configuration(stored["configuration"]), DatasetFacts(**stored["facts"])
        inputs = Scaler(arrays["input_offset"], arrays["input_span"])
        targets = Scaler(arrays["target_offset"], arrays["target_span"]) if "target_offset" in arrays else None
        return TrainedModel(chosen, facts, _layers(arrays, chosen, facts), inputs, targets, tuple(stored["classes"]))
    except InvalidModel:
        raise
    except OSError as error:
        raise InvalidModel(f"cannot read {path}: {error.strerror}") from error
    except (EngineError, KeyError, TypeError, ValueError) as error:
        raise InvalidModel(f"{path.name} is not a saved model: {error}") from error


def _layers(arrays: Mapping[str, NDArray[Any]], configuration: Configuration, facts: DatasetFacts) -> tuple[Layer, ...]:
    """The layers of a state or a file; raises `InvalidModel` where they do not fit the configuration."""
    whole = network(configuration, facts)
    sizes = whole.sizes
    names = (*hidden_activations(configuration), output_activation(configuration, facts.task))
    layers = []
    for number, name in enumerate(names, 1):
        weights, bias = arrays[f"weights_{number}"], arrays[f"bias_{number}"]
        expected = (sizes[number], sizes[number - 1])
        if weights.shape != expected or bias.shape != expected[:1] or weights.dtype != configuration.precision:
            raise InvalidModel(f"layer {number} holds {weights.dtype} {weights.shape}, not {expected}")
        slope = whole.slopes[number - 1] if name in ("leaky_relu", "elu") else None
        slope = float(arrays[f"slope_{number}"][0]) if name == "prelu" else slope
        layers.append(Layer(weights, bias, name, slope))
    return tuple(layers)

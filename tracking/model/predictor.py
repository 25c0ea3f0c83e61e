"""A network that backsweep trained, as an MLflow model: NumPy and the weights beside this file, nothing else.

This file lies in every such model and runs where backsweep is not installed, so it imports none of it. `network.npz`
holds the arrays `weights_l` (to, from), `bias_l` (to,) and `slope_l` of layer l from 1 on, the scalers, and facts as
JSON; `engine.saved_model` of backsweep writes and reads the same file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel


def sigmoid(z: Any, slope: float) -> Any:
    """The logistic function, as a hyperbolic tangent: it cannot overflow."""
    half = z.dtype.type(0.5)
    return half * np.tanh(half * z) + half


def leaky_relu(z: Any, slope: float) -> Any:
    """max(z, 0) + slope min(z, 0); with a learned slope it is PReLU."""
    return np.maximum(z, 0) + z.dtype.type(slope) * np.minimum(z, 0)


def elu(z: Any, slope: float) -> Any:
    """Z above 0, slope (exp(z) - 1) elsewhere."""
    return np.maximum(z, 0) + z.dtype.type(slope) * np.expm1(np.minimum(z, 0))


def softplus(z: Any, slope: float) -> Any:
    """log(1 + exp(z)), written so that it cannot overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def gelu(z: Any, slope: float) -> Any:
    """Z times the normal distribution function of z; NumPy has no erf, so Python's is taken element by element."""
    erf = np.array([math.erf(value / math.sqrt(2)) for value in z.ravel().tolist()]).reshape(z.shape)
    return z * (0.5 * (1 + erf)).astype(z.dtype)


def softmax(z: Any, slope: float) -> Any:
    """exp(z) over its sum, output by output; shifted by the largest, which changes nothing and cannot overflow."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


ACTIVATIONS: dict[str, Callable[[Any, float], Any]] = {
    "identity": lambda z, slope: z,
    "sigmoid": sigmoid,
    "tanh": lambda z, slope: np.tanh(z),
    "arctan": lambda z, slope: np.arctan(z),
    "relu": lambda z, slope: np.maximum(z, 0),
    "leaky_relu": leaky_relu,
    "prelu": leaky_relu,
    "elu": elu,
    "softplus": softplus,
    "silu": lambda z, slope: z * sigmoid(z, slope),
    "gelu": gelu,
    "softmax": softmax,
}


class Network(PythonModel):
    """Takes raw inputs (samples, features); gives class names (samples,) or, in regression, values in raw units."""

    def load_context(self, context: Any) -> None:
        """Read `network.npz`, without unpickling anything."""
        with np.load(context.artifacts["network"], allow_pickle=False) as archive:
            self.arrays = {name: archive[name] for name in archive.files}
        self.facts = json.loads(str(self.arrays.pop("model")))

    def predict(self, context: Any, model_input: np.ndarray, params: Any = None) -> Any:
        """Predictions; with the parameter `raw_outputs` what the output units say, (samples, outputs).

        A class is read before the output's activation, which rounds outputs that differ to the same 0 or 1.
        """
        classes = self.facts["classes"]
        if (params or {}).get("raw_outputs") or not classes:
            return self.outputs(model_input)
        z = self.weighted_inputs(model_input)
        threshold = 0.0 if self.facts["layers"][-1]["activation"] == "sigmoid" else 0.5
        chosen = (z[:, 0] > threshold).astype(int) if z.shape[1] == 1 else z.argmax(axis=1)
        return np.array(classes)[chosen]

    def outputs(self, inputs: Any) -> Any:
        """a^(L) for raw inputs: sigma(z^(L)), in regression in raw units."""
        a = self._activated(self.weighted_inputs(inputs), self.facts["layers"][-1])
        if "target_offset" not in self.arrays:
            return a
        span = self.arrays["target_span"]  # infinite where the target is constant
        return a.astype(np.float64) * np.where(np.isinf(span), 0.0, span) + self.arrays["target_offset"]

    def weighted_inputs(self, inputs: Any) -> Any:
        """z^(L) for raw inputs scaled as in the training: z^(l) = W^(l) a^(l-1) + b^(l), a^(l) = sigma(z^(l))."""
        arrays, layers = self.arrays, self.facts["layers"]
        values = np.asarray(inputs, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != len(arrays["input_offset"]):
            raise ValueError(f"inputs have shape {values.shape}, not (samples, {len(arrays['input_offset'])})")
        a = ((values - arrays["input_offset"]) / arrays["input_span"]).astype(arrays["weights_1"].dtype)
        for number, layer in enumerate(layers, 1):
            z = a @ arrays[f"weights_{number}"].T + arrays[f"bias_{number}"]
            a = self._activated(z, layer) if number < len(layers) else z
        return a

    def _activated(self, z: Any, layer: Any) -> Any:
        return ACTIVATIONS[layer["activation"]](z, layer["slope"] or 0.0)


set_model(Network())

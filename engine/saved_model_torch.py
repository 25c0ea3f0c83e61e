"""Moves a trained model to a `torch.nn.Sequential` and back; weights move unchanged. PyTorch is imported when called.

The module takes scaled inputs, (samples, features), and gives the network's own outputs: scale before it with the
model's scalers. Refuses modules that differ from the model in more than their weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from engine.errors import InvalidModel
from engine.saved_model import Layer, TrainedModel

# PyTorch is an extra that most installations lack: its objects are Any here.


def to_torch(model: TrainedModel) -> Any:
    """A `torch.nn.Sequential` of `Linear` and activation modules, two per layer, in the model's precision."""
    torch: Any = import_module("torch")
    nn, modules = torch.nn, []
    for layer in model.layers:
        outputs, inputs = layer.weights.shape
        dtype = getattr(torch, model.configuration.precision)
        linear = nn.Linear(inputs, outputs, dtype=dtype)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(np.array(layer.weights)))
            linear.bias.copy_(torch.from_numpy(np.array(layer.bias)))
        modules += [linear, _module(layer, torch, dtype)]
    return nn.Sequential(*modules)


def from_torch(module: Any, like: TrainedModel) -> TrainedModel:
    """`like` with the weights, biases and learned slopes of a `torch.nn.Sequential`.

    Raises `InvalidModel` where anything else differs.
    """
    expected = [type(one) for one in to_torch(like)]
    found = [type(one) for one in module]
    if [one.__name__ for one in found] != [one.__name__ for one in expected]:
        raise InvalidModel(
            f"the module holds {', '.join(one.__name__ for one in found)}; "
            f"the model needs {', '.join(one.__name__ for one in expected)}"
        )
    layers = zip(like.layers, module[0::2], module[1::2], strict=True)
    return replace(like, layers=tuple(_layer(*one) for one in layers))


def _layer(like: Layer, linear: Any, activation: Any) -> Layer:
    weights, bias = linear.weight.detach().numpy().copy(), _bias(linear)
    if weights.shape != like.weights.shape or weights.dtype != like.weights.dtype:
        raise InvalidModel(
            f"a Linear holds {weights.dtype} {weights.shape}, not {like.weights.dtype} {like.weights.shape}"
        )
    slope = _slope_of(activation)
    learned = like.activation == "prelu"
    if not learned and slope != like.slope:
        raise InvalidModel(f"{type(activation).__name__} has slope {slope}, not {like.slope}")
    return replace(like, weights=weights, bias=bias, slope=slope)


def _bias(linear: Any) -> Any:
    if linear.bias is None:
        raise InvalidModel("a Linear has no bias")
    return linear.bias.detach().numpy().copy()


def _slope_of(activation: Any) -> float | None:
    """PReLU's learned slope, leaky ReLU's fixed one, ELU's alpha, else None."""
    if hasattr(activation, "num_parameters"):
        if activation.num_parameters != 1:
            raise InvalidModel(f"PReLU has {activation.num_parameters} slopes; the engine has one per layer")
        return float(activation.weight.item())
    slope = getattr(activation, "negative_slope", getattr(activation, "alpha", None))
    return None if slope is None else float(slope)


def _module(layer: Layer, torch: Any, dtype: Any) -> Any:
    nn, slope = torch.nn, layer.slope
    makers: dict[str, Callable[[], Any]] = {
        "sigmoid": nn.Sigmoid,
        "tanh": nn.Tanh,
        "arctan": lambda: _arctan(torch),
        "relu": nn.ReLU,
        "leaky_relu": lambda: nn.LeakyReLU(slope),
        "prelu": lambda: nn.PReLU(init=slope, dtype=dtype),
        "elu": lambda: nn.ELU(slope),
        "softplus": nn.Softplus,
        "silu": nn.SiLU,
        "gelu": nn.GELU,
        "identity": nn.Identity,
        "softmax": lambda: nn.Softmax(dim=1),
    }
    return makers[layer.activation]()


def _arctan(torch: Any) -> Any:
    """PyTorch has the function but no module of it."""
    members = {"__doc__": "sigma(z) = arctan(z).", "forward": lambda self, z: torch.arctan(z)}
    return type("Arctan", (torch.nn.Module,), members)()

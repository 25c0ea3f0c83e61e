"""Activation functions by their name in `engine.hyperparameters`."""

from __future__ import annotations

from engine.activations.arctan import Arctan
from engine.activations.base import Activation
from engine.activations.elu import Elu
from engine.activations.gelu import Gelu
from engine.activations.identity import Identity
from engine.activations.leaky_relu import LeakyRelu
from engine.activations.prelu import Prelu
from engine.activations.relu import Relu
from engine.activations.sigmoid import Sigmoid
from engine.activations.silu import Silu
from engine.activations.softmax import Softmax
from engine.activations.softplus import Softplus
from engine.activations.tanh import Tanh

ACTIVATIONS: dict[str, type[Activation]] = {
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "arctan": Arctan,
    "relu": Relu,
    "leaky_relu": LeakyRelu,
    "prelu": Prelu,
    "elu": Elu,
    "softplus": Softplus,
    "silu": Silu,
    "gelu": Gelu,
    "identity": Identity,
    "softmax": Softmax,
}

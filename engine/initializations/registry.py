"""Initialisations by their name in `engine.hyperparameters`, and the default of their scale."""

from __future__ import annotations

from engine.initializations.base import Initialization
from engine.initializations.constant import constant, zeros
from engine.initializations.glorot import glorot_normal, glorot_uniform
from engine.initializations.he import he_normal, he_uniform
from engine.initializations.lecun import lecun_normal, lecun_uniform
from engine.initializations.normal import normal
from engine.initializations.orthogonal import orthogonal
from engine.initializations.uniform import uniform

INITIALIZATIONS: dict[str, Initialization] = {
    "normal": normal,
    "uniform": uniform,
    "zeros": zeros,
    "constant": constant,
    "lecun_normal": lecun_normal,
    "lecun_uniform": lecun_uniform,
    "glorot_normal": glorot_normal,
    "glorot_uniform": glorot_uniform,
    "he_normal": he_normal,
    "he_uniform": he_uniform,
    "orthogonal": orthogonal,
}
_SIZES = ("normal", "uniform", "constant")  # their scale is a size; that of the others is a gain


def default_scale(name: str) -> float:
    """0.1 where the scale is a size of weights, else a gain of 1."""
    return 0.1 if name in _SIZES else 1.0

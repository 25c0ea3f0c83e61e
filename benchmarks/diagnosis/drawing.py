"""Configurations drawn at random from a wide, careless space, and how badly a training went."""

from __future__ import annotations

import numpy as np

from engine.errors import InvalidHyperparameter
from engine.hyperparameters import Configuration, configuration

EPOCHS = 30
DATASETS = ("digits", "iris", "wine", "breast_cancer", "diabetes", "xor", "moons", "circles", "spirals")
ACTIVATIONS = (
    "sigmoid",
    "tanh",
    "arctan",
    "relu",
    "leaky_relu",
    "prelu",
    "elu",
    "softplus",
    "silu",
    "gelu",
    "identity",
)
SCALED = ("normal", "uniform")
INITIALIZATIONS = (*SCALED, "zeros", "constant", "glorot_normal", "he_normal", "lecun_uniform", "orthogonal")
COSTS = ("sum_of_squares", "mean_squared_error", "cross_entropy", "binary_cross_entropy")


def draw(random: np.random.Generator) -> Configuration:
    """One configuration; every hyperparameter is drawn on its own, so that several are bad at once."""
    while True:
        try:
            return configuration(_values(random))
        except InvalidHyperparameter:
            continue  # a cost and an output activation that do not go together


def _values(random: np.random.Generator) -> dict[str, object]:
    dataset = str(random.choice(DATASETS))
    initialization = str(random.choice(INITIALIZATIONS))
    costs = COSTS[:2] if dataset == "diabetes" else COSTS
    return {
        "dataset": dataset,
        "layers": [int(one) for one in random.choice([2, 4, 8, 16, 32, 64], size=random.integers(1, 6))],
        "activation": str(random.choice(ACTIVATIONS)),
        "cost": str(random.choice(costs)),
        "initialization": initialization,
        "initialization_scale": _log(random, 1e-3, 10) if initialization in SCALED else None,
        "initial_bias": float(random.normal(0, 3)) if random.random() < 0.2 else 0.0,
        "optimizer": str(random.choice(["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"])),
        "learning_rate": _log(random, 1e-5, 1e2),
        "schedule": str(random.choice(["constant", "constant", "exponential", "step", "cosine"])),
        "schedule_factor": float(random.uniform(0.1, 1)),
        "batch_size": int(2 ** random.integers(2, 10)),
        "l2": _log(random, 1e-5, 1) if random.random() < 0.3 else 0.0,
        "dropout": float(random.uniform(0, 0.9)) if random.random() < 0.3 else 0.0,
        "clip_norm": _log(random, 1e-4, 10) if random.random() < 0.2 else None,
        "scaling": str(random.choice(["min_max", "standard", "none"])),
        "epochs": EPOCHS,
    }


def _log(random: np.random.Generator, low: float, high: float) -> float:
    return float(f"{np.exp(random.uniform(np.log(low), np.log(high))):.3g}")

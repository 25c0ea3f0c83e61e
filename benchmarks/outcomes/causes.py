"""Trainings whose outcome follows from how they were set up: what was set up, and the words that are right for it.

The words were fixed before the trainings ran. Used by `benchmarks.outcomes` and, in small, by the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from comparison.outcome import Outcome


@dataclass(frozen=True)
class Cause:
    """`settings` are trained at every one of `rates`; `validation_fraction` of the data is held out."""

    name: str
    right: frozenset[Outcome]
    settings: tuple[Mapping[str, Any], ...]
    rates: tuple[float, ...]
    validation_fraction: float = 0.2


def _cause(
    name: str, right: set[Outcome], rates: tuple[float, ...], *settings: dict[str, Any], fraction: float = 0.2
) -> Cause:
    return Cause(name, frozenset(right), settings, rates, fraction)


_DIGITS: dict[str, Any] = {"dataset": "digits", "epochs": 20, "batch_size": 16}
_CLASSES: dict[str, Any] = {"cost": "cross_entropy", "activation": "tanh", "initialization": "glorot_normal"}
_RELU: dict[str, Any] = {"activation": "relu", "initialization": "he_normal"}
_LINEAR: dict[str, Any] = {"layers": (), "batch_size": 16, "output_activation": "identity"}
_LARGE: dict[str, Any] = {"layers": (64, 64), "batch_size": 8, "epochs": 300}

CAUSES = (
    _cause(
        "learning rate a thousandth of a usable one, or less",
        {Outcome.STILL_DESCENDING},
        (1e-5, 1e-4),
        {**_DIGITS, "layers": (32,)},
        {**_DIGITS, "layers": (32,), **_CLASSES},
        {"dataset": "wine", "epochs": 60, "layers": (16,), **_CLASSES},
        {"dataset": "diabetes", "epochs": 40, "layers": (16,), **_RELU},
    ),
    _cause(
        "learning rate beyond the stable ones of a linear network with squares",
        {Outcome.DIVERGED},
        (1.0, 3.0),
        {"dataset": "diabetes", "epochs": 40, **_LINEAR},
        {"dataset": "wine", "epochs": 40, **_LINEAR},
        {"dataset": "breast_cancer", "epochs": 40, **_LINEAR},
    ),
    _cause(
        "learning rate just below those",
        {Outcome.OSCILLATING},
        (0.25, 0.3),
        {"dataset": "diabetes", "epochs": 40, **_LINEAR},
        {"dataset": "diabetes", "epochs": 120, **_LINEAR},
    ),
    _cause(
        "learning rate far too large for sigmoid outputs with squares",
        {Outcome.STUCK},
        (30.0, 100.0),
        {**_DIGITS, "layers": (32,)},
        {**_DIGITS, "layers": (32, 32)},
        {**_DIGITS, "layers": (32,), "activation": "tanh"},
    ),
    _cause(
        "learning rate far too large for rectifiers with cross-entropy",
        {Outcome.DIVERGED, Outcome.STUCK},
        (3.0, 30.0, 300.0),
        {**_DIGITS, "layers": (32,), "cost": "cross_entropy", **_RELU},
        {**_DIGITS, "layers": (32, 32), "cost": "cross_entropy", **_RELU},
    ),
    _cause(
        "weights a thousand times too large: saturated from the start",
        {Outcome.STUCK},
        (0.05, 0.1),
        *(
            {**_DIGITS, "layers": layers, "initialization": "normal", "initialization_scale": scale}
            for layers in ((32,), (32, 32))
            for scale in (100.0, 300.0)
        ),
    ),
    _cause(
        "deep sigmoid network from small weights, too few epochs to leave its plateau",
        {Outcome.STUCK},
        (0.05, 0.1),
        {**_DIGITS, "layers": (32, 32)},
        {**_DIGITS, "layers": (32, 32, 32)},
    ),
    _cause(
        "large network on a tiny training set",
        {Outcome.OVERFITTING},
        (0.05,),
        {"dataset": "diabetes", **_LARGE, **_RELU},
        {"dataset": "digits", "cost": "cross_entropy", **_LARGE, **_RELU},
        {"dataset": "wine", **_LARGE, **_CLASSES},
        {"dataset": "breast_cancer", "cost": "cross_entropy", **_LARGE, **_RELU},
        fraction=0.9,
    ),
    _cause(
        "linear regression, far longer than it needs",
        {Outcome.CONVERGED},
        (0.02, 0.05),
        {"dataset": "diabetes", "epochs": 400, **_LINEAR, "batch_size": 32},
        {"dataset": "diabetes", "epochs": 1000, **_LINEAR, "batch_size": 64},
    ),
    _cause(
        "learning rate cut to nothing after two thirds of the epochs, while the cost was falling",
        {Outcome.PLATEAUED},
        (0.05, 0.1),
        {**_DIGITS, "layers": (32,), "epochs": 60, "schedule": "step", "schedule_epochs": 40, "schedule_factor": 1e-6},
        {
            **_DIGITS,
            "layers": (32,),
            **_CLASSES,
            "learning_rate": 0.01,
            "epochs": 30,
            "schedule": "step",
            "schedule_epochs": 20,
            "schedule_factor": 1e-6,
        },
    ),
    _cause(
        "usable learning rate, stopped early",
        {Outcome.STILL_DESCENDING},
        (0.1, 0.5),
        {**_DIGITS, "layers": (32,)},
        {
            "dataset": "wine",
            "epochs": 60,
            "layers": (16,),
            "cost": "cross_entropy",
            "activation": "tanh",
            "initialization": "glorot_normal",
            "batch_size": 64,
        },
    ),
)

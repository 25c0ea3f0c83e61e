"""Which hyperparameters a training depends on: where one has no effect, and the one form of equal trainings.

`RULES` says on which others the effect of a hyperparameter depends. Notes of a sweep (`sweeps.parsing.advice`) and the
digests of trials (`sweeps.digests`) follow from it. Light: imports no NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS, Configuration, values_of
from engine.shapes import output_activation

DEFAULT_SLOPES = {"leaky_relu": 0.01, "prelu": 0.25, "elu": 1.0}
DEFAULT_BETA2 = {"adam": 0.999, "rmsprop": 0.99}
DEFAULT_SCALES = {"normal": 0.1, "uniform": 0.1, "constant": 0.1}  # that of the others is a gain of 1


@dataclass(frozen=True)
class Rule:
    """A hyperparameter has an effect only where `holds` is true of the values of `others`, in their order."""

    others: tuple[str, ...]
    holds: Callable[..., bool]


def _only(other: str, *values: str) -> Rule:
    return Rule((other,), frozenset(values).__contains__)


def _steps(schedule: str, schedule_epochs: int, warmup: int, epochs: int) -> bool:
    """False where a step schedule has no step within the epochs."""
    return schedule != "step" or schedule_epochs < epochs - warmup


def _sloped(activation: str | tuple[str, ...]) -> bool:
    names = activation if isinstance(activation, tuple) else (activation,)
    return any(name in DEFAULT_SLOPES for name in names)


HIDDEN = Rule(("layers",), bool)  # without hidden layers there is nothing to activate or to drop
# A schedule begins after the warm-up, and its first epoch has the whole learning rate.
SCHEDULED = Rule(("schedule_warmup", "epochs"), lambda warmup, epochs: epochs - warmup > 1)
STEPS = Rule(("schedule", "schedule_epochs", "schedule_warmup", "epochs"), _steps)

# In an order in which those that a rule asks about come first.
RULES: dict[str, tuple[Rule, ...]] = {
    "activation": (HIDDEN,),
    "activation_slope": (HIDDEN, Rule(("activation",), _sloped)),
    "dropout": (HIDDEN,),
    "initialization_scale": (Rule(("initialization",), lambda name: name != "zeros"),),
    "momentum": (_only("optimizer", "momentum", "nesterov"),),
    "beta1": (_only("optimizer", "adam"),),
    "beta2": (_only("optimizer", *DEFAULT_BETA2),),
    "epsilon": (_only("optimizer", "adagrad", "rmsprop", "adam"),),
    # without a warm-up `constant` alone is computed in another way, with other bits
    "schedule": (Rule(("schedule_warmup", "epochs"), lambda warmup, epochs: not warmup or epochs - warmup > 1),),
    "schedule_epochs": (_only("schedule", "step"), SCHEDULED),
    "schedule_factor": (_only("schedule", "step", "exponential"), SCHEDULED, STEPS),
    "schedule_floor": (_only("schedule", "cosine"), SCHEDULED),
}


def has_effect(name: str, values: Mapping[str, Value]) -> bool:
    """Whether the training depends on a hyperparameter, where the others have these values."""
    return all(rule.holds(*(values[other] for other in rule.others)) for rule in RULES.get(name, ()))


def canonical(whole: Configuration, task: str) -> Configuration:
    """The one configuration that stands for all with the same training, bit by bit.

    What has no effect gets its default, a default that was spelled out is left out, and one activation for all
    hidden layers is one name.
    """
    values: dict[str, Any] = dict(values_of(whole))
    for name in RULES:
        if not has_effect(name, values):
            values[name] = HYPERPARAMETERS[name].default
    if isinstance(values["activation"], tuple) and len(set(values["activation"])) == 1:
        values["activation"] = values["activation"][0]
    for name, default in _defaults(values, whole, task).items():
        if values[name] == default:
            values[name] = None
    if _flat(values):
        values |= _flat_schedule(values)
    return Configuration(**values)


def _flat(values: Mapping[str, Any]) -> bool:
    """Whether the schedule leaves the learning rate as it is in every epoch."""
    length = values["epochs"] - values["schedule_warmup"]
    steady = {
        "constant": True,
        "step": values["schedule_factor"] == 1 or values["schedule_epochs"] >= length,
        "exponential": values["schedule_factor"] == 1,
        "cosine": values["schedule_floor"] == 1,
    }
    return bool(length <= 1 or steady[values["schedule"]])


def _flat_schedule(values: Mapping[str, Any]) -> dict[str, Value]:
    """A flat schedule is `constant`, but for plain SGD, which computes that one alone in another way."""
    plain = values["optimizer"] == "sgd" and not values["l2"] and values["clip_norm"] is None
    folded = plain and not values["schedule_warmup"] and values["schedule"] != "constant"
    factor = 1.0 if folded else HYPERPARAMETERS["schedule_factor"].default
    rest = {name: HYPERPARAMETERS[name].default for name in ("schedule_epochs", "schedule_floor")}
    return {**rest, "schedule": "exponential" if folded else "constant", "schedule_factor": factor}


def _defaults(values: Mapping[str, Any], whole: Configuration, task: str) -> dict[str, Value]:
    """What None stands for, where it stands for one value."""
    names = values["activation"]
    named = names if isinstance(names, tuple) else (names,)
    slopes = {DEFAULT_SLOPES[name] for name in named if name in DEFAULT_SLOPES}
    return {
        "activation_slope": slopes.pop() if len(slopes) == 1 else None,
        "output_activation": output_activation(replace(whole, output_activation=None), task),
        "initialization_scale": DEFAULT_SCALES.get(values["initialization"], 1.0),
        "beta2": DEFAULT_BETA2.get(values["optimizer"]),
    }

"""What has no effect, and what is the same training, is so bit by bit: all hyperparameters, in many settings."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from itertools import combinations

import pytest

from engine.effects import RULES, canonical, has_effect
from engine.hyperparameter_kinds import Choice, Choices
from engine.hyperparameters import HYPERPARAMETERS, Configuration, configuration, values_of
from engine.training import Training
from engine.trials import Trial

BASE: dict[str, object] = {
    "layers": [4, 3],
    "activation": "tanh",
    "epochs": 4,
    "batch_size": 9,
    "initialization": "glorot_normal",
    "learning_rate": 0.3,
}
# Each kind of training in which some hyperparameter may be idle.
SETTINGS: list[dict[str, object]] = [
    {},
    {"layers": []},
    {"epochs": 1},
    *({"activation": name} for name in HYPERPARAMETERS["activation"].kind.choice.names),  # type: ignore[union-attr]
    {"activation": ["leaky_relu", "elu"]},
    {"activation": ["tanh", "prelu"]},
    *({"optimizer": name} for name in ("momentum", "nesterov", "adagrad", "rmsprop", "adam")),
    # a bias, for without one all rectifiers and all odd functions begin as one
    *({"initialization": name, "initial_bias": -0.2} for name in ("zeros", "constant", "normal", "he_uniform")),
    *({"schedule": name, "schedule_epochs": 2} for name in ("step", "exponential", "cosine")),
    *({"schedule": name, "schedule_epochs": 2, "schedule_warmup": 1} for name in ("step", "exponential", "cosine")),
    *({"schedule": name, "epochs": 1} for name in ("step", "exponential", "cosine")),
    *({"schedule": name, "schedule_warmup": 3} for name in ("constant", "step", "exponential", "cosine")),
    {"schedule": "step", "schedule_epochs": 6},
    {"schedule": "step", "schedule_epochs": 6, "optimizer": "adam"},
    {"schedule": "exponential", "schedule_factor": 1.0, "l2": 0.1},
    {"schedule": "cosine", "schedule_floor": 1.0, "clip_norm": 0.1},
    {"schedule": "step", "schedule_epochs": 3, "schedule_warmup": 1},
    {"cost": "cross_entropy"},
    {"cost": "cross_entropy", "layers": []},
]
# Values that differ from each other, and the other spellings of a default.
VALUES: dict[str, list[object]] = {
    "layers": [[4, 3], [3, 4]],
    "activation_slope": [None, 0.01, 0.25, 1.0, 0.6],
    "output_activation": [None, "sigmoid", "identity", "softmax"],
    "initialization_scale": [None, 0.1, 1.0, 0.7],
    "initial_bias": [0.0, -0.0, 0.5],
    "learning_rate": [0.3, 0.4, 1000.0],
    "momentum": [0.9, 0.5],
    "beta1": [0.9, 0.5],
    "beta2": [None, 0.999, 0.99, 0.5],
    "epsilon": [1e-8, 1e-2],
    "schedule_epochs": [1, 2, 3, 4, 9],
    "schedule_factor": [0.5, 0.3, 1.0],
    "schedule_floor": [0.0, -0.0, 0.4, 1.0],
    "schedule_warmup": [0, 1],
    "batch_size": [9, 20],
    "epochs": [4, 3],
    "l2": [0.0, -0.0, 0.1],
    "dropout": [0.0, -0.0, 0.4],
    "clip_norm": [None, 0.05],
}


def choices(name: str) -> list[object]:
    kind = HYPERPARAMETERS[name].kind
    if isinstance(kind, Choices):
        return [*kind.choice.names, *([each, each] for each in ("relu", "tanh")), ["relu", "tanh"]]
    return list(kind.names) if isinstance(kind, Choice) else VALUES[name]


def possible(values: dict[str, object]) -> Configuration | None:
    try:
        return configuration(values)
    except ValueError:
        return None  # an activation for each of other layers, an output that does not go with the cost


@pytest.fixture(scope="module")
def bits(make_data):
    """(configuration) -> every number of its training."""
    data = {precision: make_data(precision=precision) for precision in ("float32", "float64")}

    @cache
    def trained(whole: Configuration) -> bytes:
        training = Training([Trial(whole, 3, 5)], data[whole.precision])
        found = [number.tobytes() for record in training.epochs() for number in numbers(record)]
        states = (values.tobytes() for state in training.states().values() for values in state.arrays.values())
        return b"".join((*found, *states))

    return trained


def numbers(record):
    layers = [] if record.layers is None else asdict(record.layers).values()
    return [record.train_cost, record.validation_cost, record.gradient_norm, *layers]


@pytest.mark.parametrize("name", [name for name in HYPERPARAMETERS if name not in ("dataset", "scaling")])
def test_two_values_are_one_training_exactly_where_it_says_so(name, bits):
    compared = 0
    for setting in SETTINGS:
        values = [possible({**BASE, **setting, name: value}) for value in choices(name)]
        for one, other in combinations([whole for whole in values if whole is not None], 2):
            said = canonical(one, "classification") == canonical(other, "classification")
            # repr, for -0.0 == 0.0
            assert said == (bits(one) == bits(other)), (setting, getattr(one, name), getattr(other, name))
            assert not said or repr(canonical(one, "classification")) == repr(canonical(other, "classification"))
            if not has_effect(name, values_of(one)) and not has_effect(name, values_of(other)):
                assert said
            compared += 1
    assert compared


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_canonical_form_is_the_same_training_and_stays_as_it_is(setting, bits):
    for name in HYPERPARAMETERS.keys() - {"dataset", "scaling"}:
        for value in choices(name):
            whole = possible({**BASE, **setting, name: value})
            if whole is not None:
                found = canonical(whole, "classification")
                assert bits(found) == bits(whole)
                assert canonical(found, "classification") == found


def test_a_rule_asks_only_about_those_before_it():
    """`canonical` goes through the rules in order."""
    for place, (name, rules) in enumerate(RULES.items()):
        later = list(RULES)[place:]
        for rule in rules:
            assert not set(rule.others) & set(later), name


def test_a_mini_batch_is_at_most_the_training_set(bits):
    """Digests count on it (`sweeps.digests`): the data have 37 samples for training."""
    sizes = [bits(configuration({**BASE, "dropout": 0.2, "batch_size": size})) for size in (36, 37, 38, 500)]
    assert sizes[0] != sizes[1] == sizes[2] == sizes[3]

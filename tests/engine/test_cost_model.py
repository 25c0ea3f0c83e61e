"""The cost model: more work takes longer, fusing pays, and what it says is a sum of what it counts."""

from __future__ import annotations

import pytest

from engine.cost_model import SECONDS, amounts_of, job_seconds
from engine.data.catalog import BUILT_IN
from engine.hyperparameters import configuration

DIGITS = BUILT_IN["digits"]


def seconds(trials: int = 16, **values: object) -> float:
    return job_seconds(trials, configuration(values), DIGITS, 0.2)


@pytest.mark.parametrize(
    "more",
    [
        {"layers": [64]},
        {"layers": [32, 32]},
        {"epochs": 40},
        {"batch_size": 8},
        {"precision": "float64"},
        {"optimizer": "adam"},
        {"dropout": 0.2},
    ],
)
def test_more_work_is_estimated_to_take_longer(more: dict[str, object]) -> None:
    assert seconds(**more) > seconds()


def test_fused_trials_take_less_than_as_many_alone_and_more_than_fewer() -> None:
    found = [seconds(trials) for trials in (1, 2, 16, 64, 256)]
    assert found == sorted(found)
    assert seconds(16) < 16 * seconds(1)


def test_the_amounts_are_those_of_the_shapes() -> None:
    """64-32-10 on 1438 training samples of 1797: 45 updates of 32 samples, two weight layers."""
    one = configuration({"layers": [32], "batch_size": 32, "epochs": 3})
    found = amounts_of(4, one, DIGITS, 0.2)
    weights = 65 * 32 + 33 * 10
    assert (found.jobs, found.epochs, found.records) == (1, 3, 3 * 4 * 3)
    assert (found.array_layers, found.trial_layers) == (3 * 45 * 2, 3 * 45 * 2 * 4)
    assert found.multiplications == 3 * 4 * (6 * 1438 + 2 * 1797) * weights
    assert found.answers == 3 * 4 * 42 * (1438 + 1797)
    assert found.parameters == 3 * 45 * weights * 4
    assert all(coefficient >= 0 for coefficient in vars(SECONDS).values())

"""Made-up trial results with known effects."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from comparison.results import TrialResult


def result(number=0, configuration=0, replicate=0, values=None, cost=0.5, **changes) -> TrialResult:
    """A finished trial that converged to `cost`; `changes` replace its fields."""
    fields = {
        "trial_id": number,
        "configuration_number": configuration,
        "replicate": replicate,
        "values": values or {},
        "state": "finished",
        "outcome": "converged",
        "best_validation_cost": cost,
        "best_epoch": 9,
        "final_validation_cost": cost,
        "best_train_cost": cost,
        "final_train_cost": cost,
        "best_validation_accuracy": 0.9,
        "final_validation_accuracy": 0.9,
        "target_epochs": {},
        "seconds": 0.1,
    }
    return TrialResult(**(fields | changes))


def grid(axes, cost: Callable[[dict, int], float], replicates=3, change=None) -> list[TrialResult]:
    """Every combination of the axes' values; `cost(values, replicate)`; `change(values, replicate)` gives changes."""
    found = []
    for configuration, combination in enumerate(product(*axes.values())):
        values = dict(zip(axes, combination, strict=True))
        for replicate in range(replicates):
            changes = change(values, replicate) if change else {}
            made = result(len(found), configuration, replicate, values, cost(values, replicate), **changes)
            found.append(made)
    return found


@pytest.fixture
def random():
    return np.random.default_rng(12)


@pytest.fixture
def make_result():
    return result


@pytest.fixture
def make_grid():
    return grid

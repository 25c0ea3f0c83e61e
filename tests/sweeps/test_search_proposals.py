"""Proposals: the same sweep on the same results asks the same, by every search, within its constraints."""

import json
import subprocess
import sys

import pytest

from engine.data.catalog import BUILT_IN
from sweeps.parsing.sweep import parse
from sweeps.search.proposals import propose
from sweeps.search.study import PastConfiguration

PARAMETERS = {
    "learning_rate": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1.0},
    "batch_size": {"values": [16, 32, 64]},
    "optimizer": {"values": ["sgd", "adam"]},
}
SEARCHES = ("tpe", "cmaes", "sobol", "halton", "nsga2")
TWO = {"second_metric": {"name": "epoch_seconds"}}


def spec_of(search="tpe", parameters=PARAMETERS, **ours):
    ours |= {"search": search} | (TWO if search == "nsga2" else {})
    return parse({"method": "bayes", "run_cap": 40, "parameters": parameters, "backsweep": ours}, BUILT_IN, 10_000)


def searched(spec, search, generations=6, each=3):
    """Everything proposed, with made results; states pass through JSON, as they do through the database."""
    past, known, state = [], [], {}
    for generation in range(generations):
        proposed, state = propose(spec, search, past, known, generation, each, state)
        state = json.loads(json.dumps(state))
        for one in proposed:
            distance = abs(one.configuration.learning_rate - 0.05)
            result = None if len(past) % 7 == 3 else (distance, one.configuration.batch_size)[: len(spec.metrics)]
            past.append(PastConfiguration(json.loads(json.dumps(one.search_state)), result))
            known.append(one.configuration)
    return known


@pytest.mark.parametrize("search", SEARCHES)
def test_the_same_sweep_on_the_same_results_asks_the_same(search):
    found = searched(spec_of(search), search)
    assert len(found) == len(set(found)) == 18
    assert searched(spec_of(search), search) == found
    assert searched(spec_of(search, seed=1), search) != found


@pytest.mark.parametrize("search", SEARCHES)
def test_constraints_hold_for_everything_that_is_proposed(search):
    found = searched(spec_of(search, constraints=["learning_rate * batch_size <= 4"]), search)
    assert found
    assert all(one.learning_rate * one.batch_size <= 4 for one in found)


def test_a_space_that_is_used_up_gives_what_it_has():
    found = searched(
        spec_of("tpe", {"batch_size": {"values": [16, 32]}, "optimizer": {"values": ["sgd", "adam"]}}), "tpe", 3
    )
    assert len(set(found)) == len(found) == 4


def test_importing_the_proposals_does_not_load_optuna():
    code = "import sys, sweeps.search.proposals; sys.exit('optuna' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0

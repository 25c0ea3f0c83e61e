"""Proposals: the same sweep on the same results asks the same, by every search, within its constraints."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from engine.data.catalog import BUILT_IN
from sweeps.parsing.sweep import parse
from sweeps.search.generation import SearchSoFar, next_generation
from sweeps.search.proposals import propose
from sweeps.search.remaining import used_up
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
    assert len(found) == 18
    assert all(one.learning_rate * one.batch_size <= 4 for one in found)


def test_a_space_that_is_used_up_gives_what_it_has():
    found = searched(
        spec_of("tpe", {"batch_size": {"values": [16, 32]}, "optimizer": {"values": ["sgd", "adam"]}}), "tpe", 3
    )
    assert len(set(found)) == len(found) == 4


LISTED = {
    "dataset": {"value": "iris"},
    "layers": {"values": [[4], [8], [16], [8, 8]]},
    "learning_rate": {"values": [0.01, 0.1, 0.3, 1.0]},
    "batch_size": {"values": [8, 16, 32, 64]},
}
PAIRS = ["learning_rate <= 0.05 * batch_size", "layers[0] >= layers[-1]"]
OF_THE_PAGE = {
    "learning_rate": {"distribution": "log_uniform_values", "min": 0.01, "max": 10},
    "batch_size": {"values": [8, 16, 32, 64]},
    "layers": {"values": [[16, 8], [8, 16], [32, 8]]},
}
UNIFORM = {
    "optimizer": {"value": "momentum"},
    "learning_rate": {"min": 0.0, "max": 1.0},
    "momentum": {"min": 0.0, "max": 0.9},
}
QUANTISED = {
    "batch_size": {"distribution": "q_uniform", "q": 16, "min": 16, "max": 64},
    "layers": {"distribution": "int_uniform", "min": 1, "max": 40},
}
LARGE = {
    "batch_size": {"values": list(range(1, 41))},
    "layers": {"distribution": "int_uniform", "min": 1, "max": 40},
    "learning_rate": {"values": [0.01, 0.1]},
}
CONDITIONAL = {
    "optimizer": {"values": ["sgd", "momentum", "nesterov"]},
    "momentum": {"values": [0.5, 0.9]},
    "batch_size": {"values": [16, 32]},
}


def ended(search, parameters, run_cap, seed=0, **ours):
    """Everything that a whole search proposes on made results, and why it ended before its run_cap, or None."""
    spec = replace(spec_of(search, parameters, seed=seed, **ours), run_cap=run_cap)
    past, known, state, generation = [], [], {}, 0
    while len(known) < run_cap:
        so_far = SearchSoFar(generation, tuple(known), tuple(past), state, 0, 0)
        found = next_generation(spec, so_far, BUILT_IN)
        assert found.note is None
        if not found.found:
            assert len(set(known)) == len(known)
            return known, found.ended
        assert found.ended is None
        state, generation = json.loads(json.dumps(found.study_state)), generation + 1
        for one in found.found:
            result = (abs(one.configuration.learning_rate - 0.3) + one.configuration.batch_size / 100, 1.0)
            past.append(PastConfiguration(json.loads(json.dumps(one.search_state)), result[: len(spec.metrics)]))
            known.append(one.configuration)
    assert len(set(known)) == len(known)
    return known, None


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize(
    ("parameters", "run_cap", "ours"),
    [
        pytest.param(LISTED, 30, {}, id="listed values"),
        pytest.param(LISTED, 64, {}, id="all listed values"),
        pytest.param(OF_THE_PAGE, 25, {"constraints": PAIRS}, id="the page's constraints"),
        pytest.param(UNIFORM, 20, {"constraints": ["learning_rate <= 0.12"]}, id="12 % allowed"),
        pytest.param(UNIFORM, 20, {"constraints": ["learning_rate <= 0.02 or learning_rate >= 0.99"]}, id="two ends"),
        pytest.param(QUANTISED, 20, {"constraints": ["layers[0] * batch_size <= 160"]}, id="quantised"),
    ],
)
def test_a_search_reaches_its_run_cap_while_allowed_configurations_remain(search, seed, parameters, run_cap, ours):
    known, why = ended(search, parameters, run_cap, seed, **ours)
    assert (len(known), why) == (run_cap, None)


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize(
    ("parameters", "ours", "size"),
    [
        pytest.param(LISTED, {}, 64, id="listed values"),
        pytest.param(QUANTISED, {"constraints": ["layers[0] * batch_size <= 160"]}, 20, id="quantised"),
        pytest.param(
            CONDITIONAL, {"conditions": {"momentum": {"optimizer": ["momentum", "nesterov"]}}}, 10, id="conditions"
        ),
        pytest.param(LARGE, {"constraints": ["batch_size == layers[0]", "learning_rate > 0.05"]}, 40, id="1 %"),
    ],
)
def test_a_search_ends_early_only_where_all_was_proposed_and_says_how_much_that_is(search, parameters, ours, size):
    known, why = ended(search, parameters, size + 10, **ours)
    assert len(known) == size
    assert why == f"no more configurations: all {size} of the space that its constraints allow were proposed"


def test_that_all_was_proposed_is_not_said_of_a_space_that_was_not_looked_through():
    space = spec_of(parameters=UNIFORM, constraints=["learning_rate <= 0.12"]).space
    assert "there may be more" in used_up(space, "0", ())
    many = spec_of(parameters=LARGE | {"epochs": {"values": list(range(1, 901))}}, constraints=["batch_size > 1"]).space
    assert "there may be more" in used_up(many, "0", ())
    few = spec_of(parameters=CONDITIONAL).space
    assert "there may be more" in used_up(few, "0", ())


@pytest.mark.parametrize("search", SEARCHES)
def test_what_is_drawn_in_a_searchs_stead_is_its_own_point_afterwards(search):
    """Stored and told as what it suggests itself is; the same again from the same results."""
    first, again = (ended(search, OF_THE_PAGE, 25, constraints=PAIRS) for _ in range(2))
    assert first == again


def test_importing_the_proposals_does_not_load_optuna():
    code = "import sys, sweeps.search.proposals; sys.exit('optuna' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0

"""Random search: seeded, parameters independent of each other, no configuration twice."""

from collections import Counter

import pytest
from scipy import stats

from engine.data.catalog import BUILT_IN
from sweeps.errors import InvalidSweep
from sweeps.parsing.sweep import parse
from sweeps.planning import plan

BROAD = {
    "learning_rate": {"distribution": "log_uniform_values", "min": 1e-4, "max": 10},
    "batch_size": {"distribution": "q_log_uniform_values", "q": 8, "min": 16, "max": 128},
    "optimizer": {"values": ["sgd", "adam"]},
}


def spec_of(parameters, run_cap=None, **options):
    document = {"method": "random", "parameters": parameters, "run_cap": run_cap, "backsweep": options}
    return parse(document, BUILT_IN, 100_000)


def planned(parameters, run_cap=None, **options):
    return plan(spec_of(parameters, run_cap, **options), BUILT_IN)


def fault_of(definition, name="learning_rate", method="random"):
    with pytest.raises(InvalidSweep) as refused:
        parse({"method": method, "parameters": {name: definition}}, BUILT_IN, 100_000)
    (fault,) = refused.value.faults
    return fault.pointer.removeprefix(f"/parameters/{name}"), fault.message


def test_the_same_sweep_gives_the_same_configurations():
    assert planned(BROAD, 50).configurations == planned(BROAD, 50).configurations
    assert planned(BROAD, 50).configurations != planned(BROAD, 50, seed=1).configurations


def test_a_larger_run_cap_adds_to_the_configurations():
    assert planned(BROAD, 80).configurations[:30] == planned(BROAD, 30).configurations


def test_another_parameter_changes_no_draw_of_the_others():
    more = {"momentum": {"min": 0.1, "max": 0.9}, **BROAD, "epochs": {"min": 1, "max": 30}}
    few, many = planned(BROAD, 60).configurations, planned(more, 60).configurations
    for name in BROAD:
        assert [getattr(one, name) for one in few] == [getattr(one, name) for one in many]


def test_values_are_drawn_equally_often_and_by_their_probabilities():
    parameters = {
        "learning_rate": {"min": 0.0, "max": 1.0},
        "activation": {"values": ["relu", "tanh", "sigmoid", "elu"]},
        "optimizer": {"values": ["sgd", "adam", "rmsprop"], "probabilities": [0.7, 0.3, 0]},
        "batch_size": {"values": [8, 16, 8]},
    }
    found = planned(parameters, 10_000, replicates=1).configurations
    even = Counter(one.activation for one in found)
    assert stats.chisquare(list(even.values())).pvalue > 0.01
    assert set(even) == {"relu", "tanh", "sigmoid", "elu"}
    assert {one.optimizer for one in found} == {"sgd", "adam"}
    assert abs(sum(one.optimizer == "sgd" for one in found) / 10_000 - 0.7) < 0.02
    assert abs(sum(one.batch_size == 8 for one in found) / 10_000 - 2 / 3) < 0.02


def test_integer_bounds_draw_whole_numbers_and_float_bounds_any():
    parameters = {"epochs": {"min": 1, "max": 4}, "l2": {"min": 0, "max": 0.5}, "lr": {"min": 1, "max": 3}}
    found = planned(parameters, 200).configurations
    assert {one.epochs for one in found} == {1, 2, 3, 4}
    assert {one.learning_rate for one in found} == {1.0, 2.0, 3.0}
    assert any(one.l2 % 0.01 > 0 for one in found)


def test_no_configuration_comes_twice_and_repeated_draws_are_reported():
    found = planned({"batch_size": {"values": [8, 16]}, "epochs": {"min": 1, "max": 8}}, 16)
    assert len(set(found.configurations)) == len(found.configurations) == 16
    assert any("repeated a configuration and were drawn again" in note for note in found.spec.notes)


def test_a_space_that_has_fewer_configurations_ends_the_search_and_says_so():
    found = planned({"batch_size": {"values": [8, 16, 32]}}, 30)
    assert len(found.configurations) == 3
    assert any(note.startswith("The search ended with 3 of 30 configurations") for note in found.spec.notes)


def test_without_a_run_cap_there_are_thirty_configurations_and_a_note():
    found = planned(BROAD)
    assert len(found.configurations) == 30
    assert "A random search needs a run_cap and none was given: at most 30 configurations." in found.spec.notes


def test_a_run_cap_beyond_what_is_accepted_is_refused():
    with pytest.raises(InvalidSweep, match="asks for 1,000,000 configurations"):
        spec_of(BROAD, 10**6)


def test_what_falls_out_of_range_is_drawn_again_and_reported():
    spec = spec_of({"dropout": {"distribution": "normal", "mu": 0.1, "sigma": 0.2}}, 300)
    assert any(note.startswith("About 31 % of dropout's draws lie outside its range") for note in spec.notes)
    values = [one.dropout for one in plan(spec, BUILT_IN).configurations]
    assert len(values) == 300
    theory = stats.truncnorm(-0.5, 4.5, 0.1, 0.2)
    assert stats.kstest(values, theory.cdf).pvalue > 0.01


def test_a_lower_bound_of_nothing_is_no_fault_where_only_more_than_nothing_is_allowed():
    spec = spec_of({"learning_rate": {"distribution": "uniform", "min": 0, "max": 0.1}})
    assert not any("outside" in note for note in spec.notes)


def test_log_uniform_bounds_are_exponents_and_the_note_says_so():
    spec = spec_of({"lr": {"distribution": "log_uniform", "min": -9.21, "max": -2.3}}, 40)
    assert any("learning_rate lies between 0.0001 and 0.1003" in note for note in spec.notes)
    assert all(1e-4 < one.learning_rate < 0.1003 for one in plan(spec, BUILT_IN).configurations)


def test_a_lone_number_is_the_size_of_one_hidden_layer():
    found = planned({"fc_layer_size": {"distribution": "q_uniform", "q": 16, "min": 16, "max": 64}}, 4)
    assert {one.layers for one in found.configurations} <= {(16,), (32,), (48,), (64,)}


@pytest.mark.parametrize(
    ("name", "definition", "place", "sentence"),
    [
        ("learning_rate", {"min": 1, "max": 1}, "/min", "must be below max 1, not 1"),
        ("learning_rate", {"min": 1}, "", "needs max, for its distribution is uniform"),
        ("learning_rate", {"min": "a", "max": 1}, "/min", "must be a number, not 'a'"),
        ("learning_rate", {"distribution": "uniform"}, "", None),
        ("learning_rate", {"distribution": "log_uniform_values", "min": 0, "max": 1}, "/min", "must be above 0"),
        ("learning_rate", {"distribution": "log_uniform", "min": 0, "max": 800}, "/max", "natural-log exponent"),
        ("learning_rate", {"distribution": "normal", "sigma": -1}, "/sigma", "must be at least 0, not -1"),
        ("learning_rate", {"distribution": "normal", "min": 1}, "/min", "does not go with normal, which takes mu"),
        ("learning_rate", {"distribution": "beta", "a": 0}, "/a", "must be above 0 for beta, not 0"),
        ("learning_rate", {"distribution": "q_uniform", "min": 0, "max": 1, "q": 0}, "/q", "must be above 0"),
        ("learning_rate", {"distribution": "int_uniform", "min": 0.5, "max": 2}, "/min", "must be a whole number"),
        ("learning_rate", {"mu": 1}, "", "has mu, but no distribution"),
        ("learning_rate", {"values": [1], "mu": 1}, "/mu", "does not go with values"),
        ("learning_rate", {"values": [1], "min": 0, "max": 1}, "", "has both values and a distribution of numbers"),
        ("learning_rate", {"distribution": "normal", "mu": -9}, "", "in 100 % of draws"),
        ("learning_rate", {"values": [1, 2], "probabilities": [1]}, "/probabilities", "a list of 2 numbers"),
        ("learning_rate", {"values": [1, 2], "probabilities": [0.5, 0.6]}, "/probabilities", "must sum to 1, not 1.1"),
        ("learning_rate", {"values": [1, 2], "probabilities": [1, "x"]}, "/probabilities/1", "must be a number"),
        (
            "learning_rate",
            {"values": [1], "distribution": "categorical_w_probabilities"},
            "/probabilities",
            "must be a list of 1 numbers",
        ),
        ("dropout", {"min": 0.0, "max": 1.5}, "", "reaches 1.5, but dropout must be at least 0 and below 1"),
        ("batch_size", {"min": 0, "max": 64}, "", "reaches 0, but batch_size must be a whole number from 1"),
        ("batch_size", {"min": 1.0, "max": 64}, "", "batch_size takes whole numbers, which uniform does not give; use"),
        ("epochs", {"distribution": "q_uniform", "min": 1, "max": 9, "q": 0.5}, "", "give it a whole q"),
        ("epochs", {"distribution": "normal", "mu": 9}, "", "use q_normal"),
        ("activation", {"min": 1, "max": 3}, "", "activation is no number, so int_uniform cannot draw it; list its"),
    ],
)
def test_each_wrong_distribution_has_one_exact_reason(name, definition, place, sentence):
    if sentence is None:
        with pytest.raises(InvalidSweep, match=r"needs min.*needs max"):
            spec_of({name: definition})
        return
    found_place, found_sentence = fault_of(definition, name)
    assert found_place == place
    assert sentence in found_sentence


def test_a_grid_lists_the_values_of_int_uniform_and_q_uniform_as_wandb_does():
    parameters = {
        "epochs": {"min": 2, "max": 5},
        "batch_size": {"distribution": "q_uniform", "min": 8, "max": 32, "q": 8},
        "l2": {"distribution": "q_uniform", "min": 0, "max": 0.3, "q": 0.1},
    }
    spec = parse({"method": "grid", "parameters": parameters}, BUILT_IN, 10_000)
    assert spec.parameters["epochs"] == (2, 3, 4, 5)
    assert spec.parameters["batch_size"] == (8, 16, 24)
    assert spec.parameters["l2"] == pytest.approx((0, 0.1, 0.2))


@pytest.mark.parametrize(
    ("definition", "place", "sentence"),
    [
        ({"min": 1, "max": 10**12}, "", "spans more than 100,000 values"),
        ({"distribution": "q_uniform", "min": 0, "max": 1, "q": 1e-12}, "", "spans more than 100,000 values"),
        ({"min": -3, "max": 10**4}, "", "must be above 0"),
        ({"values": [1], "probabilities": [1]}, "/probabilities", "a grid takes every value once"),
        ({"distribution": "normal"}, "", "is drawn from normal, which only a search that draws can use"),
    ],
)
def test_a_grid_refuses_what_it_cannot_list(definition, place, sentence):
    found_place, found_sentence = fault_of(definition, method="grid")
    assert found_place == place
    assert sentence in found_sentence


def test_groups_of_parameters_become_what_their_members_name():
    parameters = {
        "optimizer": {"parameters": {"name": {"value": "adam"}, "lr": {"min": 0.1, "max": 1.0}}},
        "schedule": {"parameters": {"type": {"value": "step"}, "epochs": {"min": 2, "max": 9}}},
        "model": {"parameters": {"dense": {"parameters": {"hidden_units": {"values": [8, 16]}}}}},
    }
    spec = spec_of(parameters)
    assert set(spec.parameters) == {"optimizer", "schedule", "layers"}
    assert set(spec.drawn) == {"learning_rate", "schedule_epochs"}
    assert spec.swept == ("layers", "learning_rate", "schedule_epochs")
    assert "model.dense.hidden_units is understood as layers." in spec.notes


def test_seeds_are_replicates_here():
    place, sentence = fault_of({"values": [1, 2, 3]}, "seed")
    assert sentence == "'seed' is not a hyperparameter; for several seeds write backsweep: {replicates: 3}"
    assert place == ""

"""Sizes, counts, memory and time that follow from a configuration and the shape of the data."""

from __future__ import annotations

import tracemalloc

import pytest

from engine.data.catalog import BUILT_IN
from engine.data.loading import load
from engine.data.splitting import split
from engine.errors import InvalidHyperparameter
from engine.hyperparameters import configuration
from engine.network import network
from engine.shapes import (
    block_samples,
    layer_sizes,
    output_activation,
    parameter_count,
    training_bytes,
    training_samples,
    trials_per_array,
    updates_per_epoch,
)
from engine.training import Training
from engine.trials import Trial


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("fraction", [0.001, 0.2, 0.5, 0.999])
def test_training_samples_are_those_the_split_leaves(name, fraction):
    facts = BUILT_IN[name]
    assert training_samples(facts.samples, fraction) == len(split(load(name), fraction, 3).train_inputs)


def test_parameters_are_counted_with_biases_and_learned_slopes():
    whole = configuration({"layers": [32, 16], "activation": ["prelu", "tanh"]})
    sizes = layer_sizes(whole, BUILT_IN["digits"])
    assert sizes == (64, 32, 16, 10)
    assert parameter_count(sizes, whole) == 65 * 32 + 33 * 16 + 17 * 10 + 1
    assert network(whole, BUILT_IN["digits"]).layout.count == parameter_count(sizes, whole)


@pytest.mark.parametrize(("samples", "batch", "updates"), [(1437, 32, 45), (32, 32, 1), (33, 32, 2), (5, 100, 1)])
def test_the_last_mini_batch_may_be_smaller(samples, batch, updates):
    assert updates_per_epoch(samples, batch) == updates


@pytest.mark.parametrize(
    ("cost", "task", "expected"),
    [
        ("sum_of_squares", "classification", "sigmoid"),
        ("mean_squared_error", "regression", "identity"),
        ("cross_entropy", "classification", "softmax"),
        ("binary_cross_entropy", "classification", "sigmoid"),
    ],
)
def test_the_output_suits_cost_and_task(cost, task, expected):
    assert output_activation(configuration({"cost": cost}), task) == expected


@pytest.mark.parametrize("cost", ["cross_entropy", "binary_cross_entropy"])
def test_costs_of_classes_are_refused_in_a_regression(cost):
    with pytest.raises(InvalidHyperparameter, match="regression"):
        layer_sizes(configuration({"cost": cost}), BUILT_IN["diabetes"])


@pytest.mark.parametrize(("cost", "output"), [("cross_entropy", "sigmoid"), ("binary_cross_entropy", "softmax")])
def test_an_output_that_does_not_go_with_the_cost_is_refused(cost, output):
    with pytest.raises(InvalidHyperparameter, match="must be"):
        configuration({"cost": cost, "output_activation": output})


@pytest.mark.parametrize("sizes", [(1, 1), (64, 32, 10), (784, 128, 64, 10), (4096, 4096, 4096)])
def test_blocks_have_sensible_sizes(sizes):
    assert 32 <= block_samples(sizes) <= 512
    assert trials_per_array(sizes, configuration({"layers": sizes[1:-1]})) >= 2


@pytest.mark.parametrize(
    "values",
    [
        {"layers": [32]},
        {"layers": [64, 64, 64], "optimizer": "adam", "activation": "gelu", "precision": "float64"},
        {"layers": [16], "dropout": 0.5, "l2": 0.1, "clip_norm": 1, "batch_size": 500, "cost": "cross_entropy"},
        {"layers": [], "batch_size": 1},
    ],
)
def test_memory_is_below_its_formula_and_flat_over_epochs(values):
    whole = configuration({**values, "epochs": 4})
    data = split(load("digits"), 0.2, 1, precision=whole.precision)
    trials = [Trial(whole, seed, seed) for seed in range(40)]
    tracemalloc.start()
    try:
        held = []
        for _ in Training(trials, data).epochs():
            held.append(tracemalloc.get_traced_memory()[0])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    stated = training_bytes(len(trials), whole, BUILT_IN["digits"], 0.2)
    assert stated / 4 < peak < stated
    assert abs(held[-1] - held[2]) < 0.01 * peak

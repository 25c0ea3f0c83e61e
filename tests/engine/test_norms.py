"""Norms, clipping and squares wherever the numbers themselves can be held, against Python's own hypot and float64."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.costs.registry import COSTS
from engine.data.loading import load
from engine.data.splitting import split
from engine.hyperparameters import configuration
from engine.norms import clipped, norms, sums_of_squares
from engine.starting_point import starting_point
from engine.training import Training
from engine.trials import Trial

pytestmark = pytest.mark.filterwarnings("ignore:(overflow|invalid value) encountered")  # the engine ignores them too
EXPONENTS = {"float32": (-44, 37), "float64": (-320, 306)}


@st.composite
def wild(draw):
    """Rows of numbers of every size that the precision holds, of one size or mixed."""
    precision = draw(st.sampled_from(["float32", "float64"]))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(1, 5)), draw(st.sampled_from([1, 3, 17, 300]))
    low, high = EXPONENTS[precision]
    exponents = generator.integers(low, high, (shape[0], draw(st.sampled_from([1, shape[1]]))))
    values = generator.normal(size=shape) * 10.0**exponents
    values[generator.random(shape) < draw(st.sampled_from([0.0, 0.5, 1.0]))] = 0
    return values.astype(precision)


@settings(deadline=None, max_examples=200)
@given(wild())
def test_norms_are_right_wherever_the_numbers_can_be_held_and_each_row_is_its_own(rows):
    found = norms(rows)
    expected = [math.hypot(*row) for row in rows.tolist()]
    np.testing.assert_allclose(found, expected, rtol=1e-5 if rows.dtype == "float32" else 1e-12)
    assert [norms(row[None])[0] for row in rows] == found.tolist()
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(sums_of_squares(rows), np.square(expected), rtol=2e-5, atol=1e-300)


@settings(deadline=None, max_examples=200)
@given(wild(), st.sampled_from([1e-30, 1e-3, 1.0, 1e6]))
def test_what_is_clipped_has_its_limit_and_its_direction(rows, limit):
    found = clipped(rows, np.full(len(rows), limit, dtype=rows.dtype))
    for before, after in zip(rows.astype(np.float64), found.astype(np.float64), strict=True):
        long = math.hypot(*before)
        if long <= limit:
            assert (before == after).all()
        else:
            smallest = float(np.finfo(rows.dtype).smallest_subnormal)
            assert math.hypot(*after) == pytest.approx(limit, rel=1e-5, abs=smallest * len(before))
            largest = np.abs(before).max()
            np.testing.assert_allclose(
                after, before / largest / (long / largest) * limit, rtol=1e-5, atol=smallest + 1e-9 * limit
            )


def test_a_row_that_is_not_finite_has_no_norm_and_no_direction():
    rows = np.float32([[1, np.inf], [np.nan, 1], [3, 4]])
    assert not np.isfinite(norms(rows)[:2]).any()
    assert norms(rows)[2] == 5
    assert np.isnan(clipped(rows, np.ones(3, dtype=np.float32))[:2]).all()


@pytest.mark.parametrize("name", ["sum_of_squares", "mean_squared_error"])
def test_a_cost_is_finite_while_its_outputs_are(name):
    values = np.full((2, 1, 3), [[[1e30]], [[1e-30]]], dtype=np.float32)
    totals = COSTS[name].totals(values, np.zeros((1, 1, 3), dtype=np.float32), np.empty_like(values))
    np.testing.assert_allclose(totals, [3e60, 3e-60], rtol=1e-6)


def recorded(precision, epochs=1, **values):
    chosen = configuration({"epochs": epochs, "precision": precision, **values})
    data = split(load(chosen.dataset), 0.2, 5, chosen.scaling, precision)
    training = Training([Trial(chosen, 1, 2)], data)
    return list(training.epochs())


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
@pytest.mark.parametrize("depth", [4, 6])
def test_gradients_far_beyond_the_root_of_single_precision_are_clipped_not_lost(depth, optimizer):
    values = {"dataset": "diabetes", "layers": [16] * depth, "activation": "relu", "output_activation": "identity"}
    values |= {"initialization": "he_normal", "initialization_scale": 900.0, "clip_norm": 1e3, "optimizer": optimizer}
    values["learning_rate"] = 0.1
    before, single = recorded("float32", **values)
    _, double = recorded("float64", **values)
    assert single.gradient_norm[0] > 1.8e19
    assert single.gradient_norm[0] == pytest.approx(double.gradient_norm[0], rel=1e-3)
    assert single.train_cost[0] < before.train_cost[0]
    assert single.train_cost[0] == pytest.approx(double.train_cost[0], rel=1e-2)


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "adagrad"])
def test_gradients_whose_squares_overflow_do_not_stop_optimisers_that_divide_by_their_root(optimizer):
    values = {"dataset": "diabetes", "layers": [16] * 5, "activation": "relu", "output_activation": "identity"}
    values |= {"initialization": "he_normal", "initialization_scale": 900.0, "learning_rate": 1.0}
    before, *single = recorded("float32", 2, optimizer=optimizer, **values)
    _, *double = recorded("float64", 2, optimizer=optimizer, **values)
    assert before.train_cost[0] > single[0].train_cost[0] > single[1].train_cost[0]
    assert single[0].gradient_norm[0] > 1.8e19
    assert single[0].train_cost[0] == pytest.approx(double[0].train_cost[0], rel=0.7)


def test_layers_whose_gradients_vanish_are_measured_as_in_double_precision():
    values = {"dataset": "digits", "layers": [16] * 24, "initialization": "normal", "initialization_scale": 0.1}
    for single, double in zip(recorded("float32", **values), recorded("float64", **values), strict=True):
        for name in ("gradient_norm", "weight_norm", "activation_deviation"):
            mine, theirs = getattr(single.layers, name), getattr(double.layers, name)
            np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-9 if name == "activation_deviation" else 0)
    assert double.layers.gradient_norm.min() < 5e-22


def test_activations_that_vanish_still_differ():
    values = {"dataset": "digits", "layers": [16] * 30, "activation": "tanh"}
    values |= {"initialization": "normal", "initialization_scale": 0.01}
    single, double = (recorded(precision, **values)[0] for precision in ("float32", "float64"))
    assert 0 < double.layers.activation_deviation[0, 25] < 1e-23
    np.testing.assert_allclose(
        single.layers.activation_deviation[:, :26], double.layers.activation_deviation[:, :26], 1e-4
    )


def test_a_gradient_that_is_0_is_recorded_as_0():
    values = {"dataset": "iris", "layers": [5, 5], "activation": "relu", "initialization": "zeros"}
    _, first = recorded("float32", **values)
    assert first.layers.gradient_norm[0, :2].tolist() == [0, 0]
    assert first.gradient_norm[0] == pytest.approx(first.layers.gradient_norm[0, 2])


def test_the_start_of_a_network_is_measured_beyond_the_root_of_double_precision():
    values = {"dataset": "digits", "layers": [64] * 27, "activation": "relu", "output_activation": "identity"}
    values |= {"initialization": "he_normal", "initialization_scale": 1000.0, "precision": "float64"}
    data = split(load("digits"), 0.2, 5, "min_max", "float64")
    found = starting_point(Trial(configuration(values), 1, 2), data)
    assert all(1e154 < norm < 1e300 for norm in found.gradient_norms)

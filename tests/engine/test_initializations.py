"""Initialisations against their theory: moments, limits, orthogonality; draws that depend on seed and layer only."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from engine.hyperparameter_choices import INITIALIZATIONS as NAMES
from engine.hyperparameters import configuration
from engine.initial_parameters import initial_parameters
from engine.initializations.registry import INITIALIZATIONS
from engine.network import network
from engine.trials import Trial

TO, FROM = 300, 200
VARIANCES = {
    "normal": 1.0,
    "uniform": 1 / 3,
    "lecun_normal": 1 / FROM,
    "lecun_uniform": 1 / FROM,
    "glorot_normal": 2 / (FROM + TO),
    "glorot_uniform": 2 / (FROM + TO),
    "he_normal": 2 / FROM,
    "he_uniform": 2 / FROM,
}


def draw(name, scale=1.0, to=TO, from_=FROM):
    return INITIALIZATIONS[name](np.random.default_rng(5), to, from_, scale)


def test_every_registered_initialization_is_there():
    assert set(INITIALIZATIONS) == set(NAMES.names)


@pytest.mark.parametrize("name", VARIANCES)
@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_mean_variance_and_kurtosis_are_those_of_the_theory(name, scale):
    weights = draw(name, scale).ravel()
    variance = VARIANCES[name] * scale**2
    error = 5 / sqrt(weights.size)  # five standard errors of a mean of unit variance
    assert abs(weights.mean()) < error * sqrt(variance)
    kurtosis = 1.8 if "uniform" in name else 3.0
    assert abs(weights.var() / variance - 1) < error * sqrt(kurtosis - 1)
    assert abs((weights**4).mean() / variance**2 - kurtosis) < error * 12
    if "uniform" in name:
        assert np.abs(weights).max() <= sqrt(3 * variance)


@pytest.mark.parametrize(("to", "from_"), [(20, 7), (7, 20), (9, 9), (1, 5)])
def test_orthogonal_weights_keep_lengths(to, from_):
    weights = draw("orthogonal", 1.5, to, from_)
    short = weights @ weights.T if to <= from_ else weights.T @ weights
    np.testing.assert_allclose(short, 2.25 * np.eye(min(to, from_)), atol=1e-12)


def test_orthogonal_weights_favour_no_direction():
    traces = [np.trace(INITIALIZATIONS["orthogonal"](np.random.default_rng(seed), 3, 3, 1.0)) for seed in range(4000)]
    # For the uniform distribution over orthogonal matrices the trace has mean 0 and variance 1.
    assert abs(np.mean(traces)) < 5 / sqrt(len(traces))
    assert abs(np.var(traces) - 1) < 0.15


def test_constants_are_constant():
    assert (draw("zeros") == 0).all()
    assert (draw("constant", 0.3) == 0.3).all()


def arrays(make_data, **values):
    data = make_data(features=4, outputs=3)
    trial = Trial(configuration({"layers": [6, 5], **values}), values.pop("seed", 3), 0)
    return initial_parameters(trial, network(trial.configuration, data.facts))


def test_the_same_seed_draws_proportional_weights_at_every_scale(make_data):
    small = arrays(make_data, initialization_scale=0.1, precision="float64")
    large = arrays(make_data, initialization_scale=0.7, precision="float64")
    for name in ("weights_1", "weights_2", "weights_3"):
        np.testing.assert_allclose(large[name], 7 * small[name], rtol=1e-12)


def test_single_precision_starts_from_the_rounded_double_draws(make_data):
    double, single = arrays(make_data, precision="float64"), arrays(make_data, precision="float32")
    for name, values in double.items():
        assert (single[name] == values.astype("float32")).all()


def test_defaults_are_a_size_of_one_tenth_or_a_gain_of_one(make_data):
    for name, scale in (("normal", 0.1), ("uniform", 0.1), ("constant", 0.1), ("he_normal", 1.0), ("orthogonal", 1.0)):
        default, stated = (
            arrays(make_data, initialization=name),
            arrays(make_data, initialization=name, initialization_scale=scale),
        )
        assert all((default[key] == stated[key]).all() for key in default)


def test_biases_start_where_they_are_told(make_data):
    drawn = arrays(make_data, initial_bias=0.25)
    assert all((drawn[f"bias_{layer}"] == 0.25).all() for layer in (1, 2, 3))

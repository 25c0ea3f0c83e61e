"""Exponential and power-law fits: stated rates are found, intervals cover them, other curves are refused."""

import math

import numpy as np
import pytest
from scipy.optimize import curve_fit

from benchmarks.outcomes.fits import MODELS, coverages, fitted, made
from comparison.curves.fitting import Fit, exponential, power_law


def known(model, epochs, noise, seed, proportional=False):
    return made(model, epochs, noise, seed, proportional=proportional).costs


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("count", [10, 50, 500])
@pytest.mark.parametrize("seed", range(3))
def test_without_noise_the_parameters_are_found(model, count, seed):
    truth = made(model, count, 0.0, seed, proportional=False)
    found = fitted(model, truth.costs)
    assert found.refused is None
    assert found.rate.value == pytest.approx(truth.rate, rel=1e-5)
    assert found.asymptote.value == pytest.approx(truth.asymptote, abs=1e-4 * truth.amplitude)
    assert found.amplitude == pytest.approx(truth.amplitude, rel=1e-4)


def test_the_95_percent_intervals_cover_what_the_curves_were_made_of():
    """Of 100 curves 84 at least: 95 are expected, and fewer where few early epochs decide which noise it is."""
    for found in coverages(100, noises=(0.01,), lengths=(20, 100)):
        assert found.believed >= 90, found
        assert found.rates >= 0.84 * found.believed, found
        assert found.asymptotes >= 0.84 * found.believed, found


def test_the_interval_of_a_steep_well_measured_curve_is_that_of_the_linear_theory():
    """Where the model is nearly linear, profile and delta intervals agree."""
    epochs = np.arange(201.0)
    costs = 0.3 + np.exp(-0.03 * epochs) + 0.003 * np.random.default_rng(4).normal(size=201)
    found = exponential(costs)
    _, covariance = curve_fit(lambda t, c, a, k: c + a * np.exp(-k * t), epochs[1:], costs[1:], p0=(0.3, 1, 0.03))
    half_width = 1.972 * math.sqrt(covariance[2, 2])
    assert found.noise == "constant"
    assert (found.rate.high - found.rate.low) / 2 == pytest.approx(half_width, rel=0.1)


def test_the_half_life_is_that_of_the_rate_with_its_interval_turned_round():
    found = exponential(known("exponential", 60, 0.01, 1))
    assert found.half_life.value == pytest.approx(math.log(2) / found.rate.value)
    assert found.half_life.low == pytest.approx(math.log(2) / found.rate.high)
    assert found.half_life.high == pytest.approx(math.log(2) / found.rate.low)
    assert power_law(known("power law", 60, 0.01, 1)).half_life is None


def test_the_kind_of_noise_is_found_where_it_can_be_seen():
    assert exponential(known("exponential", 200, 0.02, 2)).noise == "constant"
    assert exponential(known("exponential", 200, 0.02, 2, proportional=True)).noise == "proportional"


def test_autocorrelated_residuals_widen_the_intervals():
    random = np.random.default_rng(3)
    draws = random.normal(size=121)
    walk = np.zeros(121)
    for place in range(1, 121):
        walk[place] = 0.8 * walk[place - 1] + 0.6 * draws[place]
    curve = 0.2 + np.exp(-0.06 * np.arange(121))
    alone, related = exponential(curve + 0.003 * draws), exponential(curve + 0.003 * walk)
    assert alone.refused is None
    assert related.refused is None
    assert related.rate.high - related.rate.low > 1.5 * (alone.rate.high - alone.rate.low)


EPOCHS = np.arange(61.0)
REFUSED = {
    "7 epochs are fewer than 8": np.exp(-np.arange(8.0)),
    "a cost is not finite": [1.0, *[0.5] * 20, None],
    "the cost does not fall": np.full(30, 0.5),
    "beyond the 60 recorded": 2 - 0.3 * (1 - np.exp(-EPOCHS / 150)),
    "the curve has another shape": np.where(EPOCHS < 30, 2.0, 0.5) - 0.01 * EPOCHS,
    "of the variance": 1 + 0.3 * np.random.default_rng(1).normal(size=61) - 0.002 * EPOCHS,
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_no_exponential_is_refused_with_the_reason(reason):
    found = exponential(tuple(None if cost is None else float(cost) for cost in REFUSED[reason]))
    assert found.refused is not None
    assert reason in found.refused
    assert (found.asymptote, found.amplitude, found.rate, found.half_life) == (None,) * 4


def test_a_rising_cost_is_refused():
    assert exponential(1 + 0.02 * EPOCHS).refused == "the cost does not fall"
    assert power_law(1 + 0.02 * EPOCHS).refused == "the cost does not fall"


def test_a_straight_line_has_no_asymptote():
    found = exponential(3 - 0.02 * EPOCHS + 0.01 * np.random.default_rng(2).normal(size=61))
    assert found.refused is not None
    assert "half-life" in found.refused or "do not bound" in found.refused


def test_a_curve_through_zero_has_an_asymptote_no_cost_can_have():
    found = exponential(np.exp(-0.1 * EPOCHS) - 0.2)
    assert "negative" in found.refused


def test_an_exponential_is_no_power_law_and_the_other_way_round():
    assert power_law(known("exponential", 60, 0.002, 5)).refused is not None
    assert exponential(known("power law", 200, 0.002, 5, proportional=True)).refused is not None


@pytest.mark.parametrize("factor", [2.0**-20, 2.0**20])
def test_the_unit_of_the_cost_does_not_matter(factor):
    costs = known("exponential", 60, 0.01, 6)
    one, other = exponential(costs), exponential(factor * costs)
    assert other.rate.value == pytest.approx(one.rate.value, rel=1e-6)
    assert other.asymptote.low == pytest.approx(factor * one.asymptote.low, rel=1e-4)


def test_any_curve_gets_a_fit_or_a_reason_without_warnings():
    random = np.random.default_rng(7)
    with np.errstate(all="raise", under="ignore"):
        for _ in range(60):
            length = int(random.integers(0, 40))
            costs = np.exp(random.normal(0, random.choice([1e-8, 0.1, 20]), length))
            for fit in (exponential, power_law):
                found = fit(tuple(map(float, costs)))
                assert isinstance(found, Fit)
                assert (found.refused is None) == (found.rate is not None)

"""The epoch at which an outcome was reached, on curves where it is known."""

import numpy as np
import pytest

from comparison.curve import Curve
from comparison.outcome import Outcome, Verdict, outcome, verdict
from comparison.outcomes.reading import Reading

CONSTANT = 0.9


def judged(train, validation=None, gradient=(), updates=None):
    validation = train if validation is None else validation
    costs = (tuple(float(cost) for cost in costs) for costs in (train, validation))
    return verdict(Curve(*costs, CONSTANT, tuple(gradient), updates))


def noisy(costs, noise, seed):
    return costs * np.exp(noise * np.random.default_rng(seed).normal(size=len(costs)))


def test_a_curve_too_short_to_say_has_no_epoch():
    assert judged([1.0, 0.9]) == Verdict(None, None)


def test_a_cost_that_still_descends_has_reached_nothing():
    assert judged(np.exp(-np.arange(31) / 20)) == Verdict(Outcome.STILL_DESCENDING, None)


def test_divergence_begins_where_the_growth_began_not_where_the_cost_overflows():
    train = (1.0, 0.5, 0.4, 3.0, 1e10, None)
    assert verdict(Curve(train, train, CONSTANT)) == Verdict(Outcome.DIVERGED, 3)
    late = (1.0, 0.5, 0.4, 0.3, None)
    assert verdict(Curve(late, late, CONSTANT)) == Verdict(Outcome.DIVERGED, 4)
    assert verdict(Curve((None,), (None,), CONSTANT)) == Verdict(Outcome.DIVERGED, 0)


def test_a_cost_that_has_grown_diverged_when_it_last_passed_the_limit():
    assert judged([1.0, 0.6, 1.6, 1.2, 2.0, 4.0, 6.0, 9.0]) == Verdict(Outcome.DIVERGED, 4)


def test_a_cost_that_rises_again_diverged_at_the_first_epoch_of_the_rise():
    assert judged([2.0, 0.3, 0.2, 0.15, 0.16, 0.2, 0.26, 0.33, 0.4]) == Verdict(Outcome.DIVERGED, 4)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("epochs", "settled"), [(50, 20), (200, 60), (1000, 300)])
def test_a_cost_that_falls_in_a_line_and_then_lies_flat_converged_at_the_bend(epochs, settled, seed):
    train = 0.3 + np.maximum(0, settled - np.arange(epochs + 1)) / settled
    found = judged(noisy(train, 0.003, seed))
    assert found.outcome is Outcome.CONVERGED
    assert abs(found.epoch - settled) <= max(3, epochs // 20)


@pytest.mark.parametrize("seed", range(5))
def test_a_plateau_is_dated_from_the_bend(seed):
    train = 0.3 + np.maximum(0, 65 - np.arange(101)) / 65
    found = judged(noisy(train, 0.003, seed))
    assert found.outcome is Outcome.PLATEAUED
    assert abs(found.epoch - 65) <= 5


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("epochs", "turn"), [(30, 8), (200, 80)])
def test_overfitting_is_dated_from_the_lowest_validation_cost(epochs, turn, seed):
    time = np.arange(epochs + 1)
    validation = 0.4 + 0.6 * np.abs(time - turn) / turn
    found = judged(noisy(np.exp(-4 * time / epochs), 0.003, seed), noisy(validation, 0.003, seed + 9))
    assert found.outcome is Outcome.OVERFITTING
    assert abs(found.epoch - turn) <= max(2, epochs // 40)


def test_a_cost_is_stuck_from_where_it_no_longer_moves():
    assert judged([2.5, 1.9, 1.4, 1.0] + [0.9] * 20) == Verdict(Outcome.STUCK, 4)
    assert judged([2.5] + [1.0] * 20) == Verdict(Outcome.STUCK, 1)


def test_oscillation_is_dated_from_the_first_large_rise():
    assert judged([2.0, 0.9, 0.5] + [0.3, 0.5] * 10) == Verdict(Outcome.OSCILLATING, 4)


def test_a_flat_cost_far_above_its_start_has_saturated_and_is_stuck():
    assert judged([1.0] + [4.0] * 20) == Verdict(Outcome.STUCK, 1)


def crawling(gradient):
    """A cost that falls by a ten-thousandth each epoch, and its gradient norm."""
    return 2.0 * 0.9999 ** np.arange(21), (None, *gradient)


def test_a_crawl_under_a_live_gradient_is_no_rest():
    train, live = crawling([1.5] * 20)
    assert judged(train, gradient=live).outcome is Outcome.STILL_DESCENDING
    assert judged(train / 4, gradient=live).outcome is Outcome.STILL_DESCENDING
    train, faint = crawling([0.01] * 20)
    assert judged(train, gradient=faint).outcome is Outcome.STUCK
    assert judged(train).outcome is Outcome.STUCK
    train, faded = crawling(np.linspace(3.0, 0.3, 20))
    assert judged(train / 4, gradient=faded).outcome is Outcome.CONVERGED


def test_a_settled_cost_whose_gradient_vanished_is_stuck_unless_it_fits():
    settled = np.r_[2.0, 1.0, np.full(30, 0.5)]
    vanished, pulling = (None, *[1.0] * 5, *[1e-4] * 26), (None, *[1.0] * 5, *[0.2] * 26)
    assert judged(settled, gradient=vanished, updates=50) == Verdict(Outcome.STUCK, 2)
    assert judged(settled, gradient=pulling, updates=50).outcome is Outcome.CONVERGED
    assert judged(settled, gradient=vanished, updates=1).outcome is Outcome.CONVERGED
    assert judged(settled, gradient=vanished).outcome is Outcome.CONVERGED
    assert judged(settled / 5, gradient=vanished, updates=50).outcome is Outcome.CONVERGED


def test_the_gradient_is_read_relative_to_the_cost_so_its_unit_does_not_matter():
    train = (2.0, 1.0, 0.5, 0.5, 0.5)
    gradient = (None, 1.0, 0.4, 0.2, 0.1)
    assert Reading(Curve(train, train, 1.0, gradient)).relative_gradient == pytest.approx(0.4)
    scaled = tuple(8 * cost for cost in train)
    assert Reading(Curve(scaled, scaled, 8.0, (None, 8.0, 3.2, 1.6, 0.8))).relative_gradient == pytest.approx(0.4)
    assert Reading(Curve(train, train, 1.0)).relative_gradient is None


def test_a_gradient_norm_is_needed_for_every_epoch_or_none():
    with pytest.raises(ValueError, match="2 gradient norms but 3 training costs"):
        Curve((1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 1.0, (None, 1.0))


def test_every_epoch_lies_within_its_curve():
    random = np.random.default_rng(5)
    for _ in range(500):
        length = int(random.integers(1, 40))
        train, validation = np.exp(random.normal(0, random.uniform(0.001, 2), (2, length)))
        found = judged(train, validation)
        assert found.epoch is None or 0 <= found.epoch < length
        assert (found.epoch is None) == (found.outcome in (None, Outcome.STILL_DESCENDING))
        assert found.outcome == outcome(Curve(tuple(train), tuple(validation), CONSTANT))

"""Curves of a known kind, with noise, get the outcome of their kind; every curve gets one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comparison.curve import Curve
from comparison.outcome import FIRST_EPOCH, RULES, Outcome, Verdict, outcome, verdict

CONSTANT = 0.9
lengths = st.integers(12, 400)
seeds = st.integers(0, 10_000)
small_noise = st.floats(0, 0.01)
# The same examples every time: a rule about noisy curves may be wrong about one in ten thousand.
quick = settings(deadline=None, max_examples=60, derandomize=True)


def curve(train, validation=None, constant=CONSTANT):
    validation = train if validation is None else validation
    return Curve(tuple(map(float, train)), tuple(map(float, validation)), constant)


def noisy(costs, noise, seed):
    return costs * np.exp(noise * np.random.default_rng(seed).normal(size=len(costs)))


def decay(epochs, start, floor, rate):
    """start + floor at epoch 0, floor in the end; `rate` decay times fit into the curve."""
    return floor + start * np.exp(-rate * np.arange(epochs + 1) / epochs)


@quick
@given(lengths, small_noise, seeds, st.floats(0.5, 2.5), st.floats(0, 0.3))
def test_a_cost_that_falls_to_the_end_is_still_descending(epochs, noise, seed, rate, floor):
    train = noisy(decay(epochs, 1.0, floor, rate), noise, seed)
    assert outcome(curve(train, 1.1 * train)) is Outcome.STILL_DESCENDING


@quick
@given(lengths, small_noise, seeds, st.floats(20, 60), st.floats(0.05, 0.6))
def test_a_cost_that_settled_long_ago_is_converged(epochs, noise, seed, rate, floor):
    costs = decay(epochs, 1.5, floor, rate)
    found = outcome(curve(noisy(costs, noise, seed), 1.1 * costs))
    assert found is Outcome.CONVERGED


@quick
@given(st.integers(20, 400), seeds, st.floats(6.5, 7.5))
def test_a_cost_that_stopped_falling_lately_is_plateaued(epochs, seed, rate):
    assert outcome(curve(noisy(decay(epochs, 2.0, 0.2, rate), 0.002, seed))) is Outcome.PLATEAUED


@quick
@given(lengths, st.floats(0.96, 2.4))
def test_a_flat_cost_no_better_than_a_constant_predictor_is_stuck(epochs, level):
    train = np.full(epochs + 1, level * CONSTANT)
    train[0] = 2.5
    assert outcome(curve(train)) is Outcome.STUCK


@pytest.mark.parametrize("epochs", [6, 20, 100])
def test_a_noisy_stuck_cost_is_hardly_ever_called_anything_better(epochs):
    found = [outcome(curve(noisy(np.array([2.5] + [CONSTANT * 1.01] * epochs), 0.03, seed))) for seed in range(200)]
    assert found.count(Outcome.STUCK) >= 180
    assert Outcome.CONVERGED not in found


def test_saturated_sigmoids_are_stuck_although_they_never_overflow():
    # digits, 64-32-10 sigmoid, squares, learning rate 10: all outputs 0 after the first epoch
    assert outcome(curve([2.46] + [1.0] * 20)) is Outcome.STUCK
    jumping = [2.5] + [1.0 + 0.8 * ((7 * epoch) % 10) / 10 for epoch in range(20)]
    assert outcome(curve(jumping)) is Outcome.STUCK


def test_two_bad_epochs_at_the_end_do_not_make_a_lively_curve_stuck():
    # diabetes, 10-16-1 tanh, learning rate 0.1, as recorded
    lively = [0.515, 0.115, 0.0864, 0.0498, 0.0926, 0.0341, 0.0368, 0.0384, 0.0627, 0.0512, 0.0295, 0.0679, 0.0281]
    lively += [0.0391, 0.0319, 0.0378, 0.0284, 0.0528, 0.0274, 0.0321, 0.0369, 0.028, 0.0278, 0.0429, 0.0274, 0.0558]
    lively += [0.0306, 0.0283, 0.0276, 0.107, 0.0896]
    assert outcome(curve(lively, constant=0.0599)) is Outcome.OSCILLATING


def test_a_plateau_before_the_fall_is_stuck_until_it_falls():
    # digits, 64-32-32-10 sigmoid, normal weights, learning rate 0.5, batch 16, as recorded
    train = [2.73, 0.901, 0.9, 0.901, 0.899, 0.899, 0.9, 0.899, 0.898, 0.896, 0.895, 0.893, 0.889, 0.883]
    assert outcome(curve(train)) is Outcome.STUCK
    assert outcome(curve([*train, 0.873, 0.851, 0.813, 0.75, 0.673, 0.591, 0.533])) is Outcome.STILL_DESCENDING


@quick
@given(lengths, small_noise, seeds, st.floats(0.05, 2))
def test_a_cost_that_grows_is_diverged_while_it_is_still_finite(epochs, noise, seed, start):
    train = noisy(start * CONSTANT * np.exp(4 * np.arange(epochs + 1) / epochs), noise, seed)
    assert outcome(curve(train)) is Outcome.DIVERGED


def test_a_cost_that_grows_again_after_falling_is_diverged_before_it_exceeds_its_start():
    train = [2.0, 0.3, 0.2, 0.15, 0.16, 0.2, 0.26, 0.33, 0.4]
    assert outcome(curve(train)) is Outcome.DIVERGED


@pytest.mark.parametrize("length", range(1, 6))
def test_a_cost_that_is_not_finite_is_diverged_at_any_length(length):
    costs = (1.0,) * (length - 1) + (None,)
    finite = (1.0,) * length
    assert outcome(Curve(costs, costs, CONSTANT)) is Outcome.DIVERGED
    assert outcome(Curve(finite, costs, CONSTANT)) is Outcome.DIVERGED


@quick
@given(st.integers(20, 400), seeds)
def test_large_jumps_without_progress_are_oscillating(epochs, seed):
    random = np.random.default_rng(seed)
    train = 0.3 * np.where(np.arange(epochs + 1) % 2, 0.7, 1.4) * np.exp(0.1 * random.normal(size=epochs + 1))
    assert outcome(curve(train)) is Outcome.OSCILLATING


def test_jumps_too_small_to_be_seen_are_not_oscillating():
    train = [2.0, 0.4, 0.05] + [0.004, 0.006] * 20
    assert outcome(curve(train)) is Outcome.CONVERGED


@quick
@given(lengths, small_noise, seeds)
def test_a_validation_cost_that_turns_while_training_falls_is_overfitting(epochs, noise, seed):
    time = np.arange(epochs + 1) / epochs
    train = noisy(0.05 + np.exp(-8 * time), noise, seed)
    validation = noisy(0.3 + 0.7 * np.exp(-8 * time) + 0.3 * time, noise, seed + 1)
    assert outcome(curve(train, validation)) is Outcome.OVERFITTING


@quick
@given(lengths, small_noise, seeds)
def test_a_validation_cost_that_only_stays_above_is_not_overfitting(epochs, noise, seed):
    train = noisy(decay(epochs, 1.0, 0.05, 8), noise / 2, seed)
    validation = noisy(decay(epochs, 0.7, 0.3, 8), noise / 2, seed + 1)
    assert outcome(curve(train, validation)) is not Outcome.OVERFITTING


def test_nothing_is_said_of_a_finite_curve_before_epoch_2():
    for length in range(1, FIRST_EPOCH + 1):
        assert outcome(curve([1.0] * length)) is None
    assert outcome(curve([1.0] * (FIRST_EPOCH + 1))) is not None


def test_every_outcome_has_one_rule_and_the_last_always_holds():
    assert [rule.outcome for rule in RULES] == list(Outcome)
    assert RULES[-1].outcome is Outcome.STILL_DESCENDING


@pytest.mark.parametrize("noise", [0.0, 0.003, 0.01])
@pytest.mark.parametrize("epochs", [40, 100, 300])
def test_a_cost_that_rises_slowly_has_diverged(epochs, noise):
    rise = 0.3 + 0.3 * np.arange(epochs + 1) / epochs
    after_a_start = np.r_[2.0, rise[1:]]
    for seed in range(10):
        for costs in (rise, after_a_start):
            found = verdict(curve(noisy(costs, noise, seed)))
            assert found.outcome is Outcome.DIVERGED
            assert found.epoch <= epochs / 3


@pytest.mark.parametrize("noise", [0.0, 0.003, 0.01])
@pytest.mark.parametrize("epochs", [40, 60, 100, 300])
@pytest.mark.parametrize("share", [0.6, 0.75, 0.9])
def test_a_cost_that_jumps_late_and_does_not_come_back_has_diverged(share, epochs, noise):
    jump = round(share * epochs)
    costs = np.where(np.arange(epochs + 1) > jump, 0.6, 0.2 + 1.8 * np.exp(-np.arange(epochs + 1)))
    for seed in range(10):
        found = verdict(curve(noisy(costs, noise, seed)))
        assert found.outcome is Outcome.DIVERGED
        assert abs(found.epoch - jump - 1) <= 1


@quick
@given(st.integers(60, 300), st.sampled_from([10, 20, 40]), st.floats(0, 1), st.floats(0.15, 0.35), seeds)
def test_slow_waves_without_progress_are_oscillating_wherever_they_end(epochs, period, phase, height, seed):
    time = np.arange(epochs + 1)
    wave = 0.5 + height * np.sin(2 * np.pi * (time / period + phase))
    assert outcome(curve(noisy(wave, 0.003, seed))) is Outcome.OSCILLATING


@quick
@given(st.integers(60, 300), st.integers(0, 9), st.sampled_from([-1, 1]))
def test_sawteeth_of_ten_epochs_are_oscillating(epochs, shift, way):
    teeth = 0.45 + way * 0.3 * ((np.arange(epochs + 1) + shift) % 10 / 10 - 0.45)
    assert outcome(curve(np.r_[2.0, teeth[1:]])) is Outcome.OSCILLATING


def test_waves_that_grow_beyond_the_start_have_diverged_and_those_that_calm_down_have_not():
    time = np.arange(121)
    growing = 0.3 * np.exp(time / 40) * (1 + 0.5 * np.sin(2 * np.pi * time / 20))
    assert outcome(curve(growing)) is Outcome.DIVERGED
    calming = 0.3 + 0.5 * np.exp(-time / 8) * (1 + np.sin(2 * np.pi * time / 20))
    assert outcome(curve(calming)) is Outcome.CONVERGED


@pytest.mark.parametrize("size", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("jumps", [(46,), (35, 46), (45, 46)])
def test_a_spike_late_in_a_settled_curve_leaves_it_converged(jumps, size):
    costs = 0.2 + 1.5 * np.exp(-np.arange(61) / 3)
    for jump in jumps:
        costs[jump] += size
    for noise in (0.0, 0.003, 0.01):
        assert outcome(curve(noisy(costs, noise, 1))) is Outcome.CONVERGED


def test_where_a_constant_costs_nothing_a_cost_of_nothing_is_a_fit():
    assert verdict(curve([0.0] * 30, constant=0)) == Verdict(Outcome.CONVERGED, 1)
    assert verdict(curve([1.0, 0.5, 0.1] + [0.0] * 30, constant=0)).outcome is Outcome.CONVERGED
    assert verdict(curve([1.0] + [1e-6] * 30, constant=0)).outcome is Outcome.CONVERGED
    assert verdict(curve([1.0] + [0.3] * 30, constant=0)).outcome is Outcome.STUCK
    costs = (1.0, *[0.0] * 30)
    still = Curve(costs, costs, 0.0, (None, *[0.0] * 30), 50)
    assert outcome(still) is Outcome.CONVERGED


finite_costs = st.floats(0, 1e300, allow_nan=False)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(finite_costs, finite_costs), min_size=3, max_size=60), st.floats(0, 1e6))
def test_every_curve_has_an_outcome_without_warnings(costs, constant):
    train, validation = zip(*costs, strict=True)
    with np.errstate(all="raise", under="ignore"):
        assert outcome(Curve(train, validation, constant)) in Outcome


@quick
@given(st.lists(st.floats(0.01, 10), min_size=3, max_size=40), st.sampled_from([2.0**-10, 4.0, 2.0**20]))
def test_the_unit_of_the_cost_does_not_matter(costs, factor):
    scaled = [cost * factor for cost in costs]
    assert outcome(curve(costs)) is outcome(curve(scaled, constant=CONSTANT * factor))


def test_a_curve_needs_both_costs_for_every_epoch():
    with pytest.raises(ValueError, match="one of each per epoch"):
        Curve((1.0, 2.0), (1.0,), 1.0)

"""Kaplan-Meier, restricted mean and log-rank against lifelines, and against what they must be without censoring."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comparison.mean_interval import t_interval
from comparison.results import TrialResult
from comparison.summary import epochs_or_censored, summary
from comparison.survival import kaplan_meier, logrank_p, restricted_mean_interval

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Starting with pandas")
trials = st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=25)
lifelines = pytest.importorskip("lifelines", reason="installed by the extra `test`")


def fitted(group):
    times, reached = zip(*group, strict=True)
    return list(times), list(reached), lifelines.KaplanMeierFitter(alpha=0.05).fit(times, reached)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(trials)
def test_the_curve_and_its_interval_are_those_of_lifelines(group):
    times, reached, oracle = fitted(group)
    found = kaplan_meier(times, reached)
    expected = oracle.survival_function_at_times(found.times).to_numpy()
    assert found.share == pytest.approx(expected, abs=1e-9)
    inside = (found.share > 0) & (found.share < 1)
    band = oracle.confidence_interval_.loc[found.times].to_numpy()
    assert found.low[inside] == pytest.approx(band[inside, 0], abs=1e-9)
    assert found.high[inside] == pytest.approx(band[inside, 1], abs=1e-9)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(trials)
def test_the_median_and_the_restricted_mean_are_those_of_lifelines(group):
    times, reached, oracle = fitted(group)
    found = kaplan_meier(times, reached)
    median = found.median()[0]
    if np.abs(found.share - 0.5).min() > 1e-9:  # lifelines' exact half may be a bit above it
        assert (np.inf if median is None else median) == oracle.median_survival_time_
    expected = lifelines.utils.restricted_mean_survival_time(oracle, t=20)
    assert found.restricted_mean(20) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(trials, trials)
def test_the_log_rank_test_is_that_of_lifelines(first, second):
    (times, reached), (others, others_reached) = zip(*first, strict=True), zip(*second, strict=True)
    p = logrank_p(times, reached, others, others_reached)
    expected = lifelines.statistics.logrank_test(times, others, reached, others_reached).p_value
    if p is None:
        assert not np.isfinite(expected) or expected == 1.0
    else:
        assert p == pytest.approx(expected, abs=1e-9)


def test_the_interval_of_the_median_is_that_of_lifelines():
    random = np.random.default_rng(4)
    for _ in range(50):
        group = list(zip(random.integers(1, 30, 25).tolist(), (random.random(25) < 0.7).tolist(), strict=True))
        times, reached, oracle = fitted(group)
        low, high = kaplan_meier(times, reached).median()[1:]
        expected = lifelines.utils.median_survival_times(oracle.confidence_interval_).to_numpy()[0]
        assert (np.inf if low is None else low, np.inf if high is None else high) == tuple(expected)


def test_the_order_of_the_trials_does_not_matter_and_nothing_reached_is_a_share_of_one():
    times, reached = [3, 9, 4, 9, 1], [True, False, True, False, False]
    there, back = kaplan_meier(times, reached), kaplan_meier(times[::-1], reached[::-1])
    assert there.share.tolist() == back.share.tolist()
    never = kaplan_meier([7, 20, 20], [False] * 3)
    assert (never.times.tolist(), never.share.tolist(), never.median()[0]) == ([7, 20], [1, 1], None)
    assert restricted_mean_interval([7, 20, 20], [False] * 3, 20) == (20, 20)


def test_without_censoring_the_restricted_mean_has_the_t_interval_of_the_mean():
    times = [3, 5, 5, 8, 13, 2]
    low, high = restricted_mean_interval(times, [True] * 6, 100)
    expected = t_interval(np.array(times, float)[:, None])
    assert (low, high) == pytest.approx((expected[0][0], expected[1][0]))


def test_the_interval_of_a_restricted_mean_with_missed_targets_holds_it():
    random = np.random.default_rng(9)
    truth = np.minimum(random.geometric(0.08, 400_000), 20).mean()
    held = 0
    for _ in range(1000):
        times = random.geometric(0.08, 12)
        low, high = restricted_mean_interval(np.minimum(times, 20).tolist(), (times < 20).tolist(), 20)
        held += low <= truth <= high
    assert 0.92 <= held / 1000 <= 0.98


def result(epoch, last=20, outcome="converged") -> TrialResult:
    reached = {} if epoch is None else {0.5: epoch}
    return TrialResult(1, 0, 0, {}, "finished", outcome, 0.4, None, 0.4, 0.4, 0.4, 0.9, 0.9, reached, 0.1, last)


def test_a_pruned_trial_is_censored_where_it_ended_and_a_diverged_one_at_the_horizon():
    results = [result(3), result(None, 4), result(None, 2, "diverged"), result(10)]
    times, reached, horizon = epochs_or_censored(results, 0.5)
    assert (times, reached, horizon) == ([3, 4, 20, 10], [True, False, False, True], 20)


def test_missing_a_target_is_not_reaching_it_at_the_last_epoch():
    found = summary([result(3), result(5), result(None), result(7)], [0.5]).targets[0]
    assert (found.reached, found.of, found.median_epoch, found.horizon) == (3, 4, 5, 20)
    assert found.mean_epoch == pytest.approx((3 + 5 + 7 + 20) / 4)
    assert found.mean_low < found.mean_epoch < found.mean_high
    never = summary([result(None)] * 4, [0.5]).targets[0]
    assert (never.median_epoch, never.mean_epoch) == (None, 20)


def test_nothing_reached_or_nobody_there_has_no_log_rank_test():
    assert logrank_p([5, 5], [False, False], [5], [False]) is None
    assert logrank_p([], [], [5], [True]) is None

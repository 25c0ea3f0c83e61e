"""Intervals of means, medians and interquartile means hold what they should as often as they say; seeded."""

import numpy as np
import pytest
from scipy import stats

from comparison.mean_interval import (
    _shares,
    mean_interval,
    positive_mean_interval,
    studentised_interval,
    t_interval,
)
from comparison.median_interval import median_interval
from comparison.trimmed_mean import _critical, interquartile_mean, interquartile_mean_interval

DRAWS = 4000
SHAPES = {
    "normal": lambda random, size: random.normal(size=size),
    "heavy": lambda random, size: random.standard_t(5, size),
    "difference": lambda random, size: random.exponential(size=size) - random.exponential(size=size),
}


def coverage(ends, truth=0.0):
    low, high = ends
    return np.mean((low <= truth) & (truth <= high))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [3, 5, 9, 10, 20])
def test_the_interval_of_a_mean_holds_it_in_93_to_98_of_100(shape, count):
    numbers = SHAPES[shape](np.random.default_rng(count), (count, DRAWS))
    assert 0.93 <= coverage(mean_interval(numbers)) <= 0.98
    assert 0.935 <= coverage(t_interval(numbers)) <= 0.975


@pytest.mark.parametrize("count", [3, 4, 5, 7, 9, 10, 20])
def test_the_interval_of_a_mean_of_costs_holds_it_however_skewed_they_are(count):
    random = np.random.default_rng(count)
    shapes = [(np.exp(0.125), np.exp(random.normal(0, 0.5, (count, DRAWS))))]
    shapes += [(1.0, random.exponential(size=(count, DRAWS))), (4.0, random.normal(4, 1, (count, DRAWS)))]
    for mean, costs in shapes:
        assert 0.925 <= coverage(positive_mean_interval(costs), mean) <= 0.975


def test_the_interval_of_a_mean_of_costs_is_students_on_its_logarithm():
    costs = np.random.default_rng(1).exponential(size=6)
    half = stats.t.ppf(0.975, 5) * stats.sem(costs) / costs.mean()  # the delta method: d log(m) = dm / m
    low, high = positive_mean_interval(costs[:, None])
    assert np.log([low[0], high[0]]) == pytest.approx([np.log(costs.mean()) - half, np.log(costs.mean()) + half])


def test_from_ten_costs_on_it_is_the_bootstrap_of_the_logarithm():
    costs = np.random.default_rng(2).exponential(size=12)
    far = []
    for weights in np.rint(12 * _shares(12)).astype(int):
        drawn = np.repeat(costs, weights)
        far.append(abs(np.log(drawn.mean() / costs.mean())) / (stats.sem(drawn) / drawn.mean()))
    half = np.quantile(far, 0.95) * stats.sem(costs) / costs.mean()
    low, high = positive_mean_interval(costs[:, None])
    assert (low[0], high[0]) == pytest.approx((costs.mean() * np.exp(-half), costs.mean() * np.exp(half)))


@pytest.mark.parametrize("count", [3, 12])
def test_where_a_cost_is_0_its_epoch_has_the_plain_interval(count):
    costs = np.random.default_rng(3).exponential(size=(count, 3))
    costs[0, 1] = 0
    found, plain = np.array(positive_mean_interval(costs)), np.array(mean_interval(costs))
    assert found[:, 1] == pytest.approx(plain[:, 1])
    assert np.all(found[:, [0, 2]] > plain[:, [0, 2]])
    assert np.array(positive_mean_interval(1e-9 * costs)) == pytest.approx(1e-9 * found)


def test_no_columns_have_no_intervals():
    assert [end.size for end in positive_mean_interval(np.ones((12, 0)))] == [0, 0]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [5, 6, 7, 12, 25])
def test_the_interval_of_a_median_holds_it_as_often_as_it_says(shape, count):
    numbers = SHAPES[shape](np.random.default_rng(count), (count, DRAWS))
    assert 0.93 <= coverage(median_interval(numbers)) <= 0.97


def test_the_t_interval_is_scipys():
    numbers = np.random.default_rng(1).normal(size=(5, 1))
    expected = stats.ttest_1samp(numbers[:, 0], 0).confidence_interval()
    low, high = t_interval(numbers)
    assert (low[0], high[0]) == pytest.approx((expected.low, expected.high))


def test_the_studentised_bootstrap_holds_a_skewed_mean_better_than_t_and_is_the_same_every_time():
    numbers = np.random.default_rng(2).exponential(size=(10, DRAWS))
    low, high = studentised_interval(numbers)
    assert coverage((low, high), 1) > coverage(t_interval(numbers), 1) + 0.01
    assert studentised_interval(numbers)[0].tolist() == low.tolist()


def test_equal_numbers_have_an_interval_of_no_width_and_one_number_none():
    for interval in (t_interval, studentised_interval, positive_mean_interval, interquartile_mean_interval):
        low, high = interval(np.full((12, 2), 0.3))
        assert low == pytest.approx(0.3)
        assert high == pytest.approx(0.3)
    assert np.isnan(mean_interval(np.ones((1, 2)))[0]).all()
    assert np.isnan(interquartile_mean_interval(np.ones((1, 2)))[0]).all()


def test_the_median_of_five_has_their_range_and_of_four_no_interval():
    numbers = np.array([[3.0], [1.0], [5.0], [2.0], [4.0]])
    assert [end[0] for end in median_interval(numbers)] == [1.0, 5.0]
    with pytest.raises(ValueError, match="needs 5 numbers, not 4"):
        median_interval(numbers[:4])


def test_infinite_numbers_reach_the_end_of_a_medians_interval_and_no_further():
    numbers = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, np.inf])[:, None]
    low, high = median_interval(numbers)
    assert 0.1 <= low[0] < 0.2
    assert high[0] == np.inf


@pytest.mark.parametrize("count", [2, 3, 4, 5, 8, 13])
def test_the_interquartile_mean_is_scipys_trimmed_mean(count):
    numbers = np.random.default_rng(count).normal(size=(count, 6))
    assert interquartile_mean(numbers) == pytest.approx(stats.trim_mean(numbers, 0.25, axis=0))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [4, 5, 8, 20, 50])
def test_the_interval_of_an_interquartile_mean_holds_it_as_often_as_it_says(shape, count):
    numbers = SHAPES[shape](np.random.default_rng(count), (count, DRAWS))
    assert 0.935 <= coverage(interquartile_mean_interval(numbers)) <= 0.98


def test_its_error_is_tukey_and_mclaughlins_and_its_critical_value_what_normal_numbers_need():
    numbers = np.random.default_rng(1).normal(size=41)
    winsorised = stats.mstats.winsorize(numbers, (10 / 41, 10 / 41))
    error = np.sqrt(np.sum((winsorised - winsorised.mean()) ** 2) / (21 * 20))
    low, high = interquartile_mean_interval(numbers[:, None])
    assert (high[0] - low[0]) / 2 == pytest.approx(stats.t.ppf(0.975, 20) * error)
    _, second, third, _ = np.sort(np.random.default_rng(2).normal(size=(4, 200_000)), axis=0)
    statistics = np.abs(second + third) / (third - second) / np.sqrt(2)  # of 4 numbers the two in the middle are kept
    assert np.mean(statistics <= _critical(4)) == pytest.approx(0.95, abs=0.003)


def test_an_interquartile_mean_does_not_see_a_diverged_quarter():
    numbers = np.array([0.1, 0.2, 0.3, np.inf])[:, None]
    assert interquartile_mean(numbers)[0] == pytest.approx(0.25)
    assert np.isfinite(interquartile_mean_interval(numbers)[1][0])
    assert interquartile_mean(np.array([0.1, np.inf, np.inf, np.inf])[:, None])[0] == np.inf

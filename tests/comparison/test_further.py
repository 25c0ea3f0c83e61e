"""How many new replicates: the effect is taken from the results that were undecided, and the number from the effect."""

import numpy as np
import pytest
from scipy import stats

from comparison.further import LARGEST, SMALLEST, effects_if_undecided, further_replicates
from comparison.power import replicates_needed


def effect(statistic, pairs, level=0.05):
    return effects_if_undecided(np.array([statistic]), np.array([pairs]), level)[0]


@pytest.mark.parametrize(
    ("pairs", "statistic", "level"), [(3, 3.0, 0.05), (5, 2.0, 0.05), (10, 1.7, 0.05), (5, 4.0, 0.005)]
)
def test_under_the_effect_two_thirds_of_the_undecided_results_look_smaller(pairs, statistic, level):
    found = effect(statistic, pairs, level)
    assert SMALLEST < found < LARGEST
    drawn = np.random.default_rng(pairs).normal(found, 1, (pairs, 200_000))
    sizes = np.abs(stats.ttest_1samp(drawn, 0).statistic)
    undecided = sizes[sizes < stats.t.isf(level / 2, pairs - 1)]
    assert np.mean(undecided < statistic) == pytest.approx(2 / 3, abs=0.01)


def test_the_larger_the_result_the_larger_the_effect_and_the_fewer_the_replicates():
    statistics = np.linspace(0, 2.77, 30)
    pairs = np.full(30, 5)
    effects = effects_if_undecided(statistics, pairs, 0.05)
    assert np.all(np.diff(effects) >= 0)
    assert effects[0] == SMALLEST
    assert 5 < effects[-1] <= LARGEST  # hardly undecided: next to nothing bounds the effect from above
    assert further_replicates(statistics, pairs, 0.05).tolist() == replicates_needed(effects, 0.05).tolist()
    assert further_replicates(-statistics, pairs, 0.05).tolist() == further_replicates(statistics, pairs, 0.05).tolist()


@pytest.mark.parametrize("pairs", [3, 5, 10, 20, 100])
@pytest.mark.parametrize("tests", [1, 276, 499_500])
def test_so_it_is_with_every_number_of_replicates_and_in_every_family(pairs, tests):
    statistics = np.linspace(0, stats.t.isf(0.025 / tests, pairs - 1) * 0.999, 200)
    found = effects_if_undecided(statistics, np.full(200, pairs), 0.05 / tests)
    assert np.all(np.diff(found) >= -1e-4)
    seen = np.maximum(SMALLEST, 1.2 * statistics / np.sqrt(pairs))
    assert np.all(found[:120] <= seen[:120] + 0.05)  # far from being decided, about what is seen or less


def test_what_shows_nothing_is_planned_for_the_smallest_effect():
    needed = replicates_needed(np.array([SMALLEST]), 0.05)[0]
    assert further_replicates(np.array([0.0, 0.1]), np.array([5, 20]), 0.05).tolist() == [needed, needed]


def test_what_t_alone_would_have_decided_needs_none_and_nothing_else_is_out_of_reach():
    assert further_replicates(np.array([2.8, -50.0]), np.array([5, 5]), 0.05).tolist() == [0, 0]
    many = further_replicates(np.array([0.0, 1.0]), np.array([3, 100]), 0.05 / 499_500)  # all pairs of 1,000
    assert np.all((many > 300) & (many < 1000))

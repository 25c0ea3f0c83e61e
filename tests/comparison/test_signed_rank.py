"""The exact test against enumeration of every sign pattern, and against SciPy."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from comparison.signed_rank import average_ranks, two_sided_p


def enumerated_p(differences):
    """Every pattern of signs is as likely as any other: count those at least as far from the middle."""
    nonzero = [one for one in differences if one != 0]
    if not nonzero:
        return 1.0
    ranks = stats.rankdata(np.abs(nonzero))
    middle = ranks.sum() / 2
    observed = abs(sum(rank for rank, one in zip(ranks, nonzero, strict=True) if one > 0) - middle)
    sums = [abs(float(np.dot(ranks, signs)) - middle) for signs in product((0, 1), repeat=len(nonzero))]
    return sum(one >= observed - 1e-9 for one in sums) / len(sums)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.integers(-4, 4), max_size=10))
def test_with_ties_and_zeros_it_equals_the_enumeration_of_all_signs(differences):
    assert two_sided_p(np.array(differences, dtype=float)) == pytest.approx(enumerated_p(differences), abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 50), st.floats(-1, 1))
def test_without_ties_it_equals_scipys_exact_test(seed, count, shift):
    differences = np.random.default_rng(seed).normal(shift, 1, count)
    assert two_sided_p(differences) == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue, rel=1e-9)


def test_beyond_50_it_equals_scipys_normal_approximation_with_ties():
    differences = np.round(np.random.default_rng(3).normal(0.3, 1, 200), 1)
    expected = stats.wilcoxon(differences, method="asymptotic", correction=True).pvalue
    assert two_sided_p(differences) == pytest.approx(expected, rel=1e-9)


def test_at_the_border_the_two_ways_agree():
    differences = np.random.default_rng(4).normal(0.2, 1, 50)
    longer = np.append(differences, 1e-9)
    assert two_sided_p(longer) == pytest.approx(two_sided_p(differences), abs=0.02)


@given(st.integers(1, 50))
def test_the_least_p_is_two_in_all_sign_patterns(count):
    assert two_sided_p(np.arange(1.0, count + 1)) == pytest.approx(min(1.0, 2 / 2**count))


@given(st.lists(st.floats(-100, 100), max_size=30))
def test_swapping_the_two_sides_changes_nothing(differences):
    array = np.array(differences)
    assert two_sided_p(array) == two_sided_p(-array)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_ranks_are_scipys(numbers):
    array = np.array(numbers, dtype=float)
    assert average_ranks(array).tolist() == stats.rankdata(array).tolist()


def test_infinite_numbers_share_the_last_ranks():
    assert average_ranks(np.array([np.inf, 1.0, np.inf, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]

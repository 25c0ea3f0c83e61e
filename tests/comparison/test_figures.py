"""Spread, Holm's correction and ratios against independent calculations."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comparison.holm import holm
from comparison.ratios import BOUND, log_ratios, ratio
from comparison.spread import spread
from comparison.sureness import ORDER, Sureness, least_sure, sureness

finite = st.floats(-1e6, 1e6)


@given(st.lists(finite, min_size=1, max_size=30))
def test_the_spread_is_numpys_quantiles(numbers):
    found = spread(numbers)
    assert found is not None
    expected = np.quantile(numbers, [0.5, 0.25, 0.75, 0, 1])
    values = (found.median, found.lower_quartile, found.upper_quartile, found.lowest, found.highest)
    assert values == pytest.approx(expected.tolist(), abs=1e-9)
    assert found.count == len(numbers)


def test_what_reaches_into_the_infinite_is_none():
    assert spread([]) is None
    found = spread([0.1, math.inf, 0.2])
    assert found is not None
    assert (found.median, found.lowest, found.upper_quartile, found.highest) == (0.2, 0.1, None, None)
    assert spread([0.1, math.inf]).median is None  # type: ignore[union-attr]


def test_holm_is_the_textbook_example():
    # Holm 1979 as in every textbook: sorted p times (m, m-1, ...), made monotone
    assert holm([0.01, 0.04, 0.03, 0.005], 4) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), max_size=8), st.integers(0, 10))
def test_holm_never_lowers_a_p_and_never_exceeds_bonferroni(p_values, more):
    comparisons = len(p_values) + more
    adjusted = holm(p_values, comparisons)
    for before, after in zip(p_values, adjusted, strict=True):
        assert before <= after + 1e-15
        assert after <= min(1.0, comparisons * before) + 1e-12 or after <= max(adjusted)
    order = sorted(range(len(p_values)), key=lambda one: p_values[one])
    assert [adjusted[one] for one in order] == sorted(adjusted)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.lists(st.floats(0, 1), max_size=4))
def test_holm_on_some_of_the_tests_is_never_bolder_than_on_all(some, rest):
    whole = holm([*some, *rest], len(some) + len(rest))[: len(some)]
    assert all(part >= one - 1e-12 for part, one in zip(holm(some, len(some) + len(rest)), whole, strict=True))


def test_more_p_values_than_comparisons_are_refused():
    with pytest.raises(ValueError, match="2 p values out of 1"):
        holm([0.1, 0.2], 1)


losses = st.floats(1e-6, 1e6) | st.just(math.inf) | st.just(0.0)


@settings(max_examples=200)
@given(losses, losses)
def test_log_ratios_are_finite_and_antisymmetric(first, second):
    there = log_ratios(np.array([first]), np.array([second]))[0]
    back = log_ratios(np.array([second]), np.array([first]))[0]
    assert there == pytest.approx(-back)
    assert abs(there) <= BOUND
    if 0 < first < math.inf and 0 < second < math.inf:
        assert ratio(there) == pytest.approx(first / second)


def test_a_diverged_loss_has_no_ratio_and_two_are_equal():
    logs = log_ratios(np.array([math.inf, 1.0, math.inf]), np.array([1.0, math.inf, math.inf]))
    assert [ratio(one) for one in logs] == [None, 0.0, 1.0]


def test_the_words_follow_their_rules():
    assert sureness(0.001, 0.04, 6) is Sureness.CLEAR
    assert sureness(0.03, 0.09, 6) is Sureness.LIKELY
    assert sureness(0.2, 0.6, 6) is Sureness.NOT_DECIDED
    assert sureness(0.001, 0.001, 5) is Sureness.TOO_FEW
    assert least_sure([Sureness.CLEAR, Sureness.NOT_DECIDED, Sureness.LIKELY]) is Sureness.NOT_DECIDED
    assert [word.value for word in ORDER] == ["clear", "likely", "not decided", "too few to say", "not comparable"]

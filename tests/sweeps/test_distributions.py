"""Every distribution against its theory: 10,000 draws each, as a sweep would draw them."""

from math import exp, isclose, log

import pytest
from scipy import stats

from sweeps.distributions.catalog import DISTRIBUTIONS
from sweeps.uniforms import uniform

DRAWS = 10_000
THEORY = {
    "uniform": ({"min": -2.0, "max": 5.0}, stats.uniform(-2, 7)),
    "log_uniform": ({"min": -9.0, "max": 1.0}, stats.loguniform(exp(-9), exp(1))),
    "log_uniform_values": ({"min": 1e-5, "max": 10.0}, stats.loguniform(1e-5, 10)),
    # log(1/X) uniform between 2 and 8: X between exp(-8) and exp(-2)
    "inv_log_uniform": ({"min": 2.0, "max": 8.0}, stats.loguniform(exp(-8), exp(-2))),
    "inv_log_uniform_values": ({"min": 1e-6, "max": 1e-3}, stats.loguniform(1e-6, 1e-3)),
    "normal": ({"mu": 3.0, "sigma": 0.5}, stats.norm(3, 0.5)),
    "log_normal": ({"mu": -1.0, "sigma": 2.0}, stats.lognorm(s=2, scale=exp(-1))),
    "beta": ({"a": 2.0, "b": 5.0}, stats.beta(2, 5)),
}
QUANTISED = {
    "q_uniform": ("uniform", {"min": 1.0, "max": 30.0}, 3.0),
    "q_log_uniform": ("log_uniform", {"min": log(8), "max": log(256)}, 8.0),
    "q_log_uniform_values": ("log_uniform_values", {"min": 32.0, "max": 256.0}, 8.0),
    "q_normal": ("normal", {"mu": 1.0, "sigma": 2.0}, 0.25),
    "q_log_normal": ("log_normal", {"mu": 1.0, "sigma": 0.5}, 0.1),
    "q_beta": ("beta", {"a": 2.0, "b": 2.0}, 0.1),
}


def draws(name, numbers):
    distribution = DISTRIBUTIONS[name].make(numbers)
    return [distribution.inverse(uniform(7, number, "learning_rate")) for number in range(DRAWS)]


@pytest.mark.parametrize("name", THEORY)
def test_ten_thousand_draws_follow_the_theory(name):
    numbers, theory = THEORY[name]
    found = draws(name, numbers)
    assert stats.kstest(found, theory.cdf).pvalue > 0.01
    low, high = DISTRIBUTIONS[name].make(numbers).ends
    assert low <= min(found) <= max(found) <= high


@pytest.mark.parametrize("name", QUANTISED)
def test_quantised_draws_are_the_rounded_draws_on_their_grid(name):
    inner, numbers, q = QUANTISED[name]
    found = draws(name, {**numbers, "q": q})
    assert all(isclose(value / q, round(value / q), abs_tol=1e-9) for value in found)
    assert all(abs(value - exact) <= q / 2 + 1e-9 for value, exact in zip(found, draws(inner, numbers), strict=True))
    assert len(set(found)) > 5
    assert all(isinstance(value, int) for value in found) == q.is_integer()


@pytest.mark.parametrize("name", QUANTISED)
def test_quantised_draws_have_the_frequencies_of_their_theory(name):
    inner, numbers, q = QUANTISED[name]
    theory = stats.uniform(1, 29) if inner == "uniform" else None
    if inner in ("log_uniform", "log_uniform_values"):
        theory = stats.loguniform(8, 256) if inner == "log_uniform" else stats.loguniform(32, 256)
    theory = theory or {"normal": stats.norm(1, 2), "log_normal": stats.lognorm(0.5, scale=exp(1))}.get(inner)
    theory = theory or stats.beta(2, 2)
    found = draws(name, {**numbers, "q": q})
    for multiple in {round(value / q) for value in found}:
        share = theory.cdf((multiple + 0.5) * q) - theory.cdf((multiple - 0.5) * q)
        seen = sum(round(value / q) == multiple for value in found)
        assert abs(seen - DRAWS * share) < 5 * (DRAWS * share) ** 0.5 + 5


def test_whole_numbers_are_equally_likely_both_ends_included():
    found = draws("int_uniform", {"min": -2, "max": 4})
    counts = [found.count(value) for value in range(-2, 5)]
    assert sum(counts) == DRAWS
    assert stats.chisquare(counts).pvalue > 0.01


def test_every_distribution_is_tested_here():
    assert set(DISTRIBUTIONS) == {*THEORY, *QUANTISED, "int_uniform"}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_larger_share_never_gives_a_smaller_value(name):
    numbers = {"min": 1, "max": 9, "mu": 0.0, "sigma": 3.0, "a": 0.5, "b": 2.0, "q": 0.5}
    distribution = DISTRIBUTIONS[name].make(numbers)
    found = [distribution.inverse(share / 1000) for share in range(1, 1000)]
    assert found == sorted(found)


@pytest.mark.parametrize("name", ["log_uniform_values", "inv_log_uniform_values"])
def test_bounds_that_are_values_are_kept_to_the_last_bit(name):
    distribution = DISTRIBUTIONS[name].make({"min": 1e-3, "max": 100.0})
    assert exp(log(100)) > 100  # which is why
    assert distribution.ends == (1e-3, 100)
    assert distribution.inverse(1 - 2**-53) <= 100
    assert distribution.inverse(2**-54) >= 1e-3


def test_defaults_are_wandbs():
    assert DISTRIBUTIONS["normal"].keys == {"mu": 0.0, "sigma": 1.0}
    assert DISTRIBUTIONS["q_log_normal"].keys == {"mu": 0.0, "sigma": 1.0, "q": 1.0}
    assert DISTRIBUTIONS["q_beta"].keys == {"a": 1.0, "b": 1.0, "q": 1.0}
    assert DISTRIBUTIONS["q_uniform"].keys == {"min": None, "max": None, "q": 1.0}


def test_rounding_halves_goes_to_the_even_multiple():
    make = DISTRIBUTIONS["q_uniform"].make
    assert [make({"min": 0, "max": 2 * value, "q": 1}).inverse(0.5) for value in (0.5, 1.5)] == [0, 2]


def test_a_standard_deviation_of_nothing_gives_the_mean():
    assert DISTRIBUTIONS["normal"].make({"mu": 2.0, "sigma": 0.0}).inverse(0.9) == 2.0


def test_uniform_numbers_are_uniform_and_keyed_by_everything():
    found = [uniform(1, number, "x") for number in range(DRAWS)]
    assert stats.kstest(found, stats.uniform.cdf).pvalue > 0.01
    assert all(0 < share < 1 for share in found)
    keys = [(1, 0, "x", 0), (2, 0, "x", 0), (1, 1, "x", 0), (1, 0, "y", 0), (1, 0, "x", 1)]
    assert len({uniform(*key) for key in keys}) == len(keys)
    pairs = [uniform(1, number, "y") for number in range(DRAWS)]
    assert abs(stats.pearsonr(found, pairs).statistic) < 0.04

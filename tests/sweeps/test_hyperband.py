"""W&B's hyperband: brackets and verdicts worked by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps.early_termination.base import Standing
from sweeps.early_termination.hyperband import Hyperband

values = st.one_of(st.none(), st.floats(-100, 100), st.just(math.nan), st.just(math.inf))


def trials(*found):
    return [Standing(number, value, value) for number, value in enumerate(found)]


def stopped(rule, goal, *found):
    return [one.trial_id for one in rule.decide(goal, 3, trials(*found), trials(*found)) if one.stop]


@pytest.mark.parametrize(
    ("rule", "epochs", "brackets"),
    [
        (Hyperband(min_iter=3), 100, (3, 9, 27, 81)),
        (Hyperband(min_iter=3), 81, (3, 9, 27)),
        (Hyperband(min_iter=3, eta=2), 20, (3, 6, 12)),
        (Hyperband(max_iter=27, s=2), 28, (3, 9)),
        (Hyperband(max_iter=5, s=2, eta=2), 10, (1, 2)),
        (Hyperband(max_iter=9, s=9), 10, (1, 3)),
        (Hyperband(min_iter=50), 20, ()),
    ],
)
def test_brackets_are_those_of_wandb_and_never_the_last_epoch(rule, epochs, brackets):
    assert rule.check_epochs(epochs) == brackets


def test_the_threshold_is_the_sorted_value_at_the_share_and_its_equal_goes_on():
    # six values, eta 3: index int(6 / 3) = 2, the third best
    assert stopped(Hyperband(min_iter=1), "minimize", 6.0, 1.0, 5.0, 2.0, 3.0, 4.0) == [0, 2, 5]
    assert stopped(Hyperband(min_iter=1), "maximize", 6.0, 1.0, 5.0, 2.0, 3.0, 4.0) == [1, 3, 4]


def test_by_default_the_best_value_so_far_counts_and_strictly_the_one_at_the_bracket():
    worse_again, reached = Standing(0, 9.0, 1.0), trials(9.0, 2.0, 3.0)
    (lenient,) = Hyperband(min_iter=1).decide("minimize", 3, [worse_again], reached)
    (strict,) = Hyperband(min_iter=1, strict=True).decide("minimize", 3, [worse_again], reached)
    assert (lenient.stop, lenient.value, lenient.threshold) == (False, 1.0, 3.0)
    assert (strict.stop, strict.value, strict.threshold) == (True, 9.0, 3.0)


def test_what_is_not_finite_loses_even_where_nothing_is_finite():
    assert stopped(Hyperband(min_iter=1), "minimize", None, math.nan, 1.0, 2.0) == [0, 1]
    assert stopped(Hyperband(min_iter=1), "maximize", None, math.inf) == [0, 1]


@given(st.lists(values, min_size=1, max_size=12), st.sampled_from(["minimize", "maximize"]), st.randoms())
def test_verdicts_do_not_depend_on_the_order(found, goal, random):
    rule, candidates, reached = Hyperband(min_iter=1), trials(*found), trials(*found)
    expected = set(rule.decide(goal, 3, candidates, reached))
    random.shuffle(candidates)
    random.shuffle(reached)
    assert set(rule.decide(goal, 3, candidates, reached)) == expected


@pytest.mark.parametrize(
    "wrong", [{}, {"min_iter": 1, "max_iter": 9, "s": 1}, {"max_iter": 9}, {"min_iter": 1, "s": 2}, {"min_iter": 0}]
)
def test_combinations_without_brackets_are_refused(wrong):
    with pytest.raises(ValueError, match="_iter"):
        Hyperband(**wrong)


@pytest.mark.parametrize("eta", [1, 0, -3, math.inf, math.nan])
def test_eta_is_a_finite_number_above_one(eta):
    with pytest.raises(ValueError, match="eta"):
        Hyperband(min_iter=1, eta=eta)

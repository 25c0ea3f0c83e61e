"""Best, final and mean cost, and the area under a curve."""

import pytest

from comparison.curves.levels import Levels, levels


def test_the_area_is_that_of_the_trapezoids():
    found = levels([4.0, 2.0, 1.0, 1.5])
    assert found == Levels(best=1.0, best_epoch=2, final=1.5, area=3.0 + 1.5 + 1.25, mean=pytest.approx(5.75 / 3))


def test_of_equal_costs_the_first_is_the_best():
    assert levels([3.0, 1.0, 2.0, 1.0]).best_epoch == 1


def test_a_cost_that_is_not_finite_makes_area_and_final_infinite_but_not_the_best():
    assert levels([2.0, 1.0, None]) == Levels(1.0, 1, None, None, None)


def test_nothing_has_no_levels_and_one_epoch_no_mean():
    assert levels([]) == Levels(None, None, None, None, None)
    assert levels([2.0]) == Levels(2.0, 0, 2.0, 0.0, None)

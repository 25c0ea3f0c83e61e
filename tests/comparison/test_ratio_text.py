"""Intervals of ratios: rounding must not hide on which side of 1 an end lies, and where they part from the words."""

import numpy as np
import pytest

from backsweep.display.values import ratio_end
from comparison.comparison import compare
from comparison.headline import PARTED
from comparison.ratio_text import interval_end
from comparison.sureness import Sureness


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (1.0, "1.00"),
        (1.31, "1.31"),
        (5.7, "5.70"),
        (1.001, "1.001"),
        (1.0004, "1.0004"),
        (0.9996, "0.9996"),
        (0.984, "0.984"),
        (1 + 1e-12, "1.00"),
        (163.2, "163"),
        (0.0, "0.00"),
    ],
)
def test_an_end_near_one_has_the_digits_that_tell_it_from_one(ratio, text):
    assert interval_end(ratio) == text
    assert float(ratio_end(ratio)) == pytest.approx(float(text))
    if ratio:
        assert ratio_end(ratio) == text


def parted(make_grid, factors):
    """Two rates over as many settings as there are factors, which are the larger one's loss over the smaller one's."""
    axes = {"learning_rate": [0.1, 1.0], "l2": list(range(len(factors)))}
    results = make_grid(axes, lambda values, replicate: factors[values["l2"]] ** (values["learning_rate"] == 1.0))
    found = compare(results, [], list(axes))
    (rate,) = [one for one in found.hyperparameters if one.name == "learning_rate"]
    (line,) = [one for one in found.headline if one.startswith("learning rate")]
    return rate, line


@pytest.mark.parametrize(
    "factors",
    [
        [1.0] * 4 + list(np.linspace(1.5, 3, 8)),  # equal losses count in the median alone
        [0.99, 0.98, 0.97, 0.96, *np.linspace(1.5, 3, 8)],  # small ones on the other side weigh little in the test
    ],
    ids=["equals", "small"],
)
def test_where_the_interval_holds_one_beside_a_sure_word_the_headline_says_why(make_grid, factors):
    rate, line = parted(make_grid, factors)
    worse = next(one for one in rate.values if one.value != rate.best)
    assert rate.sureness is Sureness.CLEAR
    assert worse.ratio_low <= 1 < worse.ratio_high
    assert PARTED in line


def test_where_they_agree_nothing_is_said_of_it(make_grid):
    rate, line = parted(make_grid, list(np.linspace(1.5, 3, 12)))
    assert rate.sureness is Sureness.CLEAR
    assert PARTED not in line

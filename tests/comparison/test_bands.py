"""Bands over replicates: curves of different length, diverged ones, every axis; and thinning that keeps minima."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparison.axes import Axis, Replicate, Replicated, places
from comparison.bands import Center, band, bands
from comparison.mean_interval import positive_mean_interval
from comparison.median_interval import median_interval
from comparison.side_by_side import WORST
from comparison.thinning import kept
from comparison.trimmed_mean import interquartile_mean, interquartile_mean_interval


def replicate(number, values, **changes):
    fields = {
        "trial_id": number + 1,
        "number": number,
        "seeds": (number, 7 + number, 70 + number),
        "state": "finished",
        "outcome": "converged",
        "diverged_epoch": None,
        "values": values,
        "updates": [4 * epoch for epoch in range(len(values))],
        "epoch_seconds": [0.5 + number] * len(values),
    }
    return Replicate(**(fields | changes))


def configuration(*replicates, **changes):
    fields = {
        "sweep_id": 1,
        "configuration_number": 0,
        "values": {"cost": "sum_of_squares"},
        "dataset": ("digits", "d"),
        "split": (0.2, 5),
        "samples_per_epoch": 100,
        "operations_per_epoch": 1000,
        "replicates": replicates,
    }
    return Replicated(**(fields | changes))


def of(curves, center=Center.MEAN, metric="validation_cost", axis=Axis.EPOCHS):
    return band(configuration(*(replicate(n, one) for n, one in enumerate(curves))), metric, center, axis)


def test_the_middle_and_its_interval_are_computed_at_every_epoch():
    curves = np.random.default_rng(1).gamma(4, size=(5, 8))
    found = of(curves.tolist())
    low, high = positive_mean_interval(curves)
    assert found.center == pytest.approx(curves.mean(axis=0))
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)
    assert of(curves.tolist(), Center.MEDIAN).center == pytest.approx(np.median(curves, axis=0))
    assert of(curves.tolist(), Center.MEDIAN).low == pytest.approx(curves.min(axis=0))  # of five it is their range


def test_a_curve_that_ended_early_is_there_as_far_as_it_goes_and_it_is_said_how_many_are():
    found = of([[1.0, 0.5, 0.2], [3.0, 1.5], [2.0]])
    assert found.live == [3, 2, 1]
    assert found.center == pytest.approx([2.0, 1.0, 0.2])
    assert found.low[2] is None
    assert found.replicates == 3


def test_a_diverged_replicate_is_infinite_from_there_on_and_not_dropped():
    curves = [replicate(n, [1.0, 0.5, 0.3 + n / 10]) for n in range(4)]
    curves.append(replicate(4, [1.0, None], diverged_epoch=1, outcome="diverged"))
    whole = configuration(*curves)
    mean, median = (band(whole, "validation_cost", center) for center in (Center.MEAN, Center.MEDIAN))
    assert (mean.live, mean.diverged) == ([5, 4, 4], [0, 1, 1])
    assert mean.center == [1.0, None, None]
    assert median.center == pytest.approx([1.0, 0.5, 0.5])
    assert median.high == [1.0, None, None]
    middle = band(whole, "validation_cost", Center.INTERQUARTILE_MEAN)
    assert middle.center == pytest.approx([1.0, 0.5, 0.5])
    accuracy = band(whole, "validation_accuracy", Center.MEDIAN)
    assert (accuracy.low[2], accuracy.high[2]) == (0.0, 0.6)  # the bad end of an accuracy is the lower one


def test_where_half_diverged_the_median_is_infinite_too():
    curves = [replicate(0, [1.0, 0.5]), replicate(1, [1.0, None], diverged_epoch=1)]
    assert band(configuration(*curves), "validation_cost", Center.MEDIAN).center == [1.0, None]


@pytest.mark.parametrize("center", Center)
def test_of_many_replicates_that_all_diverged_nothing_is_known(center):
    curves = [replicate(n, [None], diverged_epoch=0) for n in range(12)]
    found = band(configuration(*curves), "validation_cost", center)
    assert (found.center, found.low, found.high, found.diverged) == ([None], [None], [None], [12])


def test_a_metric_that_is_not_defined_has_no_middle_and_is_no_divergence():
    found = of([[None, 1.0], [None, 2.0]], metric="gradient_norm")
    assert (found.center, found.live, found.diverged) == ([None, 1.5], [0, 2], [0, 0])


def test_what_has_not_begun_has_an_empty_band():
    assert of([[], []]).at == []
    assert of([[], [1.0, 0.5]]).center == [1.0, 0.5]


def test_the_lower_end_of_a_costs_band_is_not_below_zero():
    assert of([[0.0], [1.0], [0.001]]).low == [0.0]
    assert 0 < of([[0.001], [1.0], [0.001]]).low[0] < 0.334


def test_where_one_of_many_has_diverged_the_mean_ends_and_nothing_breaks():
    curves = [replicate(n, [1.0, 0.5]) for n in range(11)] + [replicate(11, [1.0])]
    curves.append(replicate(12, [1.0, None], diverged_epoch=1, outcome="diverged"))
    found = band(configuration(*curves), "validation_cost", Center.MEAN)
    assert (found.center, found.low, found.live) == ([1.0, None], [1.0, None], [13, 11])


def drawn(random, number):
    """A configuration as it may stand in a sweep that runs: short, empty, diverged, undefined curves among others."""
    some = []
    for place in range(random.integers(0, 13)):
        length = int(random.choice([0, 3, 7, 8]))
        values = (random.gamma(3, size=length) - (0.5 if number % 3 == 0 else 0.0)).tolist()
        changes = {"updates": np.cumsum(random.integers(1, 9, length)).tolist()}
        changes["epoch_seconds"] = random.random(length).tolist()
        if length and random.random() < 0.3:
            values[random.integers(length)] = None
        if length and random.random() < 0.2:
            changes["diverged_epoch"] = int(random.integers(length))
            values[changes["diverged_epoch"] :] = [None]
            changes = {name: one[: len(values)] if isinstance(one, list) else one for name, one in changes.items()}
        some.append(replicate(place, values, **changes))
    return configuration(*some, configuration_number=number, operations_per_epoch=1000 + number)


def interval(column, center):
    """Middle, low and high of the finite or infinite numbers of one epoch; NaN where there is none."""
    numbers = np.array(column)[:, None]
    none = (np.array([np.nan]), np.array([np.nan]))
    if not column:
        found = (none[0], *none)
    elif center is Center.MEDIAN:
        found = (np.median(numbers, axis=0), *(median_interval(numbers) if len(column) >= 5 else none))
    elif center is Center.INTERQUARTILE_MEAN:
        found = (interquartile_mean(numbers), *interquartile_mean_interval(numbers))
    else:
        found = (numbers.mean(axis=0), *(positive_mean_interval(numbers) if np.isfinite(numbers).all() else none))
    return [float(one[0]) for one in found]


def at_epoch(one, metric, epoch):
    """The replicate's number at this epoch, infinite from its divergence on, or None."""
    if one.diverged_epoch is not None and epoch >= one.diverged_epoch and metric in WORST:
        return WORST[metric]
    return one.values[epoch] if epoch < len(one.values) else None


@pytest.mark.parametrize("metric", ["validation_cost", "train_accuracy", "gradient_norm"])
@pytest.mark.parametrize("center", Center)
@pytest.mark.parametrize("axis", Axis)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the loop below subtracts infinities
def test_many_configurations_at_once_are_as_a_loop_over_each_and_its_epochs(metric, center, axis):
    random = np.random.default_rng([len(metric), len(center), len(axis)])
    some = [drawn(random, number) for number in range(40)]
    for whole, found in zip(some, bands(some, metric, center, axis), strict=True):
        curves = [one for one in whole.replicates if one.values]
        columns = [
            [number for number in (at_epoch(one, metric, epoch) for one in curves) if number is not None]
            for epoch in range(max((len(one.values) for one in curves), default=0))
        ]
        expected = np.array([interval(column, center) for column in columns]).reshape(-1, 3)
        if all(number >= 0 for column in columns for number in column if np.isfinite(number)):
            expected[:, 1] = np.maximum(expected[:, 1], 0)
        expected[np.isinf(expected)] = np.nan  # neither is a number that can be told
        numbers = np.array([found.center, found.low, found.high], dtype=float).T
        np.testing.assert_allclose(numbers, expected, rtol=1e-12, atol=1e-15)
        assert found.live == [int(np.isfinite(column).sum()) for column in columns]
        assert found.diverged == [int(np.isinf(column).sum()) for column in columns]
        there = [[places(axis, whole, one)[epoch] for one in curves if epoch < len(one.values)] for epoch in range(8)]
        assert found.at == [float(np.median(spots)) for spots in there if spots]
        assert found.replicates == len(whole.replicates)


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        (Axis.EPOCHS, [0, 1, 2]),
        (Axis.UPDATES, [0, 4, 8]),
        (Axis.SAMPLES, [0, 100, 200]),
        (Axis.FLOPS, [0, 1000, 2000]),
        (Axis.SECONDS, [1.5, 3.0, 4.5]),
    ],
)
def test_every_axis_has_its_places_and_a_band_their_median(axis, expected):
    whole = configuration(*(replicate(n, [1.0, 0.5, 0.2]) for n in range(3)))
    assert places(axis, whole, whole.replicates[1]) == expected
    assert band(whole, "validation_cost", Center.MEAN, axis).at == expected


values = st.none() | st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(values, values), min_size=1, max_size=300), st.integers(4, 60))
def test_thinning_keeps_both_ends_every_minimum_and_at_most_so_many_points(rows, points):
    columns = [list(column) for column in zip(*rows, strict=True)]
    places = kept(columns, points)
    assert places == sorted(set(places))
    assert {places[0], places[-1]} <= {0, len(rows) - 1}
    assert len(places) <= 2 * points
    for column in columns:
        there = [value for value in column if value is not None]
        if there:
            assert min(there) == min(column[place] for place in places if column[place] is not None)


def test_a_short_curve_is_whole_and_one_column_stays_within_the_points():
    assert kept([[3.0, 2.0, 1.0]], 4) == [0, 1, 2]
    assert len(kept([np.random.default_rng(0).random(1000).tolist()], 100)) <= 100
    with pytest.raises(ValueError, match="needs 4 points"):
        kept([[1.0]], 3)
    assert kept([], 10) == []

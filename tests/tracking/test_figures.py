"""Pictures and tables from values: what a band spans, where labels stand, what a file says."""

from __future__ import annotations

import io
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread

from comparison.results import TrialResult
from tracking.artifacts.best_trial import best
from tracking.artifacts.comparison_table import as_csv
from tracking.artifacts.sweep_file import sweep_file
from tracking.figures.bands import CostCurve, band
from tracking.figures.labels import spread
from tracking.figures.style import COLOURS, blank, draw
from tracking.figures.sweep_curves import ConfigurationCurves, sweep_curves, sweep_figure
from tracking.figures.trial_curve import trial_curve


def test_a_band_counts_what_diverged_as_infinite_and_spans_what_did_not() -> None:
    found = band(
        [CostCurve((0, 1, 2), (3.0, 2.0, 1.0)), CostCurve((0, 1), (3.0, None)), CostCurve((0, 1, 2), (3, 4, 5))]
    )
    assert found.medians == (3.0, 4.0, 5.0)
    assert (found.lowest, found.highest) == ((3.0, 2.0, 1.0), (3.0, 4.0, 5.0))
    assert (found.replicates, found.diverged) == (3, 1)


def test_a_replicate_that_ended_early_is_left_out_from_there_on() -> None:
    found = band([CostCurve((0, 1, 2), (3.0, 2.0, 1.0)), CostCurve((0, 1), (5.0, 4.0))])
    assert found.medians == (4.0, 3.0, 1.0)
    assert found.diverged == 0


def test_a_configuration_that_diverged_altogether_has_no_finite_median() -> None:
    found = band([CostCurve((0, 1), (1.0, None)), CostCurve((0, 1), (2.0, None))])
    assert found.medians == (1.5, math.inf)


@given(st.lists(st.floats(0, 400), min_size=1, max_size=12))
def test_labels_stand_apart_in_order_and_inside(heights: list[float]) -> None:
    found = spread(heights, 15.0, 0.0, 400.0)
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    placed = [found[place] for place in order]
    assert all(upper - lower >= 15.0 - 1e-6 for lower, upper in pairwise(placed))
    assert all(-1e-6 <= height <= 400.0 + 1e-6 for height in found)


def test_labels_that_do_not_meet_stand_where_their_curves_end() -> None:
    assert spread([300.0, 10.0, 100.0], 15.0, 0.0, 400.0) == [300.0, 10.0, 100.0]


CURVE = CostCurve((0, 1, 2, 3), (1.0, 0.1, 0.01, 0.02))


@pytest.mark.parametrize(
    "ranked",
    [
        [],
        [ConfigurationCurves("c0", [])],
        [ConfigurationCurves("c0", [CostCurve((0,), (None,))])],
        [ConfigurationCurves("$x_1$ \\frac", [CURVE, CostCurve((0, 1), (1.0, None))])] * 9,
        [ConfigurationCurves("c0", [CostCurve((0, 1), (0.0, 0.0))])],
        [ConfigurationCurves("c0", [CostCurve((0, 1), (1e-300, 1e300))])],
    ],
    ids=range(6),
)
def test_any_sweep_gives_a_picture(ranked: list[ConfigurationCurves]) -> None:
    drawn = sweep_curves("a $ sign, and _ too", "subtitle", "learning rate / layers", ranked)
    assert imread(io.BytesIO(drawn)).shape == (896, 1600, 4)
    assert drawn == sweep_curves("a $ sign, and _ too", "subtitle", "learning rate / layers", ranked)


AXES = (slice(180, 793), slice(90, 1176))  # rows and columns of the pixels inside the axes, dots at epoch 0 included


def inked(drawn: bytes, colour: str) -> int:
    """Pixels inside the axes in this very colour."""
    pixels = np.round(255 * imread(io.BytesIO(drawn))[AXES][..., :3])
    return int(np.all(pixels == [int(colour[at : at + 2], 16) for at in (1, 3, 5)], axis=-1).sum())


def test_costs_that_stand_alone_before_a_divergence_are_dots() -> None:
    lost = [CostCurve((0, 1), (2.0, None))] * 3
    ranked = [ConfigurationCurves("c0", lost), ConfigurationCurves("c1", [CostCurve((0, 1), (3.0, None))] * 3)]
    drawn = sweep_curves("title", "subtitle", "learning rate", ranked)
    assert all(inked(drawn, colour) > 50 for colour in COLOURS[:2])
    assert inked(drawn, COLOURS[2]) == 0


def test_only_costs_without_a_neighbour_are_dots() -> None:
    _, axes = blank("title", "subtitle")
    draw(axes, (0, 1, 2, 3, 4, 5), (1.0, None, 2.0, 3.0, math.inf, 4.0), color="#000000", linewidth=1.0)
    _, dots = axes.lines
    assert list(zip(*dots.get_data(), strict=True)) == [(0, 1.0), (5, 4.0)]


@pytest.mark.parametrize(
    ("replicates", "diverged", "told"),
    [
        ([CURVE, CURVE], 0, None),
        ([CURVE, CostCurve((0, 1), (2.0, None))], 0, "1 of the 2 trials drawn diverged"),
        ([CURVE, CURVE], 2, "All 2 trials drawn diverged"),
        ([CostCurve((0, 1), (2.0, None))] * 3, 3, "All 3 trials drawn diverged"),
    ],
)
def test_the_picture_says_how_many_diverged(replicates: list[CostCurve], diverged: int, told: str | None) -> None:
    ranked = [ConfigurationCurves("c0", replicates, diverged)]
    figure = sweep_figure("title", "subtitle", "heading", ranked)
    words = [one.get_text() for one in (*figure.texts, *figure.axes[0].texts)]
    assert [text for text in words if "drawn diverged" in text] == ([told] if told else [])


def test_the_subtitle_keeps_clear_of_the_heading_of_the_labels() -> None:
    heading = "layers / initialization / learning rate / batch size / l2"
    drawn = sweep_curves("t", "M" * 110, heading, [ConfigurationCurves("c0", [CURVE])])
    ink = (imread(io.BytesIO(drawn))[:180, 1222:1500, :3] < 0.9).any(axis=(1, 2))
    rows = np.flatnonzero(ink)
    assert len(rows)
    gaps = np.diff(rows)
    assert gaps.max() >= 12, "pixels between the subtitle and the heading"


@pytest.mark.parametrize("best_epoch", [None, 2, 3, 99])
@pytest.mark.parametrize(
    "curve", [CURVE, CostCurve((), ()), CostCurve((0, 1), (None, None))], ids=["some", "no", "nan"]
)
def test_any_trial_gives_a_picture(curve: CostCurve, best_epoch: int | None) -> None:
    assert imread(io.BytesIO(trial_curve("title", "subtitle", curve, curve, best_epoch))).shape == (896, 1600, 4)


def test_a_sweep_file_reads_back_as_the_document_with_short_mappings_on_one_line() -> None:
    document = {"name": "grüße: 1", "parameters": {"layers": {"values": [[32], []]}, "epochs": {"value": 3}}, "n": None}
    text = sweep_file(document).decode()
    assert yaml.safe_load(text) == document
    assert "  layers: {values: [[32], []]}\n" in text
    assert "grüße" in text


def test_a_text_that_a_spreadsheet_would_compute_is_prefixed() -> None:
    assert as_csv(["dataset", "rate"], [["=1+1", -2.0], ["iris", None]]) == b"dataset,rate\n'=1+1,-2.0\niris,\n"


def result(trial_id: int, cost: float | None, accuracy: float | None = None, **more: Any) -> TrialResult:
    names = [name for name in TrialResult.__dataclass_fields__ if name not in ("values", "target_epochs")]
    values: dict[str, Any] = dict.fromkeys(names)
    values |= {"trial_id": trial_id, "state": "finished", "best_validation_cost": cost}
    return TrialResult(**{**values, "best_validation_accuracy": accuracy, **more}, values={}, target_epochs={})


def test_the_best_trial_is_what_the_sweeps_metric_says() -> None:
    results = [
        result(1, 0.5, 0.7),
        result(2, 0.2, 0.6),
        result(3, 0.2, 0.9),
        result(4, 0.1, 0.99, outcome="diverged"),
        result(5, 0.1, 0.99, state="failed"),
        result(6, None),
    ]
    by_cost, by_accuracy = (
        best(results, "validation_cost", "minimize"),
        best(results, "validation_accuracy", "maximize"),
    )
    assert (by_cost and by_cost.trial_id, by_accuracy and by_accuracy.trial_id) == (2, 3)
    assert best([result(1, None), result(2, 0.1, state="cancelled")], "validation_cost", "minimize") is None

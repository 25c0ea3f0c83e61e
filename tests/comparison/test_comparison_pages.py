"""The pages about outcomes and statistics say what the code does."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from comparison.curves import refusing
from comparison.curves.effort import PATIENCE, Effort
from comparison.curves.fitting import FEWEST_EPOCHS, Estimate, Fit
from comparison.curves.levels import Levels
from comparison.outcome import RULES
from comparison.outcomes import converged, diverged, oscillating, overfitting, reading, stuck
from comparison.sureness import Sureness
from comparison.value_comparison import ValueComparison

DOCS = Path(__file__).parents[2] / "docs"
OUTCOMES = (DOCS / "outcomes.md").read_text()
STATISTICS = (DOCS / "statistics.md").read_text()


def section(number):
    """On one line; 0 is what the rules read."""
    return " ".join(re.split(r"^## ", OUTCOMES, flags=re.M)[1:][number].split())


def test_the_outcomes_stand_in_the_order_in_which_they_are_asked():
    assert re.findall(r"^## \d\. (\w+)", OUTCOMES, flags=re.M) == [str(rule.outcome) for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.outcome))
def test_the_fewest_epochs_of_a_rule_are_stated(rule):
    place = RULES.index(rule) + 1
    if rule.fewest_epochs > 2:
        assert f"From epoch {rule.fewest_epochs}." in section(place) or "shorter than" in section(place)


@pytest.mark.parametrize(
    ("place", "thresholds"),
    [
        (1, [diverged.GROWN, f"last {diverged.RISING_EPOCHS} steps", diverged.RISEN, diverged.RISEN_SCALE]),
        (2, [f"max({stuck.WINDOW}, n/5)", stuck.NO_BETTER, f"{stuck.MOVED:.0%}".replace("%", " %")]),
        (3, [f"{overfitting.GENERALIZATION_LOSS * 100:.0f} %", f"{overfitting.NOISES:.0f} times its noise"]),
        (4, [f"{oscillating.LARGE * 100:.0f} %", f"{oscillating.LARGE_SCALE * 100:.0f} %"]),
        (2, [f"most {stuck.FAINT}", f"most {stuck.VANISHED}", f"least {stuck.POOR} of"]),
        (2, [f"at least {stuck.FEWEST_UPDATES} mini-batches", f"{stuck.CREPT * 100:.0f} % of the level"]),
        (1, [f"{diverged.FLAT * 100:.0f} % of the level", f"{diverged.QUIET * 100:.0f} % of it"]),
        (0, [f"{reading.LIVE}", f"{reading.HARDLY * 100:.0f} % of the cost before training"]),
        (5, [f"{converged.LIVELY * 100:.0f} %", f"{converged.LIVELY_SCALE * 100:.0f} %"]),
    ],
)
def test_the_thresholds_are_the_codes_own(place, thresholds):
    for threshold in thresholds:
        assert str(threshold) in section(place)


def test_every_word_and_every_figure_is_explained():
    for word in Sureness:
        assert f"| {word} |" in STATISTICS
    for field in fields(ValueComparison):
        if field.name not in {"value", "summary", "sureness"}:
            assert field.name in STATISTICS


def test_every_figure_of_one_curve_and_every_limit_of_its_fits_is_explained():
    whole = STATISTICS.partition("## One curve")[2]
    for kind in (Levels, Effort, Fit, Estimate):
        for field in fields(kind):
            if field.name not in {"target", "value"}:
                assert f"**{field.name}**" in whole or f"{field.name}," in whole, field.name
    assert f"{PATIENCE} unless asked otherwise" in whole
    assert f"fewer than {FEWEST_EPOCHS} epochs" in whole
    assert f"less than {100 * refusing.LEAST_EXPLAINED:.0f} %" in whole
    assert f"above {refusing.SYSTEMATIC} / sqrt(n)" in whole
    assert f"{100 * refusing.MOST_DEVIATION:.0f} % of the fall" in whole.replace("\n  ", " ")

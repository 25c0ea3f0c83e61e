"""The simulations behind docs/statistics.md, smaller; and that the page holds what they make."""

import numpy as np
import pytest

from benchmarks.statistics import intervals, page, verdicts
from comparison.paired import against_reference
from comparison.verdict import Verdict

DRAWS = 3000


def test_a_single_verdict_on_a_normal_null_is_wrong_in_about_5_of_100():
    rates = dict(verdicts.single(DRAWS))
    assert all(0.035 <= rate <= 0.065 for rate in rates["normal"])
    assert all(rate <= 0.065 for shares in rates.values() for rate in shares)


def test_a_family_of_24_configurations_is_wrong_in_at_most_5_of_100():
    found = verdicts.family(DRAWS)
    assert found["the leader, over all pairs"] <= 0.05
    assert 0.02 <= found["a reference named beforehand"] <= 0.06
    assert found["the leader, without correction (not used)"] > 0.3


def test_the_simulated_family_is_the_one_that_the_comparison_makes():
    random = np.random.default_rng(1)
    for effect in (0.0, 3.0):
        losses = random.normal(size=(6, 5)) + np.linspace(0, effect, 6)[:, None]
        smallest = verdicts._smallest((losses - losses[:1])[None, 1:])[0]
        family = [dict(enumerate(np.exp(row))) for row in losses]
        found = against_reference(family[0], family[1:])
        assert min(one.p for one in found) == pytest.approx(smallest)
        assert any(one.verdict is not Verdict.UNDECIDED for one in found) == (smallest <= 0.05 / 5)


@pytest.mark.parametrize("row", intervals.coverages(DRAWS), ids=lambda row: f"{row[0]}, {row[1]}")
def test_intervals_hold_the_true_value_within_what_the_page_says(row):
    name, shape, shares = row
    if "not used" in name:
        assert shares[1] < 0.88
    elif name == "median" or (name == "mean" and "skewed" not in shape):
        assert all(0.925 <= share <= 0.985 for share in shares if share is not None)
    else:
        lowest = 0.865 if "very" in shape else 0.90
        assert all(lowest <= share <= 0.985 for share in shares if share is not None)


def test_the_replicates_said_to_be_needed_have_a_power_of_80_to_92():
    assert all(0.78 <= seen <= 0.93 for _, _, seen in verdicts.planned(DRAWS))


def test_so_many_more_decide_at_least_80_of_100_and_a_second_look_costs_what_the_page_says():
    found = verdicts.added(DRAWS)
    assert all(then >= 0.8 for effect, _, _, then, _ in found if effect)
    assert 0.07 <= found[0][-1] <= 0.14
    assert all(wrong < 0.01 for effect, _, _, _, wrong in found if effect)


def test_the_section_replaces_the_old_one_and_nothing_else(tmp_path):
    copy = tmp_path / "statistics.md"
    copy.write_text(f"before\n{page.BEGIN}old\n{page.END}after\n")
    page.write("new\n", copy)
    assert copy.read_text() == f"before\n{page.BEGIN}new\n{page.END}after\n"
    copy.write_text("nothing")
    with pytest.raises(ValueError, match="marks are missing"):
        page.write("new\n", copy)


def test_the_page_has_a_row_for_everything_that_is_simulated():
    text = page.PAGE.read_text()
    made = text[text.index(page.BEGIN) : text.index(page.END)]
    assert "20,000 seeded simulations" in made
    for row in ("the leader, over all pairs", "interquartile mean", "very skewed", "of the others decided then"):
        assert row in made

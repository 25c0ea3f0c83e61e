"""The simulations behind docs/statistics.md, smaller; and that the page holds what they make."""

import numpy as np
import pytest

from benchmarks.statistics import intervals, page, replicates, verdicts
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
def test_intervals_hold_the_true_value_within_2_points_of_their_level(row):
    name, _, shares = row
    if "not used" in name:
        assert min(shares) < 0.93
    elif "more skewed" in name:
        assert 0.87 <= min(shares) < 0.93
    else:
        assert all(0.92 <= share <= 0.98 for share in shares if share is not None)  # 1 point of noise


def test_an_interval_on_the_logarithm_is_wider_for_few_costs_and_no_wider_for_many():
    for _, rows in intervals.widths(500):
        (three, three_plain), *_, (twenty, twenty_plain) = rows
        assert three_plain < three < 2 * three_plain
        assert twenty < 1.05 * twenty_plain


def test_the_replicates_said_to_be_needed_have_a_power_of_70_to_90():
    for one in replicates.planned(DRAWS):
        assert 0.7 <= one.seen <= 0.9
        assert abs(one.seen - 0.8) < 0.02 + min(abs((one.with_one_less or 0) - 0.8), abs(one.with_one_more - 0.8))


@pytest.mark.parametrize(("pilot", "level"), [(3, 0.05), (5, 0.05), (10, 0.05), (5, 0.005)])
def test_so_many_new_ones_decide_70_to_90_of_100_of_what_was_undecided(pilot, level):
    found = [replicates.further(effect, 1000, pilot, level) for effect in replicates.EFFECTS]
    assert len([one for one in found if one]) >= 4
    assert all(0.7 <= one.alone <= 0.9 and one.wrong < 0.01 for one in found if one)


def test_new_ones_alone_are_wrong_in_5_of_100_and_a_second_look_at_the_first_ones_more_often():
    found = replicates.further(0.0, 6000)
    assert 0.041 <= found.wrong <= 0.059
    assert found.wrong_together > found.wrong
    assert found.alone == found.wrong


def test_what_is_simulated_is_the_comparison_itself():
    random, decided = np.random.default_rng(3), []
    while len(decided) < 300:
        first = against_reference(dict.fromkeys(range(5), 1.0), [dict(enumerate(np.exp(random.normal(1, 1, 5))))])[0]
        if first.verdict is Verdict.UNDECIDED:
            new = dict(enumerate(np.exp(random.normal(1, 1, first.more))))
            decided.append(against_reference(dict.fromkeys(new, 1.0), [new])[0].verdict is Verdict.WORSE)
    assert 0.72 <= np.mean(decided) <= 0.88


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
    for row in ("the leader, over all pairs", "interquartile mean", "very skewed", "decided, alone"):
        assert row in made

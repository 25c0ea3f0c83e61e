"""Two configurations on common seeds: the verdict is wrong as rarely as it says, and never rests on a masked value."""

import math

import numpy as np
import pytest
from scipy import stats

from comparison.further import further_replicates
from comparison.paired import against_reference
from comparison.power import power, replicates_needed
from comparison.unpaired import compare_groups
from comparison.verdict import Scale, Verdict, decided


def losses(*values):
    return dict(enumerate(values))


def one(reference, other, **options):
    return against_reference(losses(*reference), [losses(*other)], **options)[0]


def test_the_estimate_interval_and_p_are_scipys_paired_t_of_the_logs():
    random = np.random.default_rng(1)
    first = np.exp(random.normal(size=5))
    second = first * np.exp(0.2 + 0.1 * random.normal(size=5))
    found = one(first, second)
    expected = stats.ttest_rel(np.log(second), np.log(first))
    interval = expected.confidence_interval()
    assert (found.p, found.adjusted_p) == pytest.approx((expected.pvalue, expected.pvalue))
    assert found.estimate == pytest.approx(np.exp(np.mean(np.log(second / first))))
    assert (found.low, found.high) == pytest.approx((math.exp(interval.low), math.exp(interval.high)))
    assert (found.pairs, found.sound, found.scale) == (5, 5, Scale.RATIO)


def test_common_seeds_take_the_seeds_own_part_out():
    seeds = np.array([0.1, 1.0, 10.0, 100.0, 1000.0])
    found = one(seeds, seeds * np.array([1.5, 1.52, 1.49, 1.51, 1.5]))
    assert (found.verdict, found.more) == (Verdict.WORSE, None)
    assert found.effect_size > 0
    groups = decided([compare_groups(seeds.tolist(), (1.5 * seeds).tolist(), Scale.RATIO)], 1)[0]
    assert (groups.paired, groups.verdict) == (False, Verdict.UNDECIDED)


def test_swapping_the_two_swaps_the_verdict_and_inverts_the_ratio():
    random = np.random.default_rng(3)
    first, second = np.exp(0.1 * random.normal(size=(2, 6)))
    second *= 3
    there, back = one(first, second), one(second, first)
    assert (there.verdict, back.verdict) == (Verdict.WORSE, Verdict.BETTER)
    assert there.estimate * back.estimate == pytest.approx(1)
    assert there.p == pytest.approx(back.p)


def test_only_common_seeds_count():
    found = against_reference({0: 1.0, 1: 1.0, 2: 1.0, 7: 0.0001}, [{0: 2.0, 1: 2.1, 2: 1.9, 9: 0.0001}])[0]
    assert (found.pairs, found.verdict) == (3, Verdict.WORSE)


@pytest.mark.parametrize("pairs", [0, 1, 2])
def test_with_two_seeds_or_fewer_it_is_always_undecided(pairs):
    found = one([1.0] * pairs, [50.0 + seed for seed in range(pairs)])
    assert (found.verdict, found.p) == (Verdict.UNDECIDED, None)
    both = one([1.0] * pairs, [math.inf] * pairs)
    assert both.verdict is Verdict.UNDECIDED


def test_equal_losses_are_undecided_and_need_no_more():
    found = one([0.3] * 5, [0.3] * 5)
    assert (found.verdict, found.p, found.effect_size, found.more, found.estimate) == (Verdict.UNDECIDED, 1, 0, None, 1)


def test_who_diverged_on_more_seeds_is_never_better_whatever_the_rest_says():
    reference = [1.0 + 0.01 * seed for seed in range(10)]
    found = one(reference, [math.inf, math.inf] + [0.01] * 8)
    assert (found.verdict, found.diverged, found.sound) == (Verdict.UNDECIDED, 2, 8)
    assert found.estimate < 1
    assert one([math.inf, math.inf] + [0.01] * 8, reference).verdict is Verdict.UNDECIDED


def test_diverging_everywhere_is_worse_once_there_are_seeds_enough():
    assert one([1.0] * 5, [math.inf] * 5).verdict is Verdict.WORSE  # Fisher: 5 of 5 against 0 of 5, p = 0.0079, twice
    assert one([1.0] * 3, [math.inf] * 3).verdict is Verdict.UNDECIDED
    assert one([math.inf] * 5, [1.0] * 5).verdict is Verdict.BETTER


def test_a_worse_cost_beside_a_divergence_is_worse():
    found = one([1.0, 1.1, 0.9, 1.0, 1.05, 1.0], [math.inf, 9.0, 9.5, 9.2, 8.8, 9.1])
    assert (found.verdict, found.diverged, found.sound) == (Verdict.WORSE, 1, 5)


def test_where_all_diverged_nothing_is_decided():
    found = one([math.inf] * 6, [math.inf] * 6)
    assert (found.verdict, found.estimate, found.diverged, found.reference_diverged) == (Verdict.UNDECIDED, None, 6, 6)


def test_a_loss_of_zero_is_compared_by_differences():
    found = one([0.0, 0.1, 0.05, 0.0], [0.5, 0.6, 0.55, 0.51])
    assert (found.scale, found.verdict) == (Scale.DIFFERENCE, Verdict.WORSE)
    assert found.estimate == pytest.approx(0.5025)


def test_on_a_normal_null_a_verdict_is_wrong_in_5_of_100():
    random = np.random.default_rng(20)
    found = [one(*np.exp(random.normal(size=(2, 5)))).verdict for _ in range(2000)]
    assert 0.035 <= np.mean([verdict is not Verdict.UNDECIDED for verdict in found]) <= 0.065


def test_a_family_against_a_leader_chosen_by_looking_is_hardly_ever_wrong_at_all():
    random, wrong = np.random.default_rng(21), 0
    for _ in range(200):
        table = np.exp(random.normal(size=(24, 5)))
        ordered = table[np.argsort(np.median(table, axis=1))]
        family = against_reference(losses(*ordered[0]), [losses(*row) for row in ordered[1:]], 24 * 23 // 2)
        wrong += any(one.verdict is not Verdict.UNDECIDED for one in family)
    assert wrong / 200 <= 0.05


def test_holms_step_makes_a_family_more_careful():
    random = np.random.default_rng(5)
    reference = np.exp(random.normal(size=5))
    others = [reference * np.exp(0.3 + 0.18 * random.normal(size=5)) for _ in range(8)]
    alone = [one(reference, other) for other in others]
    family = against_reference(losses(*reference), [losses(*other) for other in others])
    assert all(joint.adjusted_p >= single.p for joint, single in zip(family, alone, strict=True))
    assert sum(o.verdict is Verdict.WORSE for o in family) < sum(o.verdict is Verdict.WORSE for o in alone)


def test_power_is_the_simulated_one():
    random = np.random.default_rng(6)
    for effect, count in ((0.5, 34), (1.0, 10), (1.5, 6)):
        p = stats.ttest_1samp(random.normal(effect, 1, (count, 20_000)), 0).pvalue
        expected = power(np.array([effect]), np.array([float(count)]), 0.05)[0]
        assert np.mean(p <= 0.05) == pytest.approx(expected, abs=0.012)


def test_power_grows_with_the_replicates_also_at_the_level_of_a_large_family():
    counts = np.arange(2.0, 1001.0)
    for level in (0.05, 0.05 / 276, 0.05 / 499_500):
        for effect in (0.3, 1.0, 6.0):
            assert np.all(np.diff(power(np.full(999, effect), counts, level)) >= -1e-9)
    expected = stats.nct.sf(stats.t.isf(0.5e-7, 269), 269, 0.3 * np.sqrt(270))
    assert power(np.array([0.3]), np.array([270.0]), 1e-7)[0] == pytest.approx(expected)


def test_the_replicates_needed_are_those_whose_power_is_nearest_to_80():
    effects = np.array([0.3, 0.5, 1.0, 2.0, 8.0])
    needed = replicates_needed(effects, 0.05)
    assert needed.tolist() == [89, 33, 10, 4, 3]  # Cohen's tables and G*Power, at least 80 %: 90, 34, 10, 5, 3
    off = [np.abs(power(effects, np.maximum(2.0, needed + step), 0.05) - 0.8)[:4] for step in (-1, 0, 1)]
    assert np.all(off[1] <= np.minimum(off[0], off[2]) + 1e-9)
    assert replicates_needed(np.array([0.001]), 0.05)[0] == 0


def test_more_replicates_are_named_where_it_is_undecided():
    values = np.array([1.3, 0.9, 1.2, 1.0, 1.25])
    found = one([1.0] * 5, values)
    assert found.verdict is Verdict.UNDECIDED
    statistic = stats.ttest_1samp(np.log(values), 0).statistic
    assert found.more == further_replicates(np.array([statistic]), np.array([5]), 0.05)[0]
    assert one([1.0] * 4, [1.3, 1.2, 0.95, 1.2], comparisons=30).more > one([1.0] * 4, [1.3, 1.2, 0.95, 1.2]).more


def test_none_are_named_where_only_divergences_hold_a_verdict_back():
    reference = [1.0 + 0.01 * seed for seed in range(10)]
    found = one(reference, [math.inf, math.inf, *(0.01 + 0.001 * seed for seed in range(8))])
    assert (found.verdict, found.more) == (Verdict.UNDECIDED, None)


def test_without_common_seeds_it_is_welchs_test():
    random = np.random.default_rng(8)
    first, second = np.exp(random.normal(size=6)).tolist(), np.exp(1 + 2 * random.normal(size=9)).tolist()
    found = compare_groups(first, second, Scale.RATIO)
    expected = stats.ttest_ind(np.log(second), np.log(first), equal_var=False)
    assert found.p == pytest.approx(expected.pvalue)
    assert math.log(found.low) == pytest.approx(expected.confidence_interval().low)
    assert (found.paired, found.more) == (False, None)
    worse = decided([compare_groups([1.0, 1.1, 0.9, 1.0], [math.inf] * 4 + [9.0], Scale.RATIO)], 1)[0]
    assert (worse.diverged, worse.verdict) == (4, Verdict.UNDECIDED)

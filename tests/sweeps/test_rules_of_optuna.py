"""asha, median and wilcoxon against Optuna's pruners in live studies, and against the definitions worked out slowly."""

import math
import statistics
import warnings

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wilcoxon

from sweeps.early_termination.asha import Asha
from sweeps.early_termination.base import Standing
from sweeps.early_termination.median import Median
from sweeps.early_termination.wilcoxon import Wilcoxon

optuna.logging.set_verbosity(optuna.logging.ERROR)
numbers = st.floats(-100, 100, allow_subnormal=False)
values = st.one_of(numbers, st.none(), st.just(math.nan))
goals = st.sampled_from(["minimize", "maximize"])


def standings(found):
    return [Standing(trial_id, value, value) for trial_id, value in enumerate(found)]


def stopped(rule, goal, epoch, found, candidates=None):
    everybody = standings(found)
    chosen = everybody if candidates is None else [everybody[place] for place in candidates]
    return {one.trial_id for one in rule.decide(goal, epoch, chosen, everybody) if one.stop}


@pytest.mark.parametrize(
    ("rule", "epochs", "expected"),
    [
        (Asha(), 27, (1, 4, 16)),
        (Asha(min_resource=2, reduction_factor=3), 54, (2, 6, 18)),
        (Asha(min_resource=1, reduction_factor=3, min_early_stopping_rate=2), 28, (9, 27)),
        (Asha(min_resource=30), 20, ()),
        (Median(), 4, (1, 2, 3)),
        (Median(n_warmup_steps=3, interval_steps=4), 12, (3, 7, 11)),
        (Median(interval_steps=5), 15, (5, 10)),
        (Wilcoxon(min_iter=4), 12, (4,)),
        (Wilcoxon(min_iter=4, interval=3), 12, (4, 7, 10)),
        (Wilcoxon(min_iter=12), 12, ()),
    ],
)
def test_check_epochs_are_between_the_first_epoch_and_the_last(rule, epochs, expected):
    assert rule.check_epochs(epochs) == expected


@settings(max_examples=30, deadline=None)
@given(st.lists(values, min_size=1, max_size=9), goals, st.integers(2, 4), st.integers(0, 2))
def test_asha_decides_of_the_last_comer_as_a_live_study_does(found, goal, factor, rung):
    """All trials of a live study report at every rung; the last one is asked about at this rung."""
    rule = Asha(min_resource=2, reduction_factor=factor)
    pruner = optuna.pruners.SuccessiveHalvingPruner(2, factor, 0)
    study = optuna.create_study(direction=goal, pruner=pruner)
    epoch = 2 * factor**rung
    best = -1e9 if goal == "minimize" else 1e9
    for value in found:
        trial = study.ask()
        for earlier in range(rung):  # values that nobody beats pass the rungs before
            trial.report(best, 2 * factor**earlier)
            assert not trial.should_prune()
        trial.report(math.nan if value is None else value, epoch)
        live = trial.should_prune()
    last = len(found) - 1
    assert (last in stopped(rule, goal, epoch, found, [last])) == live


@settings(max_examples=30, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=12), goals, st.integers(2, 4))
def test_asha_judges_each_of_a_job_among_all_that_have_reached_the_rung(found, goal, factor):
    kept = max(1, len(found) // factor)
    cut = sorted(found, reverse=goal == "maximize")[kept - 1]
    expected = {place for place, value in enumerate(found) if (value > cut if goal == "minimize" else value < cut)}
    assert stopped(Asha(reduction_factor=factor), goal, factor, found) == expected
    thresholds = {one.threshold for one in Asha(reduction_factor=factor).decide(goal, 1, *2 * [standings(found)])}
    assert thresholds == {cut}


def test_what_is_not_finite_is_stopped_by_asha_and_counts_for_no_rung():
    assert stopped(Asha(reduction_factor=2), "minimize", 1, [None, math.nan, 1.0, 2.0]) == {0, 1, 3}
    assert stopped(Asha(reduction_factor=2), "minimize", 1, [None, None]) == {0, 1}


def test_asha_lets_nobody_pass_before_its_bootstrap_count():
    assert stopped(Asha(bootstrap_count=3), "minimize", 1, [1.0, 2.0, 3.0]) == {0, 1, 2}
    assert 0 not in stopped(Asha(bootstrap_count=3), "minimize", 1, [1.0, 2.0, 3.0, 4.0])


@settings(max_examples=30, deadline=None)
@given(st.lists(numbers, min_size=6, max_size=12), goals)
def test_median_stops_what_is_worse_than_the_median_of_all(found, goal):
    middle = statistics.median(found)
    clear = {place: value for place, value in enumerate(found) if not math.isclose(value, middle, abs_tol=1e-9)}
    expected = {place for place, value in clear.items() if (value > middle if goal == "minimize" else value < middle)}
    assert stopped(Median(), goal, 3, found) & clear.keys() == expected


@settings(max_examples=20, deadline=None)
@given(st.lists(values, min_size=1, max_size=9), values, goals)
def test_median_decides_as_a_live_study_does_once_the_others_have_ended(others, own, goal):
    rule = Median(n_startup_trials=2)
    study = optuna.create_study(direction=goal, pruner=optuna.pruners.MedianPruner(n_startup_trials=2))
    everybody = [*others, own]
    for value in everybody:  # here a trial's own value counts too
        trial = study.ask()
        trial.report(math.nan if value is None else value, 3)
        study.tell(trial, 0.0)
    asked = study.ask()
    asked.report(math.nan if own is None else own, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        live = asked.should_prune()
    assert (len(others) in stopped(rule, goal, 3, everybody, [len(others)])) == live


def test_median_judges_the_best_value_so_far():
    recovered = Standing(0, 9.0, 0.5)
    everybody = [recovered, *(Standing(number, 1.0 + number, 1.0 + number) for number in range(1, 8))]
    [verdict] = Median().decide("minimize", 4, [recovered], everybody)
    assert (verdict.stop, verdict.value) == (False, 0.5)
    assert verdict.threshold == statistics.median(one.value for one in everybody)


def test_median_waits_for_its_startup_trials():
    assert stopped(Median(n_startup_trials=5), "minimize", 1, [1.0, 2.0, 3.0, 4.0]) == set()
    assert stopped(Median(n_startup_trials=4), "minimize", 1, [1.0, 2.0, 3.0, 4.0]) == {2, 3}
    [first, *_] = Median(n_startup_trials=5).decide("minimize", 1, *2 * [standings([1.0, 2.0])])
    assert first.threshold is None


def replicated(*configurations):
    """One list of values by replicate for each configuration."""
    places = [(number, replicate) for number, one in enumerate(configurations) for replicate in range(len(one))]
    return [
        Standing(key, configurations[number][replicate], None, number, replicate)
        for key, (number, replicate) in enumerate(places)
    ]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(numbers, min_size=5, max_size=5, unique=True), min_size=2, max_size=4),
    goals,
    st.sampled_from([0.05, 0.1, 0.3]),
)
def test_wilcoxon_stops_a_configuration_that_the_signed_rank_test_calls_worse_than_the_best(found, goal, p_threshold):
    means = [sum(one) / 5 for one in found]
    best = means.index(min(means) if goal == "minimize" else max(means))
    expected = set()
    for number, one in enumerate(found):
        differences = [mine - its for mine, its in zip(one, found[best], strict=True)]
        side = "greater" if goal == "minimize" else "less"
        p = wilcoxon(differences, alternative=side, zero_method="zsplit").pvalue
        not_better = means[number] >= means[best] if goal == "minimize" else means[number] <= means[best]
        if p < p_threshold and (means[number] != means[best] or not not_better):
            expected.add(number)
    everybody = replicated(*found)
    verdicts = Wilcoxon(min_iter=1, p_threshold=p_threshold).decide(goal, 1, everybody, everybody)
    assert {everybody[one.trial_id].configuration for one in verdicts if one.stop} == expected - {best}
    for number in range(len(found)):  # all replicates share their fate
        assert len({one.stop for one in verdicts if everybody[one.trial_id].configuration == number}) == 1


def test_wilcoxon_pairs_replicates_so_that_shared_luck_does_not_hide_a_difference():
    best, worse, mixed = [1.0, 5.0, 9.0, 2.0, 7.0], [1.1, 5.2, 9.3, 2.4, 7.5], [1.1, 4.9, 9.1, 2.1, 7.1]
    everybody = replicated(best, worse, mixed)
    verdicts = Wilcoxon(min_iter=1).decide("minimize", 1, everybody, everybody)
    assert [one.stop for one in verdicts] == 5 * [False] + 5 * [True] + 5 * [False]
    assert verdicts[5].value == pytest.approx(5.1)
    assert verdicts[5].threshold == pytest.approx(4.8)


def test_wilcoxon_does_not_stop_on_few_replicates_nor_on_what_is_not_finite():
    everybody = replicated([1.0, 1.0, 1.0], [2.0, 3.0, 4.0])
    assert not any(one.stop for one in Wilcoxon(min_iter=1).decide("minimize", 1, everybody, everybody))
    everybody = replicated(4 * [1.0], [2.0, 3.0, 4.0, None], [2.0, 3.0, 4.0, 5.0], [0.0])
    verdicts = Wilcoxon(min_iter=1).decide("minimize", 1, everybody, everybody)
    assert {everybody[one.trial_id].configuration for one in verdicts if one.stop} == {2}


@pytest.mark.parametrize(("p_threshold", "fewest"), [(0.1, 4), (0.05, 5), (0.125, 4), (0.13, 3), (0.5, 2), (1.0, 2)])
def test_wilcoxon_knows_how_many_replicates_it_needs(p_threshold, fewest):
    rule = Wilcoxon(min_iter=1, p_threshold=p_threshold)
    assert rule.fewest_replicates == fewest
    for replicates, any_stops in ((fewest, True), (fewest - 1, False)):
        everybody = replicated([0.0] * replicates, [float(number) for number in range(1, replicates + 1)])
        stops = any(one.stop for one in rule.decide("minimize", 1, everybody, everybody))
        assert stops == any_stops


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (Asha, {"min_resource": 0}),
        (Asha, {"reduction_factor": 1}),
        (Asha, {"bootstrap_count": -1}),
        (Median, {"interval_steps": 0}),
        (Median, {"n_startup_trials": -1}),
        (Wilcoxon, {"min_iter": 0}),
        (Wilcoxon, {"min_iter": 1, "interval": 0}),
        (Wilcoxon, {"min_iter": 1, "p_threshold": 0.0}),
    ],
)
def test_values_out_of_range_are_refused(rule, wrong):
    with pytest.raises(ValueError, match="must be"):
        rule(**wrong)


@pytest.mark.parametrize("rule", [Asha(), Median(), Wilcoxon(min_iter=1)])
def test_nobody_to_judge_is_nobody_judged(rule):
    assert rule.decide("minimize", 1, [], []) == ()

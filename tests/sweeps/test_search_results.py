"""What a search is told: medians over replicates, divergence as the worst, failures as nothing; in small batches."""

import pytest

from sweeps.search.batches import batch_size
from sweeps.search.results import ReplicateResult, results_of
from sweeps.spec import Metric

COST, ACCURACY = Metric("validation_cost", "minimize"), Metric("validation_accuracy", "maximize")


def replicate(*best, diverged=False, counts=True):
    return ReplicateResult(best, diverged, counts)


def test_a_configuration_is_judged_by_the_median_over_its_replicates():
    assert results_of([[replicate(0.1), replicate(0.5), replicate(9.0)]], [COST]) == ((0.5,),)


def test_a_diverged_replicate_is_worse_than_all_whatever_it_had_reached():
    diverged = [replicate(0.001, diverged=True), replicate(0.7), replicate(0.2)]
    assert results_of([diverged], [COST]) == ((0.7,),)


@pytest.mark.parametrize(("metric", "worst"), [(COST, 0.9), (ACCURACY, 0.3)])
def test_a_median_that_diverged_is_told_as_the_worst_there_is(metric, worst):
    diverged = [replicate(0.5, diverged=True), replicate(None), replicate(0.6)]
    found = results_of([diverged, [replicate(0.9)], [replicate(0.3)]], [metric])
    assert found == ((worst,), (0.9,), (0.3,))


def test_failures_are_left_out_and_where_all_failed_there_is_no_result():
    failed = replicate(0.1, counts=False)
    assert results_of([[failed, replicate(0.4)], [failed, failed], []], [COST]) == ((0.4,), None, None)


def test_nothing_is_told_of_a_divergence_that_nothing_finite_stands_beside():
    assert results_of([[replicate(None, diverged=True)]], [COST]) == (None,)


def test_two_metrics_are_told_side_by_side():
    pair = [replicate(0.1, 0.9), replicate(0.3, 0.5)]
    assert results_of([pair], [COST, ACCURACY]) == ((0.2, 0.7),)


@pytest.mark.parametrize(
    ("run_cap", "done", "workers", "size"),
    [(40, 0, 2, 5), (40, 36, 2, 2), (40, 39, 2, 1), (40, 40, 2, 0), (30, 0, 8, 8), (1000, 0, 2, 125), (3, 9, 2, 0)],
)
def test_a_batch_is_small_and_keeps_the_workers_busy(run_cap, done, workers, size):
    assert batch_size(run_cap, done, workers) == size

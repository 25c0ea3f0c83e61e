"""Configurations over their replicates: counts, medians, ranks."""

import pytest

from comparison.configurations import summarise
from comparison.judging import judge
from comparison.summary import summary

RATES = {"learning_rate": [0.1, 1.0, 10.0]}


def cost_of(values, replicate):
    return {0.1: 0.6, 1.0: 0.1, 10.0: 0.9}[values["learning_rate"]] + 0.01 * replicate


def test_the_best_median_comes_first(make_grid):
    found = summarise(make_grid(RATES, cost_of), [], ["learning_rate"])
    assert [one.values["learning_rate"] for one in found] == [1.0, 0.1, 10.0]
    assert [one.rank for one in found] == [1, 2, 3]
    assert found[0].loss == pytest.approx(0.11)
    assert found[0].summary.best_validation_cost.lowest == pytest.approx(0.1)
    assert found[0].summary.best_validation_cost.highest == pytest.approx(0.12)


def test_diverged_trials_count_as_infinite_and_configurations_of_them_rank_last(make_grid):
    def change(values, replicate):
        diverged = values["learning_rate"] == 1.0 and replicate < 2
        return {"outcome": "diverged", "final_validation_cost": None} if diverged else {}

    found = summarise(make_grid(RATES, cost_of, change=change), [], ["learning_rate"])
    assert [one.values["learning_rate"] for one in found] == [0.1, 10.0, 1.0]
    assert found[-1].loss is None
    assert found[-1].rank == 3
    assert found[-1].summary.diverged_share == pytest.approx(2 / 3)
    assert found[-1].summary.best_validation_cost.median is None
    assert found[-1].summary.best_validation_cost.lowest == pytest.approx(0.12)


def test_configurations_that_mostly_diverged_share_the_last_rank(make_grid):
    def change(values, replicate):
        diverged = values["learning_rate"] != 1.0 and replicate < 2 + (values["learning_rate"] == 10.0)
        return {"outcome": "diverged"} if diverged else {}

    found = summarise(make_grid(RATES, cost_of, change=change), [], ["learning_rate"])
    assert [(one.values["learning_rate"], one.rank, one.loss is None) for one in found] == [
        *((1.0, 1, False), (0.1, 2, True), (10.0, 2, True)),
    ]


def test_equal_configurations_share_a_rank_and_the_next_one_counts_both(make_grid):
    found = summarise(make_grid(RATES, lambda values, _: 0.1 + (values["learning_rate"] == 0.1)), [], ["learning_rate"])
    assert [(one.values["learning_rate"], one.rank) for one in found] == [(1.0, 1), (10.0, 1), (0.1, 3)]


def test_what_has_not_ended_is_counted_and_left_out(make_grid):
    def change(values, replicate):
        states = {0.1: "running", 1.0: "failed" if replicate else "finished", 10.0: "pruned"}
        return {"state": states[values["learning_rate"]]}

    found = summarise(make_grid(RATES, cost_of, change=change), [], ["learning_rate"])
    assert [(one.values["learning_rate"], one.rank) for one in found] == [(1.0, 1), (10.0, 2), (0.1, None)]
    assert [(one.summary.trials, one.summary.ended, one.summary.lost) for one in found] == [
        *((3, 1, 2), (3, 3, 0), (3, 0, 0)),
    ]
    assert found[-1].summary.best_validation_cost is None
    assert found[-1].summary.stuck_share is None


def test_costs_of_different_data_sets_are_not_ranked_against_each_other(make_grid):
    axes = {"dataset": ["digits", "iris"], "learning_rate": [0.1, 1.0]}
    found = summarise(make_grid(axes, lambda values, replicate: values["learning_rate"]), [], list(axes))
    assert [(one.values["dataset"], one.rank) for one in found] == [
        *(("digits", 1), ("digits", 2), ("iris", 1), ("iris", 2)),
    ]


def test_a_target_counts_who_reached_it_and_by_when_half_of_all_had(make_result):
    epochs = [3, 5, None, 7]
    results = [make_result(n, target_epochs={} if e is None else {0.5: e}) for n, e in enumerate(epochs)]
    target = summary(results, [0.5, 0.1]).targets
    assert (target[0].reached, target[0].of, target[0].median_epoch) == (3, 4, 5.0)
    assert (target[1].reached, target[1].of, target[1].median_epoch) == (0, 4, None)


def test_shares_are_of_the_ended_trials(make_result):
    outcomes = ["stuck", "diverged", "converged", "stuck"]
    results = [make_result(n, outcome=outcome) for n, outcome in enumerate(outcomes)]
    results.append(make_result(9, state="running", outcome="stuck"))
    found = summary(results, [])
    assert (found.stuck_share, found.diverged_share) == (0.5, 0.25)


@pytest.mark.parametrize(
    ("metric", "goal", "measure", "best"),
    [
        ("validation_cost", "minimize", "best_validation_cost", 0),
        ("train_cost", "minimize", "best_train_cost", 1),
        ("validation_accuracy", "maximize", "best_validation_error", 2),
        ("epoch_seconds", "minimize", "seconds", 3),
        ("gradient_norm", "minimize", "best_validation_cost", 0),
        ("validation_accuracy", "minimize", "best_validation_error", 2),
    ],
)
def test_the_metric_decides_which_number_ranks(make_result, metric, goal, measure, best):
    results = [
        make_result(
            number,
            number,
            cost=0.1 if number == 0 else 0.5,
            best_train_cost=0.1 if number == 1 else 0.5,
            best_validation_accuracy=0.99 if number == 2 else 0.5,
            seconds=0.1 if number == 3 else 0.5,
        )
        for number in range(4)
    ]
    judged_by = judge(metric, goal)
    assert judged_by.measure == measure
    assert summarise(results, [], [], judged_by)[0].configuration_number == best
    assert (judged_by.note is not None) == (metric == "gradient_norm" or (goal == "minimize" and "acc" in metric))

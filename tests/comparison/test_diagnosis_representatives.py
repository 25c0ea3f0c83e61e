"""Which trials of a sweep are diagnosed."""

from comparison.diagnosis.representatives import worst_first
from comparison.judging import judge

JUDGE = judge("validation_cost", "minimize")


def test_each_configuration_is_represented_by_its_middle_replicate_the_worst_first(make_grid):
    costs = {0.1: [0.3, 0.1, 0.2], 1.0: [0.9, 0.7, 0.8]}
    results = make_grid(
        {"learning_rate": list(costs)}, lambda values, replicate: costs[values["learning_rate"]][replicate]
    )
    chosen = worst_first(results, JUDGE)
    assert [(one.configuration_number, one.replicate) for one in chosen] == [(1, 2), (0, 2)]


def test_diverged_configurations_come_before_all_and_unended_ones_not_at_all(make_grid):
    def change(values, replicate):
        if values["l2"] == 1.0:
            return {"outcome": "diverged"}
        return {"state": "running"} if values["l2"] == 2.0 else {}

    results = make_grid({"l2": [0.0, 1.0, 2.0]}, lambda values, replicate: 0.5, change=change)
    assert [one.configuration_number for one in worst_first(results, JUDGE)] == [1, 0]


def test_of_two_replicates_the_worse_one_speaks(make_grid):
    (chosen,) = worst_first(
        make_grid({"l2": [0.0]}, lambda values, replicate: 1.0 - replicate / 2, replicates=2), JUDGE
    )
    assert chosen.replicate == 0

"""Named configurations against the first, on a chosen axis, paired where they can be; made-up curves."""

import math
from dataclasses import replace

import numpy as np
import pytest

from comparison.across import contest
from comparison.axes import Axis, Replicate, Replicated
from comparison.verdict import Verdict


def configuration(number, curves, seeds=100, sweep=1, per_epoch=1000, split=(0.2, 5), outcomes=None, **changes):
    replicates = tuple(
        Replicate(
            trial_id=place + 1,
            number=place,
            seeds=(place, seeds + place, 2 * seeds + place),
            state="finished",
            outcome=(outcomes or {}).get(place, "converged"),
            diverged_epoch=None,
            values=curve,
            updates=list(range(len(curve))),
            epoch_seconds=[0.1] * len(curve),
        )
        for place, curve in enumerate(curves)
    )
    fields = {"values": {"cost": "sum_of_squares", "learning_rate": float(number)}, "dataset": ("digits", "d")}
    return Replicated(
        sweep_id=sweep,
        configuration_number=number,
        split=split,
        samples_per_epoch=10,
        operations_per_epoch=per_epoch,
        replicates=replicates,
        **(fields | changes),
    )


def curves(scale, count=5, epochs=11, seed=1):
    """Replicates that fall as 1 / epoch to `scale`, each with a level of its own that configurations share."""
    levels = np.exp(np.random.default_rng(seed).normal(size=count))
    jitter = np.exp(0.02 * np.random.default_rng(int(1000 * scale)).normal(size=count))
    return [
        [float(level * noise * scale * epochs / (epoch + 1)) for epoch in range(epochs)]
        for level, noise in zip(levels, jitter, strict=True)
    ]


def test_common_seeds_are_paired_also_across_sweeps():
    found = contest([configuration(0, curves(1.0)), configuration(3, curves(1.5), sweep=2)], "validation_cost")
    reference, other = found.contenders
    assert reference.against_reference is None
    assert (other.against_reference.paired, other.against_reference.pairs) == (True, 5)
    assert other.against_reference.verdict is Verdict.WORSE
    assert other.against_reference.estimate == pytest.approx(1.5, rel=0.05)
    assert found.notes == ()


def test_what_has_not_ended_and_what_cannot_be_compared_is_told():
    made = configuration(0, curves(1.0))
    other = configuration(1, curves(1.0), dataset=("iris", "i"))
    running = replace(other, replicates=tuple(replace(one, state="running") for one in other.replicates))
    assert contest([made, other], "validation_cost").notes == (
        "Losses of other data or another cost are different quantities: they are not comparable.",
    )
    assert "5 of 10 trials have not ended and are left out." in contest([made, running], "validation_cost").notes


@pytest.mark.parametrize("change", [{"seeds": 900}, {"split": (0.3, 5)}])
def test_without_common_seeds_or_splits_it_is_welch_and_said(change):
    found = contest([configuration(0, curves(1.0)), configuration(1, curves(1.5), **change)], "validation_cost")
    against = found.contenders[1].against_reference
    assert (against.paired, against.verdict) == (False, Verdict.UNDECIDED)
    assert "independent groups" in found.notes[0]


def test_equal_operations_are_not_equal_epochs():
    large = configuration(1, curves(0.8), per_epoch=5000)
    by_epochs = contest([configuration(0, curves(1.0)), large], "validation_cost")
    by_flops = contest([configuration(0, curves(1.0)), large], "validation_cost", Axis.FLOPS)
    assert by_epochs.contenders[1].against_reference.verdict is Verdict.BETTER
    assert by_flops.budget == 10_000
    assert by_flops.contenders[1].against_reference.verdict is Verdict.WORSE


def test_only_what_lies_within_the_common_budget_counts():
    long = configuration(1, [[*curve, 1e-9] for curve in curves(1.5)])
    found = contest([configuration(0, curves(1.0)), long], "validation_cost")
    assert found.budget == 10
    assert found.contenders[1].against_reference.verdict is Verdict.WORSE


def test_a_diverged_trial_has_an_infinite_loss_whatever_it_had_reached():
    low = [[1e-6, 1e-6, 1e-6]] * 5
    found = contest(
        [configuration(0, [[1.0, 0.9 + n / 100, 0.8] for n in range(5)]),
         configuration(1, low, outcomes=dict.fromkeys(range(5), "diverged"))],
        "validation_cost",
    )  # fmt: skip
    other = found.contenders[1]
    assert (other.diverged, other.loss.median) == (5, None)
    assert other.against_reference.verdict is Verdict.WORSE


def test_other_data_and_other_costs_are_not_comparable_but_accuracies_of_other_costs_are():
    reference = configuration(0, curves(1.0))
    other_data = configuration(1, curves(1.5), dataset=("iris", "i"))
    other_cost = configuration(2, curves(1.5), values={"cost": "cross_entropy"})
    found = contest([reference, other_data, other_cost], "validation_cost").contenders
    assert [one.against_reference.verdict for one in found[1:]] == [Verdict.NOT_COMPARABLE] * 2
    assert found[1].against_reference.estimate is None
    accuracies = [[[0.1, 0.9 - shift + n / 100] for n in range(4)] for shift in (0.0, 0.1)]
    accuracies[1][0][1] -= 0.001
    pair = [configuration(0, accuracies[0]), configuration(2, accuracies[1], values={"cost": "cross_entropy"})]
    against = contest(pair, "validation_accuracy").contenders[1].against_reference
    assert (against.verdict, against.scale) == (Verdict.WORSE, "difference")
    assert against.estimate == pytest.approx(0.1, abs=0.001)


def test_the_way_to_a_target_is_compared_with_those_that_missed_it():
    fast = configuration(0, [[9.0, 1.0, 0.5]] * 6, per_epoch=10)
    slow = configuration(1, [[9.0, 8.0, 7.0]] * 5 + [[9.0, 8.0, 1.0]], per_epoch=10)
    found = contest([fast, slow], "validation_cost", Axis.FLOPS, target=1.0).contenders
    assert (found[0].to_target.median, found[0].to_target.reached, found[0].to_target.p) == (10, 6, None)
    assert (found[1].to_target.median, found[1].to_target.reached, found[1].to_target.of) == (None, 1, 6)
    assert found[1].to_target.p < 0.01
    assert contest([fast, slow], "validation_cost").contenders[0].to_target is None


def test_what_has_not_ended_is_counted_and_left_out():
    waiting = configuration(1, [])
    found = contest([configuration(0, curves(1.0)), waiting], "validation_cost", target=0.5)
    assert (found.contenders[1].ended, found.contenders[1].loss, found.contenders[1].to_target) == (0, None, None)
    assert found.contenders[1].against_reference.verdict is Verdict.UNDECIDED
    assert not math.isnan(found.budget)

"""Epochs to targets against the definition."""

from hypothesis import given
from hypothesis import strategies as st

from comparison.targets import epochs_to_targets

costs = st.lists(st.none() | st.floats(0, 2), max_size=20)


@given(costs, st.lists(st.floats(0, 2), max_size=5))
def test_the_first_epoch_at_or_below_the_target_counts(validation_cost, targets):
    found = epochs_to_targets(validation_cost, targets)
    for target in targets:
        epochs = [epoch for epoch, cost in enumerate(validation_cost) if cost is not None and cost <= target]
        assert found.get(target) == (epochs[0] if epochs else None)


def test_a_cost_that_rises_again_has_still_reached_it():
    assert epochs_to_targets([0.9, 0.5, 0.7, None], [0.5, 0.1, 1]) == {0.5: 1, 1: 0}

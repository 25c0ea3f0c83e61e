"""Previews: the plan's own counts, the engine's own estimates, the first configurations."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.catalog import BUILT_IN
from engine.shapes import training_bytes
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from sweeps.preview import elapsed, preview

DOCUMENT = {
    "method": "grid",
    "parameters": {
        "layers": {"values": [[8], [16, 8]]},
        "learning_rate": {"values": [0.1, 0.5, 1, 2, 4, 8]},
        "epochs": {"values": [5, 10]},
        "dataset": {"value": "iris"},
    },
    "backsweep": {"replicates": 2, "roles": {"learning_rate": "scientific"}},
}
SPEC = parse(DOCUMENT, BUILT_IN, 1000)


def test_the_counts_are_those_of_the_plan():
    found, planned = (
        preview(SPEC, plan(SPEC, BUILT_IN, workers=3), BUILT_IN, workers=3),
        plan(SPEC, BUILT_IN, workers=3),
    )
    assert (found.configuration_count, found.trial_count, found.job_count) == (24, 48, len(planned.jobs))
    assert found.epoch_count == 12 * 2 * (5 + 10)
    assert found.work_seconds == pytest.approx(sum(job.estimated_seconds for job in planned.jobs))
    assert found.spec.notes == planned.spec.notes


def test_parameters_are_counted_over_weights_and_biases():
    by_hand = [sum((a + 1) * b for a, b in pairwise(sizes)) for sizes in ((4, 8, 3), (4, 16, 8, 3))]
    found = preview(SPEC, plan(SPEC, BUILT_IN), BUILT_IN)
    assert found.parameter_counts == tuple(by_hand)
    assert [one.parameter_count for one in found.configurations] == by_hand[:1] * 10


def test_the_first_configurations_have_the_values_that_the_document_gives():
    found = preview(SPEC, plan(SPEC, BUILT_IN), BUILT_IN).configurations
    assert [one.number for one in found] == list(range(10))
    assert found[1].values == {"layers": (8,), "learning_rate": 0.1, "epochs": 10, "dataset": "iris"}


def test_memory_is_that_of_the_largest_jobs():
    found, planned = (
        preview(SPEC, plan(SPEC, BUILT_IN, workers=2), BUILT_IN, workers=2),
        plan(SPEC, BUILT_IN, workers=2),
    )
    memory = sorted(
        training_bytes(len(job.trials), job.trials[0].trial.configuration, BUILT_IN["iris"], 0.2)
        for job in planned.jobs
    )
    assert found.job_bytes == memory[-1]
    assert found.memory_bytes == sum(memory[-2:])


def test_one_worker_takes_as_long_as_the_work():
    found = preview(SPEC, plan(SPEC, BUILT_IN, workers=1), BUILT_IN, workers=1)
    assert found.estimated_seconds == pytest.approx(found.work_seconds)


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=6), st.integers(1, 4))
def test_the_time_lies_between_what_cannot_be_beaten_and_the_work(seconds, workers):
    found = elapsed(seconds, workers)
    assert max(sum(seconds) / workers, *seconds, 0) <= found + 1e-9
    assert found <= sum(seconds) + 1e-9


def test_the_time_is_that_of_a_queue():
    assert elapsed([5, 4, 3, 3], 2) == 8
    assert {elapsed(order, 3) for order in permutations([2, 2, 2])} == {2}

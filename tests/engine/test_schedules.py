"""Learning rates over the epochs."""

from __future__ import annotations

from math import cos, pi

import pytest

from engine.hyperparameter_choices import SCHEDULES as NAMES
from engine.hyperparameters import configuration
from engine.schedules.registry import SCHEDULES, learning_rates


def rate(epoch, **values):
    return learning_rates(configuration({"learning_rate": 2.0, "epochs": 10, **values}), epoch, 4)


def test_every_registered_schedule_is_there():
    assert set(SCHEDULES) == set(NAMES.names)


def test_constant_stays():
    assert [rate(epoch) for epoch in (1, 5, 10)] == [2.0, 2.0, 2.0]


def test_step_falls_every_few_epochs():
    rates = [rate(epoch, schedule="step", schedule_epochs=3, schedule_factor=0.1) for epoch in range(1, 8)]
    assert rates == pytest.approx([2, 2, 2, 0.2, 0.2, 0.2, 0.02])


def test_exponential_falls_every_epoch():
    rates = [rate(epoch, schedule="exponential", schedule_factor=0.5) for epoch in (1, 2, 3)]
    assert rates == [2.0, 1.0, 0.5]


def test_cosine_runs_from_the_whole_rate_towards_its_floor():
    rates = [rate(epoch, schedule="cosine", schedule_floor=0.1) for epoch in range(1, 11)]
    assert rates == pytest.approx([2 * (0.1 + 0.9 * (1 + cos(pi * e / 10)) / 2) for e in range(10)])


def test_warm_up_is_linear_over_its_updates_never_zero_and_ends_at_the_whole_rate():
    first, second = (rate(epoch, schedule_warmup=2, schedule="exponential") for epoch in (1, 2))
    assert [*first, *second] == pytest.approx([2 * step / 8 for step in range(1, 9)])


def test_the_schedule_begins_after_the_warm_up():
    values = {"schedule": "exponential", "schedule_factor": 0.5, "schedule_warmup": 2}
    assert [rate(epoch, **values) for epoch in (3, 4)] == [2.0, 1.0]
    cosine = {"schedule": "cosine", "schedule_warmup": 4}
    assert rate(5, **cosine) == 2.0
    assert rate(8, **cosine) == pytest.approx(1.0)


def test_a_schedule_as_long_as_all_epochs_of_warm_up_is_never_reached():
    assert rate(10, schedule="cosine", schedule_warmup=10)[-1] == 2.0

"""What a target took, with patience."""

import pytest

from comparison.curves.course import Course
from comparison.curves.effort import PATIENCE, efforts
from engine.operations import Operations


def course(*costs):
    count = len(costs)
    seconds = tuple(0.5 + epoch for epoch in range(count))
    return Course(tuple(4 * epoch for epoch in range(count)), costs, costs, seconds, 100, Operations(3000, 3500, 500))


LUCKY = course(1.0, 0.9, 0.4, 0.8, 0.5, 0.45, 0.4, 0.6)


def test_one_lucky_epoch_does_not_count():
    (found,) = efforts(LUCKY, [0.5])
    assert PATIENCE == 2
    assert (found.first_epoch, found.epoch) == (2, 4)
    assert (found.updates, found.samples, found.operations) == (16, 400, 28000)
    assert found.seconds == pytest.approx(0.5 + 1.5 + 2.5 + 3.5 + 4.5)


@pytest.mark.parametrize(("patience", "epoch"), [(0, 2), (1, 4), (2, 4), (3, None)])
def test_patience_is_how_many_epochs_more_it_must_hold(patience, epoch):
    assert efforts(LUCKY, [0.5], patience)[0].epoch == epoch


def test_a_target_reached_in_the_last_epochs_has_not_held_yet():
    (found,) = efforts(course(1.0, 0.8, 0.3, 0.2), [0.5])
    assert (found.first_epoch, found.epoch, found.seconds) == (2, None, None)


def test_a_target_never_reached_took_nothing_and_an_infinite_cost_reaches_none():
    missed, reached = efforts(course(1.0, 1.0, None, None), [0.1, 1.0], patience=1)
    assert (missed.first_epoch, missed.epoch, missed.updates) == (None, None, None)
    assert (reached.epoch, reached.updates, reached.samples) == (0, 0, 0)


def test_a_cost_that_turns_infinite_did_not_hold():
    assert efforts(course(1.0, 0.4, 0.3, None), [0.5])[0].epoch is None


def test_an_empty_course_reaches_nothing():
    assert efforts(course(), [0.5])[0].first_epoch is None

"""What is in a trial's row, kept up to date epoch by epoch, is what follows from the whole curve, for less work."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from comparison.curve import Curve
from comparison.outcome import verdict
from comparison.targets import epochs_to_targets
from results.values import EpochRow
from sweeps.states import State
from worker import curve as module
from worker.curve import TrialCurve

NOW = datetime(2026, 3, 1, tzinfo=UTC)
COSTS = st.lists(st.none() | st.floats(0, 2, allow_nan=False), min_size=1, max_size=60)


def row(epoch: int, cost: float | None) -> EpochRow:
    return EpochRow(1, epoch, 4 * epoch, cost, cost, None, None, None if epoch == 0 else 1.0, 0.1, NOW)


@given(costs=COSTS, targets=st.lists(st.floats(0, 2), max_size=4, unique=True), flushes=st.sets(st.integers(0, 59)))
def test_however_often_it_was_flushed_the_end_says_what_the_whole_curve_says(costs, targets, flushes):
    kept = TrialCurve(1, [], tuple(targets), 0.5, NOW)
    for epoch, cost in enumerate(costs):
        kept.add(row(epoch, cost))
        if epoch in flushes:
            running = kept.progress(State.RUNNING, None, NOW)
            assert running.epochs_recorded == epoch
            assert running.target_epochs == epochs_to_targets(costs[: epoch + 1], targets)
    ended = kept.progress(State.FINISHED, None, NOW)
    gradients = tuple(row(epoch, cost).gradient_norm for epoch, cost in enumerate(costs))
    whole = verdict(Curve(tuple(costs), tuple(costs), 0.5, gradients, 4 if len(costs) > 1 else None))
    assert ended.outcome == (None if whole.outcome is None else str(whole.outcome))
    assert ended.outcome_epoch == whole.epoch
    assert ended.target_epochs == epochs_to_targets(costs, targets)
    finite = [cost for cost in costs if cost is not None]
    assert ended.best_validation_cost == min(finite, default=None)
    assert kept.progress(State.FINISHED, None, NOW) == ended


def test_the_work_of_a_whole_training_is_in_proportion_to_its_epochs(monkeypatch):
    """Flushed after every epoch, as where each takes a second: 4,000 of them, not 8 million rows."""
    judged = []
    monkeypatch.setattr(module, "verdict", lambda curve: (judged.append(len(curve.train_cost)), verdict(curve))[1])
    kept = TrialCurve(1, [], (0.1,), 0.5, NOW)
    for epoch in range(4000):
        kept.add(row(epoch, 1 / (1 + epoch)))
        assert kept.progress(State.RUNNING, None, NOW).outcome_epoch is None or epoch >= 2
    kept.progress(State.FINISHED, None, NOW)
    assert judged[-1] == 4000
    assert sum(judged) < 15 * 4000

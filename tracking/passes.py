"""The order of a pass: what has gone from MLflow is noticed first; then each sweep gets a batch in turn.

A sweep's parent run comes before its trials and ends after the last of them. Watermarks move only after MLflow has
committed, in a transaction of their own: a crash in between sends the same batch again, which changes nothing.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from results.database import Database
from results.reads import tracking as reads
from results.reads.tracking_summary import summary
from results.reads.tracking_values import SweepSummary, TrackedSweep, UnsentTrial
from results.writes import tracking as writes
from sweeps.states import ENDED, State
from tracking.destination import Destination, Sent
from tracking.errors import Refused
from tracking.gone import forget, settle
from tracking.mapping.content import RunContent
from tracking.mapping.sweeps import project_experiment, sweep_run
from tracking.mapping.trials import shown_state, trial_run
from tracking.report import TrackingReport

_SLICE = 50  # sweeps that are looked at together: what comes before the first of them is sent is bounded


@dataclass
class _Turn:
    """A sweep in this pass; `sweep` carries its experiment and parent run from the first turn on."""

    sweep: TrackedSweep
    summary: SweepSummary | None = None  # read with the first batch: most sweeps of a long backlog are not reached
    sent: bool = False


class Pass:
    """One pass over everything unsent, until the deadline (`time.monotonic()`), but never without a first batch."""

    def __init__(self, database: Database, destination: Destination, deadline: float, report: TrackingReport) -> None:
        self._database = database
        self._destination = destination
        self._deadline = deadline
        self._report = report
        self._tried = False  # to send a first batch

    def run(self) -> None:
        """Raises `tracking.errors.Unavailable` when MLflow fails; what was sent until then stays counted and marked."""
        with self._database.read() as connection:
            newest = reads.newest_sent(connection)
        settle(self._database, self._destination, newest, self._report, self._late)
        self._look_for_the_doubted()
        self.take_turns()

    def take_turns(self) -> None:
        """Send what is unsent now. Newest sweeps first: they are the ones somebody is looking at."""
        again: deque[_Turn] = deque()
        for turn in self._first_turns():
            if self._one_batch(turn):
                again.append(turn)
            if self._over():
                return
        while again and not self._over():
            turn = again.popleft()
            if self._one_batch(turn):
                again.append(turn)

    def _over(self) -> bool:
        return self._tried and self._late()

    def _look_for_the_doubted(self) -> None:
        """For half of what is left of the time, that something is sent too; one batch at least."""
        half = time.monotonic() + (self._deadline - time.monotonic()) / 2
        while True:
            with self._database.read() as connection:
                doubted = reads.in_doubt(connection, self._destination.runs_per_batch)
            if not doubted:
                return
            settle(self._database, self._destination, doubted, self._report, lambda: time.monotonic() >= half)
            if time.monotonic() >= half:
                return

    def _first_turns(self) -> Iterator[_Turn]:
        """Every sweep with something to send, slice by slice."""
        before: int | None = None
        while True:
            with self._database.read() as connection:
                found = reads.unsent_sweeps(connection, before, _SLICE)
            sent = {sweep.sweep_id: sweep.run_id for sweep in found if sweep.run_id is not None}
            lost = settle(self._database, self._destination, sent, self._report, self._late)
            for sweep_id in (sweep.sweep_id for sweep in found if sweep.sweep_id not in lost):
                with self._database.read() as connection:
                    sweep = reads.unsent_sweep(connection, sweep_id)
                if sweep is not None:
                    yield _Turn(sweep)
            if len(found) < _SLICE:
                return
            before = found[-1].sweep_id

    def _late(self) -> bool:
        return time.monotonic() >= self._deadline

    def _one_batch(self, turn: _Turn) -> bool:
        """Send one batch of a sweep; whether more may be left."""
        self._tried = True
        if turn.sweep.run_id is None and not self._send_parent(turn, _not_ended(turn.sweep.state)):
            return False
        with self._database.read() as connection:
            unsent = reads.unsent_trials(
                connection,
                turn.sweep.sweep_id,
                self._destination.runs_per_batch,
                self._destination.epochs_per_batch,
            )
        if unsent:
            turn.sent = True
            self._send_trials(turn, unsent)
            return True
        if turn.sent or turn.sweep.tracked_state != turn.sweep.state:
            self._send_parent(turn, turn.sweep.state)
        return False

    def _send_parent(self, turn: _Turn, state: State) -> bool:
        """Whether MLflow holds the parent run now; where it refuses, the sweep is set aside."""
        sweep = turn.sweep
        try:
            experiment = sweep.experiment_id or self._destination.experiment(project_experiment(sweep.project))
            (sent,) = self._destination.send(experiment, [sweep_run(sweep, self._summary(turn), state)], self._deadline)
        except Refused as refusal:
            sent = Sent(None, refused=str(refusal))
        if sent.lost:
            forget(self._database, sweep.sweep_id)
            self._report.forgotten_sweeps += 1
            return False
        with self._database.write() as connection:
            if sent.run_id is None:
                writes.set_aside_sweep(connection, sweep.sweep_id, sent.refused or "")
                self._report.set_aside += 1
            else:
                writes.mark_sweep(connection, sweep.sweep_id, experiment, sent.run_id, state, sweep.finished_at)
                turn.sweep = replace(sweep, experiment_id=experiment, run_id=sent.run_id, tracked_state=state)
                self._report.sent_sweeps += 1
        return sent.run_id is not None

    def _summary(self, turn: _Turn) -> SweepSummary:
        if turn.summary is None:
            with self._database.read() as connection:
                turn.summary = summary(connection, turn.sweep.sweep_id)
        return turn.summary

    def _send_trials(self, turn: _Turn, unsent: Sequence[UnsentTrial]) -> None:
        """Send a batch and move its watermarks."""
        sweep = turn.sweep
        assert sweep.run_id is not None
        assert sweep.experiment_id is not None
        known = self._summary(turn)
        runs = [trial_run(sweep, known, sweep.run_id, trial) for trial in unsent]
        sent = self._destination.send(sweep.experiment_id, runs, self._deadline)
        self._mark(unsent, runs, sent)

    def _mark(self, unsent: Sequence[UnsentTrial], runs: Sequence[RunContent], sent: Sequence[Sent]) -> None:
        """Move the watermarks of what MLflow has committed; `sent` may be shorter than the batch."""
        marks: list[writes.TrialMark] = []
        refusals: dict[int, str] = {}
        for entry, run, result in zip(unsent, runs, sent, strict=False):
            trial_id = entry.trial.trial_id
            if result.refused is not None:
                refusals[trial_id] = result.refused
            elif result.lost:
                marks.append(writes.TrialMark(trial_id, None, -1, None))
            else:
                epoch = entry.epochs[-1].epoch if entry.epochs else entry.trial.tracked_epoch
                ended_at = entry.trial.finished_at
                marks.append(writes.TrialMark(trial_id, result.run_id, epoch, shown_state(entry), ended_at))
                self._report.sent_trials += 1
                self._report.sent_metrics += len(run.metrics)
        with self._database.write() as connection:
            writes.mark_trials(connection, marks)
        for trial_id, reason in refusals.items():
            with self._database.write() as connection:
                writes.set_aside_trial(connection, trial_id, reason)
        self._report.set_aside += len(refusals)


def _not_ended(state: State) -> State:
    """The state to show while trials are still to be sent."""
    return State.RUNNING if state in ENDED else state

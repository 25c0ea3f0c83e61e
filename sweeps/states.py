"""How far work is: the states of sweeps, jobs and trials, and the legal moves between them.

Read by everyone who stores or shows a state. What a curve *did* is its outcome (`comparison.outcome`), not a state.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """One member per state; the gloss stands behind it."""

    QUEUED = "queued"  # stored, not begun
    RUNNING = "running"  # claimed by a worker, or (sweep) some of its jobs are
    FINISHED = "finished"  # did all its epochs, or left the array because it diverged
    PRUNED = "pruned"  # ended early by a stored decision
    FAILED = "failed"  # gave up after the last attempt; the reason stands in its row
    CANCELLED = "cancelled"  # ended by its user


ENDED = frozenset({State.FINISHED, State.PRUNED, State.FAILED, State.CANCELLED})

MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED, State.FAILED}),
    # running -> queued: the lease ran out and the job is offered again
    State.RUNNING: frozenset({State.QUEUED, State.FINISHED, State.PRUNED, State.FAILED, State.CANCELLED}),
    State.FINISHED: frozenset(),
    State.PRUNED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}


class Wanted(StrEnum):
    """What a sweep's user wants of it; workers read it back with every flush."""

    RUN = "run"  # go on
    CANCEL = "cancel"  # end what runs, begin nothing

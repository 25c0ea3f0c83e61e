"""How far work is: the states of sweeps, jobs and trials.

What a user may ask in which state stands in `sweeps.moves`.
Read by everyone who stores or shows a state. What a curve *did* is its outcome (`comparison.outcome`), not a state.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """One member per state; the gloss stands behind it."""

    QUEUED = "queued"  # stored, not begun
    RUNNING = "running"  # claimed by a worker, or (sweep) some of its jobs are
    PAUSED = "paused"  # sweeps only: held by its user, nothing of it runs
    FINISHED = "finished"  # did all its epochs, or left the array because it diverged
    PRUNED = "pruned"  # ended early by a stored decision
    FAILED = "failed"  # gave up after the last attempt; the reason stands in its row
    CANCELLED = "cancelled"  # ended by its user


ENDED = frozenset({State.FINISHED, State.PRUNED, State.FAILED, State.CANCELLED})

COMPLETE = frozenset({State.FINISHED, State.PRUNED})  # ended by their own doing, with a result


class Wanted(StrEnum):
    """What a sweep's user wants of it; workers read it back with every flush."""

    RUN = "run"  # go on
    PAUSE = "pause"  # hand back what runs, begin nothing until it is resumed
    CANCEL = "cancel"  # end what runs, begin nothing

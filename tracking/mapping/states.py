"""Our states as MLflow's run statuses."""

from __future__ import annotations

from sweeps.states import ENDED, State

STATUS: dict[State, str] = {
    State.QUEUED: "SCHEDULED",
    State.RUNNING: "RUNNING",
    State.PAUSED: "SCHEDULED",
    State.FINISHED: "FINISHED",
    State.PRUNED: "FINISHED",  # its curve is a result, cut short on purpose; the tag backsweep.state says so
    State.FAILED: "FAILED",
    State.CANCELLED: "KILLED",
}


def status_of(state: State) -> str:
    """MLflow's status for a state."""
    return STATUS[state]


def told_status(tracked_state: str | None) -> str | None:
    """The status MLflow was last told, None while it knows nothing."""
    return None if tracked_state is None else STATUS[State(tracked_state)]


def has_ended(state: State) -> bool:
    """Whether the status of this state carries an end time."""
    return state in ENDED

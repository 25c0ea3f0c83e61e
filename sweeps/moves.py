"""What a user may ask of a sweep in which state: one table. Read by `results.writes.moves`.

An entry is `Answer.DO`, `Answer.NOTHING` (it is so already: no error, no change), or the reason of the refusal.
"""

from __future__ import annotations

from enum import StrEnum

from sweeps.states import State


class Verb(StrEnum):
    """What a user asks."""

    PAUSE = "pause"  # hand back what runs, begin nothing until resumed
    RESUME = "resume"  # go on
    STOP = "stop"  # begin no more trials; what runs goes on to its end
    CANCEL = "cancel"  # end what runs, begin nothing
    RETRY = "retry"  # train what failed again


class Answer(StrEnum):
    """What comes of it, where it is not refused."""

    DO = "do"
    NOTHING = "nothing"


DO, NOTHING = Answer.DO, Answer.NOTHING
_OVER = "it has ended"
_ANEW = "its user ended it; submit its document again to begin anew"

ANSWERS: dict[Verb, dict[State, Answer | str]] = {
    Verb.PAUSE: {
        State.QUEUED: DO,
        State.RUNNING: DO,
        State.PAUSED: NOTHING,
        State.FINISHED: f"{_OVER} and cannot be paused",
        State.FAILED: f"{_OVER} and cannot be paused",
        State.CANCELLED: f"{_OVER} and cannot be paused",
    },
    Verb.RESUME: {
        State.QUEUED: DO,  # a pause may not have taken effect yet
        State.RUNNING: DO,
        State.PAUSED: DO,
        State.FINISHED: f"{_OVER}; extend it to train more",
        State.FAILED: f"{_OVER}; retry trains what failed again",
        State.CANCELLED: _ANEW,
    },
    Verb.STOP: {
        State.QUEUED: DO,
        State.RUNNING: DO,
        State.PAUSED: DO,
        State.FINISHED: f"{_OVER} and cannot be stopped",
        State.FAILED: f"{_OVER} and cannot be stopped",
        State.CANCELLED: f"{_OVER} and cannot be stopped",
    },
    Verb.CANCEL: {
        State.QUEUED: DO,
        State.RUNNING: DO,
        State.PAUSED: DO,
        State.FINISHED: f"{_OVER} and cannot be cancelled",
        State.FAILED: f"{_OVER} and cannot be cancelled",
        State.CANCELLED: NOTHING,
    },
    Verb.RETRY: {
        State.QUEUED: DO,  # refused below where nothing failed
        State.RUNNING: DO,
        State.PAUSED: DO,
        State.FINISHED: "none of its trials failed",
        State.FAILED: DO,
        State.CANCELLED: _ANEW,
    },
}
BEING_CANCELLED = "it is being cancelled"
NOTHING_FAILED = "none of its trials failed"

"""Failpoints: named instants, around every commit, at which a fault test may have this process killed.

Off unless `settings.failpoints` names a directory. There a test arms a point by making a file of its name; the first
process that reaches the point takes the file away and kills itself, as SIGKILL from outside would at that instant.
Called by the trainer, by recovery and by the API where they commit. Refuses nothing: a name without file is passed.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from settings import Settings

STEPS = ("claim", "flush", "checkpoint", "decide", "lease", "end", "hand_back", "release", "recovery", "submission")
POINTS = (
    *(f"{step}.{place}" for step in STEPS for place in ("uncommitted", "committed")),
    "end.appended",  # in its last transaction: the rest of the curves is there, the end is not
    "recovery.sent",  # the messages are on the queue, the rows do not say so yet
    "submission.sent",
)


def reach(settings: Settings, point: str) -> None:
    """Die here if this point is armed."""
    if not settings.failpoints:
        return
    try:
        Path(settings.failpoints, point).unlink()  # of several processes one gets it
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)

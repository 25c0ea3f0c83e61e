"""The making of one sweep's artifacts in a thread: that of a large sweep takes a minute, and metrics must not wait.

Made in one pass and finished in this or a later one. The thread is a daemon: what it had made is made again.
"""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from results.database import Database
from results.reads.tracking_values import TrackedSweep

if TYPE_CHECKING:
    from tracking.artifacts.content import SweepArtifacts


class Making:
    """Begins with its creation; `sweep` is as it was read then."""

    def __init__(self, database: Database, sweep: TrackedSweep) -> None:
        self.sweep = sweep
        self._database = database
        self._made: SweepArtifacts | None = None
        self._error: Exception | None = None
        self._thread = Thread(target=self._make, name=f"artifacts of sweep {sweep.sweep_id}", daemon=True)
        self._thread.start()

    def concerns(self, database: Database, sweep: TrackedSweep) -> bool:
        """Whether it is about this end of this sweep, and the same runs in MLflow."""
        mine, other = (
            (one.uid, one.finished_at, one.experiment_id, one.run_id, one.state) for one in (self.sweep, sweep)
        )
        return database.url == self._database.url and mine == other

    def finished(self, seconds: float) -> bool:
        """Whether it is done, after waiting this long at most."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> SweepArtifacts:
        """What was made, once it is finished; raises what the making raised."""
        if self._error is not None:
            raise self._error
        assert self._made is not None
        return self._made

    def _make(self) -> None:
        try:
            from tracking.artifacts.making import make  # matplotlib, whose first start may look through all fonts

            self._made = make(self._database, self.sweep)
        except Exception as error:
            self._error = error

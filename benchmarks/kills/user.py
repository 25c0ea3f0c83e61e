"""A user at work while workers are killed: extends, pauses, resumes, cancels, retries, and somebody sets the clocks.

Everything is asked as the API asks it. What is refused, or finds the database busy, is asked another time.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress

from sqlalchemy import select

from results.database import Database
from results.errors import DatabaseUnusable, IllegalMove
from results.tables.sweeps import sweeps
from results.writes import moves
from tests.services.set_clock import SettableClock
from tests.worker.test_extending import extend
from worker.queue import Queue

OPERATIONS = ("extend", "extend", "extend", "pause", "cancel", "retry", "clock", "clock", "clock")
JUMPS = (120, 120, 3600, -1200, -3600)
MOST_ATTEMPTS = 3


class User:
    """`longer`: the epochs that sweeps are extended to; `alone`: sweeps that are left alone."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        clocks: Mapping[str, SettableClock],
        longer: int,
        seed: int,
        alone: Sequence[int],
    ) -> None:
        self._database, self._queue, self._clocks, self._longer = database, queue, clocks, longer
        self._draw, self._alone = random.Random(f"user/{seed}"), alone
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.done: Counter[str] = Counter()
        self.extended: set[int] = set()
        self.failure: BaseException | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Come to an end; raises what went wrong."""
        self._over.set()
        self._thread.join(120)
        if self.failure is not None:
            raise self.failure

    def retry_what_failed(self) -> None:
        """Until nothing has failed: called while all is drained."""
        for sweep_id in self._in_state("failed"):
            self._act("retry", sweep_id)

    def _run(self) -> None:
        try:
            while not self._over.wait(self._draw.uniform(0.2, 1.0)):
                self._operate(self._draw.choice(OPERATIONS))
        except BaseException as error:
            self.failure = error

    def _operate(self, what: str) -> None:
        if what == "clock":
            if self._clocks:
                self._clocks[self._draw.choice(sorted(self._clocks))].jump(self._draw.choice(JUMPS))
                self.done["clock set"] += 1
            return
        states = {"extend": ("finished",), "retry": ("failed",)}.get(what, ("running", "queued"))
        found = [
            key for state in states for key in self._in_state(state) if key not in self.extended or what != "cancel"
        ]
        if what == "extend":
            found = [key for key in found if key not in self.extended]
        if what == "cancel" and self.done["cancel"] > self.done["extend"]:
            return  # most work is to be done
        if found:
            self._act(what, self._draw.choice(found))

    def _act(self, what: str, sweep_id: int) -> None:
        with suppress(IllegalMove, DatabaseUnusable):
            if what == "extend":
                self._queue.send_jobs(extend(self._database, sweep_id, epochs=self._longer))
                self.extended.add(sweep_id)
            elif what == "pause":
                self._write(moves.pause, sweep_id)
                self._over.wait(self._draw.uniform(0.2, 2.0))
                self._resume(sweep_id)
            elif what == "cancel":
                self._write(moves.cancel, sweep_id)
            else:
                self._queue.send_jobs(self._write(moves.retry, sweep_id, MOST_ATTEMPTS))
            self.done[what] += 1

    def _resume(self, sweep_id: int) -> None:
        """Insists: a sweep that stays paused never ends."""
        while True:
            with suppress(DatabaseUnusable):
                self._queue.send_jobs(self._write(moves.resume, sweep_id))
                self.done["resume"] += 1
                return

    def _write(self, move: object, *arguments: object) -> tuple[int, ...]:
        with self._database.write() as connection:
            return move(connection, *arguments) or ()  # type: ignore[operator]

    def _in_state(self, state: str) -> list[int]:
        with suppress(DatabaseUnusable), self._database.read() as connection:
            query = select(sweeps.c.id).where(sweeps.c.state == state, sweeps.c.id.not_in(self._alone))
            return list(connection.execute(query.order_by(sweeps.c.id)).scalars())
        return []

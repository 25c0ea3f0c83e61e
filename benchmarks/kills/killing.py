"""Carries the planned kills out: one thread per worker, each taking the next kill from the plan."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

from benchmarks.kills.plan import RANDOM, SCHEDULER, WORKER, Kill
from benchmarks.kills.service import Program, bury, died, held_job, stop_and_look
from results.database import Database


class Killing:
    """The plan, and what became of it: `done` counts kills by where they struck, `held` those of a job's owner."""

    def __init__(self, database: Database, workers: list[Program], scheduler: Program, plan: list[Kill]) -> None:
        self._database, self._workers, self._scheduler = database, workers, scheduler
        self._plan, self._next, self._lock = plan, 0, threading.Lock()
        self._scheduling = threading.Lock()
        self.done: Counter[str] = Counter()
        self.held = 0
        self.failure: BaseException | None = None

    def start(self) -> list[threading.Thread]:
        """One thread for each worker."""
        threads = [threading.Thread(target=self._run, args=(worker,), daemon=True) for worker in self._workers]
        for thread in threads:
            thread.start()
        return threads

    def _run(self, worker: Program) -> None:
        try:
            while (kill := self._take()) is not None:
                self._count(*self._carry_out(kill, worker))
        except BaseException as error:
            self.failure = error

    def _take(self) -> Kill | None:
        with self._lock:
            self._next += 1
            return self._plan[self._next - 1] if self._next <= len(self._plan) and self.failure is None else None

    def _count(self, where: str, held: bool) -> None:
        with self._lock:
            self.done[where] += 1
            self.held += held

    def _carry_out(self, kill: Kill, worker: Program) -> tuple[str, bool]:
        """Where it struck, and whether a job was held there."""
        if kill.where == RANDOM:
            return self._at_random(kill, worker), True
        if kill.where == WORKER:
            worker.restart()
            return WORKER, False
        if kill.where in SCHEDULER:
            with self._scheduling:
                (self._scheduler.failpoints / kill.where).touch()
                self._scheduler.has_died()
                self._scheduler.restart()
            return kill.where, False
        trainer, armed = worker.trainer(), worker.failpoints / kill.where
        armed.touch()
        if not died(trainer, armed):
            return self._at_random(Kill(RANDOM, 0.5), worker), True
        bury(self._database, worker)
        return kill.where, kill.where not in ("claim.uncommitted", "end.committed")

    def _at_random(self, kill: Kill, worker: Program) -> str:
        """Kill the pool process so long after it has been seen with a job; again if it holds none by then."""
        draw = random.Random(f"{kill.seconds}")
        while True:
            trainer = worker.trainer()
            if held_job(self._database, worker) is None:
                time.sleep(0.02)
                continue
            time.sleep(draw.uniform(0.0, kill.seconds))
            found = stop_and_look(trainer, self._database, worker)
            if found is not None:
                trainer.kill()
                died(trainer)
                bury(self._database, worker)
                return f"{RANDOM}, {'epochs' if found[2] else 'no epoch'} stored"

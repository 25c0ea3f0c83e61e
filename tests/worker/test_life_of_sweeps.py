"""Anything a user asks, in any order, while workers do anything: the rows always make sense, and all of it can end.

A state machine (Hypothesis) over the verbs and what workers, dying workers and recovery write. Trainings are by hand:
the writes are the real ones.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from results.errors import StaleAttempt
from results.writes import jobs, moves
from results.writes.extending import EXTENSIBLE
from results.writes.fencing import renew_lease
from sweeps.moves import ANSWERS, BEING_CANCELLED, NOTHING_FAILED, Answer, Verb
from sweeps.states import ENDED, State, Wanted
from tests.results.samples import recover
from tests.worker.by_hand import Worker, refusal_of
from tests.worker.small_sweeps import submit
from tests.worker.stored_machine import Stored
from tests.worker.test_extending import extend

ATTEMPTS = 2
ACT: dict[Verb, Callable[..., Any]] = {
    Verb.PAUSE: moves.pause,
    Verb.RESUME: moves.resume,
    Verb.STOP: moves.stop,
    Verb.CANCEL: moves.cancel,
    Verb.RETRY: lambda connection, sweep_id: moves.retry(connection, sweep_id, ATTEMPTS),
}
COMES_OF: dict[Verb, set[State]] = {  # the states that a sweep may be in once the verb was done
    Verb.PAUSE: {State.RUNNING, State.PAUSED},
    Verb.RESUME: {State.QUEUED, State.RUNNING},
    Verb.STOP: {State.RUNNING, State.FINISHED, State.FAILED},
    Verb.CANCEL: {State.QUEUED, State.RUNNING, State.CANCELLED, State.FAILED},
    Verb.RETRY: {State.RUNNING, State.PAUSED},
}
SHARES = st.floats(0, 1, exclude_max=True)


class Life(Stored):
    """Up to three sweeps, their users, workers and recovery."""

    workers: list[Worker]

    def __init__(self) -> None:
        super().__init__()
        self.workers = []

    def teardown(self) -> None:
        self.everything_can_end()
        super().teardown()

    # What users do

    @initialize(per_job=st.integers(1, 3))
    def submit_first(self, per_job: int) -> None:
        submit(self.database, per_job, ATTEMPTS, epochs=3, learning_rate=[0.1, 0.5])

    @precondition(lambda self: len(self.rows("sweeps")) < 3)
    @rule(per_job=st.integers(1, 3))
    def submit_another(self, per_job: int) -> None:
        submit(self.database, per_job, ATTEMPTS, epochs=2, learning_rate=0.1)

    @rule(verb=st.sampled_from(Verb), at=SHARES)
    def ask(self, verb: Verb, at: float) -> None:
        sweep = self.one_of("sweeps", at)
        expected = self.expected(verb, sweep)
        self.reopener = verb.value

        def act() -> None:
            with self.database.write() as connection:
                ACT[verb](connection, sweep["id"])

        reason, after = refusal_of(act), self.sweep(sweep["id"])
        assert reason == (None if isinstance(expected, Answer) else expected)
        if reason is not None or expected is Answer.NOTHING:
            assert after == sweep
        else:
            assert after["state"] in COMES_OF[verb]

    @rule(at=SHARES, wish=st.sampled_from([{"epochs": 4}, {"epochs": 5}, {"replicates": 3}, {"dropped": True}]))
    def extend(self, at: float, wish: dict[str, Any]) -> None:
        sweep = self.one_of("sweeps", at)
        self.reopener = "extend"
        reason = refusal_of(lambda: extend(self.database, sweep["id"], **wish))
        if reason is None:
            assert sweep["state"] in EXTENSIBLE
        else:
            assert self.sweep(sweep["id"]) == sweep
            words = ("all of that", "more than", "before any trial had finished")
            assert sweep["state"] not in EXTENSIBLE or any(one in reason for one in words)

    # What workers do

    @rule(at=SHARES)
    def claim(self, at: float) -> None:
        job = self.one_of("jobs", at)
        wanted = self.sweep(job["sweep_id"])["wanted"]
        with self.database.write() as connection:
            name = f"worker {next(self.numbers)}"
            held = jobs.claim(connection, job["id"], name, 600)
        assert (held is not None) == (job["state"] == State.QUEUED and wanted == Wanted.RUN)
        if held is not None:
            assert held.attempt == job["attempt"] + 1
            self.workers.append(Worker(held, name))

    @precondition(lambda self: self.workers)
    @rule(at=SHARES, epochs=st.integers(0, 2))
    def flush(self, at: float, epochs: int) -> None:
        worker = self.workers[int(at * len(self.workers))]

        def act(connection: Any) -> None:
            wanted = jobs.append(connection, worker.claim, worker.flush(epochs), 600)
            assert wanted == self.sweep(worker.claim.sweep_id)["wanted"]

        self.write(worker, act, leaves=False)

    @precondition(lambda self: self.workers)
    @rule(at=SHARES, way=st.sampled_from(["finish", "release", "fail", "hand_back", "cancel"]))
    def leave(self, at: float, way: str) -> None:
        worker = self.workers[int(at * len(self.workers))]
        if way == "cancel" and self.sweep(worker.claim.sweep_id)["wanted"] != Wanted.CANCEL:
            way = "finish"

        def act(connection: Any) -> None:
            if way == "finish":
                jobs.append(connection, worker.claim, worker.flush(99, State.FINISHED), 600)
                jobs.finish(connection, worker.claim, State.FINISHED)
            elif way == "cancel":
                jobs.finish(connection, worker.claim, State.CANCELLED)
            elif way == "hand_back":
                jobs.hand_back(connection, worker.claim)
            else:
                jobs.release(connection, worker.claim, "an error", retry=way == "release")

        self.write(worker, act, leaves=True)

    @precondition(lambda self: self.workers)
    @rule(at=SHARES, seen=st.booleans())
    def die(self, at: float, seen: bool) -> None:
        """The worker is dead, as is seen at once or by its lease; yet it may write again: a stall looks like death."""
        worker = self.workers[int(at * len(self.workers))]
        with self.database.write() as connection, suppress(StaleAttempt):
            if seen:
                jobs.process_died(connection, worker.claim.job_id, worker.name, "was killed")
            else:
                renew_lease(connection, worker.claim, -1)
        with self.database.write() as connection:
            recover(connection, 0)

    def everything_can_end(self) -> None:
        """Whatever happened: resumed and worked on, every sweep comes to its end."""
        for sweep in self.rows("sweeps"):
            if sweep["state"] not in ENDED and sweep["wanted"] == Wanted.PAUSE:
                with self.database.write() as connection:
                    moves.resume(connection, sweep["id"])
        for worker in list(self.workers):
            self.write(worker, lambda connection, worker=worker: jobs.hand_back(connection, worker.claim), leaves=True)
        for job in self.rows("jobs"):
            if job["state"] == State.QUEUED:
                with self.database.write() as connection:
                    worker = Worker(jobs.claim(connection, job["id"], "the last", 600), "the last")
                    jobs.append(connection, worker.claim, worker.flush(99, State.FINISHED), 600)
                    jobs.finish(connection, worker.claim, State.FINISHED)
        assert all(sweep["state"] in ENDED for sweep in self.rows("sweeps"))
        self.curves_have_no_gaps()

    def expected(self, verb: Verb, sweep: dict[str, Any]) -> str:
        if sweep["wanted"] == Wanted.CANCEL and sweep["state"] not in ENDED and verb is not Verb.CANCEL:
            return BEING_CANCELLED
        answer = ANSWERS[verb][State(sweep["state"])]
        failed = [job for job in self.rows("jobs") if job["sweep_id"] == sweep["id"] and job["state"] == State.FAILED]
        return NOTHING_FAILED if verb is Verb.RETRY and answer is Answer.DO and not failed else answer

    def write(self, worker: Worker, act: Callable[[Any], None], leaves: bool) -> None:
        """As a worker writes: where its claim is stale nothing is changed, and it goes."""
        job = next(job for job in self.rows("jobs") if job["id"] == worker.claim.job_id)
        holds = job["state"] == State.RUNNING and job["attempt"] == worker.claim.attempt
        before = (self.rows("trials"), self.rows("jobs"), self.rows("sweeps"))
        try:
            with self.database.write() as connection:
                act(connection)
        except StaleAttempt:
            assert not holds
            assert before == (self.rows("trials"), self.rows("jobs"), self.rows("sweeps"))
            self.workers.remove(worker)
        else:
            assert holds
            if leaves:
                self.workers.remove(worker)


def test_whatever_users_and_workers_do_the_rows_make_sense_and_all_of_it_can_end(
    migrated_sqlite_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Life, "file", shutil.copy(migrated_sqlite_file, tmp_path / "empty.db"), raising=False)
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Life, settings=settings(max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=quiet)
    )

"""Anything in any order against the store, time included: what a model of a few dictionaries says is what happens.

Hypothesis chooses: sweeps are created, their jobs claimed, appended to, finished, given back; leases run out under a
fake clock, recovery passes, messages come twice, users pause, stop, cancel, retry and extend, and workers that lost
their job go on writing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from results.database import open_database
from results.errors import IllegalMove, StaleAttempt
from results.values import Claim
from results.writes import extending, jobs, moves
from settings import Settings
from sweeps.extending import Extension, Missing, with_epochs
from sweeps.states import State
from tests.faults.checking.invariants import breaches
from tests.results.samples import SPEC, plan_of, store
from tests.results.store_model import (
    EPOCHS,
    Job,
    Model,
    everything,
    flush_of,
    row_of,
    stored_curves,
    stored_jobs,
    stored_results,
    stored_trials,
    stored_wishes,
    trials_of_jobs,
)
from tests.services.fake_clock import FakeClock
from tests.services.postgresql import PostgreSQL
from worker.recover import LOOKS, Watch, recover

RESEND = 30.0
MOST_SWEEPS = 3
FLUSHES = st.tuples(st.integers(0, 2), st.integers(0, 3))  # epochs that are there already, and how far it goes on
WRITES = ("append", "append", "append", "finish", "diverge", "release", "hand_back", "obey", "obey")
GIVING_UP = ("cancel", "stop", "pause", "fail")
ENDED = ("finished", "failed", "cancelled")


class EmptyQueue:
    """A broker that has lost all messages, and takes none."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def waiting(self) -> int:
        return 0

    def send_jobs(self, job_ids: Iterable[int]) -> tuple[int, ...]:
        self.asked.extend(job_ids)
        return ()


class StoreMachine(RuleBasedStateMachine):
    """One database, one clock, and all who write to it."""

    claims = Bundle("claims")
    job_ids = Bundle("job_ids")

    def __init__(self, empty: Path | PostgreSQL) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.patch, self.clock, self.model = pytest.MonkeyPatch(), FakeClock(), Model()
        self.taken: list[Claim] = []
        self.watch, self.looked, self.jumps = Watch(60.0, self.clock.monotonic), 0.0, 0
        self.clock.install(self.patch)
        if isinstance(empty, Path):
            shutil.copy(empty, self.folder / "results.db")
            self.database = open_database(f"sqlite:///{self.folder}/results.db")
            self.drop = None
        else:
            url = empty.migrated_database()
            self.database = open_database(url)
            self.clock.install_in(self.database)
            self.drop = partial(empty.drop, url)

    @initialize(target=job_ids, together=st.integers(1, 4), attempts=st.integers(1, 3))
    def begin(self, together: int, attempts: int):
        return self.create(2, together, attempts)

    @rule(target=job_ids, configurations=st.integers(1, 2), together=st.integers(1, 4), attempts=st.integers(1, 3))
    def create(self, configurations: int, together: int, attempts: int):
        if len(self.model.wanted) == MOST_SWEEPS:  # the same jobs again and again, rather than ever new ones
            return multiple()
        plan = plan_of([{"l2": 0.1 * n} for n in range(configurations)], replicates=2, trials_per_job=together)
        created = store(self.database, plan, attempts)
        self.model.wanted[created.sweep_id] = "run"
        self.model.planned[created.sweep_id] = EPOCHS
        self.model.jobs |= {job_id: Job(created.sweep_id, attempts) for job_id in created.job_ids}
        self.model.trials = trials_of_jobs(self.database)
        return multiple(*created.job_ids)

    @rule(target=claims, job_id=job_ids, lease=st.sampled_from([5.0, 60.0]))
    def a_message_comes(self, job_id: int, lease: float):
        """For the first time or again: only a job that waits is to be had."""
        with self.database.write() as connection:
            claim = jobs.claim(connection, job_id, "worker", lease)
        job = self.model.jobs[job_id]
        to_be_had = job.state == "queued" and self.model.wanted[job.sweep_id] == "run"
        assert (claim is not None) == to_be_had
        if claim is None:
            return multiple()
        job.state, job.attempt, job.advanced = "running", job.attempt + 1, False
        self.renewed(job, lease)
        self.taken.append(claim)
        assert claim.attempt == job.attempt
        assert {one.trial_id for one in claim.trials} == set(self.model.open_trials(claim))
        return claim

    @rule(target=claims, which=st.integers(0, 5))
    def a_worker_takes_what_waits(self, which: int):
        waiting = [key for key, job in self.model.jobs.items() if job.state == "queued"]
        return self.a_message_comes(waiting[which % len(waiting)], 60.0) if waiting else multiple()

    @rule(target=claims, claim=claims)
    def another_takes_over(self, claim: Claim):
        """The claim's worker falls silent; its job goes to another, and the old one does not know it."""
        if not self.model.holds(claim):
            return multiple()
        for _ in range(LOOKS + 1):
            self.clock.advance(21.0)
            self.recovery_passes()
        return self.a_message_comes(claim.job_id, 60.0)

    @rule(claim=claims, what=st.sampled_from(WRITES), back=st.integers(0, 2), forth=st.integers(0, 3))
    def a_worker_writes(self, claim: Claim, what: str, back: int, forth: int) -> None:
        """Whether it still has the job or not."""
        if what == "append":
            self.append(claim, back, forth)
        else:
            getattr(self, what)(claim)

    @rule(which=st.integers(0, 5), what=st.sampled_from(WRITES), back=st.integers(0, 2), forth=st.integers(0, 3))
    def who_holds_a_job_writes(self, which: int, what: str, back: int, forth: int) -> None:
        """As most writes are: by who has the job."""
        holding = self.holding()
        if holding:
            self.a_worker_writes(holding[which % len(holding)], what, back, forth)

    @rule(target=claims, which=st.integers(0, 5), flushes=st.lists(FLUSHES, min_size=1, max_size=3))
    def a_worker_trains(self, which: int, flushes: list[tuple[int, int]]):
        """Flushes in a row, by who has a job or takes one now: single appends seldom meet at the same trial."""
        claim = multiple() if self.holding() else self.a_worker_takes_what_waits(which)
        holding = self.holding()
        for back, forth in flushes if holding else ():
            self.append(holding[which % len(holding)], back, forth)
        return claim

    def holding(self) -> list[Claim]:
        """Whose jobs are still theirs."""
        return [claim for claim in self.taken if self.model.holds(claim)]

    def append(self, claim: Claim, back: int, forth: int) -> None:
        """Some epochs that are there already, as from an attempt that began again, and some new ones."""
        ids = self.model.open_trials(claim)
        reached = min((self.model.last_epoch.get(one, -1) for one in ids), default=-1)
        last = min(self.planned(claim) - 1, reached - 1 + forth)  # also less than is stored: it has not caught up yet
        first = max(0, min(last, reached + 1) - back)
        if last < 0:
            return
        flush = flush_of(ids, first, last)
        if self.write(claim, lambda connection: jobs.append(connection, claim, flush, 60.0)):
            self.model.last_epoch |= {
                one: max(last, self.model.last_epoch.get(one, -1)) for one in ids if last >= first
            }
            self.renewed(self.model.jobs[claim.job_id], 60.0, advances=bool(flush.epochs))

    def finish(self, claim: Claim) -> None:
        """The rest of the curves and the end of the job, in one transaction."""
        ids = self.model.open_trials(claim)

        def last_write(connection):
            jobs.append(connection, claim, flush_of(ids, 0, self.planned(claim), State.FINISHED), 60.0)
            jobs.finish(connection, claim, State.FINISHED)

        if self.write(claim, last_write):
            self.model.complete(ids, self.planned(claim))
            self.model.leave(claim.job_id, "finished")
            self.follow()

    def obey(self, claim: Claim) -> None:
        """What its user wants: the rest of the curves, and the end of the job or its return."""
        wanted = self.model.wanted[claim.sweep_id]
        if wanted == "run":
            return
        ids = self.model.open_trials(claim)
        last = min(self.planned(claim) - 1, max((self.model.last_epoch.get(one, -1) for one in ids), default=-1) + 1)
        end = State.CANCELLED if wanted == "cancel" else State.RUNNING

        def last_write(connection):
            jobs.append(connection, claim, flush_of(ids, 0, last, end), 60.0)
            if end is State.CANCELLED:
                jobs.finish(connection, claim, end)
            else:
                jobs.hand_back(connection, claim)

        if self.write(claim, last_write):
            self.model.last_epoch |= dict.fromkeys(ids, last)
            if end is State.RUNNING:
                self.model.jobs[claim.job_id].max_attempts += 1
            self.lost(claim.job_id, "cancelled" if end is State.CANCELLED else "queued")

    def planned(self, claim: Claim) -> int:
        """The last epoch of its trials."""
        return self.model.planned[claim.sweep_id]

    def diverge(self, claim: Claim) -> None:
        """One trial ends early, the others of its job go on."""
        ids = self.model.open_trials(claim)
        reached = self.model.last_epoch.get(ids[0], -1) + 1 if ids else 0
        if len(ids) < 2 or reached >= self.planned(claim):
            return
        flush = flush_of(ids[:1], reached, reached, State.FINISHED, diverged=reached)
        if self.write(claim, lambda connection: jobs.append(connection, claim, flush, 60.0)):
            self.model.complete(ids[:1], reached, diverged=True)
            self.renewed(self.model.jobs[claim.job_id], 60.0, advances=True)

    def release(self, claim: Claim) -> None:
        """An error: the job is offered again, or fails."""
        if self.write(claim, lambda connection: jobs.release(connection, claim, "broken", retry=True)):
            self.lost(claim.job_id, self.model.given_back(claim.job_id))

    def hand_back(self, claim: Claim) -> None:
        """The worker stops: the attempt does not count."""
        if self.write(claim, lambda connection: jobs.hand_back(connection, claim)):
            self.lost(claim.job_id, self.model.given_back(claim.job_id, counts=False))

    @rule(seconds=st.sampled_from([1.0, 20.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(seconds=st.sampled_from([120.0, 3600.0, -1200.0]))
    def somebody_sets_the_clock(self, seconds: float) -> None:
        """No time passes; never twice by the same: else a lease could come to end at the very same moment again."""
        self.jumps += 1
        self.clock.jump(seconds + 0.001 * self.jumps)

    @rule()
    def recovery_passes(self) -> None:
        """Takes back who was silent for a whole lease, and only that; what waits unsent for long is to be sent."""
        passed, self.looked = self.clock.passed - self.looked, self.clock.passed
        silent = [key for key, job in sorted(self.model.jobs.items()) if job.looked_at(passed)]
        became = {key: self.model.given_back(key) for key in silent}
        queue = EmptyQueue()
        found = recover(self.database, queue, Settings(resend_seconds=RESEND), self.watch)
        for name, state in (("requeued", "queued"), ("failed", "failed"), ("cancelled", "cancelled")):
            assert getattr(found, name) == tuple(key for key, one in became.items() if one == state)
        for key, state in became.items():
            self.lost(key, state)
        assert queue.asked == [key for key, job in sorted(self.model.jobs.items()) if self.unsent(job)]

    @rule(chosen=st.lists(job_ids, max_size=3))
    def messages_are_sent(self, chosen: list[int]) -> None:
        with self.database.write() as connection:
            jobs.mark_sent(connection, chosen)
        for key in chosen:
            self.model.jobs[key].sent = self.clock.moment

    @rule(job_id=job_ids, verb=st.sampled_from(["pause", "resume", "resume", "stop", "cancel"]))
    def a_user_asks(self, job_id: int, verb: str) -> None:
        """The model takes over what the verb did; that it hangs together is the invariants' business."""
        before = everything(self.database)
        try:
            with self.database.write() as connection:
                getattr(moves, verb)(connection, self.model.jobs[job_id].sweep_id)
        except IllegalMove:
            assert everything(self.database) == before
        self.follow()

    @rule(job_id=job_ids, attempts=st.integers(1, 2))
    def a_user_retries(self, job_id: int, attempts: int) -> None:
        try:
            with self.database.write() as connection:
                again = moves.retry(connection, self.model.jobs[job_id].sweep_id, attempts)
        except IllegalMove:
            return
        for key in again:
            assert self.model.jobs[key].state == "failed"
            planned = self.model.planned[self.model.jobs[key].sweep_id]
            lost = [
                one
                for one in self.model.trials[key]
                if self.model.ended[one] == "failed" or self.model.falls_short(one, planned)
            ]
            self.model.begin_again(key, attempts, lost)
        self.follow()

    @rule(job_id=job_ids, more=st.integers(0, 2), attempts=st.integers(1, 2))
    def a_user_extends(self, job_id: int, more: int, attempts: int) -> None:
        """By epochs: what has a result trains on from it. Without more: what an earlier extension gave up."""
        sweep_id = self.model.jobs[job_id].sweep_id
        mine = [key for key, job in self.model.jobs.items() if job.sweep_id == sweep_id]
        epochs = self.model.planned[sweep_id] + more
        going_on = {key: [one for one in self.model.trials[key] if self.model.falls_short(one, epochs)] for key in mine}
        before = everything(self.database)
        try:
            with self.database.write() as connection:
                queued = extending.extend(connection, sweep_id, self.longer(epochs), {}, attempts)
        except IllegalMove:
            assert everything(self.database) == before
            ended = all(self.model.jobs[key].state in ENDED for key in mine)
            some = any(one in self.model.completed for key in mine for one in self.model.trials[key])
            assert not ended or not some or not (more or any(going_on.values()))
            return
        assert list(queued) == [key for key in mine if going_on[key]]
        for key in queued:
            self.model.begin_again(key, attempts, going_on[key])
        self.model.planned[sweep_id] = epochs
        self.follow()

    def longer(self, epochs: int):
        def enlarge(so_far):
            longer = epochs if any(one.epochs < epochs for one in so_far.configurations) else None
            document = with_epochs(so_far.document, epochs)
            spec = replace(SPEC, replicates=so_far.replicates)
            return extending.LargerSweep(document, spec, Missing((), (), longer), Extension(epochs=epochs))

        return enlarge

    @rule(which=st.integers(0, 5), more=st.integers(1, 2), flushes=st.integers(0, 2), then=st.sampled_from(GIVING_UP))
    def an_extension_is_given_up(self, which: int, more: int, flushes: int, then: str) -> None:
        """In a row, for by chance it seldom comes to that: a sweep is trained to its end, extended, and given up."""
        sweep_id = sorted(self.model.wanted)[which % len(self.model.wanted)]
        mine = [key for key, job in self.model.jobs.items() if job.sweep_id == sweep_id]
        if self.model.wanted[sweep_id] != "run":
            return
        for key in mine:
            if self.model.jobs[key].state == "queued":
                self.finish(self.a_message_comes(key, 60.0))
        self.a_user_extends(mine[0], more, 1)
        waiting = [key for key in mine if self.model.jobs[key].state == "queued"]
        if not waiting or any(self.model.jobs[key].state == "running" for key in mine):
            return
        claim = self.a_message_comes(waiting[0], 60.0)
        for _ in range(flushes):
            self.append(claim, 0, 2)
        if then == "fail":
            self.release(claim)
        else:
            self.a_user_asks(waiting[0], then)
            self.obey(claim)

    @invariant()
    def nothing_is_lost_or_there_twice(self) -> None:
        assert breaches(self.database, at_rest=False) == []
        assert stored_wishes(self.database) == self.model.wanted

    @invariant()
    def the_jobs_are_as_the_model_says(self) -> None:
        expected = {key: (job.state, job.attempt, job.lease, job.sent) for key, job in self.model.jobs.items()}
        assert stored_jobs(self.database) == expected

    @invariant()
    def the_curves_are_as_the_model_says(self) -> None:
        last = self.model.last_epoch
        expected = {(key, epoch) for key in last for epoch in range(last[key] + 1)}
        assert stored_curves(self.database) == {key: row_of(*key).validation_cost for key in expected}

    @invariant()
    def what_has_ended_stays_as_it_ended(self) -> None:
        states = stored_trials(self.database)
        assert {key: states[key] for key in self.model.ended} == self.model.ended

    @invariant()
    def a_result_is_of_the_last_complete_end(self) -> None:
        expected = {key: (epochs, epochs) for key, epochs in self.model.completed.items()}
        assert stored_results(self.database) == expected

    def teardown(self) -> None:
        """However it went: from here the service gets every job to its end."""
        try:
            self.drain()
        finally:
            self.database.dispose()
            self.patch.undo()
            shutil.rmtree(self.folder)
            if self.drop is not None:
                self.drop()

    def drain(self) -> None:
        for sweep_id, wish in list(self.model.wanted.items()):
            if wish == "pause":
                with suppress(IllegalMove), self.database.write() as connection:  # it may have ended, pause or not
                    moves.resume(connection, sweep_id)
                self.follow()
        for _ in range(LOOKS + 1):
            self.clock.advance(1000)
            self.recovery_passes()
        for job_id, job in self.model.jobs.items():
            if job.state == "queued":
                self.finish(self.a_message_comes(job_id, 60.0))
        assert breaches(self.database) == []

    def write(self, claim: Claim, work) -> bool:
        """Whether it was written: it is when the claim holds, and when it does not nothing changes."""
        before = None if self.model.holds(claim) else everything(self.database)
        try:
            with self.database.write() as connection:
                work(connection)
        except StaleAttempt:
            assert everything(self.database) == before
            return False
        assert before is None, "a stale attempt has written"
        return True

    def unsent(self, job: Job) -> bool:
        old = job.sent is None or abs(self.clock.moment - job.sent) > timedelta(seconds=RESEND)
        return job.state == "queued" and self.model.wanted[job.sweep_id] == "run" and old

    def renewed(self, job: Job, lease_seconds: float, advances: bool = False) -> None:
        """The job's worker has given a sign of life."""
        job.lease, job.lease_seconds = self.clock.moment + timedelta(seconds=lease_seconds), lease_seconds
        job.advanced = job.advanced or advances

    def lost(self, job_id: int, state: str) -> None:
        self.model.leave(job_id, state)
        self.follow()

    def follow(self) -> None:
        """Take over the wishes, and what ended the jobs of users."""
        self.model.wanted = stored_wishes(self.database)
        for key, (state, *_) in stored_jobs(self.database).items():
            if state == "cancelled" and self.model.jobs[key].state == "queued":
                self.model.leave(key, "cancelled")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> Path | PostgreSQL:
    """What the machine takes its databases from."""
    name = "migrated_sqlite_file" if request.param == "sqlite" else "postgresql_server"
    found: Path | PostgreSQL = request.getfixturevalue(name)
    return found


def test_whatever_happens_in_whatever_order_the_store_keeps_its_promises(empty: Path | PostgreSQL) -> None:
    # Not shrunk: that takes minutes, and the steps that led there are printed anyway.
    bounded = settings(
        max_examples=40 if isinstance(empty, Path) else 12,
        stateful_step_count=40,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
    )
    run_state_machine_as_test(lambda: StoreMachine(empty), settings=bounded)


@pytest.mark.faults
def test_it_does_so_for_many_more_orders(empty: Path | PostgreSQL) -> None:
    """New ones in every run of `make faults`, but in CI."""
    more = settings(max_examples=150, stateful_step_count=60, deadline=None, database=None, phases=[Phase.generate])
    run_state_machine_as_test(lambda: StoreMachine(empty), settings=more)

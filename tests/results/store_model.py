"""What the results database promises about jobs, in a few dictionaries: the oracle of `test_store_machine`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from results.database import Database
from results.tables.everything import metadata
from results.tables.sweeps import sweeps
from results.tables.trials import epochs, jobs, trials
from results.values import Claim, EpochRow, Flush
from sweeps.states import State
from tests.results.samples import epoch_row, layer_row, progress

EPOCHS = 3


@dataclass
class Job:
    """A job as it must be: who holds it, since which sign of life, and which attempts it has left.

    `silence`: for how long recovery has seen nothing but the sign `seen`.
    """

    sweep_id: int
    max_attempts: int
    state: str = "queued"
    attempt: int = 0
    lease: datetime | None = None
    lease_seconds: float = 0.0
    advanced: bool = False
    sent: datetime | None = None
    seen: tuple[int, datetime | None] | None = None
    silence: float = 0.0

    def looked_at(self, passed: float) -> bool:
        """Recovery looks, so many seconds after it last did; whether the job has been silent for its whole lease."""
        sign = (self.attempt, self.lease)
        if self.state != "running" or sign != self.seen:
            self.seen, self.silence = sign if self.state == "running" else None, 0.0
        else:
            self.silence += min(passed, self.lease_seconds / 3)
        return self.state == "running" and self.silence >= self.lease_seconds


@dataclass
class Model:
    """The jobs by key, what each sweep's user wants, and the last epoch and state of every trial.

    `planned`: the epochs of each sweep's trials. `completed`: those of a trial's last complete end; `diverged`: the
    trials that had it before the last epoch. `stopped`: sweeps of which no more begins.
    """

    jobs: dict[int, Job] = field(default_factory=dict)
    wanted: dict[int, str] = field(default_factory=dict)
    planned: dict[int, int] = field(default_factory=dict)
    trials: dict[int, list[int]] = field(default_factory=dict)  # by job
    last_epoch: dict[int, int] = field(default_factory=dict)
    ended: dict[int, str] = field(default_factory=dict)
    completed: dict[int, int] = field(default_factory=dict)
    diverged: set[int] = field(default_factory=set)

    def holds(self, claim: Claim) -> bool:
        """Whether the job is still the claim's."""
        job = self.jobs[claim.job_id]
        return (job.state, job.attempt) == ("running", claim.attempt)

    def open_trials(self, claim: Claim) -> list[int]:
        """Those of the claim that have not ended."""
        return [one.trial_id for one in claim.trials if one.trial_id not in self.ended]

    def given_back(self, job_id: int, retry: bool = True, counts: bool = True) -> str:
        """What becomes of a job that leaves its worker; the attempt counts unless it recorded something."""
        job = self.jobs[job_id]
        if job.advanced or not counts:
            job.max_attempts, job.advanced = job.max_attempts + 1, False
        if self.wanted[job.sweep_id] == "cancel":
            return "cancelled"
        return "queued" if retry and job.attempt < job.max_attempts else "failed"

    def leave(self, job_id: int, state: str) -> None:
        """The job left its worker for this state."""
        job = self.jobs[job_id]
        job.state, job.lease, job.sent = state, None, None if state == "queued" else job.sent
        if state in ("failed", "cancelled"):
            for key in self.trials[job_id]:
                self._give_up(key, state)

    def complete(self, trial_ids: list[int], epoch: int, diverged: bool = False) -> None:
        """These trials have a result."""
        for key in trial_ids:
            self.last_epoch[key] = self.completed[key] = epoch
            self.ended[key] = "finished"
        self.diverged |= set(trial_ids) if diverged else set()

    def begin_again(self, job_id: int, attempts: int, trial_ids: list[int]) -> None:
        """The job is queued once more, for these of its trials."""
        self.jobs[job_id].max_attempts = self.jobs[job_id].attempt + attempts
        self.leave(job_id, "queued")
        for key in trial_ids:
            del self.ended[key]

    def falls_short(self, trial_id: int, epochs: int) -> bool:
        """Whether the trial has a result of fewer epochs, and could go on."""
        finished = self.ended.get(trial_id) == "finished" and trial_id not in self.diverged
        return finished and self.completed[trial_id] < epochs

    def _give_up(self, trial_id: int, state: str) -> None:
        """An open trial ends like this, unless it has a result from before."""
        if trial_id in self.ended:
            return
        self.ended[trial_id] = "finished" if trial_id in self.completed else state
        if trial_id in self.completed:
            self.last_epoch[trial_id] = self.completed[trial_id]


def flush_of(
    trial_ids: list[int], first: int, last: int, state: State = State.RUNNING, diverged: int | None = None
) -> Flush:
    """Epochs `first` to `last` of these trials; the values follow from trial and epoch, as a training's bits do."""
    wanted = [(trial_id, epoch) for trial_id in trial_ids for epoch in range(first, last + 1)]
    return Flush(
        epochs=[row_of(*one) for one in wanted],
        layers=[layer_row(*one) for one in wanted],
        progress=[progress(trial_id, last, state, diverged_epoch=diverged) for trial_id in trial_ids if last >= first],
    )


def row_of(trial_id: int, epoch: int) -> EpochRow:
    """The one right row."""
    return epoch_row(trial_id, epoch, 1.0 / (epoch + 1) + trial_id * 2.0**-30)


def everything(database: Database) -> dict[str, list[tuple]]:
    """Every row of every table, to see that nothing was written."""
    with database.read() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
        }


def stored_jobs(database: Database) -> dict[int, tuple]:
    """State, attempt, lease and time of sending by key."""
    columns = (jobs.c.state, jobs.c.attempt, jobs.c.lease_expires_at, jobs.c.last_sent_at)
    with database.read() as connection:
        return {row[0]: tuple(row[1:]) for row in connection.execute(select(jobs.c.id, *columns))}


def stored_curves(database: Database) -> dict[tuple[int, int], float]:
    """Validation costs by trial and epoch."""
    with database.read() as connection:
        found = connection.execute(select(epochs.c.trial_id, epochs.c.epoch, epochs.c.validation_cost)).all()
    assert len({row[:2] for row in found}) == len(found), "an epoch is there twice"
    return {(row[0], row[1]): row[2] for row in found}


def stored_results(database: Database) -> dict[int, tuple[int, int]]:
    """The epochs of each result, and the best epoch, which is the last one in a course that always falls."""
    columns = (trials.c.id, trials.c.completed_epochs, trials.c.best_epoch)
    with database.read() as connection:
        found = connection.execute(select(*columns).where(trials.c.completed_epochs.is_not(None)))
        return {key: (completed, best) for key, completed, best in found}


def trials_of_jobs(database: Database) -> dict[int, list[int]]:
    """The trials of each job."""
    found: dict[int, list[int]] = {}
    with database.read() as connection:
        for key, job_id in connection.execute(select(trials.c.id, trials.c.job_id).order_by(trials.c.id)):
            found.setdefault(job_id, []).append(key)
    return found


def stored_trials(database: Database) -> dict[int, str]:
    """States by key."""
    with database.read() as connection:
        return dict(connection.execute(select(trials.c.id, trials.c.state)).all())


def stored_wishes(database: Database) -> dict[int, str]:
    """What users want, by sweep."""
    with database.read() as connection:
        return dict(connection.execute(select(sweeps.c.id, sweeps.c.wanted)).all())

"""The safeguards that `tests.faults.mutations` takes away, and the tests that must notice."""

from __future__ import annotations

from dataclasses import dataclass

MACHINE = "tests/results/test_store_machine.py"


@dataclass(frozen=True)
class Mutation:
    """A safeguard: the text that is it, what stands there without it, and the tests that must notice."""

    name: str
    file: str
    find: str
    replace: str
    tests: tuple[str, ...]


MUTATIONS = (
    Mutation(
        "the fence: a write counts whichever attempt it carries",
        "results/writes/fencing.py",
        "(jobs.c.id == claim.job_id) & (jobs.c.attempt == claim.attempt) &",
        "(jobs.c.id == claim.job_id) &",
        (MACHINE,),
    ),
    Mutation(
        "the fence: a write counts although the job is not running",
        "results/writes/fencing.py",
        " & (jobs.c.state == State.RUNNING)",
        "",
        (MACHINE,),
    ),
    Mutation(
        "the unique key on epochs",
        "migrations/first/curves.py",
        '        sa.PrimaryKeyConstraint("trial_id", "epoch", name=op.f("pk_epochs")),\n',
        "",
        (MACHINE,),
    ),
    Mutation(
        "the row that keeps what was answered under an Idempotency-Key",
        "api/idempotency.py",
        "            keep_answer(connection, keyed, answer)\n",
        "            pass\n",
        ("tests/worker/test_failpoints.py", "tests/api/test_idempotency.py"),
    ),
    Mutation(
        "recovery: a lease counts until it is over",
        "worker/recover.py",
        "if seconds >= self._lease(one)",
        "if seconds >= 1",
        (MACHINE,),
    ),
    Mutation(
        "claiming: only a job that waits is to be had",
        "results/writes/claiming.py",
        ".where(jobs.c.id == job_id, jobs.c.state == State.QUEUED)",
        ".where(jobs.c.id == job_id, jobs.c.state.not_in(['finished', 'failed', 'cancelled']))",
        (MACHINE,),
    ),
    Mutation(
        "the bound on attempts",
        "results/writes/giving_back.py",
        "retry and job.attempt < job.max_attempts",
        "retry",
        (MACHINE,),
    ),
    Mutation(
        "progress never goes back",
        "results/writes/appending.py",
        'or_(trials.c.epochs_recorded <= bindparam("reached"), bindparam("ends")),',
        "",
        (MACHINE,),
    ),
    Mutation(
        "a result outlives an extension that is given up",
        "results/writes/endings.py",
        "return_to_complete_end(connection, open_ones, error)",
        "pass",
        (MACHINE,),
    ),
    Mutation(
        "what ends a job is one transaction with its last epochs",
        "worker/attempt.py",
        '            self._append(connection, news)\n            reach(self._settings, "end.appended")\n',
        "            self._append(connection, news)\n            connection.commit()\n"
        '            reach(self._settings, "end.appended")\n',
        ("tests/worker/test_failpoints.py",),
    ),
    Mutation(
        "the digest of saved states",
        "engine/state.py",
        "mark == _DIGEST_FOLLOWS and digest != _digest(body + _NO_COMMENT)",
        "False",
        ("tests/engine/test_saved_state.py",),
    ),
    Mutation(
        "a resumed trial keeps its numbers: the state is that of the epoch it says",
        "worker/journal.py",
        "if records.epoch > self._curves[position].last_epoch:",
        "if records.epoch > self._curves[position].last_epoch + 1:",
        ("tests/worker/test_failpoints.py",),
    ),
)

"""Errors of the results database: each carries its facts, its message says the mend."""

from __future__ import annotations


class ResultsError(Exception):
    """Base of all errors that `results` raises on purpose."""


class NoSuchSweep(ResultsError, LookupError):
    """A sweep that is not stored."""

    def __init__(self, sweep_id: int) -> None:
        self.sweep_id = sweep_id
        super().__init__(f"there is no sweep {sweep_id}")


class NoSuchTrial(ResultsError, LookupError):
    """A trial that is not stored."""

    def __init__(self, trial_id: int) -> None:
        self.trial_id = trial_id
        super().__init__(f"there is no trial {trial_id}")


class IllegalMove(ResultsError):
    """A change that the present state does not allow; trying again does not help.

    Attributes: `what` it was asked of (such as "sweep 3"), its `state`, the `reason` as a sentence.
    """

    def __init__(self, what: str, state: str, reason: str) -> None:
        self.what = what
        self.state = state
        self.reason = reason
        super().__init__(f"{what} is {state}: {reason}")


class StaleAttempt(ResultsError):
    """The job is no longer this worker's: nothing was written, and its training must end."""

    def __init__(self, job_id: int, attempt: int) -> None:
        self.job_id = job_id
        self.attempt = attempt
        super().__init__(f"attempt {attempt} at job {job_id} is no longer the current one")


class KeyReused(ResultsError):
    """An Idempotency-Key that came before with another request; trying again does not help."""

    def __init__(self, route: str, key: str) -> None:
        self.route, self.key = route, key
        super().__init__(f"the Idempotency-Key {key!r} was used for another {route}; take a new key for a new request")


class KeyInUse(ResultsError):
    """An Idempotency-Key whose first request is still being done; trying again a little later helps."""

    def __init__(self, route: str, key: str) -> None:
        self.route, self.key = route, key
        super().__init__(f"the {route} that the Idempotency-Key {key!r} came with first is still being done")


class InvalidQuery(ResultsError, ValueError):
    """Base of what is wrong with a question; `reason` is a sentence for its asker."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class InvalidCursor(InvalidQuery):
    """A cursor that no page of this listing gave."""


class InvalidSort(InvalidQuery):
    """A column that trials cannot be sorted by."""


class InvalidFilter(InvalidQuery):
    """A filter that trials do not have, or a value outside its range; `name` is the filter's."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(reason)

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


class DatabaseUnusable(ResultsError):
    """The database cannot be reached, read or written; trying again may help, the message says what else."""


class RowsHeld(DatabaseUnusable):
    """Another transaction holds rows for too long, or waits for ours: nothing was written, trying again helps."""


class SchemaOutdated(ResultsError):
    """The database's tables are not the ones this program needs; the message says the command."""


class NoRoom(ResultsError):
    """A disk is full; the message names the folder and the mend."""

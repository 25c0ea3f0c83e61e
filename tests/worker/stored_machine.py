"""What holds of stored sweeps at any time, as the invariants of a state machine whose rules are elsewhere."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import text

from results.database import Database, open_database
from sweeps.moves import ANSWERS, Verb
from sweeps.states import ENDED, State, Wanted

REOPENED: dict[str, set[str]] = {  # who may begin anew a trial that has ended, and of which state
    "retry": {State.FAILED},
    "extend": {State.FINISHED, State.CANCELLED, State.PRUNED},
}


class Stored(RuleBasedStateMachine):
    """A copy of `file`, an empty database; `reopener`: who was last asked to begin something anew."""

    file: Path
    numbers = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.path = self.file.with_name(f"life{next(self.numbers)}.db")
        shutil.copy(self.file, self.path)
        self.database: Database = open_database(f"sqlite:///{self.path}")
        self.before: dict[int, str] = {}  # trial -> state at the last look
        self.reopener = ""

    def teardown(self) -> None:
        self.database.dispose()
        for path in self.path.parent.glob(self.path.name + "*"):
            path.unlink()

    # What always holds

    @invariant()
    def curves_have_no_gaps(self) -> None:
        query = (
            "SELECT trial_id, count(*) AS rows, min(epoch) AS first, max(epoch) AS last FROM epochs GROUP BY trial_id"
        )
        curves = {row["trial_id"]: row for row in self.rows(query)}
        for trial in self.rows("trials"):
            curve = curves.get(trial["id"], {"rows": 0, "first": 0, "last": -1})
            assert (curve["first"], curve["last"]) == (0, curve["rows"] - 1)
            assert trial["epochs_recorded"] == curve["last"]

    @invariant()
    def a_sweep_has_ended_exactly_when_no_job_is_open(self) -> None:
        for sweep in self.rows("sweeps"):
            mine = [job["state"] for job in self.rows("jobs") if job["sweep_id"] == sweep["id"]]
            ended = sweep["state"] in ENDED
            assert ended == all(state in ENDED for state in mine)
            assert ended == (sweep["finished_at"] is not None)
            assert (sweep["state"] == State.RUNNING) or State.RUNNING not in mine
            assert sweep["state"] != State.PAUSED or sweep["wanted"] == Wanted.PAUSE
            assert (len(mine), sweep["state"] in ANSWERS[Verb.PAUSE]) == (sweep["job_count"], True)

    @invariant()
    def jobs_and_trials_agree(self) -> None:
        of_jobs = {job["id"]: job for job in self.rows("jobs")}
        for trial in self.rows("trials"):
            job = of_jobs[trial["job_id"]]
            if job["state"] in ENDED:
                assert trial["state"] in ENDED
            elif trial["state"] not in ENDED:
                assert trial["state"] == job["state"]
            assert (trial["finished_at"] is not None) == (trial["state"] in ENDED)
            assert (trial["error"] is not None) == (trial["state"] == State.FAILED)

    @invariant()
    def what_has_ended_stays_ended_in_the_same_way_unless_it_is_begun_anew(self) -> None:
        now = {trial["id"]: trial["state"] for trial in self.rows("trials")}
        for key, state in self.before.items():
            if state in ENDED and now[key] != state:
                assert now[key] == State.QUEUED
                assert state in REOPENED.get(self.reopener, set())
        self.before, self.reopener = now, ""

    # How it looks and writes

    def rows(self, query: str) -> list[dict[str, Any]]:
        whole = query if " " in query else f"SELECT * FROM {query} ORDER BY id"
        with self.database.read() as connection:
            return [dict(row._mapping) for row in connection.execute(text(whole))]

    def one_of(self, table: str, at: float) -> dict[str, Any]:
        found = self.rows(table)
        return found[int(at * len(found))]

    def sweep(self, sweep_id: int) -> dict[str, Any]:
        return self.rows(f"SELECT * FROM sweeps WHERE id = {sweep_id}")[0]

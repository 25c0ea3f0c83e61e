"""The one checker, asked when all is drained: SQL, MLflow and what the user was told, held against each other."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from results.database import Database
from results.tables.sweeps import sweeps
from tests.faults.checking.invariants import breaches
from tests.faults.checking.mirror import mirror_breaches
from tests.faults.checking.records import differences, record
from tests.faults.history import Submission


def check(database: Database, mlflow: str, undisturbed: int, history: Sequence[Submission]) -> list[str]:
    """Everything that is wrong; `undisturbed`: the sweep whose records all others must equal."""
    said = breaches(database) + _answers(database, undisturbed, history)
    expected = record(database, undisturbed)
    for sweep_id in _sweeps(database):
        said += [f"sweep {sweep_id}: {one}" for one in differences(record(database, sweep_id), expected)]
    return said + mirror_breaches(database, mlflow)


def _answers(database: Database, undisturbed: int, history: Sequence[Submission]) -> list[str]:
    """Every acknowledged sweep is there once, every other at most once, and ended as its user may expect."""
    stored = _sweeps(database)
    said = []
    for one in history:
        found = [key for key, (name, _) in stored.items() if name == one.name]
        if found != [one.sweep_id] and (one.sweep_id is not None or len(found) > 1):
            said.append(f"{one} is stored as {found}")
        allowed = {"finished", "cancelled"} if one.asked_to_cancel else {"finished"}
        said += [f"{one} ended {stored[key][1]}" for key in found if stored[key][1] not in allowed]
    strangers = {name for key, (name, _) in stored.items() if key != undisturbed} - {one.name for one in history}
    return said + [f"nobody submitted {name}" for name in strangers]


def _sweeps(database: Database) -> dict[int, tuple[str, str]]:
    with database.read() as connection:
        found = connection.execute(select(sweeps.c.id, sweeps.c.name, sweeps.c.state)).all()
    return {row[0]: (row[1], row[2]) for row in found}

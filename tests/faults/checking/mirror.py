"""Whether MLflow holds what SQL holds once the tracker has drained: one run a trial, every value, each once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from results.database import Database
from results.tables.sweeps import sweeps
from results.tables.trials import epochs, trials

CURVES = ("train_cost", "validation_cost", "train_accuracy", "validation_accuracy", "gradient_norm", "epoch_seconds")
STATUS = {"finished": "FINISHED", "pruned": "FINISHED", "failed": "FAILED", "cancelled": "KILLED"}
_RUNS = """
    SELECT tags.value, runs.run_uuid, runs.status FROM runs JOIN tags ON tags.run_uuid = runs.run_uuid
    WHERE tags.key = :key AND runs.lifecycle_stage = 'active'
"""


def mirror_breaches(database: Database, mlflow: str) -> list[str]:
    """What differs, as sentences; `mlflow`: the address of MLflow's database."""
    engine = create_engine(mlflow, poolclass=NullPool)
    with engine.connect() as theirs, database.read() as ours:
        kept = {str(row.id): row.state for row in ours.execute(select(trials.c.id, trials.c.state))}
        runs = theirs.execute(text(_RUNS), {"key": "backsweep.trial"}).all()
        said = _once(Counter(row[0] for row in runs), kept.keys(), "trial")
        said += [f"trial {row[0]} is {row[2]} in MLflow" for row in runs if STATUS.get(kept.get(row[0], "")) != row[2]]
        sweep_ids = {str(key) for key in ours.execute(select(sweeps.c.id)).scalars()}
        found = theirs.execute(text(_RUNS.replace(":key", "'backsweep.sweep'") + _PARENTS)).all()
        said += _once(Counter(row[0] for row in found), sweep_ids, "sweep")
        said += _curves(ours, theirs, {row[1]: int(row[0]) for row in runs})
    engine.dispose()
    return said


_PARENTS = """
    AND NOT EXISTS (SELECT * FROM tags AS other WHERE other.run_uuid = runs.run_uuid AND other.key = 'backsweep.trial')
"""


def _once(found: Counter[str], expected: Any, what: str) -> list[str]:
    wrong = [key for key in {*found, *expected} if found[key] != (key in expected)]
    return [f"{what} {key} has {found[key]} runs" for key in sorted(wrong)[:5]]


def _curves(ours: Any, theirs: Any, trial_of: dict[str, int]) -> list[str]:
    expected = Counter(
        (row.trial_id, key, row.epoch, getattr(row, key))
        for row in ours.execute(select(epochs))
        for key in CURVES
        if getattr(row, key) is not None
    )
    metrics = theirs.execute(text("SELECT run_uuid, key, step, value FROM metrics")).all()
    found = Counter((trial_of[row[0]], *row[1:]) for row in metrics if row[0] in trial_of and row[1] in CURVES)
    missing, surplus = expected - found, found - expected
    said = [f"MLflow lacks {one}" for one in list(missing)[:3]]
    return said + [f"MLflow has what SQL has not, or twice: {one}" for one in list(surplus)[:3]]

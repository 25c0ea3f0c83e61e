"""The view `sweep_progress`: how far each sweep is."""

from __future__ import annotations

from results.tables import sweeps  # noqa: F401 (their columns' comments are passed on)
from results.views.base import View, diverged, meanings

_STATES = ("queued", "running", "finished", "pruned", "failed", "cancelled")
_SWEEP = ("name", "project", "method", "state", "created_at", "started_at", "finished_at")

SWEEP_PROGRESS = View(
    "sweep_progress",
    "each sweep with its trials by state and its epochs so far; a search that has proposed nothing yet has none",
    {
        "sweep_id": "its key",
        **meanings("sweeps", *_SWEEP),
        "trials": "number of its trials",
        **{f"trials_{state}": f"how many of them are {state}" for state in _STATES},
        "with_result": "how many of them have a result: finished or pruned, whatever an extension does with them now",
        "diverged": "how many of them diverged (outcome)",
        "epochs_recorded": "epochs trained and stored so far, epoch 0 not counted",
        "epochs_planned": "epochs of all trials when none ends early",
        "best_validation_cost": "lowest validation cost of any trial so far that has not diverged",
        "seconds": "training time of all trials together",
    },
    # Not summed up in a subquery: an outer join of one would have the trials of all sweeps read on SQLite.
    f"""
SELECT s.id AS sweep_id, {", ".join(f"s.{name}" for name in _SWEEP)},
       count(t.id) AS trials,
       {", ".join(f"sum(CASE WHEN t.state = '{state}' THEN 1 ELSE 0 END) AS trials_{state}" for state in _STATES)},
       count(t.completed_epochs) AS with_result,
       sum(CASE WHEN t.outcome = 'diverged' THEN 1 ELSE 0 END) AS diverged,
       sum(CASE WHEN t.epochs_recorded > 0 THEN t.epochs_recorded ELSE 0 END) AS epochs_recorded,
       coalesce(sum(c.epochs), 0) AS epochs_planned,
       min(CASE WHEN NOT {diverged("t")} THEN t.best_validation_cost END) AS best_validation_cost,
       sum(t.seconds) AS seconds
FROM sweeps s
LEFT JOIN trials t ON t.sweep_id = s.id
LEFT JOIN configurations c ON c.id = t.configuration_id
GROUP BY s.id
""",
)

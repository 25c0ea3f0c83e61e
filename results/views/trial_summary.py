"""The view `trial_summary`: a trial in one row, with everything it is and what came of it."""

from __future__ import annotations

from results.tables import sweeps, trials  # noqa: F401 (their columns' comments are passed on)
from results.views.base import (
    HYPERPARAMETER_MEANINGS,
    IDENTITY,
    IDENTITY_MEANINGS,
    View,
    hyperparameters,
    meanings,
)

_LEFT_OUT = {"id", "sweep_id", "configuration_id", "job_id", "number", "replicate", "machine"}
_PRIVATE = ("mlflow_", "tracked_", "tracking_")
_TRIAL = tuple(
    name
    for name in (column.name for column in trials.trials.columns)
    if name not in _LEFT_OUT and not name.startswith(_PRIVATE)
)

TRIAL_SUMMARY = View(
    "trial_summary",
    "each trial in one row: its sweep, hyperparameters, seeds, state, outcome, best and final costs",
    {
        **IDENTITY_MEANINGS,
        "configuration_id": "its key in configurations",
        "parameter_count": "weights and biases of its network",
        **meanings("trials", *_TRIAL),
        "updates": "updates (mini-batches) done by completed_epochs, or by its last epoch so far",
        **HYPERPARAMETER_MEANINGS,
    },
    f"""
SELECT {IDENTITY},
       c.id AS configuration_id, c.parameter_count,
       {", ".join(f"t.{name}" for name in _TRIAL)},
       e.updates,
       {hyperparameters("c")}
FROM trials t
JOIN configurations c ON c.id = t.configuration_id
JOIN sweeps s ON s.id = t.sweep_id
LEFT JOIN epochs e ON e.trial_id = t.id AND e.epoch = coalesce(t.completed_epochs, t.epochs_recorded)
""",
)

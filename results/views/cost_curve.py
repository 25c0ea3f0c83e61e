"""The view `cost_curve`: every epoch with everything it belongs to."""

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

_EPOCH = (
    "epoch",
    "updates",
    "train_cost",
    "validation_cost",
    "train_accuracy",
    "validation_accuracy",
    "gradient_norm",
    "epoch_seconds",
    "recorded_at",
)

COST_CURVE = View(
    "cost_curve",
    "every epoch of every trial, with sweep, trial and hyperparameters; those beyond completed_epochs are of an "
    "extension that trains",
    {
        **IDENTITY_MEANINGS,
        **meanings("trials", "state", "completed_epochs", "outcome"),
        **meanings("epochs", *_EPOCH),
        **HYPERPARAMETER_MEANINGS,
    },
    f"""
SELECT {IDENTITY},
       t.state, t.completed_epochs, t.outcome,
       {", ".join(f"e.{name}" for name in _EPOCH)},
       {hyperparameters("c")}
FROM epochs e
JOIN trials t ON t.id = e.trial_id
JOIN configurations c ON c.id = t.configuration_id
JOIN sweeps s ON s.id = t.sweep_id
""",
)

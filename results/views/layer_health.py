"""The view `layer_health`: the health of every weight layer, epoch by epoch, with everything it belongs to."""

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

_LAYER = tuple(column.name for column in trials.layer_epochs.columns if column.name != "trial_id")

LAYER_HEALTH = View(
    "layer_health",
    "every weight layer of every trial at every epoch, with sweep, trial and hyperparameters",
    {
        **IDENTITY_MEANINGS,
        **meanings("trials", "state", "completed_epochs", "outcome"),
        **meanings("layer_epochs", *_LAYER),
        "weight_layers": "number of weight layers of its network; the last is the output",
        **HYPERPARAMETER_MEANINGS,
    },
    f"""
SELECT {IDENTITY},
       t.state, t.completed_epochs, t.outcome,
       {", ".join(f"h.{name}" for name in _LAYER)},
       (SELECT max(o.layer) FROM layer_epochs o WHERE o.trial_id = h.trial_id AND o.epoch = h.epoch) AS weight_layers,
       {hyperparameters("c")}
FROM layer_epochs h
JOIN trials t ON t.id = h.trial_id
JOIN configurations c ON c.id = t.configuration_id
JOIN sweeps s ON s.id = t.sweep_id
""",
)
